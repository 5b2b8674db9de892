"""Ctrl-C while a run is writing."""

import signal

import pytest
import yaml

from ilc_canvas.cli.daemon import PATIENCE
from ilc_canvas.cli.stopping import stoppable
from tests.sandbox.process import ROOT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_signal_asks_to_stop(capfd: pytest.CaptureFixture[str], number: signal.Signals) -> None:
    """The run is asked to end, not cut off, and the person is told."""
    with stoppable() as stop:
        before = stop.is_set()
        signal.raise_signal(number)
        assert (before, stop.is_set()) == (False, True)
    assert "Press Ctrl-C again to stop at once" in capfd.readouterr().err


def test_second_signal_ends_at_once() -> None:
    """Whoever presses it twice does not want to wait."""
    with stoppable():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_patience_has_an_end() -> None:
    """What does not end within its time is broken off as by a second signal; what does, is not."""
    with stoppable(patience=0.05):
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signal.pause()
    with stoppable(patience=0.05):
        signal.raise_signal(signal.SIGTERM)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_worker_ends_before_it_is_killed() -> None:
    """The patience of a worker that is told to stop is less than half of what a service manager gives it."""
    services = yaml.safe_load((ROOT / "config" / "compose.yaml").read_text("utf-8"))["services"]
    assert float(services["worker"]["stop_grace_period"].removesuffix("s")) > 2 * PATIENCE


def test_reading_ends_at_once() -> None:
    """What writes nothing may be cut off."""
    with stoppable(gently=False) as stop, pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert not stop.is_set()


def test_handlers_are_given_back() -> None:
    """Afterwards signals do what they did."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)]
    with stoppable():
        pass
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)] == before

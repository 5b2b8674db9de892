"""Ctrl-C while a run is writing."""

import signal

import pytest
import yaml

from ilc_canvas.cli.signals import stoppable
from ilc_canvas.cli.worker.worker import PATIENCE
from tests.sandbox.process import ROOT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_signal_asks_to_stop(capfd: pytest.CaptureFixture[str], number: signal.Signals) -> None:
    """The run is asked to stop, not cut off, and the person sees a message."""
    with stoppable() as stop:
        before = stop.is_set()
        signal.raise_signal(number)
        assert (before, stop.is_set()) == (False, True)
    assert "Press Ctrl-C again to stop at once" in capfd.readouterr().err


def test_second_signal_ends_at_once() -> None:
    """Somebody who presses it twice does not want to wait."""
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
    """A worker that is asked to stop waits less than half as long as a service manager allows."""
    services = yaml.safe_load((ROOT / "config" / "compose.yaml").read_text("utf-8"))["services"]
    assert float(services["worker"]["stop_grace_period"].removesuffix("s")) > 2 * PATIENCE


def test_reading_ends_at_once() -> None:
    """A command that writes nothing may be cut off, as Python does it by itself."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has its background jobs ignore it
    try:
        with stoppable(gently=False) as stop, pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert not stop.is_set()


def test_handlers_are_given_back() -> None:
    """Afterward signals are handled as before."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)]
    with stoppable():
        pass
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)] == before

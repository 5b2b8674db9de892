"""Ctrl-C while a run is writing."""

import signal

import pytest

from ilc_canvas.cli.stopping import stoppable


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_signal_asks_to_stop(capsys: pytest.CaptureFixture[str], number: signal.Signals) -> None:
    """The run is asked to end, not cut off, and the person is told."""
    with stoppable(True) as stop:
        before = stop()
        signal.raise_signal(number)
        assert (before, stop()) == (False, True)
    assert "Press Ctrl-C again to stop at once" in capsys.readouterr().err


def test_second_signal_ends_at_once() -> None:
    """Whoever presses it twice does not want to wait."""
    with stoppable(True):
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_reading_ends_at_once() -> None:
    """What writes nothing may be cut off."""
    with stoppable(False) as stop, pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert not stop()


def test_handlers_are_given_back() -> None:
    """Afterwards signals do what they did."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with stoppable(True):
        pass
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before

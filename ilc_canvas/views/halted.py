"""Whether anything may be written to Canvas now: a person's pause, and the calendar."""

from collections.abc import Callable
from datetime import datetime

from ilc_canvas import clock
from ilc_canvas.reconcile.hints import Next
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker import pauses


def why_halted(settings: Settings, store: Store, at: datetime) -> str:
    """Why nothing is to be written at this moment: a pause, or the calendar; empty if something may be."""
    pause = pauses.paused(store, at)
    if pause:
        return f"{pause}. To go on: {Next.RESUME}."
    until = settings.closed_until(at)
    return f"By the calendar nothing is written until {clock.at(until)}." if until else ""


class Halting:
    """Whether a run is to stop: somebody says so, or a pause or a blackout has begun. Asked before each write, and the store each time."""

    def __init__(self, settings: Settings, store: Store, stop: Callable[[], bool], *, clock: Callable[[], datetime]) -> None:
        self._settings, self._store, self._stop, self._clock = settings, store, stop, clock
        self._halted = False

    def __call__(self) -> bool:
        """True from the first time on."""
        self._halted = self._halted or self._stop() or bool(why_halted(self._settings, self._store, self._clock()))
        return self._halted

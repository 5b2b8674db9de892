"""Whether anything may be written to Canvas now: pauses and blackouts."""

from collections.abc import Callable
from datetime import datetime

from ilc_canvas import clock
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker import pauses


def why_halted(settings: Settings, store: Store, at: datetime) -> str:
    """Why nothing may be written now: a pause or a blackout. Empty if writing is allowed."""
    pause = pauses.paused(store, at)
    if pause:
        return f"{pause}. To go on: {Next.RESUME}."
    until = settings.closed_until(at)
    return f"The calendar allows no writing until {clock.at(until)}." if until else ""


class Halting:
    """Whether a run must stop: somebody asked for it, or a pause or blackout has begun. Called before each write; reads the store."""

    def __init__(self, settings: Settings, store: Store, stop: Callable[[], bool], *, clock: Callable[[], datetime]) -> None:
        self._settings, self._store, self._stop, self._clock = settings, store, stop, clock
        self._halted = False

    def __call__(self) -> bool:
        """Once true, always true."""
        self._halted = self._halted or self._stop() or bool(why_halted(self._settings, self._store, self._clock()))
        return self._halted

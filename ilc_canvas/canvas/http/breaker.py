"""The breaker: a Canvas that fails again and again is left alone for a while, then asked once."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import structlog

from ilc_canvas.canvas.http.failures import SpentError, ThrottledOutError
from ilc_canvas.reconcile.errors import InDoubtError, RefusedError, UnavailableError

log = structlog.get_logger(__name__)
IN_A_ROW = 5
LEAST, LATEST, SHARE = 10, 20, 0.5  # calls before the share counts, calls that are looked back at, the share that may not fail
REST, LONGEST_REST = 60.0, 900.0  # seconds


class Breaker:
    """Counts calls, each with all its repeats. Safe to use from several threads."""

    def __init__(self, monotonic: Callable[[], float], in_a_row: int = IN_A_ROW, least: int = LEAST) -> None:
        self._monotonic, self._lock, self._in_a_row, self._least = monotonic, threading.Lock(), in_a_row, least
        self._recent: deque[tuple[str, bool]] = deque(maxlen=LATEST)  # which kind of write, and whether it failed
        self._rest, self._until = REST, 0.0
        self._open = self._probing = False
        self._period = 0  # grows with each opening: what was asked before it is not counted after it
        self._of_writes: dict[str, Breaker] = {}

    @contextmanager
    def call(self, write: str = "") -> Iterator[None]:
        """Around one call: SpentError where Canvas is left alone. No usable answer is a failure; a refusal or a throttle is none.

        `write` names a kind of write. If that alone fails, it alone is left alone: all else can still be read and written.
        """
        own = self._of_writes.setdefault(write, Breaker(self._monotonic, LATEST, LATEST)) if write else None
        with own.call() if own else nullcontext(), self._counted(write):
            yield

    @contextmanager
    def _counted(self, write: str) -> Iterator[None]:
        period = self._admitted()
        try:
            yield
        except (RefusedError, ThrottledOutError):
            self._ended(period, write, failed=False)
            raise
        except (UnavailableError, InDoubtError):
            self._ended(period, write, failed=True)
            raise
        except BaseException:  # nothing is learned about Canvas
            self._ended(period, write, failed=None)
            raise
        self._ended(period, write, failed=False)

    def _admitted(self) -> int:
        """While it is open nobody passes, and when its time is over one alone."""
        with self._lock:
            left = self._until - self._monotonic()
            if self._open and (left > 0 or self._probing):
                when = f"for {left:.0f} more seconds" if left > 0 else "until one call has shown how it is"
                raise SpentError(f"Canvas fails again and again; it is left alone {when}. This call was not made.")
            self._probing = self._open
            return self._period

    def _ended(self, period: int, write: str, *, failed: bool | None) -> None:
        with self._lock:
            if period != self._period:
                return
            probe, self._probing = self._probing, False
            if failed is None:
                return
            if probe:
                self._decide(failed=failed)
                return
            self._recent.append((write, failed))
            if self._too_many():
                self._rest_for(REST)

    def _decide(self, *, failed: bool) -> None:
        """After the one call that passed while it was open."""
        if failed:
            self._rest_for(min(LONGEST_REST, self._rest * 2))
            return
        self._open = False
        log.info("canvas.answers_again")

    def _too_many(self) -> bool:
        writes = {write for write, failed in self._recent if failed}
        if len(writes) == 1 and "" not in writes:
            return False
        latest = [failed for _, failed in self._recent]
        row = len(latest) >= self._in_a_row and all(latest[-self._in_a_row :])
        return row or (len(latest) >= self._least and sum(latest) >= SHARE * len(latest))

    def _rest_for(self, seconds: float) -> None:
        self._open, self._rest, self._until = True, seconds, self._monotonic() + seconds
        self._period += 1
        self._recent.clear()
        log.warning("canvas.left_alone", seconds=seconds)

"""Quarantine: after a trouble that affects everything, nothing is written, and the program checks again less and less often."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ilc_canvas.reconcile.errors import IncompleteError, MissingRightError, RecoveryError, TokenError, UnavailableError, WrongTenantError

PROBES = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6))
"""The wait after each failure in turn; the last one applies from then on."""
_TROUBLES: tuple[tuple[type[BaseException], str], ...] = (
    (TokenError, "token"),
    (MissingRightError, "right"),
    (WrongTenantError, "tenant"),
    (RecoveryError, "recovery"),
    (UnavailableError, "canvas"),
    (IncompleteError, "canvas"),
)
_FOR_A_PERSON = frozenset({"tenant", "recovery"})


@dataclass(frozen=True, slots=True)
class Quarantine:
    """What the trouble is, since when, how often it was checked, and when it will be checked again."""

    trouble: str  # token, right, canvas, writes, tenant, recovery
    text: str
    since: datetime
    probes: int = 0
    next_at: datetime | None = None  # None: only a person can end it

    def forbids(self, now: datetime, *, by_hand: bool) -> bool:
        """Whether no run may start: if the trouble may have passed, a person may try at any time, the schedule only at its time."""
        return self.next_at is None or (not by_hand and self._waits(now))

    def _waits(self, now: datetime) -> bool:
        """A wait longer than the longest one was written while the clock was wrong, and does not count."""
        return self.next_at is not None and now < self.next_at <= now + PROBES[-1]


def trouble_of(error: BaseException) -> str:
    """The trouble behind an error; empty if it affects only this run."""
    return next((trouble for kind, trouble in _TROUBLES if isinstance(error, kind)), "")


def quarantined(former: Quarantine | None, trouble: str, text: str, *, now: datetime) -> Quarantine:
    """The quarantine after a run that met this trouble; if it repeats, the wait grows."""
    repeated = former is not None and former.trouble == trouble
    probes = former.probes + 1 if former and repeated else 0
    next_at = None if trouble in _FOR_A_PERSON else now + PROBES[min(probes, len(PROBES) - 1)]
    return Quarantine(trouble, text, former.since if former and repeated else now, probes, next_at)

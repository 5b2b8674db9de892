"""Quarantine: after a trouble that concerns everything nothing is written, and the trouble is looked at less and less often."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ilc_canvas.reconcile.errors import (
    IncompleteError,
    MissingRightError,
    RecoveryError,
    TokenError,
    UnavailableError,
    WrongTenantError,
)

PROBES = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6))
"""After each failure in turn; the last one from then on."""
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
    """What is the trouble, since when, how often it was looked at, and when it will be looked at again."""

    trouble: str  # token, right, canvas, writes, tenant, recovery
    text: str
    since: datetime
    probes: int = 0
    next_at: datetime | None = None  # None: only a person can end it

    def forbids(self, now: datetime, *, by_hand: bool) -> bool:
        """Whether no run may begin: a person may look at any time where the trouble may have passed, the schedule at its time."""
        return self.next_at is None or (not by_hand and now < self.next_at)


def trouble_of(error: BaseException) -> str:
    """The trouble behind an error; empty where it concerns this run alone."""
    return next((trouble for kind, trouble in _TROUBLES if isinstance(error, kind)), "")


def quarantined(former: Quarantine | None, trouble: str, text: str, *, now: datetime) -> Quarantine:
    """After a run that met this trouble; the same one again is looked at later and later."""
    again = former is not None and former.trouble == trouble
    probes = former.probes + 1 if former and again else 0
    next_at = None if trouble in _FOR_A_PERSON else now + PROBES[min(probes, len(PROBES) - 1)]
    return Quarantine(trouble, text, former.since if former and again else now, probes, next_at)

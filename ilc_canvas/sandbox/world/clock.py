"""The sandbox's own clock, and instants as Canvas reads and writes them."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import cycle
from zoneinfo import ZoneInfo

from ilc_canvas.sandbox.world.records import Instant


class Clock:
    """Starts at an instant (the real one, unless told) and runs on from there.

    What it says in the Date header is ahead of what it goes by, and stamps on what is made, by as many seconds as `skew` says: by each of
    several in turn, as if every answer came from another server. With no Date header at all it does not say its time.
    """

    def __init__(self, start: Instant | None = None, *, skew: Sequence[float] = (0.0,), says_date: bool = True) -> None:
        self._start = start or datetime.now(UTC)
        self._since = time.monotonic()
        self._skew, self._says_date = cycle(skew), says_date

    def now(self) -> Instant:
        return self._start + timedelta(seconds=time.monotonic() - self._since)

    def forward(self, seconds: float) -> None:
        """From now on it is ahead by so much more."""
        self._start += timedelta(seconds=seconds)

    def date(self) -> str | None:
        """What the next answer says in its Date header; None: it has none."""
        return http_date(self.now() + timedelta(seconds=next(self._skew))) if self._says_date else None


def http_date(now: Instant) -> str:
    return format_datetime(now.replace(microsecond=0), usegmt=True)


def in_utc(instant: Instant | None) -> str | None:
    """An instant as courses, sections, enrollments and terms show it: whole seconds and Z."""
    return None if instant is None else instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def in_zone(instant: Instant, zone: str) -> str:
    """An instant as users and roles show it: with the account's offset."""
    return instant.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def read_instant(text: str | None, zone: str) -> Instant | None:
    """What Canvas makes of a date that was sent: no offset means the caller's zone, and what it cannot read is null.

    So is, here, what lies before the year 1 or after 9999 in UTC.
    """
    try:
        found = datetime.fromisoformat(text.strip()) if text else None
        if found is not None and found.tzinfo is None:
            found = found.replace(tzinfo=ZoneInfo(zone))
        return None if found is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None

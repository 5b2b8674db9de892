"""The values of a calendar: when people meet, and who."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

AUDIENCES = ("all", "region", "cop", "pilot", "section")
STATUSES = ("scheduled", "moved", "cancelled")


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting. Identity is `meeting_id`; what may hold a passcode is not in its repr."""

    meeting_id: str
    audience_type: str  # all, region, cop, pilot, section
    audience: tuple[str, ...]  # I; EQ and ES; MATH/R2; nothing for all
    title: str = field(repr=False)
    first_day: date
    last_day: date  # inclusive
    starts: time | None  # on the wall of `zone`; None: all day
    ends: time | None
    zone: str  # IANA: America/Los_Angeles
    mode: str = ""  # virtual, in_person, hybrid or not said
    location: str = field(default="", repr=False)
    join_url: str = field(default="", repr=False)
    status: str = "scheduled"  # scheduled, moved, cancelled
    sequence: int = 0
    description: str = field(default="", repr=False)

    @property
    def all_day(self) -> bool:
        """Whether it has days and no hours."""
        return self.starts is None

    @property
    def cancelled(self) -> bool:
        """Whether it was called off."""
        return self.status == "cancelled"

    @property
    def start(self) -> datetime:
        """The first moment, in its zone; of a time that comes twice, the first one."""
        return datetime.combine(self.first_day, self.starts or time(), ZoneInfo(self.zone))

    @property
    def end(self) -> datetime:
        """The first moment after it, in its zone."""
        if self.all_day:
            return datetime.combine(self.last_day + timedelta(days=1), time(), ZoneInfo(self.zone))
        return datetime.combine(self.last_day, self.ends or time(), ZoneInfo(self.zone))

    @property
    def days(self) -> Iterator[date]:
        """Each day of it."""
        return (self.first_day + timedelta(days=number) for number in range((self.last_day - self.first_day).days + 1))


@dataclass(frozen=True)
class Calendar:
    """One version of one school year, in the order of its file."""

    school_year: str  # 2021-22
    version: int
    meetings: tuple[Meeting, ...]
    undated: tuple[str, ...] = ()  # ids of meetings that have no date yet: no event until one is given
    signed_by: str = ""
    signed_at: datetime | None = None

    @cached_property
    def by_id(self) -> dict[str, Meeting]:
        """Meetings by their ids."""
        return {meeting.meeting_id: meeting for meeting in self.meetings}

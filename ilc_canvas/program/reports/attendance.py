"""Who came to which meeting, as an attendance file says, and how it adds up."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from ilc_canvas.program.calendars.calendar import Meeting
from ilc_canvas.program.people.new_ids import all_ids
from ilc_canvas.program.placement import pilots
from ilc_canvas.program.roster import Roster

Unit = tuple[str, str]
"""What a meeting is for, and what people are counted by: ("cop", "EQ"), ("network", "I"), ("start-up", "P417") or ("all", "")."""


@dataclass(frozen=True, slots=True)
class Presence:
    """One row: a person at a meeting, or a number of outside educators there who are on no roster."""

    meeting_id: str
    person_id: str  # empty for outside educators
    outside: int  # 0 for a person
    recorded_by: str

    @property
    def number(self) -> int:
        """How many attendances it stands for."""
        return 1 if self.person_id else self.outside


@dataclass(frozen=True)
class Attendance:
    """One version of one school year: the whole attendance so far."""

    school_year: str
    version: int
    rows: tuple[Presence, ...]
    recorded_at: datetime | None = None

    @cached_property
    def meetings(self) -> frozenset[str]:
        """The ids of all meetings that it has something about."""
        return frozenset(row.meeting_id for row in self.rows)

    @cached_property
    def people(self) -> frozenset[str]:
        """The ids of everybody it names."""
        return frozenset(row.person_id for row in self.rows if row.person_id)


@dataclass(frozen=True, slots=True)
class Attended:
    """Attendances, and how many people they are of: who comes six times is one person with six attendances."""

    meetings: int  # with a row
    attendances: int  # of people on the roster
    people: int
    left: int  # attendances of people whom the roster no longer names
    outside: int | None  # attendances of outside educators; how many people these are is not known; None: of a region


def attended(rows: Iterable[Presence], on_roster: Collection[str]) -> Attended:
    """These rows added up."""
    found = list(rows)
    here = [row.person_id for row in found if row.person_id in on_roster]
    named = sum(1 for row in found if row.person_id)
    return Attended(
        meetings=len({row.meeting_id for row in found}),
        attendances=len(here),
        people=len(set(here)),
        left=named - len(here),
        outside=sum(row.outside for row in found),
    )


def with_present_ids(attendance: Attendance, on_roster: Collection[str], links: Sequence[tuple[str, str]]) -> Attendance:
    """The same with the id that the roster has now for each person whose id has changed; `links` are pairs of ids of one person."""
    present = {row: min(all_ids(row, links) & set(on_roster), default=row) for row in attendance.people - set(on_roster)}
    return replace(attendance, rows=tuple(replace(row, person_id=present.get(row.person_id, row.person_id)) for row in attendance.rows))


def units_of(meeting: Meeting, roster: Roster) -> tuple[Unit, ...]:
    """What a meeting is for; a section's meeting belongs to its COP, a region's start-up meeting to each start-up there."""
    if meeting.audience_type == "all":
        return (("all", ""),)
    if meeting.audience_type == "region":
        return tuple(("network", region) for region in meeting.audience)
    if meeting.audience_type == "pilot":
        named = set(meeting.audience)
        return tuple(("start-up", team.team_id) for team in pilots(roster) if named & {team.region, team.team_id})
    return tuple(dict.fromkeys(("cop", code.partition("/")[0]) for code in meeting.audience))

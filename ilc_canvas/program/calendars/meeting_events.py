"""What a calendar means: an event for each meeting in each course that it concerns, and each of its days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.names import REGION_CODES, region_code
from ilc_canvas.program.placement import active_cops, networks, pilots, placements
from ilc_canvas.program.roster import Roster

Course = tuple[str, ...]
Why = Literal["not-on-roster", "not-active", "no-course", "no-section"]


@dataclass(frozen=True, slots=True)
class MeetingEvent:
    """One event in one course, or in one section of it. Identity is `key` and `course`."""

    key: str  # COP-EQ-1; ILC-MIDYEAR/2 for the second day
    course: Course  # as Placement has it
    section: str  # "" for the whole course
    start: datetime  # in the meeting's zone; of a whole day both are its midnight
    end: datetime
    meeting: Meeting


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A meeting that has no course, or one whose section is gone, under what its calendar says."""

    meeting_id: str
    audience: str
    why: Why


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the meetings of a calendar go with a roster."""

    events: tuple[MeetingEvent, ...]
    cancelled: tuple[MeetingEvent, ...]  # never made again; what is there already is to be marked
    unplaced: tuple[Unplaced, ...]


@dataclass(frozen=True, slots=True)
class Courses:
    """The courses and sections that a roster gives, by what an audience is called."""

    cops: frozenset[str]
    inactive: frozenset[str]  # COPs that are on the roster and have no course
    networks: frozenset[str]  # regions
    pilots: dict[str, tuple[str, ...]]  # team ids by region, and by themselves
    sections: frozenset[tuple[Course, str]]


def courses_of(roster: Roster) -> Courses:
    """What meetings can be for."""
    active = frozenset(cop.code for cop in active_cops(roster))
    teams: dict[str, tuple[str, ...]] = {}
    for team in pilots(roster):
        teams[team.region] = (*teams.get(team.region, ()), team.team_id)
        teams[team.team_id] = (team.team_id,)
    return Courses(
        cops=active,
        inactive=frozenset(cop.code for cop in roster.cops) - active,
        networks=frozenset(networks(roster)),
        pilots=teams,
        sections=frozenset((place.course, place.section) for place in placements(roster)),
    )


def place_meetings(calendar: Calendar, roster: Roster) -> Placed:
    """Every event, by this roster: what it has no course for any more is told as a value."""
    courses = courses_of(roster)
    events: list[MeetingEvent] = []
    unplaced: list[Unplaced] = []
    for meeting in calendar.meetings:
        for target in targets(meeting, courses):
            if isinstance(target, Unplaced):
                unplaced.append(target)
            else:
                events += _events(meeting, *target)
    going = tuple(event for event in events if not event.meeting.cancelled)
    return Placed(going, tuple(event for event in events if event.meeting.cancelled), tuple(unplaced))


def targets(meeting: Meeting, courses: Courses) -> Iterator[tuple[Course, str] | Unplaced]:
    """The courses, each with a section or none, or why there is none."""
    if meeting.audience_type == "all":
        yield ("hub",), ""
    for name in meeting.audience:
        if meeting.audience_type == "pilot":
            yield from _pilot(meeting, name, courses)
        else:
            yield _target(meeting, name, courses)


def _target(meeting: Meeting, name: str, courses: Courses) -> tuple[Course, str] | Unplaced:
    if meeting.audience_type == "region":
        known = name in REGION_CODES and name in courses.networks
        return (("net", region_code(name)), "") if known else Unplaced(meeting.meeting_id, name, "no-course")
    code, _, section = name.partition("/")
    if code not in courses.cops:
        return Unplaced(meeting.meeting_id, name, "not-active" if code in courses.inactive else "not-on-roster")
    if section and (("cop", code), section) not in courses.sections:
        return Unplaced(meeting.meeting_id, name, "no-section")
    return ("cop", code), section


def _pilot(meeting: Meeting, name: str, courses: Courses) -> Iterator[tuple[Course, str] | Unplaced]:
    """A region's start-ups, or one of them by its team id."""
    if name not in courses.pilots:
        yield Unplaced(meeting.meeting_id, name, "no-course" if name in REGION_CODES else "not-on-roster")
    for team_id in courses.pilots.get(name, ()):
        yield ("pilot", team_id), ""


def _events(meeting: Meeting, course: Course, section: str) -> Iterator[MeetingEvent]:
    """One event; of days without hours one each, since Canvas takes only a single midnight for a whole day."""
    if not meeting.all_day:
        yield MeetingEvent(meeting.meeting_id, course, section, meeting.start, meeting.end, meeting)
        return
    days = list(meeting.days)
    for number, day in enumerate(days, start=1):
        midnight = _midnight(day, meeting.zone)
        key = meeting.meeting_id if len(days) == 1 else f"{meeting.meeting_id}/{number}"
        yield MeetingEvent(key, course, section, midnight, midnight, meeting)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))

"""The meetings of one course: what the calendar says, and what is in Canvas by the ledger."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.calendars.meeting_events import place_meetings
from ilc_canvas.program.calendars.meeting_records import event_key, title_of, when_of
from ilc_canvas.program.calendars.passcodes import without_passcodes
from ilc_canvas.program.names import course_key, scope
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.state import Key, Owned, course_of
from ilc_canvas.settings import Settings
from ilc_canvas.store.calendars import versions
from ilc_canvas.store.db.database import Store


@dataclass(frozen=True)
class CourseMeeting:
    """One event, without place, link and notes, which may hold passcodes."""

    key: Key
    title: str
    when: str  # 2021-09-14T23:30:00Z/2021-09-15T01:00:00Z, or 2022-02-04 for a whole day
    cancelled: bool
    planned: bool  # whether the newest calendar has it
    in_canvas: bool  # as we left it


def meetings(
    settings: Settings, store: Store, roster: Roster, *, course: Key, owned: Mapping[Key, Owned]
) -> tuple[tuple[CourseMeeting, ...], int | None]:
    """The events of this course in order of time, and the version of the calendar; None if none is signed for its school year."""
    signed = [info for info in versions.listing(store) if info.state == "finalized" and info.school_year == roster.school_year]
    calendar = versions.read(store, signed[0].number) if signed else None
    there = {key: row for key, row in owned.items() if "when" in key.rule.announced and row.stands}
    planned = {each.key: each for each in _planned(calendar, roster, prefix=settings.prefix, there=there)} if calendar else {}
    here = {key: each for key, each in planned.items() if course_of(key) == course}
    rest = [_left(row) for key, row in there.items() if key not in here]
    return tuple(sorted([*here.values(), *rest], key=lambda each: (each.when, each.key))), calendar.version if calendar else None


def _planned(calendar: Calendar, roster: Roster, *, prefix: str, there: Container[Key]) -> Iterator[CourseMeeting]:
    placed = place_meetings(calendar, roster)
    for event in (*placed.events, *placed.cancelled):
        key = event_key(course_key(scope(prefix, roster.school_year), *event.course), event.key)
        title = without_passcodes(title_of(event, roster))
        yield CourseMeeting(key, title, when_of(event), event.meeting.cancelled, planned=True, in_canvas=key in there)


def _left(row: Owned) -> CourseMeeting:
    """An event that the calendar no longer has in this course."""
    name = without_passcodes(str(row.fields.get("name") or ""))
    return CourseMeeting(row.key, name, str(row.fields.get("when") or ""), cancelled=False, planned=False, in_canvas=True)

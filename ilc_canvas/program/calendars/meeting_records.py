"""Meetings as records: what a Canvas event says of each."""

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from html import escape

from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.calendars.meeting_events import MeetingEvent, Unplaced, place_meetings
from ilc_canvas.program.desired import section_name
from ilc_canvas.program.names import LONGEST, course_key, scope
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.kinds import Kind, Value
from ilc_canvas.reconcile.state import Key, Record

_WEB = re.compile(r"(?i)https?://")


def event_key(course: Key, meeting: str) -> Key:
    """ilc:2021-22:cop:EQ:COP-EQ-1, and ilc:2021-22:hub:ILC-MIDYEAR/2 for the second day of a meeting"""
    return Key(Kind.EVENT, f"{course.id}:{meeting}")


def meeting_records(calendar: Calendar, roster: Roster, policy: Policy) -> list[Record]:
    """An event for each meeting that is to be held, in each course that it is for.

    A meeting that was called off, or whose course is not on this roster, has none: what there is of it in Canvas is marked as cancelled.
    """
    return [_record(event, roster, policy) for event in place_meetings(calendar, roster).events]


def unplaced(calendar: Calendar, roster: Roster) -> Iterator[str]:
    """A sentence for each audience that this roster has no course for (any more)."""
    for each in place_meetings(calendar, roster).unplaced:
        yield _no_course(each, roster.version)


_WHY = {
    "not-on-roster": "is not on roster version {}",
    "not-active": "has no course by roster version {}: it is not active",
    "no-course": "has no course by roster version {}",
    "no-section": "is not a section that roster version {} has people for",
}


def _no_course(each: Unplaced, version: int) -> str:
    return f"Meeting {each.meeting_id} is for {each.audience}, which {_WHY[each.why].format(version)}: it has no event there."


def _record(event: MeetingEvent, roster: Roster, policy: Policy) -> Record:
    course = course_key(scope(policy.prefix, roster.school_year), *event.course)
    key = event_key(course, event.key)
    fields: dict[str, Value] = {
        "name": title_of(event, roster),
        "when": when_of(event),
        "place": event.meeting.location[:LONGEST],
        "text": event_text(key, event.meeting),
        "state": "active",
    }
    return Record(key, fields, (course,))


def title_of(event: MeetingEvent, roster: Roster) -> str:
    """An event for one section says so: Canvas lets nobody but a teacher of the course give a section an event (live-content 10)."""
    end = f" ({section_name(event.section, roster)})" if event.section else ""
    return event.meeting.title[: LONGEST - len(end)] + end


def when_of(event: MeetingEvent) -> str:
    """One value, so that start and end are compared, and change, together: 2021-09-14T23:30:00Z/2021-09-15T01:00:00Z, or 2022-02-04."""
    if event.meeting.all_day:
        return event.start.date().isoformat()
    return f"{_instant(event.start)}/{_instant(event.end)}"


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def event_text(key: Key, meeting: Meeting) -> str:
    """The description, in the form in which Canvas keeps it: a marker by which it can be found, and paragraphs.

    The link has a paragraph of its own, which goes when the meeting is cancelled.
    """
    paragraphs = [
        *(f"<p>{line}</p>" for line in map(_plain, _lines(meeting.description))),
        *(f'<p data-ilc-link="join">{_link(meeting.join_url)}</p>' for _ in range(bool(meeting.join_url))),
        f"<p>This meeting is on the program calendar as {_plain(meeting.meeting_id)}.</p>",
    ]
    return f'<div data-ilc-key="{_attribute(key.id)}" data-ilc-zone="{_attribute(meeting.zone)}">{"".join(paragraphs)}</div>'


def _lines(text: str) -> Collection[str]:
    return [line for line in map(str.strip, text.splitlines()) if line]


def _link(url: str) -> str:
    """A link for a web address; anything else stays text."""
    return f'<a href="{_attribute(url)}">Join online</a>' if _WEB.match(url) else _plain(url)


def _plain(text: str) -> str:
    return escape(text, quote=False)


def _attribute(text: str) -> str:
    return escape(text, quote=False).replace('"', "&quot;")

"""A calendar as iCalendar files: one for each audience, to subscribe to or to hand on."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from icalendar import Calendar as Feed
from icalendar import Event
from icalendar.prop import vText

from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.calendars.calendar_diff import whom

_LINE_BREAK = re.compile(r"\r\n?")


def feeds(calendar: Calendar, signed_at: datetime, *, prefix: str) -> Mapping[str, bytes]:
    """The bytes of each file by its name: all.ics, region-II.ics, cop-EQ.ics, pilot-IV.ics, section-MATH-R2.ics.

    A meeting of several audiences is in the file of each, under one UID: its id with prefix and school year, so that years stay apart.
    """
    by_name: defaultdict[str, list[Meeting]] = defaultdict(list)
    for meeting in calendar.meetings:
        for name in _names(meeting):
            by_name[name].append(meeting)
    return {
        f"{name}.ics": _feed(calendar, meetings, signed_at, domain=f"{calendar.school_year}.{prefix}") for name, meetings in by_name.items()
    }


def _names(meeting: Meeting) -> Iterator[str]:
    """What an audience's file is called; codes are fit for that since intake has checked them."""
    if meeting.audience_type == "all":
        yield "all"
    for code in meeting.audience:
        yield f"{meeting.audience_type}-{code.replace('/', '-')}"


def _feed(calendar: Calendar, meetings: list[Meeting], signed_at: datetime, *, domain: str) -> bytes:
    feed = Feed()
    feed.add("prodid", "-//ilc_canvas//calendar//EN")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", f"{_title(meetings[0])} {calendar.school_year}")
    for meeting in meetings:
        feed.add_component(_event(meeting, signed_at, domain=domain))
    days = [day for meeting in meetings for day in (meeting.first_day, meeting.last_day)]
    feed.add_missing_timezones(min(days) - timedelta(days=366), max(days) + timedelta(days=366))
    data: bytes = feed.to_ical()
    return data


def _title(meeting: Meeting) -> str:
    return "ILC" if meeting.audience_type == "all" else f"ILC {whom(meeting)}"


def _event(meeting: Meeting, signed_at: datetime, *, domain: str) -> Event:
    event = Event()
    event.add("uid", f"{meeting.meeting_id}@{domain}")
    event.add("dtstamp", signed_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", meeting.first_day if meeting.all_day else meeting.start)
    event.add("dtend", meeting.last_day + timedelta(days=1) if meeting.all_day else meeting.end)
    event.add("sequence", meeting.sequence)
    event.add("status", "CANCELLED" if meeting.cancelled else "CONFIRMED")
    event.add("categories", [meeting.audience_type.upper()])
    texts = {
        "summary": meeting.title,
        "location": meeting.location,
        "description": meeting.description,
        "x-ilc-meeting-id": meeting.meeting_id,
        "x-ilc-audience": ";".join(meeting.audience),
    }
    for name, text in texts.items():
        if text:
            event.add(name, vText(_LINE_BREAK.sub("\n", text)))
    if meeting.join_url:
        event.add("url", meeting.join_url)
    return event

"""The page of a course's calendar: its events by date, in the time zone of the course or else of its account."""

from datetime import date
from html import escape
from html.parser import HTMLParser
from itertools import groupby

from ilc_canvas.sandbox.calendar import access, contexts, times
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.screens import layout
from ilc_canvas.sandbox.world import find as find_record
from ilc_canvas.sandbox.world.records import CalendarEvent, Course, Instant

INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "u"}


class Words(HTMLParser):
    """The words of rich text, without its markup."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser names them
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self.parts.append("" if tag in INLINE else " ")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    @classmethod
    def of(cls, text: str) -> str:
        reader = cls()
        reader.feed(text)
        reader.close()
        return " ".join("".join(reader.parts).split())


def find(call: Call) -> Answer:
    """The address that an event names as its own leads to its place on its course's page."""
    code = (call.params.text("include_contexts") or "").partition(",")[0]
    calendar = contexts.find(call, code)
    if calendar is None:
        raise errors.not_found()
    number = find_record.as_number(call.params.text("event_id") or "")
    return layout.leads_to(call, layout.address(calendar.course, "/calendar", f"#event-{number}" if number is not None else ""))


def show(call: Call) -> Answer:
    """The events of a course by date; a section's times are shown with its name."""
    view = layout.seen(call)
    course = view.course
    zone = times.known_zone(course.time_zone, call.world.accounts[course.account_id].time_zone)
    found = sorted(events_of(call, course), key=lambda event: order(event, zone))
    days = [(day, list(events)) for day, events in groupby(found, key=lambda event: day_of(event, zone))]
    body = "".join(section(call, day, events, zone=zone) for day, events in days)
    about = f"Calendar, in {city(zone)} time."
    return layout.screen(view, body or "<p>There are no events yet.</p>", about=about, current="calendar", title="Calendar")


def city(zone: str) -> str:
    """The zone as a person knows it: New York, of America/New_York."""
    return zone.rpartition("/")[2].replace("_", " ")


def events_of(call: Call, course: Course) -> list[CalendarEvent]:
    """What is on the calendar: section times in place of the event that they belong to, and what sections have on their own."""
    whole = [event for event in call.world.course_events(course.id) if not call.world.child_events(event)]
    of_sections = [event for row in call.world.live_sections(course.id) for event in call.world.section_events(row.id)]
    return whole + [event for event in of_sections if access.course_of(call, event) is course]


def day_of(event: CalendarEvent, zone: str) -> date | None:
    """The day it begins on; that of an all-day event is the one that was meant, in whichever zone."""
    if event.all_day and event.all_day_date:
        return event.all_day_date
    return times.local_date(event.start_at, zone) if event.start_at else None


def order(event: CalendarEvent, zone: str) -> tuple[date, bool, Instant, int]:
    return day_of(event, zone) or date.max, not event.all_day, event.start_at or event.created_at, event.id


def section(call: Call, day: date | None, events: list[CalendarEvent], *, zone: str) -> str:
    heading = f"{day:%A, %B} {day.day}, {day.year}" if day else "No date"
    return f'<h2>{heading}</h2><ul class="events">{"".join(item(call, event, zone) for event in events)}</ul>'


def item(call: Call, event: CalendarEvent, zone: str) -> str:
    """One event: when, what, for which section, where, and the words of its description."""
    room = access.section_of(call, event)
    place = ", ".join(part for part in (event.location_name, event.location_address) if part)
    details = [room.name if room else "", place, Words.of(event.description or "")]
    shown = "".join(f'<p class="quiet">{escape(text)}</p>' for text in details if text)
    title = escape(event.title) or "(no title)"
    return f'<li id="event-{event.id}"><p>{escape(clock_times(event, zone))}</p><div><p><strong>{title}</strong></p>{shown}</div></li>'


def clock_times(event: CalendarEvent, zone: str) -> str:
    """As 10:00 AM to 12:00 PM, with the date of an end on another day."""
    if event.all_day:
        return "All day"
    if event.start_at is None or event.end_at is None:
        return ""
    start, end = times.local(event.start_at, zone), times.local(event.end_at, zone)
    if start == end:
        return f"{start:%-I:%M %p}"
    last = "" if start.date() == end.date() else f"{end:%B} {end.day}, "
    return f"{start:%-I:%M %p} to {last}{end:%-I:%M %p}"

"""The list of events: of at most ten calendars, by dates or by flags."""

import re

from ilc_canvas.sandbox.calendar import access, contexts, times
from ilc_canvas.sandbox.calendar.contexts import Calendar
from ilc_canvas.sandbox.calendar.event_json import as_json
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world.clock import read_instant
from ilc_canvas.sandbox.world.records import CalendarEvent, Instant

MOST = 10
DAY = re.compile(r"\d{4}-\d\d?-\d\d?")
EXCLUDABLE = {"description", "child_events", "assignment"}
Window = tuple[Instant | None, Instant | None]


def index(call: Call) -> Answer:
    """By start, undated ones last. Codes after the tenth are silently dropped; one unreadable code is 401 for all.

    Without codes it is the caller's own calendar, which is always empty here; so is `type=assignment`.
    """
    window = None if flagged(call) else asked_window(call)
    calendars = [contexts.readable(call, code) for code in call.params.many("context_codes")[:MOST] if code != own_code(call)]
    contexts.insist(None not in calendars)
    past, excluded = call.of_lists(), EXCLUDABLE & {*call.params.any_of("excludes")}
    found = {event.id: event for calendar in calendars if calendar for event in events_of(past, calendar)}
    kept = [event for event in found.values() if fits(call, event, window)] if call.params.text("type") != "assignment" else []
    return paging.counted(past, sorted(kept, key=by_start), lambda event: without(as_json(past, event), excluded))


def own_code(call: Call) -> str:
    return f"user_{call.caller.id}"


def flagged(call: Call) -> bool:
    return call.params.flag("all_events") or call.params.flag("undated")


def events_of(past: Call, calendar: Calendar) -> list[CalendarEvent]:
    """A course's events with the section times that the caller gets as rows; a section's own events, without its times for others."""
    world, section = past.world, calendar.section
    if section:
        return [event for event in world.section_events(section.id) if event.parent_id is None]
    shown = [row for row in world.live_sections(calendar.course.id) if access.lists_section(past, row)]
    held = [event for row in shown for event in world.section_events(row.id) if event.parent_id is not None]
    return world.course_events(calendar.course.id) + [event for event in held if event.course_id == calendar.course.id]


def fits(call: Call, event: CalendarEvent, window: Window | None) -> bool:
    """Undated events are in `all_events` and are all of `undated`; a window is about the start."""
    if window is None:
        return call.params.flag("all_events") or event.start_at is None
    first, last = window
    return event.start_at is not None and (first is None or first <= event.start_at) and (last is None or event.start_at <= last)


def by_start(event: CalendarEvent) -> tuple[bool, Instant, int]:
    return event.start_at is None, event.start_at or event.created_at, event.id


def asked_window(call: Call) -> Window:
    """The first and the last instant: today unless dates were sent; an end before the start is the end of the start's day."""
    zone = times.known_zone(call.caller.time_zone, call.zone)
    wrong = {name: wrong_date(name) for name in ("start_date", "end_date") if is_wrong(call.params.text(name), zone)}
    if wrong:
        raise errors.refused(400, {"errors": wrong})
    first = bound(call.params.text("start_date"), zone, closing=False) or times.midnight(call.now, zone) or call.now
    last = bound(call.params.text("end_date"), zone, closing=True) or times.end_of_day(call.now, zone)
    return first, last if last >= first else times.end_of_day(first, zone)


def wrong_date(name: str) -> str:
    return f"Invalid date or invalid datetime for {name}"


def is_wrong(text: str | None, zone: str) -> bool:
    return bool(text) and read_instant(text, zone) is None


def bound(text: str | None, zone: str, *, closing: bool) -> Instant | None:
    """An instant, or the beginning or the end of a bare day in the caller's zone."""
    found = read_instant(text, zone)
    return times.end_of_day(found, zone) if found and closing and DAY.fullmatch(text or "") else found


def without(shown: dict[str, object], excluded: set[str]) -> dict[str, object]:
    return {name: value for name, value in shown.items() if name not in excluded}

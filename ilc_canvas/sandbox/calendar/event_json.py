"""How an event is shown. The keys are those of a Canvas of July 2022, in lists and single reads alike."""

from typing import Any

from ilc_canvas.sandbox.calendar import access
from ilc_canvas.sandbox.courses import markup
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import CalendarEvent


def as_json(call: Call, event: CalendarEvent) -> dict[str, Any]:
    """An event with the section times that the caller may see inside."""
    children = call.world.child_events(event)
    seen = children if access.sees_all_sections(call, call.world.courses[event.course_id]) else []
    return bare(call, event) | {
        "child_events": [bare(call, child) for child in seen],
        "url": f"{call.base}/api/v1/calendar_events/{event.id}",
    }


def bare(call: Call, event: CalendarEvent) -> dict[str, Any]:
    """An event as it is shown inside its parent: without an address and without section times of its own."""
    course, section = call.world.courses[event.course_id], access.section_of(call, event)
    code = f"course_section_{section.id}" if section else f"course_{course.id}"
    effective = {"effective_context_code": f"course_{course.id}"} if event.parent_id is not None else {}
    count = len(call.world.child_events(event))
    return {
        "id": event.id,
        "title": f"{event.title} ({section.name})" if section else event.title,
        "start_at": in_utc(event.start_at),
        "end_at": in_utc(event.end_at),
        "workflow_state": event.state,
        "created_at": in_utc(event.created_at),
        "updated_at": in_utc(event.updated_at),
        "all_day": event.all_day,
        "all_day_date": event.all_day_date and event.all_day_date.isoformat(),
        "comments": None,
        "location_address": event.location_address,
        "location_name": event.location_name,
        "type": "event",
        "description": markup.shown(event.description, call.base, themed=call.theme),
        "child_events_count": count,
        "all_context_codes": code,
        "context_code": code,
        "context_name": None if section else course.name,
        "context_color": None,
        "parent_event_id": event.parent_id,
        "hidden": count > 0,
        "html_url": f"{call.base}/calendar?event_id={event.id}&include_contexts={effective.get('effective_context_code', code)}",
        "duplicates": [],
        "important_dates": False,
        **effective,
    }

"""Section times: the children of an event, one for each section that meets at a time of its own.

Seen on a Canvas of July 2022: title, description and place go down to the children without moving their stamp, a parent's new
time moves no child, and a child's new time makes the parent's range fit again without moving the parent's stamp.
"""

from dataclasses import replace

from ilc_canvas.sandbox.calendar import access, contexts, messages, times
from ilc_canvas.sandbox.calendar.contexts import Calendar
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params
from ilc_canvas.sandbox.world.records import CalendarEvent, Section
from ilc_canvas.sandbox.world.world import World

SENT_AS = "child_event_data"
Times = list[tuple[Section, Params]]


def read(call: Call, place: Calendar, asked: Params) -> Times | None:
    """The sections and their times in a request; None if none were sent. Sent blank they break Canvas: 500."""
    if asked.text(SENT_AS) is not None:
        raise errors.occurred(500, "internal_server_error", report=1)
    sent = asked.groups(SENT_AS)
    if not sent:
        return None
    codes = [each.text("context_code") for each in sent]
    if len(set(codes)) < len(codes):
        raise errors.invalid({SENT_AS: [errors.own("Duplicate child event contexts")]})
    return [(section_for(call, place, each.text("context_code")), each) for each in sent]


def section_for(call: Call, place: Calendar, code: str | None) -> Section:
    """A section of this very course whose calendar the caller manages; anything else is 400."""
    found = contexts.find(call, code)
    section = found.section if found else None
    if section is None or place.section or section.course_id != place.course.id or not access.manages_section(call, section):
        raise errors.invalid({SENT_AS: [errors.own("Invalid child event context")]})
    return section


def put(call: Call, parent: CalendarEvent, wanted: Times) -> None:
    """Make, move and delete children until there is one for each section wanted, and no other."""
    before = {child.section_id: child for child in call.world.child_events(parent)}
    for section, asked in wanted:
        child = before.pop(section.id, None)
        if child is None:
            add(call, parent, section=section, asked=asked)
        else:
            move(call, child, asked)
    for child in before.values():
        call.world.put_event(replace(child, state="deleted", updated_at=call.now))
    span(call.world, parent.id)


def add(call: Call, parent: CalendarEvent, *, section: Section, asked: Params) -> None:
    undated = replace(parent, start_at=None, end_at=None, all_day=False, all_day_date=None, created_at=call.now, updated_at=call.now)
    draft = replace(undated, section_id=section.id, parent_id=parent.id, user_id=call.caller.id)
    times.take(call, draft, asked)
    child = call.world.add_event(lambda n: replace(draft, id=n))
    messages.queue(call, child, messages.CREATED)


def move(call: Call, child: CalendarEvent, asked: Params) -> None:
    """Set a child's times; equal ones sent by the same person leave its stamp."""
    draft = replace(child, user_id=call.caller.id)
    times.take(call, draft, asked)
    if draft != child:
        draft.updated_at = call.now
    call.world.put_event(draft)
    if (draft.start_at, draft.end_at) != (child.start_at, child.end_at):
        messages.queue(call, draft, messages.MOVED)


def hand_down(world: World, parent: CalendarEvent) -> None:
    """Give the parent's text and place to its children; their stamps stay."""
    for child in world.child_events(parent):
        same = replace(child, title=parent.title, description=parent.description)
        world.put_event(replace(same, location_name=parent.location_name, location_address=parent.location_address))


def span(world: World, parent_id: int) -> None:
    """Stretch an event over the times of its children; its stamp stays."""
    parent = world.events[parent_id]
    dated = [(child.start_at, child.end_at) for child in world.child_events(parent) if child.start_at and child.end_at]
    if dated:
        world.put_event(replace(parent, start_at=min(start for start, _ in dated), end_at=max(end for _, end in dated)))

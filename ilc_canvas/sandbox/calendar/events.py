"""Calendar events: made, read, changed, moved to another calendar and deleted."""

from dataclasses import replace

from ilc_canvas.sandbox.account.sis import too_long
from ilc_canvas.sandbox.calendar import access, contexts, messages, section_times, times
from ilc_canvas.sandbox.calendar.contexts import Calendar
from ilc_canvas.sandbox.calendar.event_json import as_json
from ilc_canvas.sandbox.courses import markup
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world.find import as_number
from ilc_canvas.sandbox.world.records import CalendarEvent

NOT_BETWEEN = "Cannot move events with section-specific times between calendars"


def wanted(call: Call) -> CalendarEvent:
    """The event of the path, deleted ones too; an unknown number is 404."""
    found = call.present.events.get(as_number(call.ids["event"]))
    if found is None:
        raise errors.not_found()
    return found


def show(call: Call) -> Answer:
    event = wanted(call)
    contexts.insist(access.reads(call, event))
    return Answer(as_json(call, event))


def create(call: Call) -> Answer:
    """201. With section times the event only holds them together, and the times sent for itself give way to their range.

    `duplicate`, which lets a Canvas make copies, is not known here.
    """
    asked = call.params.group("calendar_event")
    place = contexts.writable(call, asked.text("context_code"))
    sections = section_times.read(call, place, asked)
    draft = empty(call, place)
    fill(call, draft, asked)
    event = call.world.add_event(lambda n: replace(draft, id=n))
    if sections is None:
        messages.queue(call, event, messages.CREATED)
    else:
        section_times.put(call, event, sections)
    return Answer(as_json(call, call.world.events[event.id]), status=201)


def empty(call: Call, place: Calendar) -> CalendarEvent:
    return CalendarEvent(
        id=0,
        created_at=call.now,
        updated_at=call.now,
        state="active",
        course_id=place.course.id,
        section_id=place.section_id,
        user_id=call.caller.id,
        title="CourseSection Event" if place.section else "Course Event",
    )


def fill(call: Call, event: CalendarEvent, asked: Params) -> None:
    """Take over what was sent. A section's time has its own times only: a text sent to it is silently dropped."""
    times.take(call, event, asked)
    if event.parent_id is not None:
        return
    if "title" in asked:
        event.title = asked.text("title") or ""
    if "description" in asked:
        event.description = markup.kept(asked.text("description"), call.base)
    if "location_name" in asked:
        event.location_name = asked.text("location_name")
    if "location_address" in asked:
        event.location_address = asked.text("location_address")
    flaws = too_long("title", event.title)
    if flaws:
        raise errors.invalid(flaws)


def update(call: Call) -> Answer:
    """Equal values leave the stamp when the same person sends them; when another does they move it, as the author changes."""
    event, asked = wanted(call), call.params.group("calendar_event")
    contexts.insist(access.changes(call, event))
    draft = replace(event, user_id=call.caller.id)
    place = move(call, draft, asked.text("context_code"))
    sections = section_times.read(call, place, asked)
    fill(call, draft, asked)
    if draft != event:
        draft.updated_at = call.now
    call.world.put_event(draft)
    if (draft.start_at, draft.end_at) != (event.start_at, event.end_at):
        follow_move(call, draft)
    section_times.hand_down(call.world, draft)
    if sections is not None:
        section_times.put(call, draft, sections)
    return Answer(as_json(call, call.world.events[event.id]))


def move(call: Call, draft: CalendarEvent, code: str | None) -> Calendar:
    """The calendar that the event is in afterwards; that of a section's time never changes."""
    place = Calendar(course=call.world.courses[draft.course_id], section=access.section_of(call, draft))
    if code is None or code == place.code or draft.parent_id is not None:
        return place
    target = contexts.writable(call, code)
    if call.world.child_events(draft):
        raise errors.message(400, NOT_BETWEEN)
    draft.course_id, draft.section_id = target.course.id, target.section_id
    return target


def follow_move(call: Call, event: CalendarEvent) -> None:
    """Tell people of new times, and let the range of the event above fit."""
    messages.queue(call, event, messages.MOVED)
    if event.parent_id is not None:
        section_times.span(call.world, event.parent_id)


def delete(call: Call) -> Answer:
    """The section times go with their event, and the event with the last of them; all stay readable by number.

    `cancel_reason` is taken and shown nowhere. `which`, of later builds, means events of a series, which this Canvas lacks.
    """
    event = wanted(call)
    contexts.insist(access.changes(call, event))
    for each in (event, *call.world.child_events(event)):
        end(call, each)
    if event.parent_id is not None:
        parent = call.world.events[event.parent_id]
        if call.world.child_events(parent):
            section_times.span(call.world, parent.id)
        else:
            end(call, parent)
    return Answer(as_json(call, call.world.events[event.id]))


def end(call: Call, event: CalendarEvent) -> None:
    call.world.put_event(replace(event, state="deleted", updated_at=call.now))

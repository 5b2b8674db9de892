"""The trail of a course: who made, changed, published, ended and brought it back, newest first. Not every Canvas keeps one."""

from dataclasses import replace
from typing import Any

from ilc_canvas.sandbox.content import access
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.clock import in_utc, in_zone
from ilc_canvas.sandbox.world.records import Course, CourseChange

RIGHT = "view_course_changes"
FIELDS = {
    "name": "name",
    "code": "course_code",
    "start_at": "start_at",
    "end_at": "conclude_at",
    "restricted": "restrict_enrollments_to_course_dates",
    "time_zone": "time_zone",
    "term_id": "enrollment_term_id",
    "account_id": "account_id",
    "sis_id": "sis_source_id",
}
"""What a course has here, as the database calls it."""
STATES = {"available": "published", "claimed": "claimed", "completed": "concluded", "deleted": "deleted"}


def note(call: Call, course: Course, before: Course | None) -> None:
    """Keep what a request has done to a course; nothing if it is as before."""
    if before is None:
        keep(call, course, "created", data={name: [None, shown(getattr(course, ours))] for ours, name in FIELDS.items()})
        return
    pairs = {name: (getattr(before, ours), getattr(course, ours)) for ours, name in FIELDS.items()}
    changed = {name: [shown(old), shown(new)] for name, (old, new) in pairs.items() if old != new}
    if changed:
        keep(call, course, "updated", data=changed)
    if before.state != course.state and course.state in STATES:
        keep(call, course, "restored" if before.state == "deleted" else STATES[course.state], data={})


def shown(value: Any) -> Any:
    return in_utc(value) if hasattr(value, "isoformat") else value


def keep(call: Call, course: Course, kind: str, *, data: dict[str, Any]) -> None:
    call.world.course_changes.add(
        lambda number: CourseChange(
            id=number, created_at=call.now, state="kept", course_id=course.id, user_id=call.caller.id, kind=kind, data=data
        )
    )


def of_course(call: Call) -> Answer:
    """The changes of one course."""
    course = access.readable(call)
    return answer(call, [row for row in call.world.course_changes if row.course_id == course.id])


def of_account(call: Call) -> Answer:
    """Those of all courses that stand in an account."""
    account = find.account(call, call.ids["account"])
    there = {course.id for course in call.world.account_courses(account)}
    return answer(call, [row for row in call.world.course_changes if row.course_id in there])


def answer(call: Call, rows: list[CourseChange]) -> Answer:
    if not call.trail:
        raise errors.message(404, "Audits module is not configured")
    call.rights.need(RIGHT)
    found = paging.bookmarked(call, rows, lambda row: as_json(call, row), key=newest_first)
    users = {event["links"]["user"] for event in found.body}
    people = [{"id": number, "name": call.world.users[number].name} for number in sorted(users)]
    return replace(found, body={"links": {}, "events": found.body, "linked": {"users": people}})


def newest_first(row: CourseChange) -> tuple[str, str, int]:
    return "", "", -row.id


def as_json(call: Call, row: CourseChange) -> dict[str, Any]:
    """Its time carries the account's offset; ids are numbers."""
    return {
        "id": f"event-{row.id}",
        "created_at": in_zone(row.created_at, call.zone),
        "event_type": row.kind,
        "event_source": "api",
        "event_data": row.data,
        "links": {"course": row.course_id, "user": row.user_id, "page_view": None},
    }

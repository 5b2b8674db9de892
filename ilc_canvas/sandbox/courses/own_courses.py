"""The courses in which the caller is enrolled."""

from ilc_canvas.sandbox.calendar.access import OPEN, STAFF
from ilc_canvas.sandbox.courses.course_json import as_json, included, own_enrollments
from ilc_canvas.sandbox.http import paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world.records import Course


def index(call: Call) -> Answer:
    """By number: those where he or she teaches, and open ones where not."""
    past = call.of_lists()
    rows = [course for course in past.world.courses if is_own(past, course)]
    return paging.counted(
        past, rows, lambda course: as_json(past, course) | {"enrollments": own_enrollments(past, course)} | included(past, course)
    )


def is_own(call: Call, course: Course) -> bool:
    live = [row for row in call.world.user_enrollments(call.caller.id) if row.course_id == course.id and row.state == "active"]
    return course.state != "deleted" and any(row.type in STAFF or course.state in OPEN for row in live)

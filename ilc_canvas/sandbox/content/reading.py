"""The marks that reading leaves on who is enrolled, also if somebody else reads for them: requirements are done, and they were active."""

from ilc_canvas.sandbox.calendar.access import rows_in
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world.records import Course, Page

LONGEST_VISIT = 600  # seconds between two requests that count as one visit


def note(call: Call, course: Course, page: Page | None = None) -> None:
    """A person of the course has opened a page of it, or a list."""
    for row in rows_in(call, course, {"active"}):
        passed = (call.now - row.last_activity_at).total_seconds() if row.last_activity_at else 0.0
        row.activity_seconds += int(passed) if passed < LONGEST_VISIT else 0
        row.last_activity_at = call.now
        if page is not None and row.type == "StudentEnrollment":
            complete(call, page, row.user_id)


def complete(call: Call, page: Page, user_id: int) -> None:
    for item in call.world.items_of("Page", page.id):
        if item.requirement.get("type") == "must_view":
            item.completed_by.add(user_id)

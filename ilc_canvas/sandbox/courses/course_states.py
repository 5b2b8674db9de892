"""What publishing, concluding, deleting and bringing back do to a course and to its enrollments."""

from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world import notifying
from ilc_canvas.sandbox.world.records import Course, Enrollment, Instant
from ilc_canvas.sandbox.world.world import World

RIGHTS = {"offer": "publish", "claim": "publish", "conclude": "conclude", "delete": "delete courses", "undelete": "delete courses"}


def allow(call: Call, event: str | None) -> None:
    if event in RIGHTS:
        call.rights.insist(call.rights.may(RIGHTS[event]))


def happen(call: Call, course: Course, event: str | None) -> None:
    """Carry out an event; unknown ones and those that do not fit the state do nothing."""
    if event == "offer" and course.state != "deleted":
        offer(call.world, course, call.now)
    elif event == "claim" and course.state != "deleted":
        course.state = "claimed"
    elif event == "conclude" and course.state != "deleted":
        conclude(call.world, course, call.now)
    elif event == "delete":
        delete(call.world, course, call.now)
    elif event == "undelete" and course.state == "deleted":
        course.state = "claimed"


def offer(world: World, course: Course, now: Instant) -> None:
    """Publish: the start is now where there is none, a job invites those who wait, and all of them are told, whatever `notify` was."""
    if course.state != "available":
        notifying.tell_course(world, course, notifying.INVITATION, now=now, author=None, states={"invited", "creation_pending"})
    course.state = "available"
    course.start_at = course.start_at or now
    world.later(lambda then: invite(world, course, then))


def invite(world: World, course: Course, now: Instant) -> None:
    if course.state == "available":
        change_all(rows_in(world, course, {"creation_pending"}), "invited", now)


def conclude(world: World, course: Course, now: Instant) -> None:
    """The end is now where there is none; who was active or invited is through, also when the course opens again."""
    course.state = "completed"
    course.end_at = course.end_at or now
    change_all(rows_in(world, course, {"active", "invited"}), "completed", now)


def delete(world: World, course: Course, now: Instant) -> None:
    """All enrollments go, and stay gone when the course comes back."""
    course.state = "deleted"
    change_all(world.course_enrollments(course.id), "deleted", now)


def rows_in(world: World, course: Course, states: set[str]) -> list[Enrollment]:
    return [row for row in world.course_enrollments(course.id) if row.state in states]


def change_all(rows: list[Enrollment], state: str, now: Instant) -> None:
    for row in rows:
        set_state(row, state, now)


def set_state(row: Enrollment, state: str, now: Instant) -> None:
    if row.state != state:
        row.state, row.updated_at = state, now

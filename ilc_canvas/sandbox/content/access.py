"""Who may read and write what a course holds. Seen on a Canvas of July 2022: a limit to a section narrows nothing here."""

from ilc_canvas.sandbox.calendar.access import OPEN, STAFF, is_admin, rows_in
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.records import Course, Enrollment

WIKI = frozenset({"manage_wiki_create", "manage_wiki_update", "manage_wiki_delete"})
TEACHING = WIKI | {"manage_content", "manage_calendar", "moderate_forum"}
TALKING = frozenset({"read_forum", "post_to_forum", "create_forum"})
READING = frozenset({"read_course_content", "read_forum"})
PEOPLE = frozenset({"read_roster", "read_reports", "read_sis", "view_user_logins", "read_email_addresses"})
# What a role's base gives unless the role says otherwise, as far as content goes.
GIVEN = {
    "TeacherEnrollment": TEACHING | TALKING | READING | PEOPLE | {"change_course_state"},
    "DesignerEnrollment": TEACHING | TALKING | READING | {"change_course_state", "read_roster"},
    "TaEnrollment": TEACHING | TALKING | READING | PEOPLE,
    "StudentEnrollment": TALKING | READING | {"read_roster"},
    "ObserverEnrollment": READING | {"read_roster"},
}
ALIVE = {"active", "completed"}


def may(call: Call, course: Course, *rights: str) -> bool:
    """Whether the caller has all these rights here: as an administrator, or by one enrollment."""
    if all(is_admin(call, right, course) for right in rights):
        return True
    return any(all(gives(call, row, right) for right in rights) for row in rows_in(call, course, {"active"}))


def gives(call: Call, row: Enrollment, right: str) -> bool:
    """By the role's own setting, else by what Canvas gives to its base."""
    return call.world.roles[row.role_id].permissions.get(right, right in GIVEN[row.type])


def is_staff(call: Call, course: Course) -> bool:
    """Whether the caller teaches here, or is an administrator who may see what courses hold: both see drafts."""
    return is_admin(call, "read_course_content", course) or any(row.type in STAFF for row in rows_in(call, course, ALIVE))


def is_enrolled_staff(call: Call, course: Course) -> bool:
    return any(row.type in STAFF for row in rows_in(call, course, {"active"}))


def reads(call: Call, course: Course) -> bool:
    """Staff at any time, everybody else in a course that is open."""
    return is_staff(call, course) or (course.state in OPEN and bool(rows_in(call, course, ALIVE)))


def readable(call: Call, *rights: str) -> Course:
    """The course of the path, for somebody who may read it and has these rights."""
    course = find.course(call, call.ids["course"])
    insist(call, reads(call, course) and (not rights or may(call, course, *rights) or is_past(call, course)))
    return course


def is_past(call: Call, course: Course) -> bool:
    """Whether the caller was here and is through with it: that still reads."""
    return bool(rows_in(call, course, {"completed"})) and not rows_in(call, course, {"active"})


def writable(call: Call, *rights: str) -> Course:
    """The course of the path, for somebody who may change what it holds."""
    course = find.course(call, call.ids["course"])
    insist(call, may(call, course, *rights))
    return course


def content(call: Call, verb: str) -> tuple[str, ...]:
    """The right to manage modules and the menu, of the old or of the granular set. People in courses go by the old one."""
    return (f"manage_course_content_{verb}",) if call.rights.is_granular and call.acting is None else ("manage_content",)


def insist(call: Call, allowed: bool) -> None:
    """Somebody who is acted for is refused with 401, as recorded; the token's person as any right of it is refused."""
    if not allowed:
        raise errors.unauthorized(401 if call.acting else call.rights.refusal)

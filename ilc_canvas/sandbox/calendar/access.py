"""Who may read and write the events of a course and of its sections.

Seen on a Canvas of July 2022. An administrator who is not in a course manages its events but not those of its sections; the
source of later builds lets one manage both. The limit to a section narrows nothing but the times of other sections.
"""

from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.people import reach
from ilc_canvas.sandbox.world.records import CalendarEvent, Course, Enrollment, Section

RIGHT = "manage_calendar"
STAFF = {"TeacherEnrollment", "TaEnrollment", "DesignerEnrollment"}
OPEN = {"available", "completed"}


def manages_course(call: Call, course: Course) -> bool:
    return is_admin(call, RIGHT, course) or any(manages(call, row) for row in rows_in(call, course, {"active"}))


def manages_section(call: Call, section: Section) -> bool:
    course = call.world.courses[section.course_id]
    if call.newer and is_admin(call, RIGHT, course):
        return True
    rows = rows_in(call, course, {"active"})
    return any(manages(call, row) and reaches(row, section) for row in rows)


def manages(call: Call, row: Enrollment) -> bool:
    """By the role's own setting, else by what Canvas gives to its base."""
    return call.world.roles[row.role_id].permissions.get(RIGHT, row.type in STAFF)


def reaches(row: Enrollment, section: Section) -> bool:
    return not row.limited or row.section_id == section.id


def reads_course(call: Call, course: Course) -> bool:
    """Staff also while it is unpublished; nobody but an administrator once it is deleted."""
    if is_admin(call, "read_course_content", course):
        return True
    rows = rows_in(call, course, {"active", "completed"})
    return any(row.type in STAFF or course.state in OPEN for row in rows)


def reads_section(call: Call, section: Section) -> bool:
    """Staff of the course, limited to a section or not, and the section's own people."""
    course = call.world.courses[section.course_id]
    if not reads_course(call, course):
        return False
    rows = rows_in(call, course, {"active", "completed"})
    return is_admin(call, "read_course_content", course) or any(row.type in STAFF or row.section_id == section.id for row in rows)


def sees_all_sections(call: Call, course: Course) -> bool:
    """Whether an event is shown with the times of all its sections inside: to an administrator and to staff, limited or not."""
    rows = rows_in(call, course, {"active", "completed"})
    return is_admin(call, "read_course_content", course) or any(row.type in STAFF for row in rows)


def lists_section(call: Call, section: Section) -> bool:
    """Whether a course's list has rows of this section: for administrators, staff who are not limited to another, and its people."""
    course = call.world.courses[section.course_id]
    rows = rows_in(call, course, {"active", "completed"})
    own = any(row.section_id == section.id or (row.type in STAFF and not row.limited) for row in rows)
    return own or is_admin(call, "read_course_content", course)


def reads(call: Call, event: CalendarEvent) -> bool:
    section = section_of(call, event)
    return reads_section(call, section) if section else reads_course(call, call.world.courses[event.course_id])


def changes(call: Call, event: CalendarEvent) -> bool:
    """A deleted event is still read but never changed."""
    if event.state == "deleted":
        return False
    section = section_of(call, event)
    return manages_section(call, section) if section else manages_course(call, call.world.courses[event.course_id])


def course_of(call: Call, event: CalendarEvent) -> Course:
    """The course that an event is in: a section's own event goes along when the section is cross-listed, its times for others do not."""
    section = section_of(call, event)
    return call.world.courses[section.course_id if section and event.parent_id is None else event.course_id]


def section_of(call: Call, event: CalendarEvent) -> Section | None:
    return None if event.section_id is None else call.world.sections[event.section_id]


def rows_in(call: Call, course: Course, states: set[str]) -> list[Enrollment]:
    """The caller's own enrollments in a course that are in one of these states."""
    own = call.world.user_enrollments(call.caller.id)
    return [row for row in own if row.course_id == course.id and row.state in states]


def is_admin(call: Call, right: str, course: Course) -> bool:
    """Whether the caller has the right over the course's account; with the token's own rights unless it acts for somebody."""
    if call.acting is None:
        return call.rights.has(right)
    places = {place.id for place in call.world.at_and_above(call.world.accounts[course.account_id])}
    own = [admin for admin in call.world.admins if admin.user_id == call.acting.id and admin.state == "active"]
    return any(right in reach.granted(call.world.roles[admin.role_id]) for admin in own if admin.account_id in places)

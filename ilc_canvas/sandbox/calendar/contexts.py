"""Whose calendar a context code means: course_N or course_section_N, by Canvas's own number."""

import re
from dataclasses import dataclass

from ilc_canvas.sandbox.calendar import access
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world.find import as_number
from ilc_canvas.sandbox.world.records import Course, Section

CODE = re.compile(r"(course|course_section)_([0-9]+)")


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The calendar of a course, or of one section of it."""

    course: Course
    section: Section | None = None

    @property
    def section_id(self) -> int | None:
        return self.section.id if self.section else None

    @property
    def code(self) -> str:
        return f"course_section_{self.section.id}" if self.section else f"course_{self.course.id}"


def find(call: Call, code: str | None) -> Calendar | None:
    """The calendar that a code names; that of a deleted course too, but not that of a deleted section."""
    parts = CODE.fullmatch(code or "")
    number = as_number(parts[2]) if parts else None
    if parts and parts[1] == "course":
        course = call.present.courses.get(number)
        return Calendar(course=course) if course else None
    section = call.present.sections.get(number)
    if section is None or section.state == "deleted":
        return None
    return Calendar(course=call.present.courses[section.course_id], section=section)


def writable(call: Call, code: str | None) -> Calendar:
    """The calendar that an event may be put in. Unknown: 404. A deleted course: 400. Not allowed: 401, as recorded."""
    found = find(call, code)
    if found is None:
        raise errors.not_found()
    if found.course.state == "deleted":
        raise errors.error(400, "cannot create event for deleted course")
    insist(access.manages_section(call, found.section) if found.section else access.manages_course(call, found.course))
    return found


def readable(call: Call, code: str) -> Calendar | None:
    """The calendar, if the caller may read it."""
    found = find(call, code)
    if found is None:
        return None
    allowed = access.reads_section(call, found.section) if found.section else access.reads_course(call, found.course)
    return found if allowed else None


def insist(allowed: bool) -> None:
    """Every recorded refusal of an event is 401."""
    if not allowed:
        raise errors.unauthorized(401)

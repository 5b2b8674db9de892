"""Sections: made by hand, or by the first enrollment that names none; moved to other courses and back."""

from dataclasses import replace
from typing import Any

from ilc_canvas.sandbox.account.sis import taken, too_long
from ilc_canvas.sandbox.content import access
from ilc_canvas.sandbox.courses.enrollments import as_json as enrollment_json
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.errors import BACKWARDS
from ilc_canvas.sandbox.http.params import Params, loose_flag
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.people.users import as_json as user_json
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.clock import in_utc, in_zone
from ilc_canvas.sandbox.world.records import Course, Enrollment, Section

NO_RIGHT = "You must have manage_sis permission to update sis attributes"


def as_json(call: Call, section: Section) -> dict[str, Any]:
    shown = {
        "id": section.id,
        "name": section.name,
        "course_id": section.course_id,
        "nonxlist_course_id": section.home_id,
        "start_at": in_utc(section.start_at),
        "end_at": in_utc(section.end_at),
        "restrict_enrollments_to_section_dates": section.restricted,
        "created_at": in_utc(section.created_at),
    }
    if call.rights.reads_sis:
        shown["sis_section_id"] = section.sis_id
        shown["sis_course_id"] = call.world.courses[section.course_id].sis_id
        shown["integration_id"] = section.integration_id
    return shown | {"sis_import_id": None} if call.rights.writes_sis else shown


def in_full(call: Call, section: Section) -> dict[str, Any]:
    return as_json(call, section) | included(call, section)


def included(call: Call, section: Section) -> dict[str, Any]:
    """What include[] asks for; a section without students has null for them, not an empty list."""
    current = [row for row in call.world.section_enrollments(section.id) if row.state in {"active", "invited"}]
    students = [row for row in current if row.type == "StudentEnrollment"]
    found: dict[str, Any] = {}
    if call.includes("total_students"):
        found["total_students"] = len({row.user_id for row in students})
    if call.includes("user_count"):
        found["user_count"] = len({row.user_id for row in current})
    if call.includes("students"):
        found["students"] = [student(call, row) for row in students] or None
    return found


def student(call: Call, row: Enrollment) -> dict[str, Any]:
    shown = user_json(call, call.world.users[row.user_id])
    return shown | ({"enrollments": [enrollment_json(call, row)]} if call.includes("enrollments") else {})


def of_course(call: Call) -> Answer:
    """By name; `all` is not paged."""
    course, past = find.course(call, call.ids["course"]), call.of_lists()
    access.insist(call, call.acting is None or access.reads(call, course))
    words = (call.params.text("search_term") or "").lower()
    live = [section for section in past.world.live_sections(course.id) if words in section.name.lower()]
    rows = sorted(live, key=lambda section: (section.name.lower(), section.id))
    if call.params.flag("all"):
        return Answer([in_full(past, row) for row in rows])
    return paging.counted(past, rows, lambda row: in_full(past, row))


def show(call: Call) -> Answer:
    return Answer(in_full(call, find.section(call, call.ids["section"])))


def show_in_course(call: Call) -> Answer:
    course = find.course(call, call.ids["course"])
    return Answer(in_full(call, find.section_of(call, course, call.ids["section"])))


def create(call: Call) -> Answer:
    course, asked = find.course(call, call.ids["course"]), call.params.group("course_section")
    call.rights.need("manage_sections_add")
    sis_id = asked.text("sis_section_id") if call.rights.writes_sis else None
    if call.params.flag("enable_sis_reactivation"):
        gone = call.world.sections.by_sis(sis_id)
        if gone is not None and gone.state == "deleted" and gone.course_id == course.id:
            gone.state = "active"
            return Answer(as_json(call, gone))
    name = asked.text("name") or f"{course.name} {in_zone(call.now, call.zone)[:10]}"
    draft = Section(id=0, created_at=call.now, state="active", course_id=course.id, name=name)
    fill(call, draft, asked)
    integration_id = asked.text("integration_id") if call.rights.writes_sis else None
    check(call, draft, None, sis_id=sis_id, integration_id=integration_id)
    course.places = None
    section = call.world.add_section(lambda n: replace(draft, id=n, sis_id=sis_id, integration_id=integration_id))
    return Answer(as_json(call, section))


def default_section(call: Call, course: Course) -> Section:
    """The one that Canvas made by itself, made now if there is none; it is named after the course as it is called now."""
    found = next((section for section in call.world.live_sections(course.id) if section.default), None)
    return found or call.world.add_section(
        lambda n: Section(id=n, created_at=call.now, state="active", course_id=course.id, name=course.name, default=True)
    )


def fill(call: Call, section: Section, asked: Params) -> None:
    section.name = asked.text("name") or section.name
    if "start_at" in asked:
        section.start_at = call.instant(asked, "start_at")
    if "end_at" in asked:
        section.end_at = call.instant(asked, "end_at")
    if "restrict_enrollments_to_section_dates" in asked:
        section.restricted = loose_flag(asked.text("restrict_enrollments_to_section_dates"))


def check(call: Call, draft: Section, section: Section | None, *, sis_id: str | None, integration_id: str | None) -> None:
    flaws = taken(call.world.sections, section, sis_id, integration_id=integration_id) | too_long("name", draft.name)
    if draft.start_at and draft.end_at and draft.end_at < draft.start_at:
        flaws["end_at"] = [errors.own(BACKWARDS)]
    if flaws:
        raise errors.invalid(flaws)


def update(call: Call) -> Answer:
    section, asked = find.section(call, call.ids["section"]), call.params.group("course_section")
    call.rights.need("manage_sections_edit")
    sent = {name for name in ("sis_section_id", "integration_id") if name in asked}
    if sent and not call.rights.writes_sis:
        raise errors.message(401, NO_RIGHT)
    draft = replace(section)
    fill(call, draft, asked)
    draft.sis_id = asked.text("sis_section_id") if "sis_section_id" in sent else section.sis_id
    draft.integration_id = asked.text("integration_id") if "integration_id" in sent else section.integration_id
    check(call, draft, section, sis_id=draft.sis_id, integration_id=draft.integration_id)
    call.world.sections.set_sis(section, draft.sis_id)
    call.world.sections.set_integration(section, draft.integration_id)
    section.name, section.start_at, section.end_at, section.restricted = draft.name, draft.start_at, draft.end_at, draft.restricted
    return Answer(as_json(call, section))


def delete(call: Call) -> Answer:
    """Not while anybody is in it; those who are through with it or inactive count."""
    section = find.section(call, call.ids["section"])
    call.rights.need("manage_sections_delete")
    if any(row.state not in {"deleted", "rejected"} for row in call.world.section_enrollments(section.id)):
        raise errors.message(400, "You can't delete a section that has enrollments")
    section.state = "deleted"
    return Answer(as_json(call, section))


def crosslist(call: Call) -> Answer:
    """To another course with all its people; the first home is remembered through further moves."""
    section, course = find.section(call, call.ids["section"]), find.course(call, call.ids["course"])
    call.rights.need("manage_sections_edit")
    home = section.home_id or section.course_id
    call.world.move_section(section, course.id)
    section.home_id = None if home == course.id else home
    return Answer(as_json(call, section))


def uncrosslist(call: Call) -> Answer:
    """Back home; a home course that was deleted comes back for it."""
    section = find.section(call, call.ids["section"])
    call.rights.need("manage_sections_edit")
    if section.home_id is None:
        raise errors.message(400, "section is not cross-listed")
    home = call.world.courses[section.home_id]
    home.state = "claimed" if home.state == "deleted" else home.state
    call.world.move_section(section, home.id)
    section.home_id = None
    return Answer(as_json(call, section))

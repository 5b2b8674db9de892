"""Courses: made, read, changed, published, concluded, deleted and brought back."""

from dataclasses import replace
from typing import Any

from ilc_canvas.sandbox.account.sis import taken, too_long
from ilc_canvas.sandbox.content import access
from ilc_canvas.sandbox.courses import course_states, markup, trail
from ilc_canvas.sandbox.courses.course_json import as_json, included, own_enrollments
from ilc_canvas.sandbox.courses.enrolling import enroll_caller
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params, loose_flag
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import Account, Course, Menu

LICENSES = {"private", "public_domain", "cc_by", "cc_by_sa", "cc_by_nc", "cc_by_nc_sa", "cc_by_nd", "cc_by_nc_nd"}
FORMATS = {"on_campus", "online", "blended"}
VIEWS = {"feed", "wiki", "modules", "syllabus", "assignments"}
FLAGS = {
    "is_public",
    "is_public_to_auth_users",
    "public_syllabus",
    "public_syllabus_to_auth",
    "hide_final_grades",
    "apply_assignment_group_weights",
}
UNNAMED = "Unnamed Course"
CREATED_ONLY = {"allow_student_forum_attachments": True, "allow_wiki_comments": None, "open_enrollment": None, "self_enrollment": None}


def code_of(name: str) -> str:
    """The course code Canvas derives: the first word, and the first later word with a digit in it."""
    first, *rest = name.split() or [""]
    numbered = next((word for word in rest if any(letter.isdigit() for letter in word)), None)
    return f"{first} {numbered}" if numbered else first


def show(call: Call) -> Answer:
    course = find.course(call, call.ids["course"], deleted=call.includes("all_courses"))
    access.insist(call, access.reads(call, course) and (call.acting is not None or call.rights.has("read_course_content")))
    return Answer(in_full(call, course) | included(call, course))


def in_full(call: Call, course: Course) -> dict[str, Any]:
    """A course as a single read shows one."""
    return as_json(call, course) | {"enrollments": own_enrollments(call, course)}


def create(call: Call) -> Answer:
    """A course in the account of the path or in one below it; a deleted account takes courses too."""
    account = find.account(call, call.ids["account"], deleted=True)
    call.rights.insist(call.rights.may("create courses"))
    asked = call.params.group("course")
    sis_id = asked.text("sis_course_id") if call.rights.writes_sis else None
    if call.params.flag("enable_sis_reactivation"):
        revived = deleted_course(call, account, sis_id)
        if revived is not None:
            before, revived.state = replace(revived), "claimed"
            trail.note(call, revived, before)
            return Answer(as_created(call, revived, asked))
    course = add(call, account_below(call, account, asked), asked, sis_id=sis_id)
    trail.note(call, course, None)
    if call.params.flag("offer"):
        course_states.offer(call.world, course, call.now)
    if call.params.flag("enroll_me"):
        enroll_caller(call, course)
    return Answer(as_created(call, course, asked))


def as_created(call: Call, course: Course, asked: Params) -> dict[str, Any]:
    """Only the answer to a creation has these keys, and conclude_at only where no end was sent."""
    ended = {} if "end_at" in asked else {"conclude_at": in_utc(course.end_at)}
    return as_json(call, course) | CREATED_ONLY | ended


def deleted_course(call: Call, account: Account, sis_id: str | None) -> Course | None:
    """The course that a reactivation brings back as it was: without a SIS id, any deleted one that has none."""
    if sis_id:
        found = call.world.courses.by_sis(sis_id)
        return found if found is not None and found.state == "deleted" else None
    own = (course for course in call.world.courses if course.account_id == account.id and course.state == "deleted")
    return next((course for course in own if course.sis_id is None), None)


def account_below(call: Call, account: Account, asked: Params) -> Account:
    ref = asked.text("account_id")
    wanted = find.account(call, ref) if ref else account
    return wanted if account in call.world.at_and_above(wanted) else account


def add(call: Call, account: Account, asked: Params, *, sis_id: str | None) -> Course:
    name = asked.text("name") or UNNAMED
    term = find.term(call, asked.text("term_id") or asked.text("enrollment_term_id") or "default")
    draft = Course(id=0, created_at=call.now, state="created", account_id=account.id, term_id=term.id, name=name, code=code_of(name))
    fill(call, draft, asked)
    keep_dates(draft)
    integration_id = asked.text("integration_id") if call.rights.writes_sis else None
    check(call, draft, None, sis_id=sis_id, integration_id=integration_id)
    return call.world.add_course(lambda n: replace(draft, id=n, sis_id=sis_id, integration_id=integration_id))


def fill(call: Call, course: Course, asked: Params) -> None:
    """Take over what was sent, and only that; unknown words silently become null or a default."""
    course.name = asked.text("name") or course.name
    course.code = asked.text("course_code") or course.code
    course.time_zone = asked.text("time_zone") or course.time_zone
    if "restrict_enrollments_to_course_dates" in asked:
        course.restricted = bool(loose_flag(asked.text("restrict_enrollments_to_course_dates")))
    if "start_at" in asked:
        course.start_at = call.instant(asked, "start_at")
    if "end_at" in asked:
        course.end_at = call.instant(asked, "end_at")
    course.settings = course.settings | settings(asked)
    fill_syllabus(call, course, asked)


def fill_syllabus(call: Call, course: Course, asked: Params) -> None:
    if "syllabus_body" in asked:
        course.syllabus = markup.kept(asked.text("syllabus_body"), call.base)


def settings(asked: Params) -> dict[str, Any]:
    found: dict[str, Any] = {name: loose_flag(asked.text(name)) for name in FLAGS if name in asked}
    if "license" in asked:
        found["license"] = asked.text("license") if asked.text("license") in LICENSES else "private"
    if "course_format" in asked:
        found["course_format"] = asked.text("course_format") if asked.text("course_format") in FORMATS else None
    if "default_view" in asked:
        found["default_view"] = asked.text("default_view")
    return found


def keep_dates(course: Course) -> None:
    """Dates live only while enrollments are restricted to them; the start also once the course is published."""
    if not course.restricted:
        course.end_at = None
        if course.state in {"created", "claimed"}:
            course.start_at = None


def check(call: Call, draft: Course, course: Course | None, *, sis_id: str | None, integration_id: str | None) -> None:
    flaws = taken(call.world.courses, course, sis_id, integration_id=integration_id)
    flaws |= too_long("name", draft.name) | too_long("course_code", draft.code)
    if draft.start_at and draft.end_at and draft.end_at < draft.start_at:
        flaws["conclude_at"] = [errors.own(errors.BACKWARDS)]
    view = draft.settings.get("default_view", "modules")
    if view not in VIEWS:
        flaws["default_view"] = [errors.own("Home page is not valid")]
    elif view == "wiki" and draft.front_slug is None and (course is None or course.settings.get("default_view") != "wiki"):
        flaws["default_view"] = [errors.own("A Front Page is required")]
    if flaws:
        raise errors.invalid(flaws)


def update(call: Call) -> Answer:
    """PUT finds deleted courses too. Any PUT but a bare event drops the dates of a course that is not restricted to them.

    An event happens even if the other fields of the same PUT are refused.
    """
    course, asked = find.course(call, call.ids["course"], deleted=True), call.params.group("course")
    event = asked.text("event") or ("offer" if call.params.flag("offer") else None)
    call.rights.insist(call.rights.may("change courses") or call.rights.may("edit courses"))
    course_states.allow(call, event)
    course.places = None
    before = replace(course)
    try:
        if asked.names - {"event"}:
            change(call, course, asked)
    finally:
        course_states.happen(call, course, event)
        trail.note(call, course, before)
    return Answer(as_json(call, course))


def change(call: Call, course: Course, asked: Params) -> None:
    """Without the course right everything but the SIS id and the syllabus is dropped, and the answer is still 200.

    People who teach may change all but the account and the term.
    """
    draft = replace(course)
    term, account = asked.text("term_id") or asked.text("enrollment_term_id"), asked.text("account_id")
    if call.rights.may("change courses"):
        draft.term_id = find.term(call, term).id if term else draft.term_id
        draft.account_id = find.account(call, account).id if account else draft.account_id
    if call.rights.may("change courses") or access.is_enrolled_staff(call, course):
        fill(call, draft, asked)
        keep_dates(draft)
    fill_syllabus(call, draft, asked)
    writes = call.rights.writes_sis
    draft.sis_id = asked.text("sis_course_id") if writes and "sis_course_id" in asked else course.sis_id
    draft.integration_id = asked.text("integration_id") if writes and "integration_id" in asked else course.integration_id
    check(call, draft, course, sis_id=draft.sis_id, integration_id=draft.integration_id)
    store(call, course, draft)


def store(call: Call, course: Course, draft: Course) -> None:
    call.world.courses.set_sis(course, draft.sis_id)
    call.world.courses.set_integration(course, draft.integration_id)
    if draft.account_id != course.account_id:
        call.world.move_course(course, draft.account_id)
    for name in ("term_id", "name", "code", "start_at", "end_at", "restricted", "time_zone", "settings", "syllabus"):
        setattr(course, name, getattr(draft, name))


def delete(call: Call) -> Answer:
    course, event = find.course(call, call.ids["course"]), call.params.text("event")
    if event not in {"delete", "conclude"}:
        raise errors.message(400, 'Only "delete" and "conclude" events are allowed.')
    course_states.allow(call, event)
    before = replace(course)
    course_states.happen(call, course, event)
    trail.note(call, course, before)
    return Answer({event: True})


def reset(call: Call) -> Answer:
    """A new course takes over the SIS id, sections and enrollments; the old one is deleted."""
    old = find.course(call, call.ids["course"])
    call.rights.insist(call.rights.may("change courses"))
    sis_id, integration_id = old.sis_id, old.integration_id
    call.world.courses.set_sis(old, None)
    call.world.courses.set_integration(old, None)
    empty = replace(old, created_at=call.now, state="claimed", menu=Menu(), front_slug=None, syllabus=None, places=None)
    new = call.world.add_course(lambda n: replace(empty, id=n, sis_id=sis_id, integration_id=integration_id))
    for section in call.world.live_sections(old.id):
        call.world.move_section(section, new.id)
    old.state = "deleted"
    return Answer(as_json(call, new))

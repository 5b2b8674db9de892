"""Enrollments as they are shown and listed, and the ways out: inactive, completed, deleted."""

from typing import Any

from ilc_canvas.sandbox.courses import enrollment_filters
from ilc_canvas.sandbox.courses.course_states import set_state
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.people.users import as_json as user_json
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import Course, Enrollment
from ilc_canvas.sandbox.world.world import sis_id_of

TASKS = {"delete": "deleted", "inactivate": "inactive", "deactivate": "inactive"}
MARKS = tuple(f"{prefix}{mark}_{kind}" for prefix in ("", "unposted_") for mark in ("current", "final") for kind in ("score", "grade"))


def as_json(call: Call, row: Enrollment) -> dict[str, Any]:
    """An enrollment; its state reads deleted when its course or section is, whatever is stored."""
    role, page = call.world.roles[row.role_id], f"{call.base}/courses/{row.course_id}"
    gone = "deleted" in (call.world.courses[row.course_id].state, call.world.sections[row.section_id].state)
    shown: dict[str, Any] = {
        "id": row.id,
        "root_account_id": call.world.root.id,
        "user_id": row.user_id,
        "course_id": row.course_id,
        "course_section_id": row.section_id,
        "associated_user_id": row.associated_id,
        "limit_privileges_to_course_section": row.limited,
        "enrollment_state": "deleted" if gone else row.state,
        "created_at": in_utc(row.created_at),
        "updated_at": in_utc(row.updated_at),
        "start_at": in_utc(row.start_at),
        "end_at": in_utc(row.end_at),
        "type": row.type,
        "role": role.name,
        "role_id": role.id,
        "html_url": f"{page}/users/{row.user_id}",
    }
    if row.type == "StudentEnrollment":
        shown["grades"] = {"html_url": f"{page}/grades/{row.user_id}", **dict.fromkeys(MARKS)}
    if call.rights.has("read_reports"):
        shown |= activity(row)
    return shown | sis_keys(call, row)


def activity(row: Enrollment) -> dict[str, Any]:
    return {
        "last_activity_at": in_utc(row.last_activity_at),
        "last_attended_at": None,
        "total_activity_time": row.activity_seconds,
    }


def sis_keys(call: Call, row: Enrollment) -> dict[str, Any]:
    course, section = call.world.courses[row.course_id], call.world.sections[row.section_id]
    shown: dict[str, Any] = {}
    if call.rights.reads_sis:
        shown = {
            "sis_account_id": call.world.accounts[course.account_id].sis_id,
            "sis_course_id": course.sis_id,
            "course_integration_id": course.integration_id,
            "sis_section_id": section.sis_id,
            "section_integration_id": section.integration_id,
            "sis_user_id": sis_user_id(call, row.user_id),
        }
    return shown | {"sis_import_id": None} if call.rights.writes_sis else shown


def sis_user_id(call: Call, user_id: int) -> str | None:
    """The SIS id of a login that has one, even if the person shows another login."""
    return sis_id_of(call.world.sis_login(user_id, listed=call.listing))


def with_user(call: Call, row: Enrollment) -> dict[str, Any]:
    """As lists show it; single reads and writes leave the person out."""
    shown = as_json(call, row) | {"user": user_json(call, call.world.users[row.user_id])}
    return shown | observed_user(call, row) if row.associated_id and call.includes("observed_users") else shown


def observed_user(call: Call, row: Enrollment) -> dict[str, Any]:
    """The person an observer follows, with that person's own enrollments in the course."""
    own = [each for each in call.world.course_enrollments(row.course_id) if each.user_id == row.associated_id]
    live = [as_json(call, each) for each in own if each.state not in {"deleted", "rejected", "completed"}]
    return {"observed_user": user_json(call, call.world.users[row.associated_id or 0]) | {"enrollments": live}}


def listed(past: Call, rows: list[Enrollment], *, of_person: bool) -> Answer:
    """By type, sortable name, number; bookmarked."""
    kept = enrollment_filters.keep(past, rows, of_person=of_person)
    names = past.world.users
    return paging.bookmarked(
        past, kept, lambda row: with_user(past, row), key=lambda row: (row.type, names[row.user_id].sortable_name.lower(), row.id)
    )


def of_course(call: Call) -> Answer:
    course, past = find.course(call, call.ids["course"]), call.of_lists()
    return of_place(call, past, past.world.course_enrollments(course.id))


def of_section(call: Call) -> Answer:
    section, past = find.section(call, call.ids["section"]), call.of_lists()
    return of_place(call, past, past.world.section_enrollments(section.id))


def of_place(call: Call, past: Call, rows: list[Enrollment]) -> Answer:
    """Of one person in it when asked, and then by that person's default states."""
    ref = call.params.text("user_id")
    if not ref:
        return listed(past, rows, of_person=False)
    user = find.anybody(call, ref)
    return listed(past, [row for row in rows if row.user_id == user.id], of_person=True)


def of_user(call: Call) -> Answer:
    """The roster of a person without a login here may not be read."""
    user = find.person(call, call.ids["user"])
    if not call.present.live_logins(user.id):
        raise errors.unauthorized(401)  # every recorded refusal of this kind is 401
    call.rights.need("read_roster")
    past = call.of_lists()
    return listed(past, past.world.user_enrollments(user.id), of_person=True)


def show(call: Call) -> Answer:
    """By number and with the root account only; deleted rows too."""
    account = find.account(call, call.ids["account"])
    call.rights.need("read_roster")
    row = call.world.enrollments.get(find.as_number(call.ids["enrollment"]))
    if row is None or account.parent_id is not None:
        raise errors.not_found()
    return Answer(as_json(call, row))


def wanted(call: Call) -> tuple[Course, Enrollment]:
    course = find.course(call, call.ids["course"])
    return course, find.enrollment_of(call, course, call.ids["enrollment"])


def end(call: Call) -> Answer:
    """Conclude, unless the task says to delete or to inactivate."""
    _, row = wanted(call)
    task = call.params.text("task") or "conclude"
    call.rights.insist(call.rights.may_remove(row.type, task if task in TASKS else "conclude"))
    set_state(row, TASKS.get(task, "completed"), call.now)
    return Answer(as_json(call, row))


def reactivate(call: Call) -> Answer:
    """Only from inactive; completed and deleted rows come back by enrolling again."""
    _, row = wanted(call)
    call.rights.insist(call.rights.may_remove(row.type, "reactivate"))
    if row.state != "inactive":
        raise errors.error(400, "enrollment not inactive")
    set_state(row, "active", call.now)
    return Answer(as_json(call, row))


def accept(call: Call) -> Answer:
    return reply(call, "active")


def reject(call: Call) -> Answer:
    return reply(call, "rejected")


def reply(call: Call, state: str) -> Answer:
    """An invitation is answered by the person invited and nobody else."""
    _, row = wanted(call)
    call.rights.insist(row.user_id == call.world.caller.id)
    if row.state != "invited":
        raise errors.error(400, "no current invitation")
    set_state(row, state, call.now)
    return Answer({"success": True})

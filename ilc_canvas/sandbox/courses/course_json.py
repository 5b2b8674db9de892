"""How a course is shown: its own keys, and what a caller may have included."""

from collections.abc import Callable
from typing import Any

from ilc_canvas.sandbox.account import accounts, terms
from ilc_canvas.sandbox.account.rights import PEOPLE
from ilc_canvas.sandbox.courses import markup
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import Course, User
from ilc_canvas.sandbox.world.world import uuid_of

SHOWN_STATES = {"created": "unpublished", "claimed": "unpublished"}
NOT_STUDYING = {"inactive", "completed", "rejected", "deleted"}
DEFAULTS: dict[str, Any] = {
    "grading_standard_id": None,
    "is_public": None,
    "default_view": "modules",
    "license": None,
    "grade_passback_setting": None,
    "public_syllabus": False,
    "public_syllabus_to_auth": False,
    "storage_quota_mb": 500,
    "is_public_to_auth_users": False,
    "homeroom_course": False,
    "course_color": None,
    "friendly_name": None,
    "apply_assignment_group_weights": False,
    "blueprint": False,
    "template": False,
    "hide_final_grades": False,
}


def as_json(call: Call, course: Course) -> dict[str, Any]:
    uuid = uuid_of(course)
    shown = {
        "id": course.id,
        "name": course.name,
        "course_code": course.code,
        "account_id": course.account_id,
        "root_account_id": call.world.root.id,
        "enrollment_term_id": course.term_id,
        "uuid": uuid,
        "created_at": in_utc(course.created_at),
        "start_at": in_utc(course.start_at),
        "end_at": in_utc(course.end_at),
        "restrict_enrollments_to_course_dates": course.restricted,
        "time_zone": course.time_zone or call.world.accounts[course.account_id].time_zone,
        "workflow_state": SHOWN_STATES.get(course.state, course.state),
        "calendar": {"ics": f"{call.base}/feeds/calendars/course_{uuid}.ics"},
        **DEFAULTS,
        **course.settings,
    }
    if not call.templates:
        del shown["template"]
    if shown.get("course_format", "") is None:
        del shown["course_format"]
    return shown | sis_keys(call, course)


def sis_keys(call: Call, course: Course) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if call.rights.reads_sis:
        shown = {"sis_course_id": course.sis_id, "integration_id": course.integration_id}
    return shown | {"sis_import_id": None} if call.rights.writes_sis else shown


def own_enrollments(call: Call, course: Course) -> list[dict[str, Any]]:
    """The caller's own present enrollments, not the roster."""
    rows = call.world.user_enrollments(call.caller.id)
    return [
        {
            "type": PEOPLE[row.type],
            "role": call.world.roles[row.role_id].name,
            "role_id": row.role_id,
            "user_id": row.user_id,
            "enrollment_state": row.state,
            "limit_privileges_to_course_section": row.limited,
        }
        for row in rows
        if row.course_id == course.id and row.state not in NOT_STUDYING
    ]


def included(call: Call, course: Course, *, listed: bool = False) -> dict[str, Any]:
    """What include[] asks for; the account's list leaves sections out."""
    known: dict[str, Callable[[], Any]] = {
        "term": lambda: terms.as_json(call, call.world.terms[course.term_id], overrides=False),
        "total_students": lambda: total_students(call, course),
        "teachers": lambda: teachers(call, course),
        "account": lambda: accounts.as_json(call, call.world.accounts[course.account_id]),
        "account_name": lambda: call.world.accounts[course.account_id].name,
        "concluded": lambda: course.state == "completed" or is_over(call, course),
        "sections": lambda: sections(call, course),
        "syllabus_body": lambda: markup.shown(course.syllabus, call.base, themed=call.theme),
    }
    ignored = {"sections"} if listed else set()
    return {name: make() for name, make in known.items() if call.includes(name) and name not in ignored}


def total_students(call: Call, course: Course) -> int:
    """People, each once; those not yet invited count, inactive ones do not."""
    rows = call.world.course_enrollments(course.id)
    return len({row.user_id for row in rows if row.type == "StudentEnrollment" and row.state not in NOT_STUDYING})


def teachers(call: Call, course: Course) -> list[dict[str, Any]]:
    """Teachers of this course, those who are through with it as well."""
    rows = call.world.course_enrollments(course.id)
    numbers = {row.user_id: None for row in rows if row.type == "TeacherEnrollment" and row.state not in {"deleted", "rejected"}}
    return [display(call, call.world.users[number]) for number in numbers]


def display(call: Call, user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "anonymous_id": base36(user.id),
        "display_name": user.short_name,
        "avatar_image_url": f"{call.base}/images/messages/avatar-50.png",
        "html_url": f"{call.base}/users/{user.id}",
        "pronouns": None,
    }


def base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def sections(call: Call, course: Course) -> list[dict[str, Any]]:
    found = sorted(call.world.live_sections(course.id), key=lambda row: (row.name, row.id))
    return [{"id": row.id, "name": row.name, "start_at": in_utc(row.start_at), "end_at": in_utc(row.end_at)} for row in found]


def is_over(call: Call, course: Course) -> bool:
    """By date: the course's own end where enrollments are restricted to it, else the term's."""
    end = course.end_at if course.restricted and course.end_at else call.world.terms[course.term_id].end_at
    return end is not None and end < call.now

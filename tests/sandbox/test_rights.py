"""What a missing right does, loudly and silently."""

from collections.abc import Callable

import pytest

from tests.sandbox.conformance import Exchange
from tests.sandbox.conftest import Start
from tests.sandbox.person import Person

SIS = {"sis_course_id": "c:EQ"}
Try = Callable[[Person], Exchange]
REFUSED: dict[str, Try] = {
    "manage_courses": lambda admin: admin.ask("POST", "accounts/1/courses", {"course[name]": "x"}),
    "manage_courses_add": lambda admin: admin.ask("POST", "accounts/1/courses", {"course[name]": "x"}),
    "change_course_state": lambda admin: admin.ask("PUT", f"courses/{admin.course()}", {"course[event]": "conclude"}),
    "manage_courses_delete": lambda admin: admin.ask("DELETE", f"courses/{admin.course()}?event=delete"),
    "manage_students": lambda admin: admin.enroll(admin.course(), admin.user("ada")),
    "add_student_to_course": lambda admin: admin.enroll(admin.course(), admin.user("ada")),
    "manage_admin_users": lambda admin: admin.enroll(admin.course(), admin.user("ada"), type="TaEnrollment"),
    "manage_sections_add": lambda admin: admin.ask("POST", f"courses/{admin.course()}/sections", {"course_section[name]": "x"}),
    "manage_account_settings": lambda admin: admin.ask("POST", "accounts/1/sub_accounts", {"account[name]": "x"}),
    "read_roster": lambda admin: admin.get("accounts/1/users"),
    "read_course_list": lambda admin: admin.get("accounts/1/courses"),
    "read_course_content": lambda admin: admin.get(f"courses/{admin.course()}"),
    "manage_role_overrides": lambda admin: admin.get("accounts/1/roles"),
    "manage_account_memberships": lambda admin: admin.get("accounts/1/admins"),
}


@pytest.mark.parametrize("right", REFUSED)
def test_missing_right_is_refused(start: Start, right: str) -> None:
    """Without the right the call is 403 in JSON, with the status word, and no challenge."""
    answer = REFUSED[right](Person(start("--deny", right).url))
    assert (answer.status, answer.body["status"], answer.header("WWW-Authenticate")) == (403, "unauthorized", "")


def test_manage_sis_missing_drops_ids(start: Start) -> None:
    """SIS ids are dropped with 200 where courses, sections, users and terms are made; the keys are there, null."""
    admin = Person(start("--deny", "manage_sis").url)
    course = admin.make("accounts/1/courses", name="Equity", **SIS)
    section = admin.make(f"courses/{course['id']}/sections", name="R1", sis_section_id="s:1")
    term = admin.make("accounts/1/terms", name="T", sis_term_id="t:1")
    user = admin.get(f"users/{admin.user('ada', sis_user_id='p:1')}").body
    found = [course["sis_course_id"], section["sis_section_id"], term["sis_term_id"], user["sis_user_id"]]
    assert found == [None] * 4
    assert "sis_import_id" not in course | section | term | user


def test_manage_sis_missing_refuses_loudly(start: Start) -> None:
    """A sub-account with a SIS id and a section's SIS id are refused by hand-written 401s, and nothing is made."""
    admin = Person(start("--deny", "manage_sis").url)
    account = admin.ask("POST", "accounts/1/sub_accounts", {"account[name]": "x", "account[sis_account_id]": "a"})
    section = admin.make(f"courses/{admin.course()}/sections", name="R1")["id"]
    change = admin.ask("PUT", f"sections/{section}", {"course_section[sis_section_id]": "s"})
    assert (account.status, account.body["message"]) == (401, "user not authorized to manage SIS data - account[sis_account_id]")
    assert (change.status, change.body["message"]) == (401, "You must have manage_sis permission to update sis attributes")


def test_no_sis_rights_hide_keys(start: Start) -> None:
    """Without both SIS rights the keys are absent and filters are 400."""
    admin = Person(start("--deny", "manage_sis", "read_sis").url)
    course = admin.course()
    assert "sis_course_id" not in admin.get(f"courses/{course}").body
    answer = admin.get(f"courses/{course}/enrollments?sis_user_id[]=p")
    assert (answer.status, answer.body) == (400, {"message": "Insufficient permissions to filter by SIS fields"})


def test_course_change_dropped_with_200(start: Start) -> None:
    """Without the course right PUT answers 200 and drops name and dates; the SIS id and the event of the same call apply."""
    admin = Person(start("--deny", "manage_courses_admin").url)
    course = admin.course()
    form = {"course[name]": "New", "course[sis_course_id]": "c:EQ", "course[event]": "conclude"}
    answer = admin.ask("PUT", f"courses/{course}", form)
    found = [answer.body[key] for key in ("name", "sis_course_id", "workflow_state")]
    assert (answer.status, found) == (200, ["Equity", "c:EQ", "completed"])


def test_students_right_still_lets_conclude(start: Start) -> None:
    """Without the right to remove students one is not deleted or made inactive, but concluded."""
    admin = Person(start("--deny", "remove_student_from_course").url)
    course = admin.course()
    row = f"courses/{course}/enrollments/{admin.enroll(course, admin.user('ada')).body['id']}"
    statuses = [admin.ask("DELETE", f"{row}?task={task}").status for task in ("delete", "inactivate", "conclude")]
    assert statuses == [403, 403, 200]


def test_logins_right_guards_people(start: Start) -> None:
    """Without it POST user is 403 with an empty object, and people cannot be changed."""
    admin = Person(start("--deny", "manage_user_logins").url)
    made = admin.ask("POST", "accounts/1/users", {"pseudonym[unique_id]": "ada"})
    assert (made.status, made.body) == (403, {})
    assert admin.ask("PUT", "users/self", {"user[name]": "x"}).status == 403


@pytest.mark.parametrize(("right", "key"), [("view_user_logins", "login_id"), ("read_email_addresses", "email")])
def test_unreadable_keys_are_absent(start: Start, right: str, key: str) -> None:
    """What may not be read of a person is left out."""
    assert key not in Person(start("--deny", right).url).get("users/self").body


def test_permissions_know_both_sets(start: Start) -> None:
    """With granular rights on, the old names answer false and the new ones count."""
    admin = Person(start("--deny", "manage_courses_admin").url)
    names = "&".join(f"permissions[]={name}" for name in ("manage_students", "add_student_to_course", "manage_courses_admin", "bogus"))
    assert admin.get(f"accounts/self/permissions?{names}").body == {
        "manage_students": False,
        "add_student_to_course": True,
        "manage_courses_admin": False,
        "bogus": False,
    }

"""The differences of the build of July 2022."""

from typing import Any

import pytest

from tests.sandbox.conftest import Start
from tests.sandbox.person import Person


@pytest.fixture
def admin(start: Start) -> Person:
    return Person(start("--canvas", "2022-07", "--deny", "manage_students").url)


def test_old_bookmarked_list_never_ends(admin: Person) -> None:
    """Any page number gives the first page again, silently."""
    course = admin.course()
    for login in ("ada", "bob"):
        admin.enroll(course, admin.user(login), type="TeacherEnrollment")
    first, second = (admin.get(f"courses/{course}/enrollments?per_page=1&page={page}") for page in (1, 2))
    assert (second.status, second.body) == (200, first.body)


def test_old_refusal_is_401(admin: Person) -> None:
    """What the rights forbid is 401, told from a dead token by its status word and the missing challenge."""
    refusal = admin.enroll(admin.course(), admin.user("ada"))
    assert (refusal.status, refusal.body["status"], refusal.header("WWW-Authenticate")) == (401, "unauthorized", "")


def test_old_unknown_role_breaks_it(admin: Person) -> None:
    """A filter by a role that nobody has is 500."""
    assert admin.get(f"courses/{admin.course()}/enrollments?role[]=bogus").status == 500


@pytest.mark.parametrize(("path", "name", "status"), [("self", "S", 404), ("1", "", 200)])
def test_old_sub_account_creation(admin: Person, path: str, name: str, status: int) -> None:
    """Sub-accounts are made below numbers only, and a blank name is accepted."""
    answer: Any = admin.ask("POST", f"accounts/{path}/sub_accounts", {"account[name]": name})
    assert answer.status == status

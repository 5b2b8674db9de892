"""Lists that are older than single reads."""

import pytest

from tests.sandbox.conftest import Start
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

LAG = 600


@pytest.fixture
def late(start: Start) -> Sandbox:
    return start("--lag", str(LAG))


@pytest.fixture
def admin(late: Sandbox) -> Person:
    return Person(late.url)


def test_new_course_is_listed_later(late: Sandbox, admin: Person) -> None:
    """A course is there for a single read at once and for a list when the lag is over."""
    course = admin.course()
    assert admin.get(f"courses/{course}").status == 200
    assert admin.get("accounts/1/courses").body == []
    late.forward(LAG)
    assert [row["id"] for row in admin.get("accounts/1/courses").body] == [course]


def test_list_of_new_course_is_empty(admin: Person) -> None:
    """The list of something just made is empty, not 404."""
    course, user = admin.course(), admin.user("ada")
    row = admin.enroll(course, user).body["id"]
    assert admin.get(f"courses/{course}/enrollments").body == []
    assert admin.get(f"accounts/1/enrollments/{row}").status == 200


def test_list_shows_how_it_was(late: Sandbox, admin: Person) -> None:
    """A changed name is seen late in lists, and comes in full."""
    section = admin.make(f"courses/{(course := admin.course())}/sections", name="Old")["id"]
    late.forward(LAG)
    admin.ask("PUT", f"sections/{section}", {"course_section[name]": "New"})
    assert admin.get(f"sections/{section}").body["name"] == "New"
    assert [row["name"] for row in admin.get(f"courses/{course}/sections").body] == ["Old"]
    late.forward(LAG)
    assert admin.get(f"courses/{course}/sections").body == [admin.get(f"sections/{section}").body]

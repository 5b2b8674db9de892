"""Lists that are older than single reads."""

import time

import pytest

from tests.sandbox.conftest import Start
from tests.sandbox.person import Person

LAG = "0.6"


@pytest.fixture
def admin(start: Start) -> Person:
    return Person(start("--lag", LAG).url)


def test_new_course_is_listed_later(admin: Person) -> None:
    """A course is there for a single read at once and for a list when the lag is over."""
    course = admin.course()
    assert admin.get(f"courses/{course}").status == 200
    assert admin.get("accounts/1/courses").body == []
    time.sleep(float(LAG))
    assert [row["id"] for row in admin.get("accounts/1/courses").body] == [course]


def test_list_of_new_course_is_empty(admin: Person) -> None:
    """The list of something just made is empty, not 404."""
    course, user = admin.course(), admin.user("ada")
    row = admin.enroll(course, user).body["id"]
    assert admin.get(f"courses/{course}/enrollments").body == []
    assert admin.get(f"accounts/1/enrollments/{row}").status == 200


def test_list_shows_how_it_was(admin: Person) -> None:
    """A changed name is seen late in lists, and comes in full."""
    section = admin.make(f"courses/{(course := admin.course())}/sections", name="Old")["id"]
    time.sleep(float(LAG))
    admin.ask("PUT", f"sections/{section}", {"course_section[name]": "New"})
    assert admin.get(f"sections/{section}").body["name"] == "New"
    assert [row["name"] for row in admin.get(f"courses/{course}/sections").body] == ["Old"]
    time.sleep(float(LAG))
    assert admin.get(f"courses/{course}/sections").body == [admin.get(f"sections/{section}").body]

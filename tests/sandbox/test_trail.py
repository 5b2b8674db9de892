"""The trail of the courses: who did what to them, in a Canvas that keeps one."""

from collections.abc import Iterator

import pytest

from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox, start_sandbox


@pytest.fixture(scope="module")
def kept() -> Iterator[Sandbox]:
    """A Canvas with a trail."""
    with start_sandbox("--trail") as sandbox:
        yield sandbox


@pytest.fixture
def human(kept: Sandbox) -> Person:
    """The administrator, in a Canvas as at its start."""
    kept.reset()
    return Person(kept.url)


def test_each_change_is_an_event(human: Person) -> None:
    """Making, changing, publishing, concluding and deleting each leave one, newest first; a change has both values, by database names."""
    course = human.make("accounts/1/courses", name="Equity")["id"]
    for form in ({"course[name]": "Ours"}, {"course[event]": "offer"}, {"course[event]": "conclude"}, {"course[event]": "delete"}):
        assert human.ask("PUT", f"courses/{course}", form).status == 200
    found = human.get("audit/course/accounts/1?per_page=100").body
    kinds = [event["event_type"] for event in found["events"]]
    assert [kind for kind in kinds if kind != "updated"] == ["deleted", "concluded", "published", "created"]
    renamed = next(event for event in found["events"] if "name" in event["event_data"] and event["event_type"] == "updated")
    assert renamed["event_data"]["name"] == ["Equity", "Ours"]
    assert renamed["links"] == {"course": course, "user": 1, "page_view": None}
    assert [person["id"] for person in found["linked"]["users"]] == [1]


def test_equal_values_leave_nothing(human: Person) -> None:
    """A PUT that changes nothing is no event."""
    course = human.make("accounts/1/courses", name="Equity")["id"]
    human.ask("PUT", f"courses/{course}", {"course[name]": "Equity"})
    assert len(human.get(f"audit/course/courses/{course}").body["events"]) == 1


def test_trail_goes_in_pages_of_ten(human: Person) -> None:
    """Ten a page, by bookmark."""
    course = human.make("accounts/1/courses", name="Equity")["id"]
    for number in range(12):
        human.ask("PUT", f"courses/{course}", {"course[name]": f"Equity {number}"})
    first = human.get(f"audit/course/courses/{course}")
    assert len(first.body["events"]) == 10
    assert 'rel="next"' in first.headers["Link"]


def test_acting_person_did_it(human: Person) -> None:
    """With as_user_id it is that person's deed."""
    course, teacher = human.make("accounts/1/courses", name="Equity")["id"], human.user("t@example.org")
    human.enroll(course, teacher, type="TeacherEnrollment")
    answer = human.ask("PUT", f"courses/{course}", {"course[name]": "Ours"}, query={"as_user_id": str(teacher)})
    assert answer.status == 200
    assert human.get(f"audit/course/courses/{course}").body["events"][0]["links"]["user"] == teacher


def test_trail_takes_a_right(kept: Sandbox, human: Person) -> None:
    """Without view_course_changes it is refused."""
    kept.deny("view_course_changes")
    assert human.get("audit/course/accounts/1").status == 403
    kept.reset()

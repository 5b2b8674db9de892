"""The first fill of the sample: held, approved, done, and then nothing left to do."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from tests.commands import Answer
from tests.e2e.office import Office, Place, Report, as_expected, ours, places, writes
from tests.program.cast import expected, rows

pytestmark = pytest.mark.timeout(400)  # a story is long where other things run beside it
WANTED = expected("expected_final.json")


class Story(NamedTuple):
    """What was seen on the way."""

    plan: Answer
    empty: Mapping[str, list[dict[str, Any]]]
    held: Report
    fill: Report
    full: Mapping[str, list[dict[str, Any]]]
    filling: list[dict[str, Any]]
    again: Report
    reading: list[dict[str, Any]]
    spent: Answer
    verify: Answer


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The office signs, plans, tries without approval, approves, and runs again."""
    with Office(tmp_path_factory.mktemp("fill")) as office:
        office.sign("3")
        plan, held = office.run("plan"), office.json("sync")
        empty = office.sandbox.state()
        office.sandbox.forget_requests()
        digest = held.value["digest"]
        fill = office.json("sync", "--approve", digest, "--reason", "seen by two")
        filling, full = office.sandbox.requests(), office.sandbox.state()
        office.sandbox.forget_requests()
        again, reading = office.json("sync"), office.sandbox.requests()
        spent = office.run("sync", "--approve", digest)
        yield Story(plan, empty, held, fill, full, filling, again, reading, spent, office.run("audit", "verify"))


def test_first_plan_waits_for_person(story: Story) -> None:
    """The first plan is held with exit code 3, by plan and by sync; it says why, and how to permit it."""
    assert (story.plan.code, story.held.code, story.held.value["status"]) == (3, 3, "held")
    assert {"first-run", "raised-role", "new-courses"} <= {reason["code"] for reason in story.held.value["reasons"]}
    assert "972 new enrollments" in story.plan.out.splitlines()[2]
    assert f"ilc-canvas sync --approve {story.held.value['digest']}" in story.plan.out


def test_held_plan_writes_nothing(story: Story) -> None:
    """While it waits, Canvas stays as it was."""
    assert story.held.value["writes"] == 0
    assert not story.empty["courses"]
    assert not ours(story.empty, "users", "sis_user_id")


def test_fill_makes_expected_objects(story: Story) -> None:
    """324 people, 19 courses, 136 sections and 972 places, without a failure."""
    assert (story.fill.code, story.fill.value["status"], story.fill.value["failed"]) == (0, "applied", 0)
    kinds = {"people": ("users", "sis_user_id"), "courses": ("courses", "sis_course_id"), "sections": ("sections", "sis_section_id")}
    found = {word: len(ours(story.full, kind, key)) for word, (kind, key) in kinds.items()}
    assert found == {word: WANTED[word] for word in kinds}
    assert len(places(story.full)) == WANTED["enrollments"] == len(story.full["enrollments"])


def test_fill_puts_everybody_in_place(story: Story) -> None:
    """Each person is in the sections that the roster requires, in the right role, and nowhere else."""
    found = as_expected(places(story.full))
    assert found == set(rows(3))
    assert Counter(role for *_, role in found) == WANTED["by_kind"]
    assert Counter(course for course, *_ in found) == WANTED["by_course"]


def test_only_leads_see_one_section(story: Story) -> None:
    """Leads are limited to their own section; nobody else is."""
    limited = places(story.full, lambda row: bool(row["limit_privileges_to_course_section"]))
    assert limited == {place for place in places(story.full) if place.role == "ILC Team Lead"}
    assert len(limited) == WANTED["by_kind"]["lead"]


def test_fill_takes_one_request_each(story: Story) -> None:
    """At most 1.05 writing requests for an object that is made."""
    made = story.fill.value["applied"]
    assert made >= 324 + 19 + 136 + 972
    assert len(writes(story.filling)) <= 1.05 * made
    assert len(writes(story.filling)) == story.fill.value["writes"]
    assert len(story.filling) == story.fill.value["requests"]


def test_second_run_writes_nothing(story: Story) -> None:
    """The run after it finds nothing to do, asks at most 56 times, and writes nothing."""
    assert (story.again.code, story.again.value["status"], story.again.value["writes"]) == (0, "converged", 0)
    assert not writes(story.reading)
    assert len(story.reading) == story.again.value["requests"] <= 56


def test_same_approval_cannot_serve_twice(story: Story) -> None:
    """A yes is spent with the run that it permitted."""
    assert story.spent.code == 1
    assert "is spent" in story.spent.err
    assert "Traceback" not in story.spent.err


def test_log_of_fill_verifies(story: Story) -> None:
    """The chain of all that happened is whole."""
    assert (story.verify.code, story.verify.err) == (0, "")


def test_place_reads_as_codes() -> None:
    """The helper writes places as the expected figures do."""
    place = Place("ILC-0001", "pilot:P417", "MEMBERS", "StudentEnrollment", "StudentEnrollment")
    assert as_expected(frozenset({place})) == {("PILOT-R4", "MEMBERS", "ILC-0001", "student")}

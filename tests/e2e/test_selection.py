"""--only: one course or one person, with what it needs, and nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from tests.commands import Answer
from tests.e2e.office import Office, Place, Report, ours, places, read_rows

pytestmark = pytest.mark.timeout(400)
EQ = ("--only", "cop:EQ")
State = Mapping[str, list[dict[str, Any]]]


class Story(NamedTuple):
    """What was seen on the way."""

    built: State
    person: Any
    other: Report
    nowhere: Answer
    leaving: frozenset[str]
    held: Report
    status: Answer
    waiting: State
    done: Report
    after: State
    again: Report


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """COP EQ alone is built; then thirteen people leave that COP."""
    with Office(tmp_path_factory.mktemp("selection")) as office:
        office.sign("3")
        assert office.approve(*EQ).code == 0
        built = office.sandbox.state()
        person = office.json("show", str(office.json("plan", "--only", "person:ILC-0007").value["run"])).value
        other, nowhere = office.json("plan", "--only", "cop:NB"), office.run("plan", "--only", "cop:XX")
        leaving = _leave_eq(office)
        held, status, waiting = office.json("sync", *EQ), office.run("status"), office.sandbox.state()
        done = office.json("sync", *EQ, "--approve", held.value["digest"], "--reason", "they left")
        after, again = office.sandbox.state(), office.json("sync", *EQ)
        yield Story(built, person, other, nowhere, leaving, held, status, waiting, done, after, again)


def _leave_eq(office: Office) -> frozenset[str]:
    """Sign a roster in which thirteen people are no longer in EQ."""
    rows = read_rows()
    leaving = [row for row in rows if "EQ" in row["cop_participant"].split(";")][:13]
    for row in leaving:
        row["cop_participant"] = ";".join(code for code in row["cop_participant"].split(";") if code != "EQ")
    office.sign_rows(rows)
    return frozenset(row["person_id"] for row in leaving)


def test_one_cop_brings_its_parents(story: Story) -> None:
    """One COP's course is built, with its term, its sections and its people, and with nothing else."""
    assert [row["sis_course_id"] for row in ours(story.built, "courses", "sis_course_id").values()] == ["ilc:2021-22:cop:EQ"]
    assert (len(ours(story.built, "sections", "sis_section_id")), len(places(story.built))) == (6, 59)
    users = {row["sis_user_id"].removeprefix("ilc:p:") for row in ours(story.built, "users", "sis_user_id").values()}
    assert users == {place.user for place in places(story.built)}
    assert "ilc:2021-22" in {row["sis_term_id"] for row in story.built["terms"]}


def test_other_course_stays_to_be_done(story: Story) -> None:
    """Another COP is still to be built, and its plan is one of its own."""
    assert (story.other.code, story.other.value["counts"]["remove"]) == (3, 0)
    assert story.other.value["counts"]["create"] >= 17 + 5 + 1


def test_one_person_is_few_changes(story: Story) -> None:
    """A person's selection holds that person's places, with the courses and sections of these, and nobody else."""
    keys = [change["key"] for change in story.person["changes"]]
    people = {part for key in keys if "|" in key for part in key.split("|") if part.startswith("ilc:p:")}
    assert people == {"ilc:p:ILC-0007"}
    assert len(keys) < 12


def test_word_for_nothing_is_said(story: Story) -> None:
    """A COP that the roster does not have gives an empty plan or an error, in words."""
    assert story.nowhere.code in (0, 1)
    assert "Traceback" not in story.nowhere.err


def test_removal_from_one_course_waits(story: Story) -> None:
    """More than a fifth of one COP leaves: held for that course, too, with the numbers; nothing is written."""
    reasons = {reason["code"]: reason for reason in story.held.value["reasons"]}
    assert (story.held.code, story.held.value["counts"]) == (3, {"create": 0, "update": 0, "remove": 13})
    assert (reasons["course-removals"]["count"], reasons["course-removals"]["limit"]) == (13, 11)
    assert story.held.value["writes"] == 0
    assert places(story.waiting) == places(story.built)


def test_status_shows_whole_approval(story: Story) -> None:
    """The line that permits a held selection names the selection."""
    assert f"--approve {story.held.value['digest']} --only cop:EQ" in story.status.out


def test_approval_lets_exactly_it_through(story: Story) -> None:
    """Once approved, exactly those thirteen places end, and the next run of EQ finds nothing to do."""
    ended: frozenset[Place] = places(story.built) - places(story.after)
    assert (story.done.code, story.done.value["status"]) == (0, "applied")
    assert {place.user for place in ended} == story.leaving
    assert len(ended) == 13
    assert (story.again.code, story.again.value["status"], story.again.value["writes"]) == (0, "converged", 0)

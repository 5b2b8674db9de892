"""Two school years overlap in June: both are maintained, shown by year, and narrowed by --school-year."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.commands import Answer
from tests.e2e.office import Office, Report
from tests.e2e.tiny import PEOPLE, changed, sign

pytestmark = pytest.mark.timeout(900)
OLD, NEW = "2021-22", "2022-23"


class Story(NamedTuple):
    """What was seen on the way."""

    planned: Report
    permitted: Report
    status: Answer
    standing: Any
    corrected: Answer
    narrowed: Report
    only: Report
    undone: Report
    explained: Any
    unknown: Answer
    resting: Report


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """2021-22 is filled; 2022-23 is signed, held and permitted; then somebody corrects 2021-22."""
    with Office(tmp_path_factory.mktemp("years"), "--now", "2022-06-20T16:00:00Z") as office:
        sign(office, PEOPLE, OLD)
        assert office.approve().code == 0
        sign(office, PEOPLE, NEW, cops=("EQ", "AI"))
        planned = office.json("plan")
        permitted = office.json("sync", "--approve", planned.value["digest"], "--reason", "seen")
        sign(office, changed(PEOPLE, "X02", cop_participant=""), OLD)
        corrected = office.run("sync")
        status, standing = office.run("status"), office.json("status").value
        narrowed, only = office.json("plan", "--school-year", NEW), office.json("plan", "--only", "cop:AI")
        run = next(each["run"] for each in office.json("runs").value if each["status"] == "applied")
        yield Story(
            planned,
            permitted,
            status,
            standing,
            corrected,
            narrowed,
            only,
            undone=office.json("undo", str(run)),
            explained=office.json("explain", "X02", "cop:EQ", "--offline").value,
            unknown=office.run("plan", "--school-year", "2019-20"),
            resting=office.json("sync"),
        )


def test_json_tells_the_year_that_waits(story: Story) -> None:
    """A script written for one year reads the year that set its exit code; the other is beside it, with the same keys."""
    code, value = story.planned
    (other,) = value["other_years"]
    assert (code, value["school_year"], value["status"], other["school_year"], other["status"]) == (3, NEW, "held", OLD, "converged")
    assert value.keys() - {"other_years"} == other.keys()


def test_approval_is_for_its_year(story: Story) -> None:
    """A digest is that of one year's plan: only that one is carried out, and the exit code is about it."""
    assert (story.permitted.code, story.permitted.value["status"], story.permitted.value["other_years"]) == (0, "applied", [])


def test_correction_does_not_stop_the_other(story: Story) -> None:
    """Both years are synced, one after the other, each under its name."""
    old, new = story.corrected.out.split("School year 2022-23")
    assert story.corrected.code == 0
    assert "School year 2021-22" in old
    assert "1 of 1 change" in old
    assert "Nothing to do" in new


def test_status_names_each_year(story: Story) -> None:
    """Version and last run of each, for people and for programs."""
    assert "Roster   2021-22, version 3. Last run" in story.status.out
    assert "Roster   2022-23, version 2. Last run" in story.status.out
    years = [(year["school_year"], year["roster_version"], year["cared_for"]) for year in story.standing["school_years"]]
    assert years == [(OLD, 3, True), (NEW, 2, True)]


def test_one_year_can_be_named(story: Story) -> None:
    """--school-year narrows to one; one that nobody signed is an error."""
    assert (story.narrowed.code, story.narrowed.value["school_year"], story.narrowed.value["other_years"]) == (0, NEW, [])
    assert (story.unknown.code, story.unknown.err.strip()) == (1, "No roster of 2019-20 is finalized. See: ilc-canvas roster list")


def test_a_word_of_one_year_only(story: Story) -> None:
    """--only goes to the years in which the word means something."""
    assert (story.only.value["school_year"], story.only.value["other_years"]) == (NEW, [])


def test_undo_goes_by_its_run(story: Story) -> None:
    """Which year a run was for is known from the run."""
    assert (story.undone.value["school_year"], story.undone.value["counts"]["create"]) == (OLD, 1)


def test_explain_tells_each_year(story: Story) -> None:
    """Somebody who has left a COP of last year is still in that of this year."""
    new, (old,) = story.explained, story.explained["other_years"]
    assert (new["school_year"], old["school_year"]) == (NEW, OLD)
    assert "the current roster does not give" in str(old["places"])
    assert "the current roster does not give" not in str(new["places"])


def test_both_come_to_rest(story: Story) -> None:
    """Nothing is left to do in either."""
    (other,) = story.resting.value["other_years"]
    assert (story.resting.code, story.resting.value["writes"], other["writes"]) == (0, 0, 0)

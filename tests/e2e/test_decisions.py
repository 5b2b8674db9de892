"""A person decides: some changes and not others, no, the way back; as the commands say it."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.commands import Answer
from tests.e2e.conftest import Open
from tests.e2e.office import Office, Place, Report, ours

pytestmark = pytest.mark.timeout(400)


class Story(NamedTuple):
    """What was printed and observed along the way."""

    approved: Answer
    part: Report
    idle: Report
    courses: frozenset[str]
    spared: Report
    bare_no: Answer
    no: Answer
    after_no: Report
    again: Answer
    shown: Answer
    undone: Report
    places: frozenset[Place]
    parked: Report
    told: Answer
    status: Answer
    waits: Report


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """One COP is built; of the whole plan a part is approved, then everything but a part, then nothing; the part is undone."""
    with Office(tmp_path_factory.mktemp("decisions")) as office:
        office.sign("3")
        assert office.approve("--only", "cop:NB").value["status"] == "applied"
        digest = office.json("plan").value["digest"]
        approved = office.run("approve", digest, "--only", "cop:ES", "--reason", "this one first")
        part = office.json("sync")
        courses = frozenset(row["sis_course_id"] for row in ours(office.sandbox.state(), "courses", "sis_course_id").values())
        idle = office.json("plan")
        assert office.run("declined", "forget", "--all", "--reason", "the others now").code == 0
        digest = office.json("plan").value["digest"]
        spared = office.json("approve", digest, "--except", "cop:EQ", "--reason", "all but this")
        bare_no, no = office.run("reject", digest), office.run("reject", digest, "--reason", "not before September")
        after_no, again = office.json("sync"), office.run("approve", digest, "--only", "cop:SEL", "--reason", "after all")
        number = str(part.value["run"])
        shown, plan = office.run("undo", number), office.json("undo", number).value["digest"]
        undone = office.json("undo", number, "--approve", plan, "--reason", "too early")
        parked, told, status = office.json("declined"), office.run("declined"), office.run("status")
        waits = office.json("plan", "--only", "cop:ES")
        yield Story(
            approved, part, idle, courses, spared, bare_no, no, after_no, again, shown, undone, office.places(), parked, told, status, waits
        )


def test_part_is_built(story: Story) -> None:
    """Just what was approved is built; the rest was declined, and no later plan has it by itself."""
    assert (story.approved.code, story.approved.out.split()[0]) == (0, "Approved:")
    assert (story.part.code, story.part.value["status"]) == (0, "applied")
    assert (story.idle.code, story.idle.value["counts"]["create"], story.idle.value["deferred"].keys()) == (0, 0, {"declined"})
    assert story.courses == {"ilc:2021-22:cop:NB", "ilc:2021-22:cop:ES"}


def test_except_spares_a_part(story: Story) -> None:
    """All but one COP: of that one nothing is among the approved."""
    assert 0 < story.spared.value["approved"] < story.spared.value["of"]
    assert not [change for change in story.spared.value["changes"] if ":cop:EQ" in change["key"]]


def test_no_takes_the_yes_back(story: Story) -> None:
    """Declining needs a reason and lasts: nothing is written, and nobody is asked again; part of the plan may still be approved."""
    assert (story.bare_no.code, "--reason" in story.bare_no.err) == (64, True)
    assert (story.no.code, "will not be applied" in story.no.out) == (0, True)
    assert (story.after_no.value["status"], story.after_no.value["writes"]) == ("converged", 0)
    assert story.again.code == 0


def test_undo_shows_first(story: Story) -> None:
    """Nothing is undone before the plan for it was seen; then everybody who had joined has left, and what is never deleted is listed."""
    assert (story.shown.code, f"Undoing run {story.part.value['run']}" in story.shown.out) == (3, True)
    assert f"ilc-canvas undo {story.part.value['run']} --approve" in story.shown.out
    assert (story.undone.code, story.undone.value["failed"]) == (0, 0)
    assert not [place for place in story.places if place.course == "cop:ES"]


def test_undone_is_declined(story: Story) -> None:
    """What was undone is not planned again, is listed with the way on, and status points there."""
    assert {row["why"] for row in story.parked.value} == {"undone", "declined"}
    assert {row["reason"] for row in story.parked.value if row["why"] == "undone"} == {"too early"}
    assert "ilc-canvas declined forget KEY" in story.told.out
    assert f"Declined {len(story.parked.value):,} changes" in story.status.out
    assert (story.waits.value["counts"], story.waits.value["status"]) == ({"create": 0, "update": 0, "remove": 0}, "converged")


def test_what_is_not_there_is_said(opened: Open) -> None:
    """An unknown digest, an unknown COP, no quarantine: one sentence each, exit 1."""
    office = opened()
    office.sign("3")
    said = [office.run("approve", "0000-0000-0000", "--reason", "x"), office.run("release", "--reason", "x")]
    assert [answer.code for answer in said] == [1, 1]
    assert all(answer.err.count("\n") == 1 and "othing was changed" in answer.err for answer in said)


def test_person_in_question(opened: Open) -> None:
    """An account of another name has a login of the roster: listed in the run that finds it, answered, enrolled as it is."""
    office = opened()
    office.sign("3")
    other = office.post("accounts/1/users", user={"name": "Eve Stone"}, pseudonym={"unique_id": "thomas.lindqvist@example.org"})["id"]
    only = ("--only", "person:ILC-0002")
    assert (office.json("plan", *only).value["asked"], office.json("status").value["asked"]) == (1, 1)
    review, listed = office.run("people", "review"), office.json("people", "review").value
    assert f"ilc-canvas people adopt ILC-0002 --account {other}" in review.out
    assert [(case["person"], case["kind"], case["accounts"][0]["number"]) for case in listed] == [("ILC-0002", "name", other)]
    assert office.run("people", "adopt", "ILC-0002", "--account", str(other)).code == 64  # without a reason
    assert office.run("people", "adopt", "ILC-0002", "--account", str(other), "--reason", "he says so").code == 0
    assert office.approve(*only).value["status"] == "applied"
    assert (office.get(f"users/{other}")["sis_user_id"], office.get(f"users/{other}")["name"]) == (None, "Eve Stone")
    assert {row["enrollment_state"] for row in office.get(f"users/{other}/enrollments")} == {"active"}

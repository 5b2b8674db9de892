"""Somebody asks why a person is, or is not, in a course."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.commands import Answer
from tests.e2e.office import Office, Report, read_rows

pytestmark = pytest.mark.timeout(400)
GONE = "ILC-0016"  # facilitates NB in version 3


class Story(NamedTuple):
    """The sentence logged at each time."""

    before: Answer
    member: Answer
    json: Report
    asked: int  # requests for one answer
    stranger: Answer
    elsewhere: Answer
    offline: Answer
    ended: Answer
    wrong: Answer
    left: Answer


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """One COP is built; its facilitator's seat is ended by hand; then the person leaves the roster."""
    with Office(tmp_path_factory.mktemp("explain")) as office:
        office.sign("3")
        before = office.run("explain", GONE, "cop:NB")
        assert office.approve("--only", "cop:NB").value["status"] == "applied"
        office.sandbox.forget_requests()
        member = office.run("explain", GONE, "cop:NB")
        asked = len(office.sandbox.requests())
        report, stranger = office.json("explain", GONE), office.run("explain", "ILC-9999")
        elsewhere, offline = office.run("explain", GONE, "cop:EQ"), office.run("explain", GONE, "cop:NB", "--offline")
        _end_by_hand(office)
        ended, wrong = office.run("explain", GONE, "cop:NB"), office.run("explain", GONE, "EQ")
        office.sign_rows([row for row in read_rows() if row["person_id"] != "ILC-0300"])
        left = office.run("explain", "ILC-0300")
        yield Story(before, member, report, asked, stranger, elsewhere, offline, ended, wrong, left)


def _end_by_hand(office: Office) -> None:
    course = office.get("courses/sis_course_id:ilc:2021-22:cop:NB")["id"]
    (seat,) = office.get(f"courses/{course}/enrollments?sis_user_id[]=ilc:p:{GONE}")
    office.delete(f"courses/{course}/enrollments/{seat['id']}", task="deactivate")


def test_rule_is_told_before_any_run(story: Story) -> None:
    """Before the first run the roster gives the reason, and Canvas has no account yet."""
    assert story.before.code == 0
    assert "facilitates NB" in story.before.out
    assert "no: not made by a run" in story.before.out
    assert "No Canvas account is known for this person." in story.before.out


def test_run_and_log_are_told(story: Story) -> None:
    """Afterwards also since which run, what the log holds, and that Canvas has it active."""
    assert f"({GONE}): roster 2021-22, version 3 (signed by R. Alvarez" in story.member.out
    assert "created, since run 2, " in story.member.out
    assert ": create, applied" in story.member.out
    assert "Canvas   active" in story.member.out


def test_all_places_as_json(story: Story) -> None:
    """Without a course every place is there, also those that are not built yet."""
    places = {place["key"].split("|")[0]: dict(place["facts"]) for place in story.json.value["places"]}
    assert places["enrollment=ilc:2021-22:cop:NB:FAC"]["Canvas"] == "active"
    assert places["enrollment=ilc:2021-22:hub:ALL"]["Canvas"] == "not in this section"


def test_one_request_is_enough(story: Story) -> None:
    """Canvas is read once for somebody whose account is known; with --offline it is not, and the output says so."""
    assert story.asked == 1
    assert "Canvas was not read." in story.offline.out
    assert "Canvas   active" not in story.offline.out


def test_why_not(story: Story) -> None:
    """Who is not in a course, or in no roster, gets to know that; a word that names no course is wrong usage."""
    assert "Not in Equity" in story.elsewhere.out
    assert "The row does not name COP EQ" in story.elsewhere.out
    assert "no signed roster names this person" in story.stranger.out
    assert (story.wrong.code, "cop:EQ, net:R1" in story.wrong.err) == (64, True)


def test_ended_by_hand_shows(story: Story) -> None:
    """What somebody ended in Canvas is shown at once, beside what the roster requires."""
    assert "facilitates NB" in story.ended.out
    assert "Canvas   inactive" in story.ended.out


def test_who_has_left_is_told(story: Story) -> None:
    """Of who has left the roster: the last version with this person, and the first one without."""
    assert "not in the current roster. Version 3 (signed by R. Alvarez" in story.left.out
    assert "version 4, signed" in story.left.out

"""After the fill: people change things by hand, an amended roster comes, and then one that is much smaller."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from tests.commands import Answer
from tests.e2e.office import Office, Place, Report, as_expected, ours, places, read_rows, writes
from tests.program.cast import expected

pytestmark = pytest.mark.timeout(400)  # a story is long where other things run beside it
WANTED = expected("expected_v4.json")
HAND_NAME = "Equity, as we call it"
HAND_ENDED = ("ILC-0300", "hub")
State = Mapping[str, list[dict[str, Any]]]


class Story(NamedTuple):
    """What was seen on the way."""

    hand_added: int
    filled: State
    drifted: Report
    told: Answer
    held: Report
    waiting: State
    stale: Answer
    amended: Report
    after: State
    channels: list[dict[str, Any]]
    again: Report
    reading: list[dict[str, Any]]
    unsigned: Answer
    smaller: Report
    gone: frozenset[str]
    unwritten: State
    approved: Report
    small: State
    last: Report


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A filled office; a hand-added person, a hand-renamed course, a hand-ended place; version 4; version 5 without a fifth."""
    with Office(tmp_path_factory.mktemp("amended")) as office:
        office.sign("3")
        filled = office.approve()
        assert filled.code == 0, filled
        hand = _by_hand(office)
        before = office.sandbox.state()
        drifted = office.json("sync")
        stale_digest = drifted.value["digest"]
        office.sign("4")
        told, held, waiting = office.run("plan"), office.json("sync"), office.sandbox.state()
        stale = office.run("sync", "--approve", stale_digest)
        amended = office.json("sync", "--approve", held.value["digest"], "--reason", "confirmed")
        after = office.sandbox.state()
        office.sandbox.forget_requests()
        again, reading = office.json("sync"), office.sandbox.requests()
        (changed,) = (row["id"] for row in after["users"] if row["sis_user_id"] == "ilc:p:ILC-0027")
        channels = office.get(f"users/{changed}/communication_channels")
        rows, gone = _without_a_fifth()
        with pytest.raises(AssertionError, match="lacks 65 of the 324 people"):
            office.sign_rows(rows, version="4")
        unsigned = office.run("roster", "list")
        office.run("roster", "finalize", "--signed-by", "R. Alvarez", "--second", "T. Okafor", "--reason", "grant ended")
        smaller, unwritten = office.json("sync"), office.sandbox.state()
        approved = office.json("sync", "--approve", smaller.value["digest"], "--reason", "grant ended")
        small, last = office.sandbox.state(), office.json("sync")
        yield Story(
            hand, before, drifted, told, held, waiting, stale, amended, after, channels, again, reading,
            unsigned, smaller, gone, unwritten, approved, small, last,
        )  # fmt: skip


def _by_hand(office: Office) -> int:
    """What a facilitator does in Canvas; the number of the person whom she added to EQ."""
    eq = "courses/sis_course_id:ilc:2021-22:cop:EQ"
    login = {"unique_id": "visitor@example.org", "send_confirmation": False}
    added = office.post("accounts/self/users", user={"name": "A Visitor"}, pseudonym=login)["id"]
    office.post(
        f"{eq}/enrollments", enrollment={"user_id": added, "type": "StudentEnrollment", "enrollment_state": "active", "notify": False}
    )
    office.put(eq, course={"name": HAND_NAME})
    state = office.sandbox.state()
    users, courses = ours(state, "users", "sis_user_id"), ours(state, "courses", "sis_course_id")
    (ended,) = (
        row
        for row in state["enrollments"]
        if users.get(row["user_id"], {}).get("sis_user_id") == f"ilc:p:{HAND_ENDED[0]}"
        and courses[row["course_id"]]["sis_course_id"] == f"ilc:2021-22:{HAND_ENDED[1]}"
    )
    office.delete(f"courses/{ended['course_id']}/enrollments/{ended['id']}", task="deactivate")
    return int(added)


def _without_a_fifth() -> tuple[list[dict[str, str]], frozenset[str]]:
    """Version 4 without 65 people who lead and facilitate nothing."""
    rows = read_rows("4")
    plain = [
        row["person_id"] for row in rows if row["team_role"] != "lead" and not row["cop_facilitator"] and row["affiliation"] != "staff"
    ]
    gone = frozenset(plain[10:75])
    return [row for row in rows if row["person_id"] not in gone], gone


def test_hand_ended_place_is_drift(story: Story) -> None:
    """A place that a person ended in Canvas stays ended and is reported; the exit code is 0, and nothing is written."""
    assert (story.drifted.code, story.drifted.value["status"], story.drifted.value["writes"]) == (0, "converged", 0)
    assert story.drifted.value["drift"] == 2, "the place, and the course's name"
    assert story.drifted.value["by_hand"] == 1


def test_amended_roster_waits_for_one_reason(story: Story) -> None:
    """Version 4 is held because one person gets more rights, and for nothing else."""
    assert (story.held.code, [reason["code"] for reason in story.held.value["reasons"]]) == (3, ["raised-role"])
    assert (story.held.value["reasons"][0]["count"], story.held.value["writes"]) == (1, 0)
    assert places(story.waiting) == places(story.filled)


def test_amended_plan_reads_like_letter(story: Story) -> None:
    """Counts come first, then the courses, what is left alone, and at the end the reason and the command."""
    parts = [
        "11 new enrollments, 10 enrollments end, 1 new person, 1 new e-mail, 1 new name, 1 section renamed.",
        "Not touched: 1 enrollment added by hand",
        "Not touched: 2 things that people changed by hand",
        "Held for a person: 1 reason.",
        f"ilc-canvas sync --approve {story.held.value['digest']}",
    ]
    found = [story.told.out.find(part) for part in parts]
    assert -1 not in found, story.told.out
    assert found == sorted(found)


def test_new_version_makes_approval_stale(story: Story) -> None:
    """The digest of a plan for the version before permits nothing."""
    assert story.stale.code == 1
    assert "is out of date: the roster is version 4 now, the plan was made from version 3." in story.stale.err


def test_amended_places_are_the_expected(story: Story) -> None:
    """Exactly the expected places are added, and exactly the expected ones ended."""
    before, after = as_expected(places(story.filled)), as_expected(places(story.after))
    assert sorted(after - before) == [tuple(row) for row in WANTED["added"]]
    assert sorted(before - after) == [tuple(row) for row in WANTED["removed"]]
    assert (story.amended.code, story.amended.value["counts"]) == (0, {"create": 12, "update": 3, "remove": 10})


def test_amended_people_change_in_place(story: Story) -> None:
    """One person is new; one has a new address and one a new name, under the numbers that they had; nobody is deleted."""
    before, after = (ours(state, "users", "sis_user_id") for state in (story.filled, story.after))
    assert [after[number]["sis_user_id"] for number in after.keys() - before.keys()] == ["ilc:p:ILC-0325"]
    assert before.keys() <= after.keys()
    fields = ("name", "sortable_name", "email", "login_id")
    changed = {after[n]["sis_user_id"]: [f for f in fields if after[n][f] != before[n][f]] for n in before}
    assert {who: what for who, what in changed.items() if what} == {
        "ilc:p:ILC-0027": ["email", "login_id"],
        "ilc:p:ILC-0043": ["name", "sortable_name"],
    }


def test_new_address_is_the_only_one(story: Story) -> None:
    """The new e-mail is a confirmed channel, and the old one is gone."""
    found = [(channel["address"], channel["workflow_state"]) for channel in story.channels if channel["type"] == "email"]
    assert found == [("new.daniel.kim@example.org", "active")]


def test_amended_section_is_renamed_alone(story: Story) -> None:
    """One section has another name; no section is made, and no course changes."""
    before, after = (ours(state, "sections", "sis_section_id") for state in (story.filled, story.after))
    assert before.keys() == after.keys()
    renamed = {after[n]["sis_section_id"]: after[n]["name"] for n in before if after[n]["name"] != before[n]["name"]}
    assert renamed == {"ilc:2021-22:net:R1:T102": "Lakeport Unified – Renamed Team"}
    assert story.after["courses"] == story.filled["courses"]


def test_ended_places_are_kept(story: Story) -> None:
    """Ended places are inactive, and still there."""
    ended = places(story.after, lambda row: row["enrollment_state"] == "inactive")
    assert len(ended) == len(WANTED["removed"]) + 1, "ten of ours, and one ended by hand"
    assert not places(story.after, lambda row: row["enrollment_state"] in ("deleted", "completed"))


def test_run_after_amendment_converges(story: Story) -> None:
    """Then there is nothing left to do."""
    assert (story.again.code, story.again.value["status"]) == (0, "converged")
    assert not writes(story.reading)


def test_shrunken_roster_needs_second_person(story: Story) -> None:
    """A roster with a fifth fewer people stays a draft until a second person agrees."""
    assert " 5  2021-22  draft " in story.unsigned.out


def test_large_removal_waits_for_person(story: Story) -> None:
    """The removal of a fifth of all people is held, with its numbers, and nothing is written."""
    ending = {place for place in places(story.after) if place.user in story.gone}
    reasons = {reason["code"]: reason for reason in story.smaller.value["reasons"]}
    assert (story.smaller.code, story.smaller.value["writes"]) == (3, 0)
    assert reasons["removals"]["count"] == len(ending) > reasons["removals"]["limit"]
    assert "course-removals" in reasons
    assert places(story.unwritten) == places(story.after)


def test_approved_removal_ends_exactly_that(story: Story) -> None:
    """Once approved, the places of those people end, and no others; their accounts stay."""
    ending = {place for place in places(story.after) if place.user in story.gone}
    assert (story.approved.code, story.approved.value["status"], story.approved.value["failed"]) == (0, "applied", 0)
    assert places(story.after) - places(story.small) == ending
    assert not places(story.small) - places(story.after)
    assert len(story.small["users"]) == len(story.after["users"])
    assert (story.last.code, story.last.value["status"]) == (0, "converged")


def test_what_people_did_survives(story: Story) -> None:
    """The person added by hand, the course renamed by hand and the place ended by hand are as they were left."""
    states = [row["enrollment_state"] for row in story.small["enrollments"] if row["user_id"] == story.hand_added]
    (name,) = (row["name"] for row in story.small["courses"] if row["sis_course_id"] == "ilc:2021-22:cop:EQ")
    assert (states, name) == (["active"], HAND_NAME)
    assert Place(HAND_ENDED[0], HAND_ENDED[1], "ALL", "StudentEnrollment", "StudentEnrollment") not in places(story.small)

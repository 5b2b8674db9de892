"""The ordinary first day: most people of the sample have accounts in Canvas already, made by others."""

import csv
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest

from tests.commands import Answer
from tests.e2e.office import Office, Report, Row, read_rows, writes

pytestmark = pytest.mark.timeout(500)
GROUPS = {"exact": 200, "foreign": 60, "login": 20, "name": 10, "two": 5, "administrator": 5}
"""Of 200 all agrees; 60 have an institution's SIS id besides, 20 another login, 10 another name, 5 two accounts; 5 are administrators."""
QUESTIONS = {"login": "login", "name": "name", "two": "several", "administrator": "administrator"}


class Person(NamedTuple):
    """One row, what was there of it, and the numbers of its accounts."""

    row: Row
    group: str
    numbers: tuple[int, ...]


def grouped(rows: list[Row]) -> list[tuple[str, Row]]:
    """The first 300 rows with the group that each is in."""
    groups = [group for group, count in GROUPS.items() for _ in range(count)]
    return list(zip(groups, rows, strict=False))


def make(office: Office, group: str, row: Row, number: int) -> Person:
    """What others have made of one person."""
    name = "Somebody Else" if group == "name" else row["display_name"]
    login = f"login{number}" if group == "login" else row["email"]
    made = [account(office, name, login, row["email"], sis_id=f"9{number:05}" if group == "foreign" else None)]
    if group == "two":
        made.append(account(office, name, f"second{number}", row["email"]))
    if group == "administrator":
        office.post("accounts/1/admins", user_id=made[0])
    return Person(row, group, tuple(made))


def account(office: Office, name: str, login: str, address: str, sis_id: str | None = None) -> int:
    """An account with a confirmed address."""
    pseudonym = {"unique_id": login, "send_confirmation": False, **({"sis_user_id": sis_id} if sis_id else {})}
    channel = {"type": "email", "address": address, "skip_confirmation": True}
    user = {"name": name, "skip_registration": True}
    return int(office.post("accounts/1/users", user=user, pseudonym=pseudonym, communication_channel=channel)["id"])


class Story(NamedTuple):
    """What was seen on the way."""

    people: list[Person]
    before: Mapping[int, Any]
    planning: list[dict[str, Any]]
    plan: Answer
    planned: Report
    done: Report
    filling: list[dict[str, Any]]
    after: Mapping[str, list[dict[str, Any]]]
    again: Report
    answered: Answer
    second: Report
    answering: list[dict[str, Any]]
    last: Mapping[str, list[dict[str, Any]]]
    end: Report


def accounts(state: Mapping[str, list[dict[str, Any]]], people: list[Person]) -> dict[int, Any]:
    """The accounts that others made, as they are."""
    numbers = {number for person in people for number in person.numbers}
    return {row["id"]: row for row in state["users"] if row["id"] in numbers}


def answer_all(office: Office, people: list[Person]) -> Answer:
    """A spreadsheet with an answer for each: the first account for half of them, a new one for the others; administrators confirmed."""
    path = office.folder / "questions.csv"
    assert office.run("people", "review", "--csv", str(path)).code == 0
    numbers = {person.row["person_id"]: person for person in people}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for place, row in enumerate(rows):
        person = numbers[row["person_id"]]
        confirmed = " administrator" if person.group == "administrator" else ""
        row["answer"] = f"{person.numbers[0]}{confirmed}" if place % 2 else "new"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return office.run("people", "decide", str(path), "--reason", "asked each of them")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """One plan, one yes; then one spreadsheet, one yes."""
    with Office(tmp_path_factory.mktemp("there")) as office:
        office.sign("3")
        with ThreadPoolExecutor(4) as pool:
            numbered = enumerate(grouped(read_rows()))
            people = list(pool.map(lambda each: make(office, each[1][0], each[1][1], each[0]), numbered))
        before = accounts(office.sandbox.state(), people)
        plan = office.run("plan", "--all")
        office.sandbox.forget_requests()
        planned, planning = office.json("plan"), office.sandbox.requests()
        office.sandbox.forget_requests()
        done = office.json("sync", "--approve", planned.value["digest"], "--reason", "seen by two")
        filling, after, again = office.sandbox.requests(), office.sandbox.state(), office.json("sync")
        answered = answer_all(office, people)
        second = office.approve()
        answering, last = office.sandbox.requests(), office.sandbox.state()
        yield Story(
            people, before, planning, plan, planned, done, filling, after, again, answered, second, answering, last, office.json("sync")
        )


def active(state: Mapping[str, list[dict[str, Any]]]) -> set[int]:
    """The accounts in our courses."""
    return {row["user_id"] for row in state["enrollments"] if row["enrollment_state"] == "active"}


def test_plan_says_who_is_who(story: Story) -> None:
    """24 new people, 260 who have an account here, 40 questions: counted, and by name."""
    assert "24 new people, 260 people have an account here" in story.plan.out
    assert "Somebody must decide about 40 people: ilc-canvas people review" in story.plan.out
    assert [line for line in story.plan.out.splitlines() if "has an account here, number" in line][259:]
    value = story.planned.value
    assert (len(value["matched"]), len(value["questions"]), value["asked"]) == (260, 40, 40)
    wanted = {person.row["person_id"]: QUESTIONS[person.group] for person in story.people if person.group in QUESTIONS}
    assert {each["person"]: each["kind"] for each in value["questions"]} == wanted


def test_plan_takes_few_requests(story: Story) -> None:
    """One pass over the account, a search for each of those whom it does not show, two readings for each who would go by address."""
    # 4 pages of 306 people, 24 searches and one for our SIS ids, 2 readings for each with another login, the administrators
    lookups = 4 + 24 + 1 + 2 * (20 + 5) + 1
    assert len(story.planning) <= 4 + 2 + lookups


def test_one_yes_enrolls_those_who_fit(story: Story) -> None:
    """Just the 260 and the 24 new ones are in their courses."""
    fit = {person.numbers[0] for person in story.people if person.group in ("exact", "foreign")}
    made = {row["id"] for row in story.after["users"] if str(row["sis_user_id"]).startswith("ilc:p:")}
    assert (story.done.value["status"], len(fit), len(made)) == ("partial", 260, 24)
    assert active(story.after) == fit | made


def test_accounts_of_others_stay_as_they_are(story: Story) -> None:
    """No SIS id, name, login or address of an account that others made is written: not once."""
    assert accounts(story.after, story.people) == story.before == accounts(story.last, story.people)
    numbers = {number for person in story.people for number in person.numbers}
    paths = [row["path"].split("?")[0].removeprefix("/api/v1/") for row in writes([*story.filling, *story.answering])]
    assert not [path for path in paths if path.startswith("users/") and int(path.split("/")[1]) in numbers]
    assert not [path for path in paths if path.startswith("accounts/1/logins")]


def test_second_run_writes_nothing(story: Story) -> None:
    """With questions open a run is not green, and has nothing to write."""
    assert (story.again.value["status"], story.again.value["writes"], story.again.value["asked"]) == ("partial", 0, 40)


def test_one_spreadsheet_answers_all(story: Story) -> None:
    """All 40 answers are recorded at once; the plan is held for them, and after one approval everybody is where they belong."""
    assert story.answered.code == 0, story.answered
    assert (story.second.code, story.second.value["status"]) == (0, "applied")
    assert len(active(story.last)) == 324
    assert (story.end.value["status"], story.end.value["writes"], story.end.value["asked"]) == ("converged", 0, 0)

"""Two stores on one Canvas and scope: the second one is noticed, and refused until somebody says which one it is."""

import os
from pathlib import Path

import pytest

from tests.cli.people_cast import Office, rows
from tests.stores import made_store

EQ = "courses/sis_course_id:ilc:2021-22:cop:EQ"


@pytest.fixture
def filled(office: Office) -> Office:
    """The first store has made the courses."""
    office.sign(rows(P2={"cop_participant": "EQ"}))
    assert office.sync()["status"] == "applied"
    return office


class Second:
    """Another store, for the same Canvas."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.first = os.environ["ILC_CANVAS_STORE"]
        folder.mkdir()
        self.second = made_store(folder)

    def use(self, store: str) -> None:
        """From now on the settings name this store."""
        self._patch.setenv("ILC_CANVAS_STORE", store)


@pytest.fixture
def stores(filled: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Second:
    """The settings name a second store, which has the same roster."""
    made = Second(tmp_path / "second", monkeypatch)
    made.use(made.second)
    filled.draft(rows(P2={"cop_participant": "EQ"}))
    assert filled.cli("roster", "finalize", "--signed-by", "R. Alvarez").code == 0
    return made


def _mark(office: Office) -> str:
    return str(office.hand("GET", EQ)["integration_id"])


def test_course_says_whose_it_is(filled: Office) -> None:
    """Every course carries the id of the store that made it, where people do not see it, and no two carry the same text."""
    courses = filled.hand("GET", "accounts/sis_account_id:ilc/courses")
    marks = [str(each["integration_id"]).rpartition(each["sis_course_id"]) for each in courses]
    assert {mark for mark, _, _ in marks} == {_mark(filled).rpartition("ilc:2021-22")[0]}
    assert len({each["integration_id"] for each in courses}) == len(courses) > 1
    assert filled.cli("sync", "--json").json["writes"] == 0


@pytest.mark.parametrize("command", ["plan", "sync"])
def test_second_store_is_refused(filled: Office, stores: Second, command: str) -> None:
    """Neither a plan nor a sync of the second store goes on: one sentence says how many courses another store keeps, and what to do."""
    filled.canvas.forget_requests()
    said = filled.cli(command)
    assert (said.code, said.out) == (1, "")
    assert "courses in this Canvas are kept by another store (" in said.err
    assert "Nothing was written. Continue with the other one (ILC_CANVAS_STORE). If this one is right" in said.err
    assert "ilc-canvas canvas claim --reason TEXT" in said.err
    assert {request["method"] for request in filled.canvas.requests()} == {"GET"}
    trouble = filled.cli("status", "--json").json["quarantine"]
    assert (trouble or {}).get("trouble") == (None if command == "plan" else "tenant")
    stores.use(stores.first)
    assert filled.cli("sync").code == 0


def test_claimed_courses_change_hands(filled: Office, stores: Second) -> None:
    """Once somebody says that the second store is right it goes on, its quarantine ends, and the first one is refused; nothing else of a
    course has changed.
    """
    before, first = filled.hand("GET", EQ), _mark(filled)
    filled.cli("sync")
    said = filled.cli("canvas", "claim", "--reason", "the first one is lost", "--json")
    assert (said.code, said.json["released"], len(said.json["former"])) == (0, ["tenant"], 1)
    assert "ilc:2021-22:cop:EQ" in said.json["courses"]
    after = filled.hand("GET", EQ)
    assert {name for name in before if before[name] != after[name]} <= {"integration_id", "updated_at"}
    assert _mark(filled) != first
    assert filled.plan()["status"] == "held"
    events = filled.cli("audit", "list", "--json").json
    assert {"claiming", "claimed", "released"} <= {event["kind"] for event in events}
    stores.use(stores.first)
    assert f"this is {said.json['former'][0]}" in filled.cli("plan").err


def test_claim_twice_is_nothing_new(filled: Office) -> None:
    """A store that keeps all courses already claims none, and writes nothing."""
    filled.canvas.forget_requests()
    said = filled.cli("canvas", "claim", "--reason", "to be sure", "--json").json
    assert (said["courses"], said["former"]) == ([], [])
    assert {request["method"] for request in filled.canvas.requests()} == {"GET"}
    assert filled.cli("canvas", "claim").code == 64


def test_claim_on_an_empty_canvas(office: Office) -> None:
    """Where nothing was made yet there is nothing to claim, and an empty store claims nothing."""
    assert "This store is empty" in office.cli("canvas", "claim", "--reason", "why not").err
    office.sign()
    assert office.cli("canvas", "claim", "--reason", "why not", "--json").json["courses"] == []


def test_course_without_a_mark_is_nobodys(filled: Office, stores: Second) -> None:
    """Courses that an older version made, or whose mark was wiped, stop nobody; to take over what is there still needs approval."""
    for each in filled.hand("GET", "accounts/sis_account_id:ilc/courses"):
        filled.hand("PUT", f"courses/{each['id']}", course={"integration_id": ""})
    assert filled.plan()["status"] == "held"
    stores.use(stores.first)
    assert filled.plan()["status"] == "converged"

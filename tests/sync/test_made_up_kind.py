"""A kind that this program does not know: one file and a row in two tables, and every part of a run goes on with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from ilc_canvas.canvas.kinds import KINDS
from ilc_canvas.cli.runs.plans.plan_text import plan_text
from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.names import course_key
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.guards.guard import Limits
from ilc_canvas.reconcile.kinds import RULES
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.reconcile.state import Record, State
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.details import run as run_of
from ilc_canvas.store.runs.ledger import everything
from ilc_canvas.sync import plan_values
from ilc_canvas.views.names import Names
from tests.sandbox.process import Sandbox, start_sandbox
from tests.stores import new_store
from tests.sync.note import IN_CANVAS, NOTE, RULE, note
from tests.sync.roster import SECOND
from tests.sync.world import NOW, SCOPE, World, approved, opened

EQUITY, ARTS = course_key(SCOPE, "cop", "EQ"), course_key(SCOPE, "cop", "AI")
SECRET = "Ask Ada Leaver for the passcode 482913"
WELCOME = note(EQUITY, "welcome", "Welcome", SECRET)


@dataclass
class Office(World):
    """A world in which notes are wanted, besides what the roster asks for."""

    notes: list[Record] = field(default_factory=list)

    def there(self) -> dict[str, tuple[str, str]]:
        """Name and state of each note in Canvas."""
        rows = (row for key in (EQUITY, ARTS) for row in self.human().get(f"courses/sis_course_id:{key.id}/notes").body)
        return {row["key"]: (row["name"], row["workflow_state"]) for row in rows}

    def owned(self) -> dict[str, str]:
        """How each note came to be ours, by the ledger."""
        with opened(self.store) as store:
            ledger = everything(store, CanvasScope(self.sandbox.url, SCOPE))
        return {key.id: owned.how for key, owned in ledger.items() if key.kind == NOTE}

    def letter(self, report: Report) -> str:
        """What a colleague reads of the plan."""
        with opened(self.store) as store:
            detail = run_of(store, report.run)
        names = Names.of([], [step.change for step in detail.steps])
        return "\n".join(plan_text(detail, names, roster="Roster", all_rows=True))


@pytest.fixture(scope="module")
def canvas() -> Iterator[Sandbox]:
    """A Canvas that has notes."""
    with start_sandbox("--now", NOW, module="tests.sync.sandbox_with_notes") as sandbox:
        yield sandbox


@pytest.fixture
def office(canvas: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Office:
    """After the first fill, in which nobody wanted a note."""
    monkeypatch.setitem(RULES, NOTE, RULE)
    monkeypatch.setitem(KINDS, NOTE, IN_CANVAS)
    world = approved(canvas, new_store(tmp_path))
    assert world.run().status == "applied"
    office = Office(canvas, world.store)

    def with_notes(roster: Roster, policy: Policy) -> State:
        return State.of([*desired_state(roster, policy), *office.notes])

    monkeypatch.setattr(plan_values, "desired_state", with_notes)
    return office


def test_made_changed_and_ended(office: Office) -> None:
    """It is made, found unchanged, changed and ended by runs that nobody has to permit, and the ledger follows."""
    office.notes = [WELCOME]
    assert (office.run().status, office.there()) == ("applied", {WELCOME.key.id: ("WELCOME", "active")})
    again = office.run()
    assert (again.status, again.writes, office.owned()) == ("converged", 0, {WELCOME.key.id: "created"})
    office.notes = [replace(WELCOME, fields={**WELCOME.fields, "name": "Hello"})]
    assert (office.run().status, office.there()) == ("applied", {WELCOME.key.id: ("Hello", "active")})
    office.notes = []
    assert (office.run().status, office.there(), office.owned()) == (
        "applied",
        {WELCOME.key.id: ("Hello", "deleted")},
        {WELCOME.key.id: "ended"},
    )
    office.notes = [WELCOME]
    assert (office.run().status, office.there()[WELCOME.key.id][1], office.owned()) == ("applied", "active", {WELCOME.key.id: "created"})


@pytest.mark.parametrize("fault", ["reset-after", "reset-before"])
def test_lost_answer_is_settled(office: Office, fault: str) -> None:
    """A create whose answer is lost is looked for: there is one note, and one outcome."""
    office.notes = [WELCOME]
    office.sandbox.fault(fault, "notes", method="POST")
    office.heal()
    posts = [row for row in office.sandbox.requests() if row["method"] == "POST" and row["done"] and "notes" in row["path"]]
    assert (len(posts), len(office.there()), office.owned()) == (1, 1, {WELCOME.key.id: "created"})
    assert office.audit(office.sandbox.state()) == []


def test_letter_names_and_counts_it(office: Office) -> None:
    """A plan counts it and lists it below its course, by the words of its rule."""
    office.notes = [WELCOME, note(EQUITY, "rules", "Rules")]
    text = office.letter(office.run(ask=RunRequest("ana", "plan", dry_run=True)))
    assert "2 new notes." in text
    assert '+ note "Rules" new' in text
    assert text.index("COP EQ") < text.index("Rules")


def test_never_counted_as_a_person(office: Office) -> None:
    """However many notes go, nobody has left: no limit on people holds them, and a course keeps its count."""
    office.notes = [note(EQUITY, f"n{number}", f"Note {number}") for number in range(30)]
    assert office.run(limits=Limits()).failed == 0
    office.notes = []
    report = office.run()
    assert not [reason.code for reason in report.reasons if "removals" in reason.code or "emptied" in reason.code]
    assert (report.status, {state for _, state in office.there().values()}) == ("applied", {"deleted"})


@pytest.mark.parametrize("name", ["refused", "forbidden"])
def test_failure_does_not_hold_back_people(office: Office, name: str) -> None:
    """Six notes that Canvas will not have, be it for want of a right, and everybody joins and leaves as the roster asks."""
    office.notes = [note(course, f"n{number}", name) for number in range(3) for course in (EQUITY, ARTS)]
    office.finalize(SECOND)
    report = office.run()
    assert (report.status, report.failed, report.withheld) == ("partial", 6, 0)
    assert {key.kind for key in report.failures} == {NOTE}
    assert office.complaints() == []


def test_unread_kind_is_left_out_by_itself(office: Office) -> None:
    """The notes of a course that cannot be listed wait, those of others are made, and everybody joins and leaves all the same."""
    office.human().ask("POST", f"courses/sis_course_id:{EQUITY.id}/notes", {"note[name]": "hidden"})
    office.notes = [WELCOME, note(ARTS, "welcome", "Welcome")]
    office.finalize(SECOND)
    report = office.run()
    assert (report.status, report.failed, report.deferred) == ("partial", 0, {"unread": 1})
    assert office.owned() == {f"{ARTS.id}:welcome": "created"}
    assert office.complaints() == []


def test_personal_fields_lie_beside_the_chain(office: Office) -> None:
    """What its rule calls personal is in no event of the chain, and the chain is whole."""
    office.notes = [WELCOME]
    office.run()
    bodies = " ".join(body for (body,) in office.rows("SELECT body FROM audit_event"))
    beside = " ".join(content for (content,) in office.rows("SELECT content FROM audit_personal"))
    assert (WELCOME.key.id in bodies, SECRET in bodies, SECRET in beside) == (True, False, True)
    assert office.audit(office.sandbox.state()) == []


def test_undone_like_any_other(office: Office) -> None:
    """A run that made one, changed another and ended a third is taken back."""
    first, second = note(EQUITY, "first", "First"), note(EQUITY, "second", "Second")
    office.notes = [first, second]
    office.run()
    office.notes = [replace(first, fields={**first.fields, "text": "other"}), WELCOME]
    report = office.run()
    assert (report.status, report.counts) == ("applied", {"create": 1, "update": 1, "remove": 1})
    undone = office.sync(ask=RunRequest("ana", "undo", "a mistake", undo=report.run))
    states = {key.rpartition(":")[2]: state for key, (_, state) in office.there().items()}
    assert (undone.status, states) == ("applied", {"first": "active", "second": "active", "welcome": "deleted"})
    assert office.run().writes == 0


def test_left_alone_if_changed_by_hand(office: Office) -> None:
    """What people have written over stays, and is listed as changed by hand."""
    office.notes = [WELCOME]
    office.run()
    path = f"courses/sis_course_id:{EQUITY.id}/notes"
    (row,) = office.human().get(path).body
    changed: dict[str, Any] = {"note[text]": "By hand"}
    office.human().ask("PUT", f"{path}/{row['id']}", changed)
    report = office.run()
    assert (report.status, report.drift, report.writes) == ("converged", 1, 0)
    assert f"note {WELCOME.key.id}: another text" in office.letter(report)

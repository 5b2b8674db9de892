"""Two people who decide at the same moment: the first one's decision counts, and the second one learns of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from ilc_canvas.program.courses.opening import Opening
from ilc_canvas.reconcile.change import Create, Remove
from ilc_canvas.reconcile.errors import IlcError, OutrunError, RosterError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.people.identity import Answer
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit import reader
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.documents.signing import ReviewedDraft
from ilc_canvas.store.openings import versions as openings
from ilc_canvas.store.rosters import versions as rosters
from ilc_canvas.store.runs.decisions import approvals, drift, identities
from ilc_canvas.store.runs.decisions.drift import DriftRow
from tests.store.cast import BASE, COURSE, NOON, ROSA, SCOPE, Desk, draft, finalized, plan_of, seat

CHANGES = (Create(ROSA), Remove(seat()))
DIGEST = plan_of(*CHANGES).digest
HERE = CanvasScope(BASE, SCOPE)
NAMES = ("ben", "cy")


def _at_once(do: Callable[[str], object]) -> list[IlcError]:
    """Two people do it, each in a thread of its own; what was refused."""
    barrier = Barrier(len(NAMES))

    def one(name: str) -> IlcError | None:
        barrier.wait(10)
        try:
            do(name)
        except IlcError as error:
            return error
        return None

    with ThreadPoolExecutor(len(NAMES)) as pool:
        return [error for error in pool.map(one, NAMES) if error]


@pytest.fixture
def held(desk: Desk) -> Desk:
    """A plan that waits, and nobody has decided about."""
    finalized(desk.store)
    desk.run(*CHANGES, status="held")
    return desk


def _approve(store: Store, name: str, seen: int | None = 0) -> None:
    approvals.approve(store, DIGEST, actor=name, reason="seen", scope=SCOPE, base_url=BASE, now=NOON, seen=seen)


def _decline(store: Store, name: str, seen: int | None = 0) -> None:
    approvals.reject(store, DIGEST, actor=name, reason="wrong", scope=SCOPE, base_url=BASE, now=NOON, seen=seen)


def test_two_approvals_at_once(held: Desk) -> None:
    """One of them is stored; the other one is told who has decided."""
    (refused,) = _at_once(lambda name: _approve(held.store, name))
    (made,) = approvals.plan_decisions(held.store, 1)
    assert isinstance(refused, OutrunError)
    assert f"{made.actor} has decided about it" in str(refused)
    assert "Nothing was changed" in str(refused)


def test_approval_and_decline_at_once(held: Desk) -> None:
    """Whichever came first counts: nobody overrules what they have not read."""
    (refused,) = _at_once(lambda name: (_approve if name == "ben" else _decline)(held.store, name))
    assert isinstance(refused, OutrunError)
    assert len(approvals.plan_decisions(held.store, 1)) == 1


def test_decision_after_what_was_shown(held: Desk) -> None:
    """Whoever has read the other decision may overrule it; so may the terminal, which has just shown it."""
    _approve(held.store, "ben")
    with pytest.raises(OutrunError):
        _decline(held.store, "cy")
    _decline(held.store, "cy", seen=1)
    _approve(held.store, "ben", seen=None)
    assert [each.decision for each in approvals.plan_decisions(held.store, 1)] == ["approved", "rejected", "approved"]


def test_two_signatures_at_once(store: Store) -> None:
    """A draft is signed once."""
    finalized(store)
    number = draft(store, files="b")
    seen = ReviewedDraft(number, rosters.info(store, number).files_digest)
    (refused,) = _at_once(lambda name: rosters.finalize(store, signed_by=name, seen=seen, at=NOON))
    assert isinstance(refused, RosterError)
    assert sum(event.kind == "roster-finalized" for event in reader.events(store)) == 2


def test_two_identity_decisions_at_once(desk: Desk) -> None:
    """The second answer about a person does not replace one that nobody has read."""
    decided = identities.Decided([Answer(ROSA.key, "leave-out", NOON)], seen={ROSA.key: None})
    (refused,) = _at_once(lambda name: identities.note(desk.store, HERE, decided, actor=name, reason="seen", at=NOON))
    assert isinstance(refused, OutrunError)
    (answer,) = identities.decided(desk.store, HERE).values()
    again = identities.Decided(again=[ROSA.key], seen={ROSA.key: answer.at})
    (refused,) = _at_once(lambda name: identities.note(desk.store, HERE, again, actor=name, reason="no", at=NOON))
    assert isinstance(refused, OutrunError)


def test_two_drift_decisions_at_once(desk: Desk) -> None:
    """Of keeping and putting back, what came first counts; a decision about an earlier edit is in nobody's way."""
    row = DriftRow(ROSA.key, "name", "0123456789abcdef")

    def decide(name: str, row: DriftRow = row) -> None:
        choice = "keep" if name == "ben" else "put-back"
        drift.decide(desk.store, HERE, [row], choice=choice, actor=name, reason="seen", at=NOON, seen={})

    (refused,) = _at_once(decide)
    assert isinstance(refused, OutrunError)
    (made,) = drift.decisions(desk.store, HERE).values()
    assert f"{made.actor} decided about user=ilc:p:ILC-0001" in str(refused)
    decide("ben", DriftRow(ROSA.key, "name", "fedcba9876543210"))
    assert [each.edit for each in drift.decisions(desk.store, HERE).values()] == ["fedcba9876543210"]


def test_two_openings_at_once(store: Store) -> None:
    """Two people ask for two courses: both are on the list."""
    courses = {"ben": COURSE, "cy": Key(Kind.COURSE, "ilc:2021-22:cop:ES")}

    def ask(name: str) -> None:
        new = Opening(courses[name], anyway=False, actor=name, reason="ready", at=NOON, day=None)
        openings.record(store, "2021-22", lambda before: {**before, new.course: new}, actor=name, reason="ready", at=NOON)

    assert _at_once(ask) == []
    assert set(openings.newest(store, "2021-22")) == set(courses.values())

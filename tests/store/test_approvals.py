"""Approvals: one plan, once, within a day."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Create, Remove, fingerprint
from ilc_canvas.reconcile.errors import ApprovalError
from ilc_canvas.reconcile.guards.guard import Verdict
from ilc_canvas.reconcile.run.values import Approval, RunRequest
from ilc_canvas.store.audit import reader
from ilc_canvas.store.runs.decisions import approvals
from tests.store.cast import BASE, NOON, ROSA, SCOPE, Desk, finalized, plan_of, seat
from tests.store.menu import menu_finalized

CHANGES = (Create(ROSA), Remove(seat()))
DIGEST = plan_of(*CHANGES).digest


def _approve(desk: Desk, **more: Any) -> Approval:
    return approvals.approve(desk.store, DIGEST, actor="ben", reason="seen", scope=SCOPE, base_url=BASE, now=desk.clock(), **more)


def _reject(desk: Desk) -> None:
    approvals.reject(desk.store, DIGEST, actor="cy", reason="wrong", scope=SCOPE, base_url=BASE, now=desk.clock())


@pytest.fixture
def held(desk: Desk) -> Desk:
    """A finalized roster, and a run that waits for a person."""
    finalized(desk.store)
    desk.run(*CHANGES, status="held")
    return desk


def test_yes_is_in_force_for_a_day(held: Desk) -> None:
    """An approval names its changes and is in force until 24 hours have passed."""
    given = _approve(held)
    assert given.fingerprints == {fingerprint(change) for change in CHANGES}
    assert (given.actor, given.reason, given.basis, given.expires) == ("ben", "seen", of_roster(1), NOON + timedelta(hours=24))
    assert held.journal.approvals(NOON + timedelta(hours=24, microseconds=-1)) == [given]
    assert held.journal.approvals(NOON + timedelta(hours=24)) == []


def test_selection_is_approved(held: Desk) -> None:
    """Some of the changes can be approved; none of them cannot."""
    chosen = frozenset({fingerprint(CHANGES[0])})
    assert _approve(held, fingerprints=chosen).fingerprints == chosen
    with pytest.raises(ApprovalError, match="nothing to approve"):
        _approve(held, fingerprints=frozenset({"other"}))


def test_unknown_digest(desk: Desk) -> None:
    """A digest that no run here has is unknown; so is that of another Canvas."""
    finalized(desk.store)
    with pytest.raises(ApprovalError, match=f"digest {DIGEST}.*‹runs›"):
        _approve(desk)
    desk.run(*CHANGES, status="held")
    with pytest.raises(ApprovalError, match=r"No plan here"):
        approvals.approve(desk.store, DIGEST, actor="ben", reason="", scope=SCOPE, base_url="https://other.example.org", now=NOON)


def test_plan_of_yesterday(held: Desk) -> None:
    """A plan is good for 24 hours, not for a moment more; a newer run with the same digest is a new plan."""
    held.clock.pass_by(hours=24)
    _approve(held)
    held.clock.pass_by(microseconds=1)
    with pytest.raises(ApprovalError, match=r"older than 24 hours.*‹plan›"):
        _approve(held)
    held.run(*CHANGES, status="held")
    _approve(held)


def test_superseded_roster(held: Desk) -> None:
    """A plan for a roster version that is superseded cannot be approved."""
    finalized(held.store, files="b")
    with pytest.raises(ApprovalError, match=r"the roster is version 2 now, the plan was made from version 1\..*‹plan›"):
        _approve(held)


def test_newer_document_makes_a_plan_stale(held: Desk) -> None:
    """A plan that was made without what is finalized by now, whatever document that is, cannot be approved."""
    menu_finalized(held.store, "soup")
    with pytest.raises(ApprovalError, match=r"the menu is new, version 1\..*‹plan›"):
        _approve(held)
    number = held.journal.begin(RunRequest("ana", "sync"), held.journal.basis())
    plan = replace(plan_of(*CHANGES), basis=held.journal.basis())
    held.journal.planned(number, plan, Verdict(), asked=(), whole=True)
    menu_finalized(held.store, "stew")
    with pytest.raises(ApprovalError, match="the menu is version 2 now, the plan was made from version 1"):
        approvals.approve(held.store, plan.digest, actor="ben", reason="seen", scope=SCOPE, base_url=BASE, now=held.clock())


@pytest.mark.parametrize(
    ("status", "spent"), [("applied", True), ("converged", True), ("partial", False), ("failed", False), ("interrupted", False)]
)
def test_spent_when_applied(held: Desk, status: str, *, spent: bool) -> None:
    """An approval ends with the run that applied it; what was left undone stays approved."""
    _approve(held)
    held.run(*CHANGES, status=status)
    assert (held.journal.approvals(held.clock()) == []) is spent


def test_spent_is_not_given_twice(held: Desk) -> None:
    """What was approved and applied cannot be approved again without a new plan."""
    _approve(held)
    held.run(*CHANGES, status="applied")
    with pytest.raises(ApprovalError, match=r"spent: run 2 .*‹plan›"):
        _approve(held)


def test_run_about_other_changes(held: Desk) -> None:
    """A run that applied other changes spends nothing."""
    _approve(held)
    held.run(Create(seat(9)), status="applied")
    assert len(held.journal.approvals(held.clock())) == 1


def test_no_takes_a_yes_back(held: Desk) -> None:
    """A no ends the approval, and declines the changes; a yes after it is a decision of its own, with a reason."""
    _approve(held)
    _reject(held)
    assert held.journal.approvals(held.clock()) == []
    assert {(each.key, each.actor, each.reason) for each in held.journal.declined().values()} == {
        (change.key, "cy", "wrong") for change in CHANGES
    }
    with pytest.raises(ApprovalError, match=r"cy declined 2 of these changes on .*: wrong\. Nothing was changed.*--reason"):
        approvals.approve(held.store, DIGEST, actor="ben", reason=" ", scope=SCOPE, base_url=BASE, now=held.clock())
    _approve(held)
    assert held.journal.declined() == {}
    held.run(*CHANGES, status="held")
    _approve(held)


def test_approval_keeps_its_scope(held: Desk) -> None:
    """Which part was approved is kept with the yes and told by the log; without words it is the part that the plan was made for."""
    _approve(held, fingerprints=frozenset([fingerprint(CHANGES[0])]), selection={"only": ("cop:EQ",), "except": ("person:ILC-0001",)})
    _reject(held)
    yes, no = approvals.plan_decisions(held.store, 1)
    assert (yes.decision, yes.changes, yes.selection) == ("approved", 1, {"only": ["cop:EQ"], "except": ["person:ILC-0001"]})
    assert (no.decision, no.actor, no.reason, no.selection) == ("rejected", "cy", "wrong", {})
    told = next(event.body for event in reader.events(held.store) if event.kind == "approved")
    assert (told["only"], told["except"]) == (["cop:EQ"], ["person:ILC-0001"])


def test_approval_has_the_scope_of_its_plan(desk: Desk) -> None:
    """A plan that was made for one COP alone is approved for that COP."""
    finalized(desk.store)
    number = desk.journal.begin(RunRequest("ana", "sync", only=("cop:EQ",)), of_roster(1))
    desk.journal.planned(number, plan_of(*CHANGES), Verdict(), asked=(), whole=False)
    desk.close(number, "held", DIGEST)
    _approve(desk)
    assert [each.selection for each in approvals.plan_decisions(desk.store, number)] == [{"only": ["cop:EQ"]}]
    assert reader.events(desk.store)[-1].body["only"] == ["cop:EQ"]

"""What goes by an address of Canvas: the tables, a row or more in each of them, and all that they hold."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Table, select

from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Create, Remove
from ilc_canvas.reconcile.guards.guard import Reason, Verdict
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.people.identity import Answer, Question
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.all_tables import METADATA
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.decisions import approvals, drift, identities
from ilc_canvas.store.runs.decisions.drift import DriftRow
from tests.store.cast import BASE, EQUITY, NOON, ROSA, SCOPE, Desk, finalized, plan_of, seat


def keyed() -> list[Table]:
    """The tables whose rows go by an address."""
    return [table for table in METADATA.sorted_tables if "base_url" in table.c]


def rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    """All that goes by an address."""
    with store.read() as connection:
        found = {table.name: [dict(row._mapping) for row in connection.execute(select(table))] for table in keyed()}
    return {name: sorted(each, key=str) for name, each in found.items()}


def fill(desk: Desk) -> None:
    """A row or more in each of those tables."""
    finalized(desk.store)
    desk.carried(Create(ROSA), Create(EQUITY))
    change = Remove(seat())
    desk.do(desk.run(Create(seat(2)), status="partial"), Create(seat(2)), "refused")
    desk.journal.keep_undone(1, [Create(seat(3))])
    number = desk.journal.begin(RunRequest("ana", "sync"), of_roster(1))
    asked = (Question(ROSA.key, "login", (5,)),)
    desk.journal.planned(number, plan_of(change), Verdict((Reason("removals", "", 1, 0, (change.key,)),)), asked=asked, whole=False)
    desk.journal.save_course_counts(number, {EQUITY.key: 3})
    desk.close(number, "held", plan_of(change).digest)
    approvals.approve(desk.store, plan_of(change).digest, actor="ben", reason="seen", scope=SCOPE, base_url=BASE, now=NOON)
    decide(desk, BASE, "leave-out")
    rows = [DriftRow(EQUITY.key, "name", "0123456789abcdef"), DriftRow(ROSA.key, "name", "0123456789abcdef")]
    drift.decide(desk.store, CanvasScope(BASE, SCOPE), rows, choice="keep", actor="ana", reason="", at=NOON)
    quarantine(desk, BASE, "recovery")


def decide(desk: Desk, base_url: str, decision: str, hours: float = 0) -> None:
    answer = Answer(Key(Kind.USER, "ilc:p:ILC-0002"), decision, NOON + timedelta(hours=hours))
    identities.decide(desk.store, CanvasScope(base_url, SCOPE), [answer], actor="ana", reason="")


def quarantine(desk: Desk, base_url: str, trouble: str) -> None:
    """A run there has failed over this."""
    journal = desk.journal_of(desk.lease, base_url)
    number = journal.begin(RunRequest("schedule", "schedule"), of_roster(1))
    journal.closed(Report(number, "failed", "", of_roster(1), {"create": 0, "update": 0, "remove": 0}, trouble=trouble, sentence="No."))

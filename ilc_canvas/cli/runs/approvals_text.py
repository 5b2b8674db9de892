"""Who approved or declined a plan, how much of it, and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ilc_canvas import clock
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.runs.decisions.approvals import PlanDecision


def decision_lines(store: "Store", run: int) -> Iterator[str]:
    """A line for each decision about the plan of this run."""
    from ilc_canvas.store.runs.decisions import approvals

    return map(decision_line, approvals.plan_decisions(store, run))


def decision_line(each: "PlanDecision") -> str:
    """Approved by ana on 04 Oct 2021 09:12 UTC: 3 changes, only cop:EQ. Reason: seen."""
    changes = [count(each.changes, "change")] if each.decision == "approved" else []
    scope = ", ".join([*changes, *scope_words(each.selection)])
    reason = f" Reason: {each.reason}" if each.reason else ""
    return f"{each.decision.capitalize()} by {each.actor} on {clock.at(each.at)}{f': {scope}' if scope else ''}.{reason}"


def decision_json(store: "Store", run: int) -> list[dict[str, object]]:
    """The decisions for programs."""
    from ilc_canvas.store.runs.decisions import approvals

    return [_as_json(each) for each in approvals.plan_decisions(store, run)]


def scope_words(selection: Mapping[str, Sequence[str]]) -> list[str]:
    """only cop:EQ, all but person:ILC-0001"""
    words = {"only": "only", "except": "all but"}
    return [f"{phrase} {' and '.join(selection[name])}" for name, phrase in words.items() if selection.get(name)]


def _as_json(each: "PlanDecision") -> dict[str, object]:
    scope = {name: list(each.selection.get(name, ())) for name in ("only", "except")}
    return {"decision": each.decision, "actor": each.actor, "at": each.at, "changes": each.changes, "reason": each.reason, **scope}

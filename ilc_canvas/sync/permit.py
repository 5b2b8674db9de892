"""What may be carried out: what the guard lets pass, and what a person has said yes to."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ilc_canvas.reconcile.change import Change, Plan, Remove, fingerprint
from ilc_canvas.reconcile.guard import Limits, Verdict
from ilc_canvas.reconcile.run import Approval
from ilc_canvas.reconcile.state import Key
from ilc_canvas.sync.look import Looked
from ilc_canvas.sync.tools import Tools


def permitted(
    looked: Looked, approvals: Sequence[Approval], limits: Limits, *, tools: Tools, now: datetime
) -> tuple[list[Change] | None, list[Change]]:
    """What may be carried out (None: the run is held and nothing may), and what is withheld.

    Of a held plan just those changes go that a person has approved for just this roster, scope and Canvas: what was approved and is
    still needed. A removal that nobody approved waits out its grace.
    """
    plan, verdict = looked.plan, looked.verdict
    fitting = [approval for approval in approvals if _fits(plan, approval)]
    named = frozenset[str]().union(*(approval.fingerprints for approval in fitting))
    seen = any(approval.digest == plan.digest for approval in fitting)
    waits = _waiting(plan, verdict, limits, young=_in_grace(plan, tools, now))
    withheld = _with_children(plan, {change.key for change in plan.changes if change.key in waits and fingerprint(change) not in named})
    going = [change for change in plan.changes if change.key not in withheld]
    if verdict.held and not going and not seen:
        return None, list(plan.changes)
    return going, [change for change in plan.changes if change.key in withheld]


def _with_children(plan: Plan, withheld: set[Key]) -> set[Key]:
    """These, and what is to be made inside of them."""
    found = set(withheld)
    for change in plan.changes:  # parents come first
        if not isinstance(change, Remove) and any(parent in found for parent in change.subject.parents):
            found.add(change.key)
    return found


def _waiting(plan: Plan, verdict: Verdict, limits: Limits, *, young: frozenset[Key]) -> frozenset[Key]:
    """What may not go by itself: the whole plan, or its removals; held courses; removals in their grace."""
    removals_only = limits.adds_go_on and verdict.about_removals
    held = {change.key for change in plan.changes if verdict.held and (isinstance(change, Remove) or not removals_only)}
    return young | held | {change.key for change in plan.changes if change.subject.course in verdict.courses}


def _in_grace(plan: Plan, tools: Tools, now: datetime) -> frozenset[Key]:
    """Removals that were first planned less than the grace time ago."""
    grace = timedelta(hours=tools.pace.grace_hours)
    if not grace:
        return frozenset()
    since = tools.journal.waiting_since(plan)
    return frozenset(c.key for c in plan.changes if isinstance(c, Remove) and since[fingerprint(c)] + grace > now)


def _fits(plan: Plan, approval: Approval) -> bool:
    asked = (approval.roster_version, approval.scope, approval.base_url)
    return asked == (plan.roster_version, plan.scope, plan.base_url)

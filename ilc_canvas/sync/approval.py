"""What may be carried out: what the guard lets pass, and what a person has said yes to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ilc_canvas.reconcile.change import Change, Plan, Remove, fingerprint, without_steps
from ilc_canvas.reconcile.guards.guard import Limits, Verdict
from ilc_canvas.reconcile.run.values import Approval
from ilc_canvas.reconcile.state import Key
from ilc_canvas.sync.context import RunContext
from ilc_canvas.sync.plan_values import PlanResult


@dataclass(frozen=True)
class Permission:
    """What becomes of the changes of a plan: each is in one of the three."""

    going: tuple[Change, ...] = ()
    held: tuple[Change, ...] = ()  # for a person
    resting: tuple[Change, ...] = ()  # removals whose grace is not over
    until: datetime | None = None  # when the first grace ends
    stopped: bool = False  # the guard holds the run, and nobody has said yes to anything in it

    @property
    def waits(self) -> dict[Key, str]:
        """Where only a part waits for a person: what does, and what waits for its time."""
        if not (self.going or self.resting):
            return {}
        return {**{change.key: "waiting" for change in self.held}, **{change.key: "resting" for change in self.resting}}

    @property
    def waiting(self) -> tuple[Change, ...]:
        """What is not done now, for a person or for its time."""
        return (*self.held, *self.resting)


def permitted(result: PlanResult, approvals: Sequence[Approval], limits: Limits, *, context: RunContext, now: datetime) -> Permission:
    """What goes, what is held, and what waits for its time.

    Of a held plan just those changes go that a person has approved for just this basis, scope and Canvas: what was approved and is
    still needed. A removal that nobody approved waits out its grace; what is held besides waits for the person.
    """
    plan, verdict = result.plan, result.verdict
    fitting = [approval for approval in approvals if _fits(plan, approval)]
    named = frozenset[str]().union(*(approval.fingerprints for approval in fitting))
    unnamed = {change.key for change in plan.changes if fingerprint(change) not in named}
    held = _with_children(plan, _held(plan, verdict, limits) & unnamed)
    ends = {key: end for key, end in _graces(plan, context, now).items() if key in unnamed - held}
    going = tuple(change for change in plan.changes if change.key not in {*held, *ends})
    return Permission(
        going,
        held=tuple(change for change in plan.changes if change.key in held),
        resting=tuple(change for change in plan.changes if change.key in ends),
        until=min(ends.values(), default=None),
        stopped=verdict.held and not going and not any(approval.digest == plan.digest for approval in fitting),
    )


def _with_children(plan: Plan, withheld: Collection[Key]) -> frozenset[Key]:
    """These, and what is to be made inside of them."""
    found = set(withheld)
    for change in plan.changes:  # parents come first
        if not isinstance(change, Remove) and any(parent in found for parent in change.subject.parents):
            found.add(change.key)
    return frozenset(found)


def _held(plan: Plan, verdict: Verdict, limits: Limits) -> frozenset[Key]:
    """What may not go by itself: the whole plan, or its removals; and courses that are held."""
    removals_only = limits.adds_go_on and verdict.about_removals
    held = {change.key for change in plan.changes if verdict.held and (isinstance(change, Remove) or not removals_only)}
    return frozenset(verdict.singly | held | {change.key for change in plan.changes if change.subject.course in verdict.courses})


def _graces(plan: Plan, context: RunContext, now: datetime) -> dict[Key, datetime]:
    """When the grace ends of each removal that was first planned less than the grace time ago. A step to a new address has none."""
    grace = timedelta(hours=context.apply_settings.grace_hours)
    if not grace:
        return {}
    since = context.journal.waiting_since(plan)
    ends = {c.key: since.get(fingerprint(c), now) + grace for c in without_steps(plan.changes) if isinstance(c, Remove)}
    return {key: end for key, end in ends.items() if end > now}


def _fits(plan: Plan, approval: Approval) -> bool:
    asked = (approval.basis, approval.scope, approval.base_url)
    return asked == (plan.basis, plan.scope, plan.base_url)

"""A restored store: what runs made that it no longer knows is found in Canvas under our ids, offered by name, and ours again by one yes."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from ilc_canvas.reconcile.change import Adopt, Change, Plan, ordered
from ilc_canvas.reconcile.state import EnrollmentKey, Key, Ledger, Record, State


@dataclass(frozen=True, slots=True)
class Lost:
    """That the store knows of fewer events than its heads do, and what its last plan says of what others had made by then."""

    by_hand: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Ours:
    """What only our runs make: people and things under our SIS ids, in roles of ours."""

    people: str  # how the SIS ids of our people begin
    scope: str  # and those of our courses and sections
    roles: Collection[str]  # labels

    def owns(self, record: Record) -> bool:
        """Whether this is a course or section of this scope, or one of our people there in a role of ours."""
        if not record.rule.outlives_store or not record.key.id.startswith(f"{self.scope}:"):
            return False
        if not record.rule.is_placement:
            return True
        place = EnrollmentKey.of(record.key)
        return place.user.id.startswith(self.people) and place.role in self.roles


def with_lost(
    plan: Plan, desired: State, observed: State, *, ledger: Ledger, lost: Lost, ours: Ours, selected: Callable[[Record], bool]
) -> Plan:
    """The plan with all that lost runs seem to have made: taken as made by us, so that it can be finished, or taken back.

    What differs from the roster there is drift: who changed it nobody can tell. What the roster does not ask for leaves with the next run.
    """
    known = {change.key for change in plan.changes} | set(ledger) | lost.by_hand
    found = [row for row in observed if row.key not in known and ours.owns(row) and _is_there(row) and selected(row)]
    made = (Adopt(row, replace(row, fields=_left(row, desired.get(row.key))), "created") for row in found)
    taken = (_as_made(change, desired) for change in plan.changes)
    keys = {row.key for row in found}
    by_hand, settled = (tuple(row for row in rows if row.key not in keys) for rows in (plan.by_hand, plan.settled))
    return replace(plan, changes=ordered([*taken, *made]), by_hand=by_hand, settled=settled)


def _is_there(record: Record) -> bool:
    return record.is_live if record.rule.is_placement else not record.is_over


def _as_made(change: Change, desired: State) -> Change:
    """A course or section that the roster asks for; all else that is adopted is never removed, whoever has made it."""
    if not isinstance(change, Adopt) or not change.key.rule.outlives_store or change.key.rule.is_placement:
        return change
    return replace(change, after=replace(change.after, fields=_left(change.before, desired.get(change.key))), how="created")


def _left(seen: Record, wanted: Record | None) -> dict[str, str | bool | int | None]:
    """The fields as we must have left them."""
    asked = wanted.fields if wanted else {}
    return {name: asked.get(name, value) for name, value in seen.fields.items()}


def taken_back(plan: Plan) -> Iterator[Key]:
    """What this plan takes as made by lost runs."""
    return (change.key for change in plan.changes if isinstance(change, Adopt) and change.how == "created")

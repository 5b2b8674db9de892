"""After a restore: objects from runs that the store no longer knows are found by our SIS ids, listed by name, and ours once approved."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from ilc_canvas.reconcile.change import Adopt, Change, Plan, ordered
from ilc_canvas.reconcile.state import EnrollmentKey, Key, Ledger, Record, State


@dataclass(frozen=True, slots=True)
class Lost:
    """Says that the store has fewer events than its heads record; `by_hand` is what its last plan says others had made by then."""

    by_hand: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class OwnedScope:
    """What only our runs make: people and objects with our SIS ids, in our roles."""

    people: str  # the prefix of our people's SIS ids
    scope: str  # the prefix of the SIS ids of our courses and sections
    roles: Collection[str]  # labels

    def owns(self, record: Record) -> bool:
        """Whether this is a course or section in this scope, or one of our people there in one of our roles."""
        if not record.rule.outlives_store or not record.key.id.startswith(f"{self.scope}:"):
            return False
        if not record.rule.is_placement:
            return True
        place = EnrollmentKey.of(record.key)
        return place.user.id.startswith(self.people) and place.role in self.roles


def with_lost(
    plan: Plan, desired: State, observed: State, *, ledger: Ledger, lost: Lost, ours: OwnedScope, selected: Callable[[Record], bool]
) -> Plan:
    """The plan with everything that lost runs seem to have made, treated as ours so that it can be finished or undone.

    Differences from the roster are drift: nobody can tell who changed them. The next run removes what the roster does not ask for.
    """
    known = {change.key for change in plan.changes} | set(ledger) | lost.by_hand
    lost_rows = [row for row in observed if row.key not in known and ours.owns(row) and _is_there(row) and selected(row)]
    adoptions = (Adopt(row, replace(row, fields=_left(row, desired.get(row.key))), "created") for row in lost_rows)
    changes = (_as_made(change, desired) for change in plan.changes)
    keys = {row.key for row in lost_rows}
    by_hand, settled = (tuple(row for row in rows if row.key not in keys) for rows in (plan.by_hand, plan.settled))
    return replace(plan, changes=ordered([*changes, *adoptions]), by_hand=by_hand, settled=settled)


def _is_there(record: Record) -> bool:
    return record.is_live if record.rule.is_placement else not record.is_over


def _as_made(change: Change, desired: State) -> Change:
    """Treats an adopted course or section that the roster asks for as made by us; anything else adopted is never removed."""
    if not isinstance(change, Adopt) or not change.key.rule.outlives_store or change.key.rule.is_placement:
        return change
    return replace(change, after=replace(change.after, fields=_left(change.before, desired.get(change.key))), how="created")


def _left(observed: Record, desired: Record | None) -> dict[str, str | bool | int | None]:
    """The fields as we must have left them."""
    fields = desired.fields if desired else {}
    return {name: fields.get(name, value) for name, value in observed.fields.items()}


def taken_back(plan: Plan) -> Iterator[Key]:
    """What this plan treats as made by lost runs."""
    return (change.key for change in plan.changes if isinstance(change, Adopt) and change.how == "created")

"""Undo: a plan that reverses one run, except for objects that somebody has touched since."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ilc_canvas.reconcile.change import Adopt, Change, Create, Deferred, Outcome, Plan, Remove, Update, ordered
from ilc_canvas.reconcile.compare.fields import CompareSettings, is_live
from ilc_canvas.reconcile.compare.recent_writes import Done
from ilc_canvas.reconcile.people.addresses import address_steps
from ilc_canvas.reconcile.people.logins import in_login_order
from ilc_canvas.reconcile.state import Fields, Record, State, person_of

_STAYS = "stays: nothing is ever deleted"
_TOUCHED = "was touched since"
_BY_HAND = "has no way back here: do it in Canvas"


def make_reverse(done: Done, observed: State, frame: CompareSettings) -> Plan:
    """The changes that reverse the ones in `done`; what cannot or must not be reversed is deferred with the reason."""
    changes: list[Change] = []
    deferred: list[Deferred] = []
    for change, outcome in _last_of_each(done):
        back = _back(change, outcome, observed.get(change.key))
        if isinstance(back, str):
            deferred.append(Deferred(change, back))
        else:
            changes += back
    plan = Plan(ordered(changes), frame.basis, frame.scope, frame.base_url, deferred=tuple(deferred))
    return in_login_order(plan, observed)


def _last_of_each(done: Done) -> Iterator[tuple[Change, Outcome]]:
    """Merges several steps on one object into one change; what was not applied needs no undo."""
    by_key: dict[object, tuple[Change, Outcome]] = {}
    for change, outcome in done:
        if outcome.result == "applied":
            name = (change.key, isinstance(change, Adopt))
            by_key[name] = _merged(by_key.get(name), change, outcome)
    yield from by_key.values()


def _merged(first: tuple[Change, Outcome] | None, change: Change, outcome: Outcome) -> tuple[Change, Outcome]:
    if first and isinstance(first[0], Create) and isinstance(change, Update):
        return replace(first[0], after=change.after), outcome
    if first and isinstance(first[0], Update) and isinstance(change, Update):
        before = {**change.before.fields, **first[0].before.fields}
        after = {**before, **first[0].fields, **change.fields}
        return Update(replace(change.before, fields=before), replace(change.after, fields=after)), outcome
    return change, outcome


def _back(change: Change, outcome: Outcome, observed: Record | None) -> list[Change] | str:
    """The changes that reverse this one (none if it is already reversed), or the reason why it cannot be."""
    if change.key.rule.is_stepwise:
        return _back_to_address(change, observed)
    if isinstance(change, Adopt):
        return [Remove(observed, covers=0)] if change.how == "matched" and observed else _STAYS
    if observed is None:
        return _TOUCHED
    if isinstance(change, Update):
        return _unset(change, observed)
    if not change.key.rule.has_way_back:
        return _STAYS if isinstance(change, Create) else _BY_HAND
    return _rejoin(change, observed) if isinstance(change, Remove) else _leave(change, outcome, observed)


def _back_to_address(change: Change, observed: Record | None) -> list[Change] | str:
    """Makes the former address the first again; the steps that added the new one and removed the old one need no undo of their own."""
    if not isinstance(change, Update):
        return []
    if observed is None or not _matches(change.fields, observed):
        return _TOUCHED
    return list(address_steps(Record(change.key, change.before.fields, (person_of(change.key),)), observed, (), retire=True))


def _unset(change: Update, observed: Record) -> list[Change] | str:
    """Restores the former values: for a person the names, the SIS id and the login one by one, as they were set."""
    if not _matches(change.fields, observed):
        return _TOUCHED
    before = {name: change.before.fields.get(name) for name in change.fields}
    return [Update(observed, replace(observed, fields={**observed.fields, **part})) for part in change.key.rule.parts_of(before)]


def _rejoin(change: Remove, observed: Record) -> list[Change] | str:
    """Brings back a person or object that the run ended."""
    if observed.fields.get("state") not in (change.key.rule.ended_as, "completed"):
        return _TOUCHED
    return [Create(replace(change.before, fields={**change.before.fields, "state": "active"}, handle=observed.handle), before=observed)]


def _leave(change: Create, outcome: Outcome, observed: Record) -> list[Change] | str:
    """Removes a person whom the run enrolled, or an object that it made; one who was there before gets the former fields."""
    if not _matches({**change.after.fields, **(outcome.after or {})}, observed):
        return _TOUCHED
    if is_live(change.before):
        return [Create(replace(observed, fields={**observed.fields, **_fields(change.before)}), before=observed)]
    return [Remove(observed, covers=int(observed.rule.is_placement))]


def _fields(before: Record | None) -> Fields:
    return before.fields if before else {}


def _matches(expected: Fields, observed: Record) -> bool:
    return all(observed.rule.same(name, value, observed.fields[name]) for name, value in expected.items() if name in observed.fields)


def taken_back(done: Done, going: Iterable[Change]) -> tuple[Change, ...]:
    """The changes in `done` that `going` reverses: the next run must not make them again."""
    keys = {change.key for change in going}
    return tuple(change for change, outcome in done if change.key in keys and outcome.result == "applied")

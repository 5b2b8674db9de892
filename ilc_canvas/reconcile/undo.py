"""The way back: a plan that undoes one run, where nobody has touched the things since."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ilc_canvas.reconcile.addresses import address_steps
from ilc_canvas.reconcile.change import Adopt, Aside, Change, Create, Outcome, Plan, Remove, Update, ordered
from ilc_canvas.reconcile.comparing import Frame, is_live
from ilc_canvas.reconcile.logins import in_login_order
from ilc_canvas.reconcile.overlay import Done
from ilc_canvas.reconcile.state import Fields, Record, State, person_of

_STAYS = "stays: nothing is ever deleted"
_TOUCHED = "was touched since"
_BY_HAND = "has no way back here: do it in Canvas"


def make_reverse(done: Done, observed: State, frame: Frame) -> Plan:
    """The changes that take back these ones; what cannot, or must not, be taken back is set aside with the reason."""
    changes: list[Change] = []
    aside: list[Aside] = []
    for change, outcome in _last_of_each(done):
        back = _back(change, outcome, observed.get(change.key))
        if isinstance(back, str):
            aside.append(Aside(change, back))
        else:
            changes += back
    plan = Plan(ordered(changes), frame.basis, frame.scope, frame.base_url, aside=tuple(aside))
    return in_login_order(plan, observed)


def _last_of_each(done: Done) -> Iterator[tuple[Change, Outcome]]:
    """What was done to one thing in several steps counts as one change; what happened to nothing needs no way back."""
    by_key: dict[object, tuple[Change, Outcome]] = {}
    for change, outcome in done:
        if outcome.result == "applied":
            name = (change.key, isinstance(change, Adopt))
            by_key[name] = _joined(by_key.get(name), change, outcome)
    yield from by_key.values()


def _joined(first: tuple[Change, Outcome] | None, change: Change, outcome: Outcome) -> tuple[Change, Outcome]:
    if first and isinstance(first[0], Create) and isinstance(change, Update):
        return replace(first[0], after=change.after), outcome
    if first and isinstance(first[0], Update) and isinstance(change, Update):
        before = {**change.before.fields, **first[0].before.fields}
        after = {**before, **first[0].fields, **change.fields}
        return Update(replace(change.before, fields=before), replace(change.after, fields=after)), outcome
    return change, outcome


def _back(change: Change, outcome: Outcome, seen: Record | None) -> list[Change] | str:
    """The changes that take this one back, none if it is so already; a text if there are none."""
    if change.key.rule.is_stepwise:
        return _back_to_address(change, seen)
    if isinstance(change, Adopt):
        return [Remove(seen, covers=0)] if change.how == "matched" and seen else _STAYS
    if seen is None:
        return _TOUCHED
    if isinstance(change, Update):
        return _unset(change, seen)
    if not change.key.rule.has_way_back:
        return _STAYS if isinstance(change, Create) else _BY_HAND
    return _rejoin(change, seen) if isinstance(change, Remove) else _leave(change, outcome, seen)


def _back_to_address(change: Change, seen: Record | None) -> list[Change] | str:
    """The address that was the first before; that it was added, and the other one dropped, goes with it."""
    if not isinstance(change, Update):
        return []
    if seen is None or not _is(change.fields, seen):
        return _TOUCHED
    return list(address_steps(Record(change.key, change.before.fields, (person_of(change.key),)), seen, (), retire=True))


def _unset(change: Update, seen: Record) -> list[Change] | str:
    """Of a person, as when it was set, the names, the SIS id and the login one by one."""
    if not _is(change.fields, seen):
        return _TOUCHED
    before = {name: change.before.fields.get(name) for name in change.fields}
    return [Update(seen, replace(seen, fields={**seen.fields, **part})) for part in change.key.rule.parts_of(before)]


def _rejoin(change: Remove, seen: Record) -> list[Change] | str:
    """Whom, or what, the run has ended comes back as before."""
    if seen.fields.get("state") not in (change.key.rule.ended_as, "completed"):
        return _TOUCHED
    return [Create(replace(change.before, fields={**change.before.fields, "state": "active"}, handle=seen.handle), before=seen)]


def _leave(change: Create, outcome: Outcome, seen: Record) -> list[Change] | str:
    """Whom the run has enrolled, or what it has made, goes again; one who was there before is as before."""
    if not _is({**change.after.fields, **(outcome.after or {})}, seen):
        return _TOUCHED
    if is_live(change.before):
        return [Create(replace(seen, fields={**seen.fields, **_plain(change.before)}), before=seen)]
    return [Remove(seen, covers=int(seen.rule.is_placement))]


def _plain(before: Record | None) -> Fields:
    return before.fields if before else {}


def _is(left: Fields, seen: Record) -> bool:
    return all(seen.rule.same(name, value, seen.fields[name]) for name, value in left.items() if name in seen.fields)


def taken_back(done: Done, going: Iterable[Change]) -> tuple[Change, ...]:
    """What these changes take back of what was done: the next run must not do it again."""
    keys = {change.key for change in going}
    return tuple(change for change, outcome in done if change.key in keys and outcome.result == "applied")

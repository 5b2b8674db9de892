"""Logins that are handed on: who gives one up goes before who takes it; a circle is opened with a login for the time between."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ilc_canvas.reconcile.accounts import folded
from ilc_canvas.reconcile.change import Change, Create, Plan, Update, between_login, ordered
from ilc_canvas.reconcile.state import Key, State

_FIRST = 2  # turn of the first login that changes: names go before


def in_login_order(plan: Plan, observed: State) -> Plan:
    """The same changes, in turns that Canvas can follow: a login is unique, so it must be free before somebody else gets it."""
    takers = {change.key: change for change in plan.changes if isinstance(change, Create | Update) and _asks(change)}
    if not takers:
        return plan
    givers = _givers(takers, observed)
    opened = _opened(givers)
    changes: list[Change] = []
    for change in plan.changes:
        taker = takers.get(change.key)
        changes += _turned(taker, givers, opened) if taker and taker is change else [change]
    return replace(plan, changes=ordered(changes))


def _asks(change: Create | Update) -> bool:
    """Whether this gives somebody a login."""
    return change.key.rule.handed_on in (change.fields if isinstance(change, Update) else change.after.fields)


def _givers(takers: Mapping[Key, Create | Update], observed: State) -> dict[Key, Key]:
    """Who has the login that each of them is to get, if it is given up in the same plan."""
    holders = {folded(str(user.fields.get("login"))): user.key for user in observed.people()}
    wanted = {key: holders.get(folded(str(change.after.fields["login"]))) for key, change in takers.items()}
    return {key: giver for key, giver in wanted.items() if giver and giver != key and isinstance(takers.get(giver), Update)}


def _opened(givers: Mapping[Key, Key]) -> frozenset[Key]:
    """One person of each circle: they let go of their login first."""
    opened: set[Key] = set()
    for key in sorted(givers):
        line = list(_line(key, givers))
        if givers.get(line[-1]) == key and not opened & set(line):
            opened.add(key)
    return frozenset(opened)


def _line(key: Key, givers: Mapping[Key, Key]) -> Iterator[Key]:
    """From a person to the one whose login is wanted, and so on; in a circle once round."""
    seen: set[Key] = set()
    at: Key | None = key
    while at is not None and at not in seen:
        seen.add(at)
        yield at
        at = givers.get(at)


def _turned(change: Create | Update, givers: Mapping[Key, Key], opened: frozenset[Key]) -> list[Change]:
    giver = givers.get(change.key)
    turn = _FIRST + _depth(change.key, givers, opened)
    if giver is None:
        return [replace(change, turn=turn) if isinstance(change, Update) else change]
    after = replace(change.after, parents=(*change.after.parents, giver))
    if isinstance(change, Create) or change.key not in opened:
        return [replace(change, after=after, turn=turn)]
    between = replace(change.after, fields={**change.before.fields, "login": between_login(change.key)})
    return [Update(change.before, between, turn=_FIRST), Update(between, after, turn=turn)]


def _depth(key: Key, givers: Mapping[Key, Key], opened: frozenset[Key]) -> int:
    """How many must have moved before: somebody who lets go first counts as moved."""
    steps: Sequence[Key] = list(_line(key, givers))[1:]
    until = next((number for number, each in enumerate(steps, 1) if each in opened), None)
    return until if until is not None else len(steps) + (1 if key in opened else 0)

"""Logins passed from one person to another: given up first, then taken; an interim login breaks a circle."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ilc_canvas.reconcile.change import Change, Create, Plan, Update, between_login, ordered
from ilc_canvas.reconcile.people.accounts import folded
from ilc_canvas.reconcile.state import Key, State

_FIRST = 2  # turn of the first login that changes, after the names


def in_login_order(plan: Plan, observed: State) -> Plan:
    """The same changes in an order that Canvas accepts: a login is unique, so it must be free before somebody else gets it."""
    takers = {change.key: change for change in plan.changes if isinstance(change, Create | Update) and _gives_login(change)}
    if not takers:
        return plan
    givers = _givers(takers, observed)
    starters = _starters(givers)
    changes: list[Change] = []
    for change in plan.changes:
        taker = takers.get(change.key)
        changes += _in_turn(taker, givers, starters) if taker and taker is change else [change]
    return replace(plan, changes=ordered(changes))


def _gives_login(change: Create | Update) -> bool:
    """Whether this gives somebody a login."""
    return change.key.rule.handed_on in (change.fields if isinstance(change, Update) else change.after.fields)


def _givers(takers: Mapping[Key, Create | Update], observed: State) -> dict[Key, Key]:
    """Who has the login that each person will get, if it is given up in the same plan."""
    holders = {folded(str(user.fields.get("login"))): user.key for user in observed.people()}
    current = {key: holders.get(folded(str(change.after.fields["login"]))) for key, change in takers.items()}
    return {key: giver for key, giver in current.items() if giver and giver != key and isinstance(takers.get(giver), Update)}


def _starters(givers: Mapping[Key, Key]) -> frozenset[Key]:
    """One person in each circle, who gives up their login first."""
    starters: set[Key] = set()
    for key in sorted(givers):
        chain = list(_chain(key, givers))
        if givers.get(chain[-1]) == key and not starters & set(chain):
            starters.add(key)
    return frozenset(starters)


def _chain(key: Key, givers: Mapping[Key, Key]) -> Iterator[Key]:
    """From a person to the one whose login they will get, and so on; a circle is followed once around."""
    visited: set[Key] = set()
    current: Key | None = key
    while current is not None and current not in visited:
        visited.add(current)
        yield current
        current = givers.get(current)


def _in_turn(change: Create | Update, givers: Mapping[Key, Key], starters: frozenset[Key]) -> list[Change]:
    giver = givers.get(change.key)
    turn = _FIRST + _depth(change.key, givers, starters)
    if giver is None:
        return [replace(change, turn=turn) if isinstance(change, Update) else change]
    after = replace(change.after, parents=(*change.after.parents, giver))
    if isinstance(change, Create) or change.key not in starters:
        return [replace(change, after=after, turn=turn)]
    between = replace(change.after, fields={**change.before.fields, "login": between_login(change.key)})
    return [Update(change.before, between, turn=_FIRST), Update(between, after, turn=turn)]


def _depth(key: Key, givers: Mapping[Key, Key], starters: frozenset[Key]) -> int:
    """How many people must change login first; somebody who starts a circle counts as done."""
    steps: Sequence[Key] = list(_chain(key, givers))[1:]
    until = next((number for number, each in enumerate(steps, 1) if each in starters), None)
    return until if until is not None else len(steps) + (1 if key in starters else 0)

"""The order in which logins change hands."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from ilc_canvas.reconcile.change import Create, Update
from ilc_canvas.reconcile.people.logins import in_login_order
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.state import Record, State
from tests.reconcile.cast import FRAME, owned, person

Moves = Mapping[int, str]  # who gets which login; everybody else keeps theirs


def moved(number: int, login: str) -> Record:
    """A person with another login, as Canvas and the roster have it."""
    record = person(number)
    return replace(record, fields={name: login if name == "login" else value for name, value in record.fields.items()}, handle=number)


def steps(moves: Moves, newcomers: Moves = {}) -> list[tuple[str, str]]:  # noqa: B006 - never changed
    """Who gets which login, in the order in which it is carried out."""
    seen = State.of(replace(person(number), handle=number) for number in range(1, 6))
    wanted = State.of(
        [*(moved(n, moves.get(n, f"p{n}@example.org")) for n in range(1, 6)), *(moved(n, new) for n, new in newcomers.items())]
    )
    plan = in_login_order(make_plan(wanted, seen, owned(seen), frame=FRAME), seen)
    changes = [change for change in plan.changes if isinstance(change, Create) or (isinstance(change, Update) and "login" in change.fields)]
    return [(change.key.id.rpartition(":")[2], str(change.after.fields["login"])) for change in changes]


def is_possible(order: list[tuple[str, str]]) -> bool:
    """Whether nobody gets a login that somebody else has at that moment."""
    held = {str(number): f"p{number}@example.org" for number in range(1, 6)}
    for who, login in order:
        if login in (other for person, other in held.items() if person != who):
            return False
        held[who] = login
    return True


P = [f"p{number}@example.org" for number in range(6)]
CASES: dict[str, tuple[Moves, int]] = {
    "nobody's": ({1: "new@example.org"}, 1),
    "handed on": ({1: P[2], 2: "new@example.org"}, 2),
    "handed on, the other way": ({2: P[1], 1: "new@example.org"}, 2),
    "a chain": ({1: P[2], 2: P[3], 3: P[4], 4: "new@example.org"}, 4),
    "exchanged": ({1: P[2], 2: P[1]}, 3),
    "in a circle": ({1: P[2], 2: P[3], 3: P[1]}, 4),
    "two circles": ({1: P[2], 2: P[1], 3: P[4], 4: P[3]}, 6),
    "a circle of all": ({1: P[2], 2: P[3], 3: P[4], 4: P[5], 5: P[1]}, 6),
    "other letters": ({1: P[2].upper(), 2: P[1]}, 3),
}


@pytest.mark.parametrize(("moves", "count"), CASES.values(), ids=CASES)
def test_logins_change_hands_in_order(moves: Moves, count: int) -> None:
    """Who gives up a login goes first; each circle costs one step more."""
    order = steps(moves)
    assert (len(order), is_possible(order)) == (count, True)
    assert {int(who): login for who, login in order} == moves


def test_newcomer_waits_for_a_login() -> None:
    """A new person who gets a login that somebody gives up is created after that."""
    order = steps({2: "new@example.org"}, {9: P[2]})
    assert (order, is_possible(order)) == ([("2", "new@example.org"), ("9", P[2])], True)


def test_taker_depends_on_giver() -> None:
    """If the first change fails, the second is not tried, because it depends on the first."""
    seen = State.of(replace(person(number), handle=number) for number in (1, 2))
    wanted = State.of([moved(1, P[2]), moved(2, "new@example.org")])
    plan = in_login_order(make_plan(wanted, seen, owned(seen), frame=FRAME), seen)
    assert [change.subject.parents for change in plan.changes] == [(), (person(2).key,)]

"""What a plan leaves out, and when parked changes are tried again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ilc_canvas.reconcile.change import Create, Plan, Remove, desired_digest
from ilc_canvas.reconcile.deferral.deferral import Parked, defer, retry_after, waiting
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.state import State
from tests.reconcile.cast import EQ, FRAME, NOON, enrollment, full, owned, person, without

HOUR = timedelta(hours=1)


def plan_of(students: int) -> Plan:
    """The first plan of a course."""
    return make_plan(full(students), State.of([]), {}, frame=FRAME)


def test_parked_change_stands_alone() -> None:
    """Only the change itself is left out, not its neighbors."""
    plan = plan_of(3)
    left = defer(plan, {enrollment(2).key: "no"}, people={})
    assert [deferred.change.key for deferred in left.deferred] == [enrollment(2).key]
    assert len(left.changes) == len(plan.changes) - 1


def test_children_of_a_missing_object_wait() -> None:
    """If a person cannot be created, that person's placements wait too, for the same reason."""
    left = defer(plan_of(3), {person(2).key: "login-taken"}, people={})
    assert {(deferred.change.key, deferred.why) for deferred in left.deferred} == {
        (person(2).key, "login-taken"),
        (enrollment(2).key, "login-taken"),
    }


def test_refused_rename_blocks_no_place() -> None:
    """A person who cannot be renamed is enrolled all the same."""
    before = full(2)
    plan = make_plan(full(3), before, owned(before), frame=FRAME)
    other = defer(plan, {EQ: "no"}, people={})
    assert other.changes == plan.changes


def test_person_in_question_is_left_alone() -> None:
    """Neither joins nor leaves of a person in question are carried out, nor does the ledger take note of anything."""
    before = full(3)
    plan = make_plan(without(before, enrollment(1).key, enrollment(2).key), before, owned(before), frame=FRAME)
    plan = replace(plan, settled=(person(1), person(3)))
    left = defer(plan, {}, people={person(1).key: "asked-merged"})
    assert ([change.key for change in left.changes], left.settled) == ([enrollment(2).key], (person(3),))


@pytest.mark.parametrize(("attempts", "hours"), [(1, 6), (2, 12), (3, 24), (4, 24), (40, 24)])
def test_retries_grow_rare(attempts: int, hours: int) -> None:
    """6, 12, 24 hours, and a day from then on."""
    assert retry_after(attempts) == hours * HOUR


@pytest.mark.parametrize(("hours", "waits"), [(5.99, True), (6.0, False)])
def test_parked_until_its_time(hours: float, waits: bool) -> None:
    """It waits just until its time."""
    change = Create(enrollment(1))
    park = Parked(change.key, desired_digest(change), "create", "no", NOON, 1, NOON + 6 * HOUR)
    assert bool(waiting([change], {change.key: park}, NOON + hours * HOUR)) is waits


def test_other_wish_does_not_wait() -> None:
    """A row that asks for something else is a different change, even when it asks for the opposite."""
    change = Create(enrollment(1))
    park = Parked(change.key, desired_digest(change), "create", "no", NOON, 1, NOON + 6 * HOUR)
    other = Create(enrollment(1, "student", state="invited"))
    assert [bool(waiting([each], {change.key: park}, NOON + HOUR)) for each in (change, other, Remove(enrollment(1)))] == [
        True, False, False,
    ]  # fmt: skip

"""What a plan leaves out, and when parked changes and quarantined places are looked at again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ilc_canvas.reconcile.aside import Parked, retry_after, set_aside, waiting
from ilc_canvas.reconcile.change import Create, Plan, Remove, wanted
from ilc_canvas.reconcile.errors import (
    IncompleteError,
    MissingRightError,
    RecoveryError,
    RosterError,
    TokenError,
    UnavailableError,
    WrongTenantError,
)
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.quarantine import Quarantine, quarantined, trouble_of
from ilc_canvas.reconcile.state import State
from tests.reconcile.cast import EQ, FRAME, NOON, enrollment, full, owned, person, without

HOUR = timedelta(hours=1)


def plan_of(students: int) -> Plan:
    """The first plan of a course."""
    return make_plan(full(students), State.of([]), {}, frame=FRAME)


def test_parked_change_stands_alone() -> None:
    """Only the change itself is left out, not its neighbours."""
    plan = plan_of(3)
    left = set_aside(plan, {enrollment(2).key: "no"}, people={})
    assert [aside.change.key for aside in left.aside] == [enrollment(2).key]
    assert len(left.changes) == len(plan.changes) - 1


def test_children_of_a_missing_object_wait() -> None:
    """Where a person cannot be made, the person's places wait too, for the same reason."""
    left = set_aside(plan_of(3), {person(2).key: "login-taken"}, people={})
    assert {(aside.change.key, aside.why) for aside in left.aside} == {(person(2).key, "login-taken"), (enrollment(2).key, "login-taken")}


def test_refused_rename_blocks_no_place() -> None:
    """A person who cannot be renamed is enrolled all the same."""
    before = full(2)
    plan = make_plan(full(3), before, owned(before), frame=FRAME)
    other = set_aside(plan, {EQ: "no"}, people={})
    assert other.changes == plan.changes


def test_person_in_question_is_left_alone() -> None:
    """Neither joins nor leaves of a person in question are carried out, nor does the ledger take note of anything."""
    before = full(3)
    plan = make_plan(without(before, enrollment(1).key, enrollment(2).key), before, owned(before), frame=FRAME)
    plan = replace(plan, settled=(person(1), person(3)))
    left = set_aside(plan, {}, people={person(1).key: "asked-merged"})
    assert ([change.key for change in left.changes], left.settled) == ([enrollment(2).key], (person(3),))


@pytest.mark.parametrize(("attempts", "hours"), [(1, 6), (2, 12), (3, 24), (4, 24), (40, 24)])
def test_retries_grow_rare(attempts: int, hours: int) -> None:
    """6, 12, 24 hours, and a day from then on."""
    assert retry_after(attempts) == hours * HOUR


@pytest.mark.parametrize(("hours", "waits"), [(5.99, True), (6.0, False)])
def test_parked_until_its_time(hours: float, waits: bool) -> None:
    """It waits just until its time."""
    change = Create(enrollment(1))
    park = Parked(change.key, wanted(change), "create", "no", NOON, 1, NOON + 6 * HOUR)
    assert bool(waiting([change], {change.key: park}, NOON + hours * HOUR)) is waits


def test_other_wish_does_not_wait() -> None:
    """A row that asks for something else is another change, also when it asks for the contrary."""
    change = Create(enrollment(1))
    park = Parked(change.key, wanted(change), "create", "no", NOON, 1, NOON + 6 * HOUR)
    other = Create(enrollment(1, "student", state="invited"))
    assert [bool(waiting([each], {change.key: park}, NOON + HOUR)) for each in (change, other, Remove(enrollment(1)))] == [
        True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("error", "trouble"),
    [(TokenError, "token"), (MissingRightError, "right"), (WrongTenantError, "tenant"), (RecoveryError, "recovery"),
     (UnavailableError, "canvas"), (IncompleteError, "canvas"), (RosterError, ""), (KeyError, "")],
)  # fmt: skip
def test_troubles_by_error(error: type[Exception], trouble: str) -> None:
    """Each error that concerns everything has its trouble, the others have none."""
    assert trouble_of(error("x")) == trouble


def test_probes_grow_rare() -> None:
    """Five minutes, fifteen, an hour, six hours, and so on; another trouble begins anew."""
    found: Quarantine | None = None
    waits = []
    for _ in range(6):
        found = quarantined(found, "token", "x", now=NOON)
        waits.append((found.next_at or NOON) - NOON)
    assert waits == [HOUR / 12, HOUR / 4, HOUR, 6 * HOUR, 6 * HOUR, 6 * HOUR]
    assert quarantined(found, "canvas", "x", now=NOON).next_at == NOON + HOUR / 12


@pytest.mark.parametrize(("seconds", "by_hand", "forbidden"), [(299, False, True), (300, False, False), (0, True, False)])
def test_schedule_waits_people_do_not(seconds: int, by_hand: bool, forbidden: bool) -> None:
    """The schedule waits for the time of the probe; a person may look at once."""
    assert quarantined(None, "token", "x", now=NOON).forbids(NOON + timedelta(seconds=seconds), by_hand=by_hand) is forbidden


@pytest.mark.parametrize("trouble", ["tenant", "recovery"])
def test_some_troubles_need_a_person(trouble: str) -> None:
    """These never pass by themselves, and forbid a run by hand too."""
    found = quarantined(None, trouble, "x", now=NOON)
    assert found.forbids(NOON + 9999 * HOUR, by_hand=True)

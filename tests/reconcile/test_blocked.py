"""When people deleted, concluded or moved something, what belongs below it is deferred by name, and nobody loses a place meanwhile."""

import pytest

from ilc_canvas.reconcile.change import Plan, Remove, Update
from ilc_canvas.reconcile.deferral.blocked import CONCLUDED, DELETED, GONE, cause
from ilc_canvas.reconcile.deferral.declined import UNDONE
from ilc_canvas.reconcile.deferral.deferral import KEPT, defer, keep_placements
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.state import Key, State
from tests.reconcile.cast import EQ, FRAME, R1, changed, course, enrollment, full, owned, person, section, without

R2 = Key(Kind.SECTION, f"{EQ.id}:R2")
AI = Key(Kind.COURSE, "ilc:2021-22:cop:AI")
AI_R1 = Key(Kind.SECTION, f"{AI.id}:R1")


def deferred(plan: Plan) -> dict[str, str]:
    """What is left out, and why."""
    return {str(deferred.change.key): deferred.why for deferred in plan.deferred}


@pytest.mark.parametrize(("state", "why"), [("deleted", DELETED), ("completed", CONCLUDED)])
def test_new_people_below_closed_course(state: str, why: str) -> None:
    """Who is to join a course that people closed is deferred by name, and so is the section that this needs."""
    wanted = State.of([*full(3), section(R2), person(9), enrollment(9, section=R2)])
    plan = make_plan(wanted, changed(full(3), EQ, state=state), owned(full(3)), frame=FRAME)
    assert [change.key for change in plan.changes] == [person(9).key]
    assert deferred(plan) == {str(R2): cause(why, EQ), str(enrollment(9, section=R2).key): cause(why, EQ)}


def test_new_people_below_lost_section() -> None:
    """Who is to join a section that is gone is deferred by name; the section is said once, as changed by hand."""
    wanted = State.of([*full(3), person(9), enrollment(9)])
    observed = without(full(3), R1, *(enrollment(n).key for n in (1, 2, 3)))
    plan = make_plan(wanted, observed, owned(full(3)), frame=FRAME)
    assert deferred(plan) == {str(enrollment(9).key): cause(GONE, R1)}
    assert R1 in [drift.key for drift in plan.drift]


def test_renamed_section_below_concluded_course() -> None:
    """A section in a concluded course can still be renamed, but nothing new goes into it."""
    plan = make_plan(changed(full(3), R1, name="Renamed"), changed(full(3), EQ, state="completed"), owned(full(3)), frame=FRAME)
    assert [type(change) for change in plan.changes] == [Update]


def test_selection_narrows_what_is_deferred() -> None:
    """A plan for something else does not speak of what is deferred here."""
    wanted = State.of([*full(3), person(9), enrollment(9)])
    observed = changed(full(3), EQ, state="completed")
    plan = make_plan(wanted, observed, owned(full(3)), frame=FRAME, selected=lambda record: record.course != EQ)
    assert plan.deferred == ()


def test_move_waits_for_its_place() -> None:
    """Somebody who moves to a section that cannot be created stays where they are, and the plan says so."""
    wanted = State.of([*without(full(3), enrollment(1).key), section(R2), enrollment(1, section=R2)])
    moved = make_plan(wanted, changed(full(3), EQ, state="completed"), owned(full(3)), frame=FRAME)
    assert [type(change) for change in moved.changes] == [Remove]
    plan = keep_placements(moved)
    assert plan.changes == ()
    assert deferred(plan)[str(enrollment(1).key)] == KEPT


def test_move_between_courses_waits_too() -> None:
    """Who goes from one course to another in the same part keeps the former place until the new one can be given."""
    there = State.of([*full(3), course(AI), section(AI_R1, course=AI)])
    wanted = State.of([*without(there, enrollment(1).key, enrollment(2).key), enrollment(1, section=AI_R1, course=AI)])
    plan = keep_placements(make_plan(wanted, changed(there, AI, state="deleted"), owned(there), frame=FRAME))
    assert [change.key for change in plan.changes] == [enrollment(2).key]
    assert deferred(plan)[str(enrollment(1).key)] == KEPT


def test_refused_move_keeps_its_place() -> None:
    """An addition that Canvas has refused holds back the removal that it replaces; one that a person undid does not."""
    wanted = State.of([*without(full(3), enrollment(1).key), section(R2), enrollment(1, section=R2)])
    plan = make_plan(wanted, State.of([*full(3), section(R2)]), owned([*full(3), section(R2)]), frame=FRAME)
    new = enrollment(1, section=R2).key
    assert keep_placements(defer(plan, {new: "refused"}, people={})).changes == ()
    assert [type(change) for change in keep_placements(defer(plan, {new: UNDONE}, people={})).changes] == [Remove]


def test_question_about_person_comes_first() -> None:
    """Of somebody about whom a decision is open that is said, not what is in the way besides."""
    wanted = State.of([*full(3), person(9), enrollment(9)])
    plan = make_plan(wanted, changed(full(3), EQ, state="completed"), owned(full(3)), frame=FRAME)
    left = defer(plan, {}, people={person(9).key: "asked-name"})
    assert set(deferred(left).values()) == {"asked-name"}

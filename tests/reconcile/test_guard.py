"""The guard: each threshold passes at its limit and holds one above it."""

from dataclasses import replace

import pytest

from ilc_canvas.reconcile.guards.guard import History, Limits, Share, check
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.state import Key, Record, State
from tests.reconcile.cast import EQ, FAC, FRAME, R1, changed, course, enrollment, full, owned, person, section, without

LATER = History(first=False)
WIDE = Limits(
    removals_per_course=Share(1000, 1), removals_per_day=Share(1000, 1), removals_per_run=Share(1000, 1), changes_per_run=Share(1000, 1)
)


def codes(desired: State, observed: State, limits: Limits = WIDE, history: History = LATER) -> list[str]:
    """The codes of all reasons to hold."""
    ledger = owned(observed)
    return [
        reason.code
        for reason in check(make_plan(desired, observed, ledger, frame=FRAME), observed, ledger, history=history, limits=limits).reasons
    ]


def leaving(count: int, students: int) -> tuple[State, State]:
    """A course from which so many people leave."""
    before = full(students)
    return without(before, *(enrollment(n).key for n in range(1, count + 1))), before


def test_first_run_is_held() -> None:
    """Nobody has seen a first plan yet."""
    assert "first-run" in codes(full(1), State.of([]), history=History())


def test_empty_plan_has_no_reason() -> None:
    """If nothing changes, nothing is held, not even on the first run."""
    assert codes(full(1), full(1), history=History()) == []


@pytest.mark.parametrize(("count", "held"), [(5, []), (6, ["removals"])])
def test_removals_per_run_boundary(count: int, held: list[str]) -> None:
    """5 removals pass and 6 are held if 5 % would be fewer."""
    assert codes(*leaving(count, 50), replace(WIDE, removals_per_run=Share(5, 0.05))) == held


@pytest.mark.parametrize(("count", "held"), [(10, []), (11, ["removals"])])
def test_removals_share_counts_in_large_rosters(count: int, held: list[str]) -> None:
    """5 % of 200 is 10: that passes, 11 hold."""
    assert codes(*leaving(count, 199), replace(WIDE, removals_per_run=Share(5, 0.05))) == held


@pytest.mark.parametrize(("earlier", "held"), [(7, []), (8, ["removals-per-day"])])
def test_removals_per_day_boundary(earlier: int, held: list[str]) -> None:
    """3 removals after 7 of the last 24 hours pass, after 8 they hold."""
    history = History(first=False, removals_last_day=earlier)
    assert codes(*leaving(3, 50), replace(WIDE, removals_per_day=Share(10, 0.10)), history) == held


@pytest.mark.parametrize(("count", "held"), [(2, []), (3, ["course-removals", "section-removals"])])
def test_removals_per_course_boundary(count: int, held: list[str]) -> None:
    """2 may leave a small course, 3 hold it."""
    assert codes(*leaving(count, 9), replace(WIDE, removals_per_course=Share(2, 0.20))) == held


def with_region_two(people: int) -> State:
    """A course of twenty, and so many more in a second section."""
    region = Key(Kind.SECTION, f"{EQ.id}:R2")
    rows = [enrollment(n, section=region) for n in range(100, 100 + people)]
    return State.of([*full(20), section(region, "Region II"), *(person(n) for n in range(100, 100 + people)), *rows])


@pytest.mark.parametrize(("count", "held"), [(2, []), (3, ["section-removals"])])
def test_removals_per_section_boundary(count: int, held: list[str]) -> None:
    """3 of 24 may leave a course, but not 3 of 4 one of its sections."""
    before = with_region_two(4)
    rows = [row.key for row in before.of_kind(Kind.ENROLLMENT) if ":R2|" in row.key.id]
    assert codes(without(before, *rows[:count]), before, replace(WIDE, removals_per_course=Share(2, 0.20))) == held


@pytest.mark.parametrize(("people", "held"), [(2, []), (3, ["section-emptied"])])
def test_emptied_section_is_held(people: int, held: list[str]) -> None:
    """A section of three is not emptied without approval; one of two may be."""
    before = with_region_two(people)
    rows = [row.key for row in before.of_kind(Kind.ENROLLMENT) if ":R2|" in row.key.id]
    assert codes(without(before, *rows), before) == held


def test_course_hold_leaves_others_free() -> None:
    """A reason that is one course's holds that course, not the run."""
    desired, before = leaving(3, 9)
    ledger = owned(before)
    limits = replace(WIDE, removals_per_course=Share(2, 0.20))
    verdict = check(make_plan(desired, before, ledger, frame=FRAME), before, ledger, history=LATER, limits=limits)
    assert not verdict.held
    assert verdict.courses == {EQ}


@pytest.mark.parametrize(("students", "held"), [(1, []), (2, ["course-emptied"])])
def test_emptied_course_is_held(students: int, held: list[str]) -> None:
    """A course of three or more people is not emptied without approval."""
    before = full(students)
    assert codes(State.of(record for record in before if record.key.kind is not Kind.ENROLLMENT), before) == held


@pytest.mark.parametrize(("count", "held"), [(50, []), (51, ["changes"])])
def test_changes_per_run_boundary(count: int, held: list[str]) -> None:
    """50 changes pass and 51 are held if a quarter of what we own is fewer."""
    desired = State.of([*full(3), *(person(n) for n in range(100, 100 + count))])
    assert codes(desired, full(3), replace(WIDE, changes_per_run=Share(50, 0.25))) == held


def test_changes_that_are_not_counted_are_said() -> None:
    """Pages do not count against the limit: the numbers of the reasons add up all the same."""
    pages = (Record(Key(Kind.PAGE, f"{EQ.id}:{n}"), {"name": f"Page {n}"}, (EQ,)) for n in range(7))
    desired = State.of([*full(3), *(person(n) for n in range(100, 151)), *pages])
    ledger = owned(full(3))
    plan = make_plan(desired, full(3), ledger, frame=FRAME)
    reasons = check(plan, full(3), ledger, history=LATER, limits=replace(WIDE, changes_per_run=Share(50, 0.25))).reasons
    said = next(reason.text for reason in reasons if reason.code == "changes")
    assert said == "51 changes in one run, besides 7 that nobody waits for; the limit without approval is 50."


@pytest.mark.parametrize(("count", "held"), [(5, []), (6, ["new-courses"])])
def test_new_courses_boundary(count: int, held: list[str]) -> None:
    """5 new courses pass, 6 hold."""
    courses = [course(Key(Kind.COURSE, f"ilc:2021-22:cop:C{n}")) for n in range(count)]
    assert codes(State.of([*full(1), *courses]), full(1)) == held


@pytest.mark.parametrize(("count", "held"), [(10, []), (11, ["new-sections"])])
def test_new_sections_boundary(count: int, held: list[str]) -> None:
    """10 new sections pass, 11 hold."""
    sections = [section(Key(Kind.SECTION, f"{EQ.id}:T{n}")) for n in range(count)]
    assert codes(State.of([*full(1), *sections]), full(1)) == held


@pytest.mark.parametrize(("role", "held"), [("student", []), ("lead", ["raised-role"]), ("teacher", ["raised-role"])])
def test_more_rights_need_a_yes(role: str, held: list[str]) -> None:
    """A student may join by itself; whoever becomes lead or teacher waits."""
    assert codes(State.of([*full(3), person(9), enrollment(9, role)]), full(3)) == held


def test_moved_teacher_is_not_raised() -> None:
    """A teacher of the course who changes section gets no more rights than before."""
    desired = State.of([*without(full(3), enrollment(4, "teacher", FAC).key), enrollment(4, "teacher", R1)])
    assert codes(desired, full(3)) == []


def test_concluding_a_course_needs_a_yes() -> None:
    """A cancelled COP is always held, for that course alone."""
    desired = State.of(record for record in full(3) if record.course != EQ)
    assert codes(desired, full(3)) == ["course-concluded"]


@pytest.mark.parametrize(("gone", "held"), [(20, []), (21, ["observed-drop"])])
def test_observed_drop_boundary(gone: int, held: list[str]) -> None:
    """A fifth of what was there may be gone, one more holds, though the plan is empty."""
    before = full(99)
    seen = before
    for number in range(1, gone + 1):
        seen = changed(seen, enrollment(number).key, state="completed")
    plan = make_plan(before, seen, owned(before), frame=FRAME)
    verdict = check(plan, seen, owned(before), history=History(first=False, last_seen={EQ: 100}), limits=WIDE)
    assert [reason.code for reason in verdict.reasons] == held


def test_adoption_needs_a_yes() -> None:
    """Objects that the ledger does not know are not taken over in silence."""
    plan = make_plan(full(1), full(1), owned(without(full(1), R1)), frame=FRAME)
    assert [reason.code for reason in check(plan, full(1), {}, history=LATER, limits=WIDE).reasons] == ["adopted"]


def test_all_reasons_are_said_at_once() -> None:
    """The guard does not stop at the first reason."""
    assert {"first-run", "new-sections", "raised-role"} <= set(codes(full(3), State.of([]), replace(WIDE, new_sections=1), History()))


def test_reopened_course_needs_a_yes() -> None:
    """A course that we have concluded is not opened again before a person has seen it."""
    before = changed(full(3), EQ, state="completed")
    ledger = owned(before, "ended")
    plan = make_plan(full(3), before, ledger, frame=FRAME)
    assert "reopened" in [reason.code for reason in check(plan, before, ledger, history=LATER, limits=WIDE).reasons]


@pytest.mark.parametrize(("history", "code"), [(History(), "first-run"), (History(restored=True), "restored")])
def test_one_change_is_no_plural(history: History, code: str) -> None:
    """A plan of a single change says "1 change"."""
    before = full(1)
    desired = State.of([*before, person(9)])
    verdict = check(make_plan(desired, before, owned(before), frame=FRAME), before, owned(before), history=history, limits=WIDE)
    (text,) = [reason.text for reason in verdict.reasons if reason.code == code]
    assert "1 change" in text
    assert "1 changes" not in text


def test_one_object_is_no_plural() -> None:
    """One object in Canvas with our SIS id that the ledger does not know is counted in the singular."""
    seen = full(1)
    known = {key: each for key, each in owned(seen).items() if key != R1}
    verdict = check(make_plan(seen, seen, known, frame=FRAME), seen, known, history=LATER, limits=WIDE)
    assert [reason.text for reason in verdict.reasons] == ["1 object in Canvas has our SIS id but is not in our ledger."]

"""Comparing: what becomes a change, and what is left alone."""

from hypothesis import given
from hypothesis import strategies as st

from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Adopt, Create, Remove, Update, fingerprint
from ilc_canvas.reconcile.compare.fields import CompareSettings
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.state import Key, Record, State, enrollment_key
from tests.reconcile.cast import EQ, FAC, FRAME, R1, apply_plan, changed, course, enrollment, full, owned, person, section, without


def test_empty_canvas_is_filled_parents_first() -> None:
    """Into an empty Canvas everything is created, and no child comes before its parents."""
    plan = make_plan(full(3), State.of([]), {}, frame=FRAME)
    places = {change.key: place for place, change in enumerate(plan.changes)}
    assert plan.counts == {"create": 3 + 4 + 4, "update": 0, "remove": 0}
    assert all(places[parent] < places[change.key] for change in plan.changes for parent in change.subject.parents)


def test_same_state_needs_no_change() -> None:
    """If both sides agree, the plan is empty."""
    assert make_plan(full(3), full(3), owned(full(3)), frame=FRAME).changes == ()


def test_who_leaves_is_ended_last() -> None:
    """A person who left the roster has the enrollment removed, after everything else; the person stays."""
    desired = State.of([*without(full(3), enrollment(2).key, person(2).key), enrollment(9), person(9)])
    plan = make_plan(desired, full(3), owned(full(3)), frame=FRAME)
    assert [type(change) for change in plan.changes] == [Create, Create, Remove]
    assert plan.changes[-1].key == enrollment(2).key


def test_hand_added_person_stays() -> None:
    """An enrollment that the ledger does not know is never removed, and is said."""
    observed = State.of([*full(3), enrollment(77)])
    plan = make_plan(full(3), observed, owned(full(3)), frame=FRAME)
    assert plan.changes == ()
    assert [record.key for record in plan.by_hand] == [enrollment(77).key]


def test_hand_renamed_course_stays_renamed() -> None:
    """A name that people changed in Canvas is drift, not a change."""
    plan = make_plan(full(1), changed(full(1), EQ, name="Our own name"), owned(full(1)), frame=FRAME)
    assert plan.changes == ()
    assert [(drift.key, drift.field) for drift in plan.drift] == [(EQ, "name")]


def test_hand_renamed_course_repaired_on_demand() -> None:
    """With repair on, the same drift is an update."""
    frame = CompareSettings(of_roster(3), "ilc:2021-22", "http://127.0.0.1", repair=True)
    plan = make_plan(full(1), changed(full(1), EQ, name="Our own name"), owned(full(1)), frame=frame)
    assert [(change.key, change.verb) for change in plan.changes] == [(EQ, "update")]


def test_renamed_team_updates_one_field() -> None:
    """A new name in the roster is an update of that field alone."""
    plan = make_plan(changed(full(1), R1, name="Renamed"), full(1), owned(full(1)), frame=FRAME)
    (change,) = plan.changes
    assert isinstance(change, Update)
    assert change.fields == {"name": "Renamed"}


def test_address_case_is_no_difference() -> None:
    """Canvas compares addresses without regard to case, and so do we."""
    user = person(1).key
    assert make_plan(full(1), changed(full(1), user, email="P1@Example.org"), owned(full(1)), frame=FRAME).changes == ()


def test_hidden_field_is_no_difference() -> None:
    """A login that the token may not see is not taken for a changed one."""
    user = full(1).records[person(1).key]
    hidden = {name: value for name, value in user.fields.items() if name != "login"}
    observed = State({**full(1).records, user.key: Record(user.key, hidden)})
    plan = make_plan(full(1), observed, owned(full(1)), frame=FRAME)
    assert (plan.changes, plan.drift) == ((), ())


def test_hand_ended_enrollment_is_drift() -> None:
    """Whom people ended by hand is not enrolled again, but said."""
    plan = make_plan(full(2), changed(full(2), enrollment(1).key, state="completed"), owned(full(2)), frame=FRAME)
    assert plan.changes == ()
    assert [drift.field for drift in plan.drift] == ["state"]


def test_coming_back_revives_the_row() -> None:
    """Whom we ended, and the roster has again, gets the same row back."""
    observed = changed(full(2), enrollment(1).key, state="inactive")
    ledger = {**owned(full(2)), **owned([observed.records[enrollment(1).key]], "ended")}
    (change,) = make_plan(full(2), observed, ledger, frame=FRAME).changes
    assert isinstance(change, Create)
    assert change.before is not None


def test_deleted_course_blocks_what_is_in_it() -> None:
    """Nothing is planned inside a course that people deleted or concluded."""
    desired = State.of([*full(2), enrollment(9), person(9)])
    plan = make_plan(desired, changed(full(2), EQ, state="deleted"), owned(full(2)), frame=FRAME)
    assert [change.key for change in plan.changes] == [person(9).key]


def test_unknown_object_is_adopted() -> None:
    """A course with our SIS id that the ledger does not know is adopted; whatever differs stays as it is."""
    observed = changed(full(1), EQ, name="Somebody's")
    plan = make_plan(full(1), observed, owned(without(full(1), EQ)), frame=FRAME)
    assert [type(change) for change in plan.changes] == [Adopt]
    after, ledger = apply_plan(plan, observed, owned(without(full(1), EQ)))
    assert make_plan(full(1), after, ledger, frame=FRAME).changes == ()


def test_adopted_course_is_never_removed() -> None:
    """What was there before us is not ours to conclude."""
    assert make_plan(State.of([]), State.of([course()]), owned([course()], "adopted"), frame=FRAME).changes == ()


def test_dropped_course_is_concluded_whole() -> None:
    """A COP that no longer exists has its course concluded, in one step that counts its people."""
    desired = State.of(record for record in full(3) if record.course != EQ)
    (change,) = make_plan(desired, full(3), owned(full(3)), frame=FRAME).changes
    assert isinstance(change, Remove)
    assert (change.key, change.covers) == (EQ, 4)


def test_selection_takes_missing_parents_along() -> None:
    """One person's plan holds the course and section that the enrollment needs, and nobody else."""
    ada = person(1).key
    plan = make_plan(full(3), State.of([]), {}, frame=FRAME, selected=lambda record: record.user == ada)
    assert {change.key for change in plan.changes} == {EQ, R1, ada, enrollment(1).key}


def test_digest_names_content_and_canvas() -> None:
    """The digest is the same for the same plan, and another for another Canvas, version or change."""
    plan = make_plan(full(1), State.of([]), {}, frame=FRAME)
    again = make_plan(State.of(reversed(list(full(1)))), State.of([]), {}, frame=FRAME)
    other = make_plan(full(1), State.of([]), {}, frame=CompareSettings(of_roster(4), FRAME.scope, FRAME.base_url))
    elsewhere = make_plan(full(1), State.of([]), {}, frame=CompareSettings(of_roster(3), FRAME.scope, "http://localhost"))
    assert plan.digest == again.digest
    assert len({plan.digest, other.digest, elsewhere.digest, make_plan(full(2), State.of([]), {}, frame=FRAME).digest}) == 4


def test_handles_play_no_part_in_fingerprints() -> None:
    """Canvas's numbers may change without changing what a change is."""
    one, two = Create(course()), Create(Record(EQ, course().fields, handle=7))
    assert fingerprint(one) == fingerprint(two)


def test_what_people_settled_is_noted() -> None:
    """If people already did by hand what a later roster asks, the ledger records it, so that a still later name is applied."""
    desired = changed(full(1), R1, name="New name")
    plan = make_plan(desired, desired, owned(full(1)), frame=FRAME)
    after, ledger = apply_plan(plan, desired, owned(full(1)))
    assert plan.changes == ()
    assert len(make_plan(changed(full(1), R1, name="Third name"), after, ledger, frame=FRAME).changes) == 1


NUMBERS = st.sets(st.integers(1, 9), max_size=9)


@st.composite
def rosters(draw: st.DrawFn) -> State:
    """Some people, each in R1 or FAC of EQ, as student, lead or teacher."""
    numbers = draw(NUMBERS)
    rows = [enrollment(n, draw(st.sampled_from(["student", "lead", "teacher"])), draw(st.sampled_from([R1, FAC]))) for n in sorted(numbers)]
    people = [person(n, draw(st.sampled_from(["Ada", "Ida"]))) for n in sorted(numbers)]
    return State.of([course(), section(R1, draw(st.sampled_from(["One", "Two"]))), section(FAC, "Facilitators"), *people, *rows])


@given(st.lists(rosters(), min_size=1, max_size=5), NUMBERS)
def test_applied_plan_leaves_an_empty_plan(versions: list[State], added: set[int]) -> None:
    """Through any series of rosters: after the plan is carried out there is nothing left to do, and hand-added people are there still."""
    by_hand = [Record(enrollment_key(R1, Key(Kind.USER, f"canvas:{n}"), "StudentEnrollment"), {"state": "active"}, (EQ, R1)) for n in added]
    observed, ledger = State.of(by_hand), dict(owned([]))
    for desired in versions:
        plan = make_plan(desired, observed, ledger, frame=FRAME)
        observed, ledger = (lambda pair: (pair[0], dict(pair[1])))(apply_plan(plan, observed, ledger))
        assert make_plan(desired, observed, ledger, frame=FRAME).changes == ()
        assert all(observed.records[record.key].fields["state"] == "active" for record in [*by_hand, *desired] if "state" in record.fields)


@given(rosters(), rosters(), st.randoms(use_true_random=False))
def test_plan_is_independent_of_order(before: State, after: State, random: object) -> None:
    """Rows in any order give the same digest."""
    rows = list(after)
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert (
        make_plan(State.of(rows), before, owned(before), frame=FRAME).digest == make_plan(after, before, owned(before), frame=FRAME).digest
    )

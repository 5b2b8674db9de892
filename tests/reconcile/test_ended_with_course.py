"""What ends with a course, by us or by hand, and comes back with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ilc_canvas.reconcile.change import Create, Plan, Remove
from ilc_canvas.reconcile.guards.guard import History, Limits, Reason, check
from ilc_canvas.reconcile.kinds import Kind, Value
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.state import Key, Ledger, Owned, Record, State, enrollment_key
from tests.reconcile.cast import EQ, FAC, FRAME, NOON, R1, changed, enrollment, full, owned

ENDED_AT = datetime(2021, 8, 16, 16, tzinfo=UTC)
DEFAULT = Key(Kind.SECTION, "canvas:9")
VISITOR = Key(Kind.USER, "canvas:55")
NAMED: dict[str, Value] = {"state": "active", "limited": False, "base": "StudentEnrollment", "name": "Vis Itor"}
ADDED = Record(enrollment_key(DEFAULT, VISITOR, "StudentEnrollment"), NAMED, (EQ, DEFAULT, VISITOR), 700)
ALL = State.of([*full(2), ADDED])
OURS = [enrollment(1).key, enrollment(2).key, enrollment(3, "teacher", FAC).key]


def over(seen: State, /, *keys: Key, at: datetime | None = ENDED_AT, **course: Value) -> State:
    """These enrollments are completed, as Canvas wrote then, and the course is as said."""
    rows = {key: replace(record, written=at) for key in keys for record in [changed(seen, key, state="completed").records[key]]}
    return changed(State({**seen.records, **rows}), EQ, **course)


def plan_of(desired: State, observed: State, ledger: Ledger) -> tuple[Plan, list[Reason]]:
    """The plan, and the guard's reasons about courses."""
    plan = make_plan(desired, observed, ledger, frame=FRAME)
    reasons = check(plan, observed, ledger, history=History(first=False), limits=Limits()).reasons
    return plan, [reason for reason in reasons if reason.code in ("course-concluded", "ended-with-course")]


def without_course(state: State) -> State:
    """The roster no longer asks for the course and what is in it."""
    return State.of(record for record in state if record.course != EQ)


def theirs(ledger: Ledger) -> Ledger:
    """We concluded the course: ours have ended, and so has the visitor's."""
    ended = {key: replace(each, how="ended") if key == EQ or key in OURS else each for key, each in ledger.items()}
    return {**ended, ADDED.key: Owned(ADDED.key, ADDED.fields, "theirs", NOON, 700)}


def test_concluding_names_everybody() -> None:
    """Ending a course is shown and approved together with everybody it ends, including people added by hand."""
    plan, (reason,) = plan_of(without_course(full(2)), changed(ALL, EQ, state="available"), owned(full(2)))
    (removal,) = plan.changes
    assert isinstance(removal, Remove)
    assert ({row.key for row in removal.ends}, removal.others, removal.covers, plan.by_hand) == (set(OURS), (ADDED,), 3, ())
    assert reason.text == "ilc:2021-22:cop:EQ would be concluded, and 4 people with it, 1 of them added by hand."
    assert set(reason.keys) == {EQ, *OURS, ADDED.key}


def test_approval_is_for_those_who_were_named() -> None:
    """Somebody who was added since makes it another plan."""
    seen = changed(full(2), EQ, state="available")
    before, after = (plan_of(without_course(full(2)), state, owned(full(2)))[0] for state in (seen, State.of([*seen, ADDED])))
    assert before.digest != after.digest


def test_course_that_is_asked_for_again_brings_back_all() -> None:
    """One yes opens the course, and brings back ours and those whom people had added."""
    observed = over(ALL, *OURS, ADDED.key, state="completed")
    plan, reasons = plan_of(full(2), observed, theirs(owned(full(2))))
    assert {change.key for change in plan.changes} == {EQ, *OURS, ADDED.key}
    (back,) = (change for change in plan.changes if change.key == ADDED.key)
    assert isinstance(back, Create)
    assert back.after.fields["state"] == "active"
    assert [reason.keys for reason in reasons] == [(ADDED.key,)]


def test_course_that_people_open_again_brings_back_theirs() -> None:
    """Staff open a course that the roster has cancelled: whom they had added comes back by a yes, our people do not."""
    observed = over(ALL, *OURS, ADDED.key, state="available")
    plan, (reason,) = plan_of(without_course(full(2)), observed, theirs(owned(full(2))))
    assert ([change.key for change in plan.changes], reason.keys) == ([ADDED.key], (ADDED.key,))


@pytest.mark.parametrize("state", ["active", "inactive", "deleted"])
def test_nothing_is_owed_to_who_went_on(state: str) -> None:
    """Whom people have brought back, or ended once more, since then is not touched again."""
    observed = changed(over(ALL, *OURS, state="available"), ADDED.key, state=state)
    plan, reasons = plan_of(without_course(full(2)), observed, theirs(owned(full(2))))
    assert (plan.changes, reasons) == ((), [])
    assert ADDED.key in {*plan.over, *(record.key for record in plan.settled)}


def test_concluded_by_hand_is_one_thing() -> None:
    """While a course is concluded by hand that is one thing that people changed; the ledger takes note of whom it ended."""
    plan, _ = plan_of(full(2), over(full(2), *OURS, state="completed"), owned(full(2)))
    assert ([drift.key for drift in plan.drift], plan.changes) == ([EQ], ())
    assert {record.key: record.fields for record in plan.settled} == {key: {"state": "completed"} for key in OURS}


def noted(ledger: Ledger) -> Ledger:
    """A run has seen that they ended with their course."""
    return {key: replace(each, fields={**each.fields, "state": "completed"}) if key in OURS else each for key, each in ledger.items()}


@pytest.mark.parametrize(
    ("ledger", "course", "at"),
    [
        (noted(owned(full(2))), {}, None),
        (owned(full(2)), {"end_at": "2021-08-16T16:00:03Z"}, ENDED_AT),
        (owned(full(2)), {"end_at": "2022-04-30T16:00:00Z", "restricted": True}, ENDED_AT),
        (owned(full(2)), {}, ENDED_AT),
    ],
)
def test_opened_by_hand_asks_once(ledger: Ledger, course: dict[str, Value], at: datetime | None) -> None:
    """Once it is open again, all whom its end ended are one reason, whether a run looked meanwhile or they ended all at once."""
    plan, (reason,) = plan_of(full(2), over(full(2), *OURS, at=at, state="available", **course), ledger)
    assert ({change.key for change in plan.changes}, plan.drift) == (set(OURS), ())
    assert reason.text == "3 people whose places ended with the course come back into ilc:2021-22:cop:EQ."
    assert reason.course == EQ


def test_single_end_is_not_the_course() -> None:
    """One person whom people ended is drift, while others are in the course."""
    plan, reasons = plan_of(full(2), over(full(2), enrollment(1).key, state="available"), owned(full(2)))
    assert ([drift.key for drift in plan.drift], plan.changes, reasons) == ([enrollment(1).key], (), [])


def test_earlier_end_stays_by_hand() -> None:
    """Who was ended by hand a day before the course was concluded does not come back with it."""
    before = over(full(2), enrollment(1).key, at=ENDED_AT - timedelta(days=1))
    for state in ("completed", "available"):
        plan, _ = plan_of(full(2), over(before, *OURS[1:], state=state), owned(full(2)))
        assert enrollment(1).key in {drift.key for drift in plan.drift}
        assert enrollment(1).key not in {*(record.key for record in plan.settled), *(change.key for change in plan.changes)}


def test_back_in_place_is_noted() -> None:
    """Whom people brought back themselves is as before."""
    plan, reasons = plan_of(full(2), changed(full(2), R1, name="Region I"), noted(owned(full(2))))
    assert ({record.key for record in plan.settled}, plan.changes, reasons) == (set(OURS), (), [])

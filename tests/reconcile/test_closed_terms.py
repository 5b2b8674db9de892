"""Nobody can join what has ended by Canvas's clock: those who would are deferred, and nothing else is."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ilc_canvas.reconcile.change import Deferred, Plan
from ilc_canvas.reconcile.deferral.closed_terms import defer_ended
from ilc_canvas.reconcile.errors import EndedError
from ilc_canvas.reconcile.kinds import Kind, Value
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.run.values import Tenant
from ilc_canvas.reconcile.state import Key, Record, State
from tests.reconcile.cast import EQ, FAC, FRAME, NOON, R1, changed, course, enrollment, full, owned, person, section, without

TERM = Record(Key(Kind.TERM, "ilc:2021-22"), {"name": "ILC", "end_at": "2022-07-01T06:59:59Z"})
LATE = datetime(2026, 1, 1, tzinfo=UTC)
MAY = datetime(2022, 5, 2, 16, tzinfo=UTC)
PACIFIC = ZoneInfo("America/Los_Angeles")
AI = Key(Kind.COURSE, "ilc:2021-22:cop:AI")
AI_R1 = Key(Kind.SECTION, "ilc:2021-22:cop:AI:R1")
SET_BY_HAND: dict[str, Value] = {"end_at": "2022-05-01T06:59:00Z", "restricted": True}


def two_courses(*more: Record) -> State:
    """EQ with two participants, AI with one, in a term."""
    return State.of([TERM, *full(2), course(AI, "Arts"), section(AI_R1, "Region I", AI), enrollment(1, section=AI_R1, course=AI), *more])


def ended(desired: State, observed: State, *, at: datetime, ahead: float | None = 0.0) -> Plan:
    """The plan without what has ended by then; the two courses are ours if Canvas has them."""
    plan = make_plan(desired, observed, owned(two_courses()) if len(observed) else {}, frame=FRAME)
    return defer_ended(plan, desired, observed, tenant=told(at, ahead), zone=PACIFIC)


def told(at: datetime, ahead: float | None = 0.0) -> Tenant:
    """A Canvas that gives this time and is this far ahead of our clock."""
    return Tenant("https://canvas.test", 2, 1, "ILC", "7", {}, at, ahead=ahead)


def whys(plan: Plan) -> dict[Key, str]:
    """What is left out, and why."""
    return {deferred.change.key: deferred.why for deferred in plan.deferred}


def test_late_sign_up_defers_itself() -> None:
    """Nobody joins a course that somebody closed by date; everything else goes ahead, and the day is given in the program's time zone."""
    observed = changed(two_courses(), EQ, **SET_BY_HAND)
    desired = without(two_courses(person(9), enrollment(9), person(8), enrollment(8, section=AI_R1, course=AI)), enrollment(2).key)
    plan = ended(desired, observed, at=MAY)
    assert {change.key for change in plan.changes} == {person(8).key, enrollment(8, section=AI_R1, course=AI).key, enrollment(2).key}
    assert set(whys(plan)) == {person(9).key, enrollment(9).key}
    assert set(whys(plan).values()) == {
        "the course ended on 30 Apr 2022, 23:59 Pacific, and Canvas lets nobody join it any more. "
        "Somebody set that date in Canvas: ask to have it moved there, or leave it."
    }


def test_person_of_two_courses_is_made() -> None:
    """Who joins something that is open as well has an account made for that."""
    desired = two_courses(person(9), enrollment(9), enrollment(9, section=AI_R1, course=AI))
    plan = ended(desired, changed(two_courses(), EQ, **SET_BY_HAND), at=MAY)
    assert {change.key for change in plan.changes} == {person(9).key, enrollment(9, section=AI_R1, course=AI).key}
    assert list(whys(plan)) == [enrollment(9).key]


def test_new_section_waits_with_its_people() -> None:
    """A new section in a course that has ended is not created."""
    other = Key(Kind.SECTION, "ilc:2021-22:cop:EQ:R2")
    desired = two_courses(section(other, "Region II"), enrollment(1, section=other))
    plan = ended(desired, changed(two_courses(), EQ, **SET_BY_HAND), at=MAY)
    assert (plan.changes, set(whys(plan))) == ((), {other, enrollment(1, section=other).key})


def test_repeated_row_waits_too() -> None:
    """A live enrollment of which a field is to change is posted again, which Canvas refuses as well."""
    desired = changed(two_courses(), enrollment(1).key, limited=True)
    assert list(whys(ended(desired, changed(two_courses(), EQ, **SET_BY_HAND), at=MAY))) == [enrollment(1).key]


@pytest.mark.parametrize(
    ("observed", "advice"),
    [
        (
            changed(two_courses(), TERM.key, end_at="2022-04-01T06:59:59Z"),
            "Somebody changed that date in Canvas: ask to have it moved there.",
        ),
        (changed(two_courses(), EQ, **SET_BY_HAND), "Somebody set that date in Canvas: ask to have it moved there, or leave it."),
    ],
)
def test_advice_fits_the_cause(observed: State, advice: str) -> None:
    """A date that people set in Canvas is to be moved there: the roster is the right one."""
    plan = ended(two_courses(person(9), enrollment(9)), observed, at=MAY)
    assert {why.rpartition("any more. ")[2] for why in whys(plan).values()} == {advice}


def test_own_dates_of_cop_are_named() -> None:
    """If the dates are the COP's own, the COP list is the place to correct them."""
    wanted = changed(two_courses(person(9), enrollment(9)), EQ, **SET_BY_HAND)
    plan = ended(wanted, changed(two_courses(), EQ, **SET_BY_HAND), at=MAY)
    assert whys(plan)[enrollment(9).key].endswith("Correct the end date in the COP list, or leave it.")


def test_late_correction_of_last_year_goes_on() -> None:
    """After the school year a name is corrected and somebody leaves; only the new enrollment waits, for the present year's roster."""
    observed = two_courses()
    desired = without(changed(two_courses(enrollment(2, "teacher", FAC)), R1, name="Region One"), enrollment(1).key)
    plan = ended(desired, observed, at=LATE)
    assert {change.key for change in plan.changes} == {R1, enrollment(1).key}
    assert [why.endswith("Sign the roster for the current school year.") for why in whys(plan).values()] == [True]
    assert "30 Jun 2022, 23:59 Pacific" in str(plan.deferred[0].why)


def test_end_moved_by_hand_counts() -> None:
    """Canvas decides: a term, or a course, that somebody keeps open longer takes people in."""
    longer = changed(two_courses(), TERM.key, end_at="2027-07-01T06:59:59Z")
    open_course = changed(two_courses(), EQ, end_at="2027-07-01T06:59:59Z", restricted=True)
    for observed in (longer, open_course):
        assert whys(ended(two_courses(person(9), enrollment(9)), observed, at=LATE)) == {}


def test_end_that_this_plan_moves_counts() -> None:
    """An end date that the same plan moves counts as moved: people are enrolled after that change."""
    wanted = two_courses(person(9), enrollment(9))
    plan = ended(changed(wanted, TERM.key, end_at="2027-07-01T06:59:59Z"), two_courses(), at=LATE)
    assert (TERM.key in {change.key for change in plan.changes}, whys(plan)) == (True, {})


def test_dates_without_restriction_say_nothing() -> None:
    """A course's own end counts only if its dates are restricted (live-client 2.1)."""
    observed = changed(two_courses(), EQ, end_at="2022-05-01T06:59:00Z")
    assert whys(ended(two_courses(person(9), enrollment(9)), observed, at=MAY)) == {}


def test_past_year_never_built_is_an_error() -> None:
    """The first roster of a year that has ended stops with one sentence that names term, end and clock."""
    desired = State.of([TERM, *full(3)])
    with pytest.raises(EndedError, match=r"Term ilc:2021-22 ended on 30 Jun 2022, 23:59 Pacific; by Canvas's clock it is 31 Dec 2025\."):
        ended(desired, State.of([]), at=LATE)


YEARS = 5 * 365 * 86_400.0


@pytest.mark.parametrize(
    ("ahead", "says"),
    [
        (None, "Canvas does not give the time; by this machine's clock it is 31 Dec 2025."),
        (YEARS, "by Canvas's clock it is 31 Dec 2025, by this machine's 1 Jan 2021, 16:00 Pacific: one of the two is wrong."),
    ],
)
def test_doubtful_clock_is_said(ahead: float | None, says: str) -> None:
    """The message that a year has ended names the clock that says so, and says that the other clock disagrees."""
    with pytest.raises(EndedError) as caught:
        ended(State.of([TERM, *full(3)]), State.of([]), at=LATE, ahead=ahead)
    assert says in str(caught.value)


@pytest.mark.parametrize(("ahead", "doubt"), [(0.0, False), (-YEARS, False), (YEARS, True)])
def test_contradicted_end_is_a_question(ahead: float, doubt: bool) -> None:
    """If the term has ended by Canvas's clock but not by ours, the reason says that one of the two is wrong."""
    why = whys(ended(two_courses(person(9), enrollment(9)), two_courses(), at=LATE, ahead=ahead))
    assert ["one of the two is wrong" in text for text in why.values()] == [doubt] * len(why)
    assert why


def test_running_term_takes_people_in() -> None:
    """Within the school year nothing is said."""
    assert whys(ended(State.of([TERM, *full(3)]), State.of([]), at=NOON)) == {}


def test_past_term_without_new_people_passes() -> None:
    """If nobody is to be enrolled, an ended term does not matter."""
    assert whys(ended(State.of([TERM]), State.of([]), at=LATE)) == {}


def test_earlier_reasons_stay() -> None:
    """What was left out before for another reason stays so."""
    observed = changed(two_courses(), EQ, **SET_BY_HAND)
    desired = two_courses(person(9), enrollment(9))
    before = make_plan(desired, observed, owned(observed), frame=FRAME)
    parked = replace(before, changes=before.changes[:-1], deferred=(Deferred(before.changes[-1], "login-taken"),))
    plan = defer_ended(parked, desired, observed, tenant=told(MAY), zone=PACIFIC)
    assert whys(plan)[before.changes[-1].key] == "login-taken"

"""Readiness: each single defect is named in the line of its course, and nothing else keeps a course from being ready."""

from dataclasses import replace

import pytest

from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.calendars.meeting_records import meeting_records
from ilc_canvas.program.courses.readiness import CourseReadiness, LastLook, readiness, touched_by_hand
from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.policy import Policy
from ilc_canvas.reconcile.state import Key, Ledger, Owned, State, course_of
from tests.roster.calendar.cast import SAMPLE_CSV, taken
from tests.roster.cast import V3, sample, version
from tests.sync.world import now

ROSTER = version(V3).roster
CALENDAR = Calendar("2021-22", 1, taken(sample(SAMPLE_CSV)).calendar.meetings)
DESIRED = State.of([*desired_state(ROSTER, Policy()), *meeting_records(CALENDAR, ROSTER, Policy())])
WHOLE: Ledger = {record.key: Owned(record.key, record.fields, "created", now(), 1) for record in DESIRED}
EQUITY = "ilc:2021-22:cop:EQ"


def _equity(ledger: Ledger = WHOLE, look: LastLook | None = None) -> CourseReadiness:
    courses = {each.course.id: each for each in readiness(DESIRED, ledger, look or LastLook())}
    assert all(each.is_ready for name, each in courses.items() if name != EQUITY)
    return courses[EQUITY]


def _without(key: Key) -> Ledger:
    return {each: owned for each, owned in WHOLE.items() if each != key}


def _first(prefix: str) -> Key:
    return next(key for key in WHOLE if str(key).startswith(prefix))


def test_sample_is_ready_after_a_fill() -> None:
    """19 of 19 courses, with what they hold; which of them are open is another question."""
    courses = readiness(DESIRED, WHOLE, LastLook(unpublished={Key.parse(f"course={EQUITY}")}))
    assert (len(courses), all(each.is_ready for each in courses)) == (19, True)
    (equity,) = [each for each in courses if each.course.id == EQUITY]
    assert (equity.is_open, equity.holds["meetings"], sum(each.is_open for each in courses)) == (False, 7, 18)


def test_only_some_courses() -> None:
    """Some courses alone come out as they do among all; a course that the roster does not ask for does not come out at all."""
    whole = readiness(DESIRED, WHOLE, LastLook())
    asked = {Key.parse(f"course={EQUITY}"), Key.parse("course=ilc:2021-22:cop:NONE")}
    theirs = {key: owned for key, owned in WHOLE.items() if course_of(key) in asked}
    assert readiness(DESIRED, theirs, LastLook(), only=asked) == [each for each in whole if each.course.id == EQUITY]


PARTS = {"an enrollment": f"enrollment={EQUITY}:R1|", "a section": f"section={EQUITY}:R2", "a meeting": f"event={EQUITY}:COP-EQ-1"}


@pytest.mark.parametrize("prefix", PARTS.values(), ids=PARTS)
def test_what_is_missing_is_named(prefix: str) -> None:
    """One thing that was never made, or that we ended, keeps its course from being ready, and no other one."""
    key = _first(prefix)
    (gap,) = _equity(_without(key)).gaps
    assert (gap.code, gap.keys) == ("missing", (key,))
    ended = {**WHOLE, key: replace(WHOLE[key], how="ended")}
    assert _equity(ended).gaps == (gap,)


def test_invited_person_keeps_a_closed_course_from_being_ready() -> None:
    """Opening would mail whoever is only invited; once it is open, that has happened."""
    course = Key.parse(f"course={EQUITY}")
    assert [gap.code for gap in _equity(WHOLE, LastLook(unpublished={course}, invited={course})).gaps] == ["invited"]
    assert _equity(WHOLE, LastLook(invited={course})).is_ready


def test_course_that_is_not_there() -> None:
    """A course that was not made is one gap, not one for each thing in it."""
    assert [gap.code for gap in _equity(_without(Key.parse(f"course={EQUITY}"))).gaps] == ["not-made"]


def test_reason_of_the_last_look_is_kept() -> None:
    """Whoever waits for an answer, or was refused, is told apart from whom the next sync takes in."""
    one, two, three = [key for key in WHOLE if str(key).startswith(f"enrollment={EQUITY}:R")][:3]
    ledger = {key: owned for key, owned in WHOLE.items() if key not in (one, two, three)}
    gaps = _equity(ledger, LastLook(deferred={one: "asked-name"}, failed={two: "login-taken"})).gaps
    assert {gap.reason: gap.keys for gap in gaps} == {"asked-name": (one,), "login-taken": (two,), "": (three,)}


def test_what_people_ended_or_did_not_accept() -> None:
    """A place or meeting that is not as we left it by its state keeps the course from being ready; a new name or hour by hand does not."""
    place, meeting = _first(f"enrollment={EQUITY}:R1|"), _first(f"event={EQUITY}:COP-EQ-1")
    drift = [(place, "state"), (meeting, "when"), (Key.parse(f"course={EQUITY}"), "name")]
    (gap,) = _equity(look=LastLook(by_hand=touched_by_hand(drift))).gaps
    assert (gap.code, gap.keys) == ("by-hand", (place,))
    (gap,) = _equity(look=LastLook(conflicts={meeting})).gaps
    assert (gap.code, gap.keys) == ("conflict", (meeting,))


def test_old_values_are_not_ready() -> None:
    """A meeting that the calendar has moved since, and no sync has, is named."""
    key = _first(f"event={EQUITY}:COP-EQ-1")
    ledger = {**WHOLE, key: replace(WHOLE[key], fields={**WHOLE[key].fields, "when": "2021-09-01"})}
    assert [(gap.code, gap.keys) for gap in _equity(ledger).gaps] == [("different", (key,))]


def test_course_without_a_facilitator() -> None:
    """A COP for which the roster has nobody who teaches it is not ready."""
    people = tuple(replace(person, facilitates=tuple(code for code in person.facilitates if code != "EQ")) for person in ROSTER.people)
    cops = tuple(replace(cop, lead_facilitator_id="", facilitator_ids=()) if cop.code == "EQ" else cop for cop in ROSTER.cops)
    desired = desired_state(replace(ROSTER, people=people, cops=cops), Policy())
    ledger = {record.key: Owned(record.key, record.fields, "created", now(), 1) for record in desired}
    (equity,) = [each for each in readiness(desired, ledger, LastLook()) if each.course.id == EQUITY]
    assert [gap.code for gap in equity.gaps] == ["no-facilitator"]

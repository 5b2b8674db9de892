"""Values come back from JSON as they went."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Adopt, Change, Create, Outcome, Remove, Update
from ilc_canvas.reconcile.guards.guard import Reason, Verdict
from ilc_canvas.reconcile.kinds import NAMED, RULES, Kind
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.reconcile.state import Key, Record, enrollment_key
from ilc_canvas.store.audit.change_events import intent_entry
from ilc_canvas.store.db.codec import change_from_json, change_to_json, dumps, keys_to_json, loads, places_from_json, places_to_json
from ilc_canvas.store.runs.details import run
from tests.store.cast import COURSE, EQUITY, NOON, ROSA, SECTION, Desk, ended, seat

_KEYS = st.builds(Key, st.sampled_from(list(RULES)), st.text())
_VALUES = st.none() | st.booleans() | st.integers() | st.text()
_FIELDS = st.dictionaries(st.text() | st.sampled_from(sorted(NAMED)), _VALUES)
_RECORDS = st.builds(Record, _KEYS, _FIELDS, st.lists(_KEYS).map(tuple), st.none() | st.integers())
_CHANGES = (
    st.builds(Create, _RECORDS, st.none() | _RECORDS)
    | st.builds(Update, _RECORDS, _RECORDS)
    | st.builds(Adopt, _RECORDS, _RECORDS)
    | st.builds(Remove, _RECORDS, st.integers(0, 500))
)
STRANGER = replace(seat(2), fields={**seat(2).fields, "name": "Vis Itor"})
KINDS: list[Change] = [
    Create(ROSA),
    Create(seat(), before=ended(seat())),
    Update(ROSA, replace(ROSA, fields={**ROSA.fields, "name": "R."})),
    Adopt(EQUITY, EQUITY),
    Remove(seat()),
    Remove(EQUITY, covers=31),
    Remove(EQUITY, 1, (seat(),), (seat(3),)),
]


def _handles(change: Change) -> list[int | None]:
    return [record.handle for record in (change.before, getattr(change, "after", None)) if record]


@given(_CHANGES)
def test_any_change_comes_back(change: Change) -> None:
    """Any change comes back equal, with parents and handles."""
    back = change_from_json(loads(dumps(change_to_json(change))))
    assert (back, _handles(back)) == (change, _handles(change))


@given(_CHANGES)
def test_no_personal_value_in_the_body(change: Change) -> None:
    """An intent's body has no personal field, whatever the change is."""
    body = intent_entry(1, change, NOON, now=NOON, actor="ana").body
    sides = [side for name in ("before", "after") if (side := body[name])]
    assert all(not NAMED & set(side["fields"]) for side in sides)  # type: ignore[index]


def test_names_of_those_who_end_along_stay_out() -> None:
    """Who ends with a course is in the body of its intent by key, and by name in the plan alone."""
    change = Remove(EQUITY, 0, (), (STRANGER,))
    body = dumps(intent_entry(1, change, NOON, now=NOON, actor="ana").body)
    assert (str(STRANGER.key) in body, "Vis Itor" in body) == (True, False)
    assert "Vis Itor" in dumps(change_to_json(change))


def test_unknown_verb_is_no_change() -> None:
    """What is no change is not guessed at."""
    with pytest.raises(ValueError, match="no change"):
        change_from_json({"verb": "delete", "before": None, "after": None, "covers": 1})


@pytest.mark.parametrize("change", KINDS, ids=lambda change: change.verb)
def test_plan_and_intent_keep_it(desk: Desk, change: Change) -> None:
    """Each type of change comes back from a stored plan and from an open intent, with handles and the time of Canvas."""
    number = desk.run(change)
    intent = desk.journal.intended(number, change, NOON)
    (step,) = run(desk.store, number).steps
    other = desk.journal_of(desk.lease)
    (found,) = other.open_intents()
    assert (step.change, found) == (change, intent)
    assert _handles(step.change) == _handles(found.change) == _handles(change)


def test_run_comes_back_whole(desk: Desk) -> None:
    """A run's reasons, report and outcomes come back as they went."""
    reasons = (Reason("removals", "6 removals", 6, 5, (seat().key,)), Reason("course-emptied", "empty", 1, 0, (), COURSE))
    number = desk.run(*KINDS[:2], verdict=Verdict(reasons))
    outcome = Outcome("refused", None, 9, 2, 400, "req-1", "taken", "observed", NOON)
    desk.journal.happened(desk.journal.intended(number, KINDS[0], NOON), outcome)
    counts = {"create": 2, "update": 0, "remove": 0}
    traffic = {"requests": 9, "writes": 2, "throttled": 1, "refused": 3, "unavailable": 4}
    more = {"sentence": "Done.", "drift": 3, "by_hand": 4, "warnings": ("odd",), "failures": {SECTION: "refused"}}
    report = Report(number, "partial", "d", of_roster(1), counts, 1, 1, 0, reasons, **traffic, **more)  # type: ignore[arg-type]
    desk.journal.closed(report)
    kept = run(desk.store, number)
    assert (kept.report, kept.reasons, kept.info.status) == (report, reasons, "partial")
    assert [step.outcome for step in kept.steps] == [outcome, None]


def test_places_keep_their_course() -> None:
    """The course of a placement in a section without SIS id is kept; what an older version wrote is read without it."""
    course, user = Key(Kind.COURSE, "ilc:2021-22:cop:EQ"), Key(Kind.USER, "ilc:p:P1")
    own, made = Key(Kind.SECTION, f"{course.id}:R1"), Key(Kind.SECTION, "canvas:88")
    keys = [enrollment_key(section, user, "StudentEnrollment") for section in (own, made)]
    written = places_to_json(Record(key, {}, (course, section, user)) for key, section in zip(keys, (own, made), strict=True))
    assert places_from_json(written) == dict.fromkeys(keys, course)
    assert places_from_json(keys_to_json(keys)) == {keys[0]: course, keys[1]: None}

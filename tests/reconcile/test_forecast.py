"""Whom Canvas would notify of a plan, by the table of what a real Canvas was seen to do."""

from dataclasses import replace

import pytest

from ilc_canvas.reconcile.change import Change, Create, Remove, Update
from ilc_canvas.reconcile.guards.forecast import SILENT, TABLE, Audience, forecast
from ilc_canvas.reconcile.kinds import RULES, Kind, Value
from ilc_canvas.reconcile.state import Key, Record, State
from tests.reconcile.cast import EQ, R1, changed, enrollment, full, person

TOKEN = "1"


def thing(kind: Kind, name: str = "one", **fields: Value) -> Record:
    """Something in the course EQ."""
    return Record(Key(kind, f"{EQ.id}:{name}"), fields, (EQ,))


def opened(state: State, to: str = "available") -> State:
    """The state with a course that is published, or in another state."""
    return changed(state, EQ, state=to)


def told(change: Change, state: State | None = None) -> list[tuple[str, str, int]]:
    """Reason, how it is mailed, and how many people, of one change in an open course of two students and a teacher."""
    found = forecast([change], state or opened(full(2)), author=TOKEN)
    return [(each.reason, each.mailed, each.count) for each in found.audiences]


def now(record: Record, **fields: Value) -> Update:
    """The record gets other fields."""
    return Update(record, replace(record, fields={**record.fields, **fields}))


MEETING = thing(Kind.EVENT, name="Equity 1", when="a/b", state="active")
DRAFT, PAGE = thing(Kind.PAGE, published=False, text="1"), thing(Kind.PAGE, published=True, text="1")
TOPIC, MODULE = thing(Kind.TOPIC, published=True), thing(Kind.MODULE, published=False)


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        (Create(MEETING), ["event-created"]),
        (now(MEETING, when="c/d"), ["event-moved"]),
        (now(MEETING, name="Equity one"), []),
        (Remove(MEETING), []),
        (Create(replace(MEETING, fields={**MEETING.fields, "when": "c/d"}), MEETING), ["event-moved"]),
        (Create(MEETING, replace(MEETING, fields={**MEETING.fields, "state": "cancelled"})), []),
        (Create(TOPIC), ["topic-published"]),
        (Create(thing(Kind.TOPIC, published=False)), []),
        (now(thing(Kind.TOPIC, published=False), published=True), ["topic-published"]),
        (now(TOPIC, name="Another title"), []),
        (Create(PAGE), []),
        (now(PAGE, text="2"), []),
        (now(DRAFT, published=True), ["page-updated"]),
        (Create(MODULE), []),
        (Create(enrollment(9)), []),
        (Remove(enrollment(1)), []),
    ],
)
def test_each_row_of_the_table(change: Change, reasons: list[str]) -> None:
    """Everybody who is active in an open course is notified of these changes and of no others; in one that is not open, nobody."""
    assert told(change) == [(reason, "asked", 3) for reason in reasons]
    assert told(change, opened(full(2), "unpublished")) == []


def test_publishing_mails_the_invited() -> None:
    """Publishing a course sends an invitation to whoever is still invited, and nothing to people who are active."""
    state = opened(full(2), "unpublished")
    rows = [enrollment(8, state="invited"), enrollment(9, state="creation_pending")]
    invited = State.of([*state, *rows, person(8), person(9)], state.at)
    assert told(now(state.records[EQ], state="available"), invited) == [("invited", "now", 2)]
    assert told(now(state.records[EQ], name="Equity"), invited) == []


def test_invited_person_is_mailed() -> None:
    """If a plan ever invited somebody into an open course, that person alone would be mailed."""
    assert told(Create(enrollment(9, state="invited"))) == [("invited", "now", 1)]


def test_module_with_drafts_publishes_them() -> None:
    """Publishing a module notifies people only if the course has a page that it could publish."""
    state = opened(full(2))
    assert told(now(MODULE, published=True), state) == []
    assert told(now(MODULE, published=True), State.of([*state, DRAFT])) == [("page-updated", "asked", 3)]


def test_only_active_people_hear() -> None:
    """Ended, invited and inactive people of the course are not notified, and neither is the token's own user, by whatever key."""
    rows = [enrollment(7, state="inactive"), enrollment(8, state="completed"), enrollment(9, state="invited")]
    stranger = replace(enrollment(1), key=Key(Kind.ENROLLMENT, f"{R1.id}|canvas:1|StudentEnrollment"))
    stranger = replace(stranger, parents=(EQ, R1, Key(Kind.USER, "canvas:1")))
    state = State.of([*opened(full(2)), *rows, stranger])
    assert told(Create(MEETING), state) == [("event-created", "asked", 3)]
    ours = State.of([*state, replace(person(1), handle=1)])
    assert told(Create(MEETING), ours) == [("event-created", "asked", 2)]


def test_people_of_a_cross_listed_section() -> None:
    """People whose section was cross-listed hear of the course that it stands in, and no more of the course that it was made in."""
    other = Key(Kind.COURSE, "ilc:2021-22:cop:AI")
    state = changed(opened(full(2)), R1, stands_in=77)
    state = State.of([*state, Record(other, {"state": "available"}, handle=77)])
    there = Record(Key(Kind.EVENT, f"{other.id}:one"), {"when": "a/b"}, (other,))
    assert told(Create(MEETING), state) == [("event-created", "asked", 1)]
    assert told(Create(there), state) == [("event-created", "asked", 2)]


def test_each_person_counts_once() -> None:
    """Several meetings of one course are one row of people; a person with two places is one person."""
    state = State.of([*opened(full(2)), enrollment(1, "teacher", R1)])
    found = forecast([Create(MEETING), Create(thing(Kind.EVENT, "two", when="e/f"))], state, author=TOKEN)
    people = tuple(person(number).key for number in (1, 2, 3))
    assert (found.notified, found.mailed) == (3, 0)
    assert found.audiences == (Audience(EQ, "event-created", "asked", 3, people),)


def test_every_kind_has_its_place() -> None:
    """Each kind that is written is in the table, or it is said why nobody hears of it; none is in both but through another change."""
    named = {row.kind for row in TABLE}
    assert {str(kind) for kind in RULES} <= named | set(SILENT)
    assert not named & set(SILENT)

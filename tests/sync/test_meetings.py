"""Meetings of the calendar in Canvas: made once, moved with the calendar, and left where people have put them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ilc_canvas.reconcile.guards.guard import Limits, Share
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.values import RunRequest
from tests.sync.meetings import BOTH, EQUITY, EVENTS, FIRST_CALENDAR, MIDYEAR, ONE, SECRET, TWO, Diary, kept_diary
from tests.sync.roster import SECOND
from tests.sync.world import again, opened

LATER: dict[str, Any] = {"first_day": date(2021, 9, 21), "last_day": date(2021, 9, 21)}
FAULTS = ["503", "500", "reset-before", "reset-after", "429", "throttle403", "truncate", "html"]
BY_HAND = {"start_at": "2021-09-15T23:30:00Z", "end_at": "2021-09-16T01:00:00Z"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Diary]:
    """After the first fill, with the calendar's meetings in Canvas: to be copied."""
    with kept_diary(tmp_path_factory.mktemp("diary")) as diary:
        yield diary


@pytest.fixture
def diary(kept: Diary, tmp_path: Path) -> Diary:
    """A copy of it; the log of requests is empty."""
    world = again(kept, tmp_path / "world")
    return Diary(world.sandbox, world.store)


def test_made_once_at_their_hours(diary: Diary) -> None:
    """Each meeting is one event in each of its courses, at its moment; days without hours are whole days; the next run writes nothing."""
    hours = {key: (row["start_at"], row["end_at"], row["all_day"]) for key, row in diary.events().items()}
    assert hours == {
        "cop:EQ:COP-EQ-1": ("2021-09-14T23:30:00Z", "2021-09-15T01:00:00Z", False),
        "cop:EQ:COP-EQ-2": ("2021-11-10T00:30:00Z", "2021-11-10T02:00:00Z", False),
        "cop:EQ:JOINT-1": ("2021-10-05T23:30:00Z", "2021-10-06T01:00:00Z", False),
        "cop:AI:JOINT-1": ("2021-10-05T23:30:00Z", "2021-10-06T01:00:00Z", False),
        "hub:MIDYEAR/1": ("2022-02-04T08:00:00Z", "2022-02-04T08:00:00Z", True),
        "hub:MIDYEAR/2": ("2022-02-05T08:00:00Z", "2022-02-05T08:00:00Z", True),
    }
    again = diary.run()
    assert (again.status, again.writes, again.drift) == ("converged", 0, 0)
    assert diary.audit(diary.sandbox.state()) == []


def test_new_version_moves_the_same_event(diary: Diary) -> None:
    """Moved, called off, renamed and new: one write for each, to the event that is there; what was called off stays, without its link."""
    before = {key: row["id"] for key, row in diary.events().items()}
    diary.sign(
        replace(ONE, **LATER), replace(TWO, status="cancelled"), replace(BOTH, title="Joint session"), replace(ONE, meeting_id="X"), MIDYEAR
    )
    report = diary.run()
    events = diary.events()
    assert (report.status, report.writes) == ("applied", 5)
    assert {key: row["id"] for key, row in events.items() if key in before} == before
    assert events["cop:EQ:COP-EQ-1"]["start_at"] == "2021-09-21T23:30:00Z"
    marked = events["cop:EQ:COP-EQ-2"]
    assert (marked["title"], SECRET in marked["description"], marked["start_at"]) == ("Cancelled: Equity 2", False, "2021-11-10T00:30:00Z")
    assert [events[f"cop:{code}:JOINT-1"]["title"] for code in ("EQ", "AI")] == ["Joint session"] * 2
    assert diary.run().writes == 0


def test_called_off_and_on_again(diary: Diary) -> None:
    """A meeting that comes back has its title and link again, in the same event."""
    before = diary.events()["cop:EQ:COP-EQ-2"]
    for meeting in (replace(TWO, status="cancelled"), TWO):
        diary.sign(ONE, meeting, BOTH, MIDYEAR)
        assert (diary.run().writes, diary.run().writes) == (1, 0)
    after = diary.events()["cop:EQ:COP-EQ-2"]
    assert (after["id"], after["title"], after["description"]) == (before["id"], before["title"], before["description"])


def test_moved_by_hand_stays(diary: Diary) -> None:
    """What a facilitator moved stays where she put it, and is listed; a new title from the calendar still arrives."""
    diary.change("cop:EQ:COP-EQ-1", **BY_HAND)
    report = diary.run()
    assert (report.status, report.writes, report.drift, report.conflicts) == ("converged", 0, 1, 0)
    diary.sign(replace(ONE, title="Equity one"), TWO, BOTH, MIDYEAR)
    report = diary.run()
    event = diary.events()["cop:EQ:COP-EQ-1"]
    assert (report.writes, event["title"], event["start_at"]) == (1, "Equity one", BY_HAND["start_at"])
    assert (diary.run().writes, diary.run().drift) == (0, 1)


def test_moved_by_both_is_a_conflict(diary: Diary) -> None:
    """Moved by hand and by the calendar: neither side wins, the run says that somebody must choose, and everything else goes on."""
    diary.change("cop:EQ:COP-EQ-1", **BY_HAND)
    diary.sign(replace(ONE, **LATER), replace(TWO, title="Equity II"), BOTH, MIDYEAR)
    report = diary.run()
    assert (report.status, report.writes, report.conflicts) == ("partial", 1, 1)
    assert "1 thing was changed both by hand and by the program: somebody must choose" in report.sentence
    assert diary.events()["cop:EQ:COP-EQ-1"]["start_at"] == BY_HAND["start_at"]
    again = diary.run()
    assert (again.status, again.writes, again.conflicts) == ("partial", 0, 1)


def test_same_move_by_hand_is_agreement(diary: Diary) -> None:
    """Where people moved it to just where the calendar puts it, there is nothing to write and nothing to list."""
    diary.change("cop:EQ:COP-EQ-1", start_at="2021-09-21T23:30:00Z", end_at="2021-09-22T01:00:00Z")
    diary.sign(replace(ONE, **LATER), TWO, BOTH, MIDYEAR)
    report = diary.run()
    assert (report.status, report.writes, report.drift) == ("converged", 0, 0)


def test_deleted_by_hand_is_not_made_again(diary: Diary) -> None:
    """What people deleted stays away, and is listed."""
    diary.delete("cop:EQ:COP-EQ-1")
    diary.sign(replace(ONE, **LATER), TWO, BOTH, MIDYEAR)
    report = diary.run()
    assert (report.writes, report.drift, "cop:EQ:COP-EQ-1" in diary.events()) == (0, 1, False)


def test_text_edited_by_hand_stays(diary: Diary) -> None:
    """A facilitator's text stays, even without our marker: the event is known by its number, and moves with the calendar."""
    diary.change("cop:EQ:COP-EQ-1", description="<p>Our own words</p>")
    diary.sign(replace(ONE, **LATER, description="Other words"), TWO, BOTH, MIDYEAR)
    report = diary.run()
    (event,) = [row for row in diary.calendar_of(EQUITY.id) if "own words" in (row["description"] or "")]
    assert (report.writes, report.conflicts, event["start_at"]) == (1, 1, "2021-09-21T23:30:00Z")


@pytest.mark.parametrize("theme", ['<link rel="stylesheet" href="https://x/m.css">', ""])
def test_equal_values_by_another_person_are_no_edit(diary: Diary, theme: str) -> None:
    """Somebody saved the event without changing it: `updated_at` moves, and nothing is listed."""
    row = diary.events()["cop:EQ:COP-EQ-1"]
    diary.change("cop:EQ:COP-EQ-1", title=row["title"], description=theme + row["description"])
    report = diary.run()
    assert (report.status, report.writes, report.drift) == ("converged", 0, 0)


def test_copy_of_an_event_is_not_ours(diary: Diary) -> None:
    """A copy with our marker changes nothing: ours is known by its number."""
    number, row = diary.number_of(EQUITY.id), diary.events()["cop:EQ:COP-EQ-1"]
    copy = {"context_code": f"course_{number}", "title": "Copy", "description": row["description"], "start_at": row["start_at"]}
    diary.human().ask("POST", "calendar_events", {f"calendar_event[{name}]": value for name, value in copy.items()})
    report = diary.run()
    assert (report.status, report.writes, report.drift) == ("converged", 0, 0)


@pytest.mark.parametrize("fault", FAULTS)
def test_lost_answer_makes_no_second_event(diary: Diary, fault: str) -> None:
    """Whatever happens to the answer, an event is looked for by its marker: there is one, and one outcome."""
    diary.sign(*FIRST_CALENDAR, replace(ONE, meeting_id="NEW"))
    diary.sandbox.fault(fault, "calendar_events", method="POST")
    diary.heal()
    assert (len(diary.events()), diary.audit(diary.sandbox.state())) == (EVENTS + 1, [])
    assert diary.run().writes == 0


def test_failure_holds_back_nobody(diary: Diary) -> None:
    """Events that Canvas refuses fail by themselves; everybody joins and leaves as the roster asks."""
    diary.sign(*FIRST_CALENDAR, replace(ONE, meeting_id="NEW"))
    diary.sandbox.faults([{"do": "500", "path": "calendar_events", "method": "POST", "nth": 1, "times": 40}])
    diary.finalize(SECOND)
    report = diary.sync()
    assert {key.kind for key in report.failures} == {Kind.EVENT}
    assert diary.complaints() == []


@pytest.mark.parametrize("fault", ["500", "truncate"])
def test_unread_calendar_holds_back_nobody(diary: Diary, fault: str) -> None:
    """If no calendar can be read, nothing is concluded about meetings: they wait, and everybody joins and leaves as the roster asks."""
    diary.sign(*FIRST_CALENDAR, replace(ONE, meeting_id="NEW"))
    diary.finalize(SECOND)
    diary.sandbox.faults([{"do": fault, "path": "calendar_events", "method": "GET", "nth": 1, "times": 400}])
    report = diary.sync()
    diary.sandbox.mend()
    assert (report.status, dict(report.deferred)) == ("partial", {"unread": 1})
    assert diary.complaints() == []
    assert diary.sync().status == "applied"


def test_undone_meetings_are_marked(diary: Diary) -> None:
    """A run that made, moved and called off meetings is taken back: what it made is marked as cancelled, since nothing is ever deleted."""
    diary.sign(replace(ONE, **LATER), replace(TWO, status="cancelled"), BOTH, MIDYEAR, replace(ONE, meeting_id="NEW"))
    run = diary.run().run
    report = diary.sync(ask=RunRequest("ana", "undo", "a mistake", undo=run))
    events = diary.events()
    assert report.status == "applied"
    assert events["cop:EQ:COP-EQ-1"]["start_at"] == "2021-09-14T23:30:00Z"
    assert (events["cop:EQ:COP-EQ-2"]["title"], events["cop:EQ:NEW"]["title"]) == ("Equity 2", "Cancelled: Equity 1")
    assert diary.run().writes == 0


def test_open_course_waits_for_a_person(diary: Diary) -> None:
    """A new or moved meeting in an open course is held, with the number of courses; people and other courses go on; then it is done."""
    diary.human().ask("PUT", f"courses/{diary.number_of(EQUITY.id)}", {"course[event]": "offer"})
    diary.sign(replace(ONE, **LATER), replace(TWO, title="Equity II"), replace(BOTH, **LATER), MIDYEAR)
    diary.finalize(SECOND)
    report = diary.run()
    (reason,) = [each for each in report.reasons if each.code == "events-open"]
    assert "2 meetings are new or moved in 1 course that is open" in reason.text
    assert (report.status, report.held) == ("held", 2)
    assert diary.events()["cop:AI:JOINT-1"]["start_at"] == "2021-09-21T23:30:00Z"
    assert diary.events()["cop:EQ:COP-EQ-2"]["title"] == "Equity II"
    diary.approve(report.digest)
    assert (diary.run().status, diary.events()["cop:EQ:COP-EQ-1"]["start_at"]) == ("applied", "2021-09-21T23:30:00Z")


def test_many_moved_meetings_wait(diary: Diary) -> None:
    """Many meetings that move at once wait for a person; a new title, and everybody who joins or leaves, do not."""
    diary.sign(*(replace(each, **LATER) for each in (ONE, TWO, BOTH)), replace(MIDYEAR, title="Midyear meeting"))
    diary.finalize(SECOND)
    report = diary.run(limits=Limits(moved_per_run=Share(3, 0.25)))
    (reason,) = [each for each in report.reasons if each.code == "events-moved"]
    assert reason.text == "4 meetings would be moved or called off; the limit without approval is 3."
    assert (report.status, report.held) == ("held", 4)
    assert diary.events()["hub:MIDYEAR/1"]["title"] == "Midyear meeting"
    assert diary.complaints() == []


def test_nobody_is_told_of_an_unpublished_course(diary: Diary) -> None:
    """No message is queued by making and moving meetings in courses that are not open."""
    diary.sign(replace(ONE, **LATER), TWO, BOTH, MIDYEAR)
    diary.run()
    assert diary.sandbox._ask("GET", "messages") == []


def test_secrets_lie_beside_the_chain(diary: Diary) -> None:
    """Links, places, titles and texts are in no event of the chain, and in no log line."""
    bodies = " ".join(body for (body,) in diary.rows("SELECT body FROM audit_event"))
    beside = " ".join(content for (content,) in diary.rows("SELECT content FROM audit_personal"))
    for word in ("482913", "Room 4", "Equity 1"):
        assert (word in bodies, word in beside) == (False, True), word


def test_cop_that_left_has_no_new_meeting(diary: Diary) -> None:
    """A meeting of a COP that the roster has no more is said, and is no reason to stop."""
    cops = tuple(replace(cop, status="cancelled") if cop.code == "AI" else cop for cop in diary.roster.cops)
    people = tuple(replace(each, facilitates=tuple(c for c in each.facilitates if c != "AI")) for each in diary.roster.people)
    diary.finalize(replace(diary.roster, cops=cops, people=people))
    report = diary.sync()
    assert [each for each in report.warnings if "JOINT-1" in each] == [
        "Meeting JOINT-1 is for AI, which has no course by roster version 2: it is not active: it has no event there."
    ]


def test_idle_run_reads_ten_courses_at_once(diary: Diary) -> None:
    """All calendars are read in one request for ten courses."""
    diary.run()
    lists = [row for row in diary.sandbox.requests() if row["path"].startswith("/api/v1/calendar_events")]
    assert len(lists) == 1


def test_missing_right_leaves_meetings_waiting(diary: Diary) -> None:
    """Without the right to write into calendars only the meetings wait, each once, with one sentence that names the right."""
    diary.sign(*FIRST_CALENDAR, replace(ONE, meeting_id="NEW"))
    diary.finalize(SECOND)
    diary.sandbox.deny("manage_calendar")
    report = diary.sync()
    diary.sandbox.deny()
    assert (report.status, dict(report.deferred), report.failed) == ("partial", {"no-right": 1}, 0)
    assert "1 change waits for a right of the token in Canvas" in report.sentence
    assert diary.complaints() == []
    assert (diary.sync().status, len(diary.events())) == ("applied", EVENTS + 1)


def test_two_with_one_marker_are_nobodys(diary: Diary) -> None:
    """Where several events carry one marker and none is known by its number, nothing is guessed: it is said, and no third one is made."""
    number, row = diary.number_of(EQUITY.id), diary.events()["cop:EQ:COP-EQ-1"]
    copy = {"context_code": f"course_{number}", "title": "Copy", "description": row["description"], "start_at": row["start_at"]}
    diary.human().ask("POST", "calendar_events", {f"calendar_event[{name}]": value for name, value in copy.items()})
    with opened(diary.store) as store, store.write() as connection:
        connection.execute(text("DELETE FROM ledger WHERE key = 'event=ilc:2021-22:cop:EQ:COP-EQ-1'"))
    report = diary.sync()
    assert (report.writes, len(diary.calendar_of(EQUITY.id)), report.drift) == (0, 4, 1)


def test_lost_ledger_is_found_by_marker(diary: Diary) -> None:
    """After a lost ledger each event is found by its marker, taken over once a person has approved it, and none is made again."""
    with opened(diary.store) as store, store.write() as connection:
        connection.execute(text("DELETE FROM ledger WHERE key LIKE 'event=%'"))
    held = diary.run()
    assert (held.status, [reason.code for reason in held.reasons]) == ("held", ["adopted"])
    diary.approve(held.digest)
    assert (diary.run().writes, diary.run().status, len(diary.events())) == (0, "converged", EVENTS)

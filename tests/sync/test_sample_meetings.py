"""The sample's calendar on the sample's courses, with the figures of a year."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ilc_canvas.program.calendars.calendar import Meeting
from ilc_canvas.reconcile.change import Update
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.ledger import everything
from tests.program.sample import roster
from tests.roster.calendar.cast import SAMPLE_CSV, SAMPLE_ICS, taken
from tests.roster.cast import sample
from tests.sandbox.process import start_sandbox
from tests.stores import copied, new_store
from tests.sync.meetings import Diary
from tests.sync.world import NOW, SCOPE, opened

pytestmark = pytest.mark.timeout(600)
MEETINGS = taken(sample(SAMPLE_CSV)).calendar.meetings


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Diary]:
    """The sample with its calendar, in Canvas: to be copied."""
    with start_sandbox("--now", NOW) as sandbox:
        diary = Diary(sandbox, new_store(tmp_path_factory.mktemp("sample")))
        diary.finalize(roster(3))
        assert diary.sync().status == "applied"
        diary.sign(*MEETINGS)
        sandbox.forget_requests()
        report = diary.run()
        assert (report.status, report.writes, report.counts["create"]) == ("applied", 101, 101)
        sandbox.keep()
        yield diary


@pytest.fixture
def diary(filled: Diary, tmp_path: Path) -> Diary:
    """A copy of it; the log of requests is empty."""
    filled.sandbox.go_back()
    return Diary(filled.sandbox, copied(filled.store, tmp_path / "store"))


def _of(*ids: str) -> dict[str, Meeting]:
    return {each.meeting_id: each for each in MEETINGS if each.meeting_id in ids}


def test_101_events_and_then_nothing(diary: Diary) -> None:
    """62 events in COPs, 16 in networks, 20 in start-ups, 3 in the hub; the next run reads two lists and writes nothing."""
    with opened(diary.store) as store:
        ledger = everything(store, CanvasScope(diary.sandbox.url, SCOPE))
    kinds = Counter(key.id.split(":")[2] for key in ledger if key.rule.has_marker)
    assert kinds == {"cop": 62, "net": 16, "pilot": 20, "hub": 3}
    report = diary.run()
    lists = [row for row in diary.sandbox.requests() if "calendar_events" in row["path"]]
    assert (report.status, report.writes, report.requests, len(lists)) == ("converged", 0, 55, 2)


def test_icalendar_file_moves_nothing(diary: Diary) -> None:
    """The same year from an iCalendar file plans only titles and links of its one series, which holds them once for all dates."""
    diary.sign(*taken(sample(SAMPLE_ICS)).calendar.meetings)
    report = diary.run()
    with opened(diary.store) as store:
        changes = [step.change for step in details.run(store, report.run).steps]
    assert {change.key.id.rpartition(":")[2] for change in changes} == {f"COP-RURAL-{number}" for number in range(1, 7)}
    assert {name for change in changes if isinstance(change, Update) for name in change.fields} == {"name", "text"}
    assert (len(changes), diary.run().writes) == (6, 0)


def test_second_version_is_five_writes_and_a_conflict(diary: Diary) -> None:
    """Three moved, one cancelled, one new, and one that a facilitator had moved by hand and the calendar moves too."""
    diary.human().ask("PUT", f"calendar_events/{_number(diary, 'COP-EQ-2')}", {"calendar_event[start_at]": "2021-11-16T00:30:00Z",
        "calendar_event[end_at]": "2021-11-16T02:00:00Z"})  # fmt: skip
    week, new = timedelta(days=7), _of("COP-EQ-1")["COP-EQ-1"]
    moved = ("COP-ES-1", "COP-SEL-1", "NET-R1-1", "COP-EQ-2")
    second = [
        replace(each, first_day=each.first_day + week, last_day=each.last_day + week) if each.meeting_id in moved else each
        for each in MEETINGS
    ]
    second = [replace(each, status="cancelled") if each.meeting_id == "COP-NB-1" else each for each in second]
    diary.sign(*second, replace(new, meeting_id="COP-EQ-EXTRA", title="Extra"))
    report = diary.run()
    assert (report.status, report.writes, report.conflicts, report.failed) == ("partial", 5, 1, 0)
    again = diary.run()
    assert (again.writes, again.conflicts) == (0, 1)


def _number(diary: Diary, meeting: str) -> int:
    return next(int(row["id"]) for row in diary.calendar_of(f"{SCOPE}:cop:EQ") if meeting in (row["description"] or ""))

"""What people change by hand: listed since when, kept by a decision, or put back once."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions import drift
from ilc_canvas.store.runs.decisions.drift import FoundDrift
from tests.sync.meetings import BOTH, EQUITY, MIDYEAR, ONE, TWO, Diary, kept_diary
from tests.sync.world import SCOPE, again, now, opened

BY_HAND = {"start_at": "2021-09-15T23:30:00Z", "end_at": "2021-09-16T01:00:00Z"}
AGAIN = {"start_at": "2021-09-16T23:30:00Z", "end_at": "2021-09-17T01:00:00Z"}
FIRST_TIME = "2021-09-14T23:30:00Z"
EVENT = "cop:EQ:COP-EQ-1"


class Office(Diary):
    """A world in which somebody decides about what was changed by hand."""

    def found(self) -> list[FoundDrift]:
        """What the newest plan found."""
        with opened(self.store) as store:
            return drift.found(store, CanvasScope(self.sandbox.url, SCOPE))

    def decide(self, choice: str, found: Sequence[FoundDrift] = ()) -> None:
        """One decision about all of these, or about all that was found."""
        rows = [each.row for each in found or self.found()]
        with opened(self.store) as store:
            scope = CanvasScope(self.sandbox.url, SCOPE)
            drift.decide(store, scope, rows, choice=choice, actor="ana", reason="seen", at=now())


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Diary]:
    """After the first fill, with the calendar's meetings in Canvas: to be copied."""
    with kept_diary(tmp_path_factory.mktemp("diary")) as diary:
        yield diary


@pytest.fixture
def office(kept: Diary, tmp_path: Path) -> Office:
    """A copy of it."""
    world = again(kept, tmp_path / "world")
    return Office(world.sandbox, world.store)


def test_found_with_the_runs_around_it(office: Office) -> None:
    """A change by hand lies between the last run that did not see it and the first one that did, however many runs follow."""
    before = office.run()
    office.change(EVENT, **BY_HAND)
    first = office.run()
    office.run()
    (found,) = office.found()
    with opened(office.store) as store:
        times = {run.number: run.planned_at for run in details.runs(store)}
    assert (found.row.field, found.row.conflict, found.run) == ("when", False, first.run)
    assert (found.after, found.by) == (times[before.run], times[first.run])


def test_kept_is_asked_once(office: Office) -> None:
    """What was decided to stay is in no plan's list any more; changed once more by hand, it is listed again."""
    office.change(EVENT, **BY_HAND)
    office.run()
    office.decide("keep")
    report = office.run()
    assert (report.status, report.writes, report.drift, office.found()) == ("converged", 0, 0, [])
    office.change(EVENT, **AGAIN)
    report = office.run()
    assert (report.writes, report.drift, len(office.found())) == (0, 1, 1)


def test_kept_conflict_is_over(office: Office) -> None:
    """A conflict is over once somebody keeps what people did; the calendar's next move is a conflict again."""
    office.change(EVENT, **BY_HAND)
    for day, conflicts in ((21, 1), (22, 1)):
        moved = replace(ONE, first_day=date(2021, 9, day), last_day=date(2021, 9, day))
        office.sign(moved, TWO, BOTH, MIDYEAR)
        assert office.run().conflicts == conflicts
        office.decide("keep")
        report = office.run()
        assert (report.status, report.writes, report.conflicts) == ("converged", 0, 0)


def test_put_back_by_the_next_run_and_once(office: Office) -> None:
    """What is to be put back is an ordinary change of the next plan; moved by hand after that, it is drift as before."""
    office.change(EVENT, **BY_HAND)
    office.run()
    office.decide("put-back")
    report = office.run()
    assert (report.status, report.writes, report.drift) == ("applied", 1, 0)
    assert office.events()[EVENT]["start_at"] == FIRST_TIME
    office.change(EVENT, **BY_HAND)
    report = office.run()
    assert (report.writes, report.drift, office.events()[EVENT]["start_at"]) == (0, 1, BY_HAND["start_at"])


def test_deleted_meeting_is_made_again_once_asked_for(office: Office) -> None:
    """A deleted meeting that is to be put back is made anew, once."""
    office.delete(EVENT)
    assert office.run().drift == 1
    office.decide("put-back")
    assert (office.run().writes, office.events()[EVENT]["start_at"]) == (1, FIRST_TIME)
    office.delete(EVENT)
    assert (office.run().writes, EVENT in office.events()) == (0, False)


def test_courses_and_people_are_put_back_too(office: Office) -> None:
    """A renamed course and somebody who was taken out by hand: each comes back by a decision of its own, and nothing else changes."""
    office.human().ask("PUT", f"courses/{office.number_of(EQUITY.id)}", {"course[name]": "Renamed"})
    row = next(row for row in office.sandbox.state()["enrollments"] if row["course_id"] == office.number_of(EQUITY.id))
    office.human().ask("DELETE", f"courses/{row['course_id']}/enrollments/{row['id']}", {"task": "deactivate"})
    assert office.run().drift == 2
    kinds = {str(each.row.key.kind): each for each in office.found()}
    assert set(kinds) == {"course", "enrollment"}
    for kind, left in (("course", 1), ("enrollment", 0)):
        office.decide("put-back", [kinds[kind]])
        report = office.sync()  # a teacher who comes back gets more rights, which a person permits as ever
        assert (report.status, report.writes, report.drift) == ("applied", 1, left)


def test_decision_is_an_event_without_values(office: Office) -> None:
    """The audit log holds who decided what about which field; the reason lies beside the chain."""
    office.change(EVENT, **BY_HAND)
    office.run()
    office.decide("keep")
    (event,) = [event for event in office.log() if event.kind == "drift-decided"]
    key = Key.parse(f"event={SCOPE}:{EVENT}")
    assert (event.actor, event.body["choice"], event.body["about"][0][:2]) == ("ana", "keep", [str(key), "when"])
    assert office.audit(office.sandbox.state()) == []


EDITS = {
    "another choice": "UPDATE drift_decision SET choice = 'put-back'",
    "another edit": "UPDATE drift_decision SET edit = '0123456789abcdef'",
    "another time": "UPDATE drift_decision SET at = '2031-01-01T00:00:00.000000Z'",
    "another thing": "UPDATE drift_decision SET field = 'name'",
}


@pytest.mark.parametrize("statement", EDITS.values(), ids=EDITS)
def test_edited_decision_is_none(office: Office, statement: str) -> None:
    """A decision whose row was edited in the database is not in force: nothing is written, and the thing is listed again."""
    office.change(EVENT, **BY_HAND)
    office.run()
    office.decide("keep")
    assert office.run().drift == 0
    with opened(office.store) as store, store.write() as connection:
        connection.execute(text(statement))
    report = office.run()
    assert (report.writes, report.drift, office.events()[EVENT]["start_at"]) == (0, 1, BY_HAND["start_at"])
    office.decide("keep")
    assert office.run().drift == 0


def test_inserted_decision_is_none(office: Office) -> None:
    """A row that nobody's command wrote puts nothing back."""
    office.change(EVENT, **BY_HAND)
    office.run()
    columns = "base_url, scope, key, field, edit, choice, at, actor, reason"
    values = ":url, :scope, :key, 'when', '', 'put-back', '2031-01-01T00:00:00.000000Z', 'mallory', ''"
    where = {"url": office.sandbox.url, "scope": SCOPE, "key": f"event={SCOPE}:{EVENT}"}
    with opened(office.store) as store, store.write() as connection:
        connection.execute(text(f"INSERT INTO drift_decision ({columns}) VALUES ({values})"), where)  # noqa: S608 - constants
    assert (office.run().writes, office.events()[EVENT]["start_at"]) == (0, BY_HAND["start_at"])

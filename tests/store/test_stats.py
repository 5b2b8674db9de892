"""The numbers of a store, on SQLite and on PostgreSQL."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, text

from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Create, Remove, Update
from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.reconcile.guards.guard import Verdict
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker import heartbeat
from ilc_canvas.store.worker.stats import EventTotals, Numbers, numbers, unready
from ilc_canvas.store.worker.tables import SYNC_REQUEST
from tests.store.cast import NOON, ROSA, Desk, ended, plan_of, seat


def _numbers(desk: Desk, tally: EventTotals | None = None) -> Numbers:
    return numbers(desk.store, tally or EventTotals(), desk.clock())


def _beat(store: Store, worker: str, state: str = "ready", ago: float = 0) -> None:
    at = NOON - timedelta(seconds=ago)
    heartbeat.beat(store, worker, state=state, version="1", sentence="Rosa Núñez", at=at, started_at=at)


def test_new_store_has_none(store: Store) -> None:
    """Where nothing has happened all is zero, and there was no success."""
    found = numbers(store, EventTotals(), NOON)
    assert (found.runs, found.changes, found.held, found.success, found.holder, found.workers) == ({}, {}, 0, None, "", {})
    assert not any(found.requests.values())


def test_outcomes_by_kind(desk: Desk) -> None:
    """Changes are counted by kind, verb and what became of them; runs by status."""
    run = desk.run(Create(ROSA), Create(seat()), Remove(seat(2)))
    desk.do(run, Create(ROSA))
    desk.do(run, Create(seat()), "refused", reason="no")
    desk.do(run, Remove(seat(2)))
    desk.close(run, "partial")
    found = _numbers(desk)
    wanted = {("user", "create", "applied"): 1, ("enrollment", "create", "refused"): 1, ("enrollment", "remove", "applied"): 1}
    assert (found.changes, found.runs, found.parked) == (wanted, {"partial": 1}, 1)


def test_tally_goes_on(desk: Desk) -> None:
    """What was counted once is not counted again, and not read again."""
    tally = EventTotals()
    desk.carried(Create(seat()))
    assert _numbers(desk, tally).changes == {("enrollment", "create", "applied"): 1}
    seen = tally.seq
    desk.carried(Create(seat(2)), Update(ROSA, ROSA))
    assert _numbers(desk, tally).changes == {("enrollment", "create", "applied"): 2, ("user", "update", "applied"): 1}
    assert tally.seq > seen
    assert _numbers(desk, EventTotals()).changes == _numbers(desk, tally).changes


def test_requests_of_all_runs(desk: Desk) -> None:
    """Requests, by how they ended, and writes add up over the runs that have ended; one that is under way has no report yet."""
    for requests, writes, refused, throttled, unavailable in ((53, 0, 2, 0, 1), (1463, 1400, 3, 5, 4)):
        run = desk.journal.begin(RunRequest("ana", "sync"), of_roster(1))
        ends = {"refused": refused, "throttled": throttled, "unavailable": unavailable}
        desk.journal.closed(Report(run, "applied", "", of_roster(1), {}, requests=requests, writes=writes, **ends))  # type: ignore[arg-type]
    desk.journal.begin(RunRequest("ana", "sync"), of_roster(1))
    found = _numbers(desk)
    assert found.requests == {"answered": 1501, "refused": 5, "throttled": 5, "unavailable": 5}
    assert (found.writes, found.success) == (1400, NOON)


def _held(desk: Desk, *only: str, status: str = "held") -> None:
    run = desk.journal.begin(RunRequest("ana", "sync", only=only), of_roster(1))
    desk.journal.planned(run, plan_of(Create(seat())), Verdict(), asked=(), whole=not only)
    desk.close(run, status)


def test_held_until_replaced(desk: Desk) -> None:
    """The newest plan of each selection counts; a plan for everything replaces all that are older."""
    _held(desk, "cop:EQ")
    _held(desk, "hub")
    _held(desk, "hub")
    assert _numbers(desk).held == 2
    _held(desk, "hub", status="applied")
    assert _numbers(desk).held == 1
    _held(desk)
    assert _numbers(desk).held == 1
    _held(desk, status="converged")
    assert _numbers(desk).held == 0


def test_quarantine_and_wishes(desk: Desk) -> None:
    """A trouble goes by its code word; of the sync requests those count that wait."""
    run = desk.journal.begin(RunRequest("ana", "sync"), of_roster(1))
    desk.journal.closed(Report(run, "failed", "", of_roster(1), {}, trouble="token", sentence="no"))
    row = {
        "at": NOON,
        "actor": "ana",
        "kind": "sync",
        "reason": "",
        "only": "[]",
        "retry": 0,
        "redo": 0,
        "repair": 0,
        "priority": 1,
        "taken_by": "",
        "result": "",
    }
    with desk.store.write() as connection:
        connection.execute(
            insert(SYNC_REQUEST), [{**row, "number": n, "state": state} for n, state in enumerate(("waiting", "waiting", "done"), 1)]
        )
    found = _numbers(desk)
    assert (found.quarantine, found.sync_requests, found.success) == ({"token": 1}, 2, None)


def test_workers_without_people(desk: Desk) -> None:
    """Workers go by host and process; those of the day before are left out, and so is a lease that is over."""
    _beat(desk.store, "rosa@box:7", "leading", ago=4)
    _beat(desk.store, "rosa@box:6", ago=90_000)
    found = _numbers(desk)
    assert found.workers == {"box:7": ("leading", NOON - timedelta(seconds=4))}
    assert "rosa" not in repr(found)


def test_holder_while_it_lasts(desk: Desk) -> None:
    """Whoever has the lease is named until its time is over."""
    with desk.store.write() as connection:
        connection.execute(text("UPDATE lease SET holder = 'rosa@box:7'"))
    now = desk.clock() if desk.store.sqlite else _server_time(desk.store)
    assert numbers(desk.store, EventTotals(), now).holder == "box:7"
    assert numbers(desk.store, EventTotals(), now + timedelta(seconds=91)).holder == ""


def _server_time(store: Store) -> datetime:
    with store.read() as connection:
        moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment


@pytest.mark.parametrize(("state", "ago", "ready"), [("ready", 59, True), ("ready", 61, False), ("stopped", 0, False)])
def test_ready_while_the_worker_lives(store: Store, state: str, ago: float, ready: bool) -> None:
    """A worker is to be relied on within a minute of its own sign of life; that of another one does not count."""
    _beat(store, "ilc@box:7", state, ago)
    _beat(store, "ilc@box:8", "ready", 0)
    assert unready(store, NOON, "ilc@box:7") == ("" if ready else "The worker gives no sign of life.")


def test_unready_with_other_schema(store: Store) -> None:
    """A store that another program has changed is not ready; one without tables cannot be read."""
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "has schema 9999" in unready(store, NOON, "ilc@box:7")
    with store.write() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(StoreError):
        unready(store, NOON, "ilc@box:7")


def test_ended_enrollment_counts_once(desk: Desk) -> None:
    """What was done already is no second change: it is counted as such."""
    run = desk.run(Remove(ended(seat())))
    desk.do(run, Remove(ended(seat())), "noop")
    assert _numbers(desk).changes == {("enrollment", "remove", "noop"): 1}

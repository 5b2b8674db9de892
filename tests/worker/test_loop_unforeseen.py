"""Unforeseen errors: each ends only the work it struck, is reported once, and does not repeat by itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest
from structlog.testing import capture_logs

from ilc_canvas.bootstrap import worker_jobs
from ilc_canvas.cli.commands import with_commands
from ilc_canvas.notices import texts
from ilc_canvas.program.policy import Policy
from ilc_canvas.reconcile.errors import IlcError, UnforeseenError, foreseen, understood
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.runs import details
from ilc_canvas.store.worker import jobs, outbox, sync_requests
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest
from ilc_canvas.worker.loop import Due, Worker
from tests.sandbox.process import Sandbox, start_sandbox
from tests.store.cast import Clock
from tests.stores import new_store
from tests.sync.roster import FIRST
from tests.sync.world import World, opened
from tests.worker.day import SCHEDULE, ZONE, Day

NAME = "rosa@example.org"
NOT_NOW: Callable[[], bool] = lambda: False  # noqa: E731


@dataclass
class Broken:
    """A desk at which one thing always goes wrong in a way that nobody foresaw."""

    what: str
    noted: list[tuple[str, str]] = field(default_factory=list)
    calls: int = 0

    def _do(self, what: str) -> None:
        self.calls += what == self.what
        if what == self.what:
            raise KeyError(NAME)

    def do(self, due: Due, stop: Callable[[], bool]) -> str | None:
        del stop
        self._do("do")
        return due.job

    def note(self, due: Due, sentence: str) -> None:
        self.noted.append((due.at, sentence))
        self._do("note")

    def request(self, stop: Callable[[], bool]) -> str | None:
        del stop
        self._do("fulfill_request")
        return None

    def has_request(self) -> bool:
        self._do("has_request")
        return self.what == "fulfill_request"

    def minute(self) -> bool:
        self._do("minute")
        return False

    def beat(self, state: str, sentence: str) -> None:
        del state, sentence
        self._do("beat")


@pytest.mark.parametrize("what", ["do", "fulfill_request", "has_request", "minute", "beat"])
def test_worker_survives_and_tells_once(what: str) -> None:
    """Whatever part of the work fails, the worker goes on, and a minute of turns has one line of log about it, without a name."""
    clock, desk = Clock(), Broken(what)
    worker = Worker(desk, SCHEDULE, ZONE, clock)
    with capture_logs() as logs:
        worker.due("audit")
        for _ in range(60):
            worker.turn()
            worker.minute()
            worker._beat()
            clock.pass_by(seconds=1)
    told = [line for line in logs if line["event"] == "unforeseen"]
    assert len(told) == 1
    assert "KeyError in worker/loop.py, line " in told[0]["text"]  # the last place of ours: the desk is a test's
    assert NAME not in str([{**line, "exc_info": None} for line in logs])
    assert what != "do" or [sentence for _, sentence in desk.noted] == [told[0]["text"]]
    assert what not in ("fulfill_request", "has_request") or desk.calls <= 2


def test_stop_is_no_error() -> None:
    """Ctrl-C and the end of the program go through."""
    for stop in (KeyboardInterrupt, SystemExit):
        with pytest.raises(stop), foreseen():
            raise stop


def test_own_errors_stay_what_they_are() -> None:
    """Our own errors are not reported as other ones; for a full disk the system's message is shown."""
    ours = IlcError("known")
    assert understood(ours) is ours
    with pytest.raises(IlcError, match="known"), foreseen():
        raise ours
    with pytest.raises(UnforeseenError, match=r"OSError \(No space left on device\)"), foreseen():
        raise OSError(28, "No space left on device", f"/data/{NAME}")


@pytest.fixture(scope="module")
def canvas() -> Iterator[Sandbox]:
    """A Canvas in August 2021."""
    with start_sandbox("--now", "2021-08-16T16:00:00Z") as sandbox:
        yield sandbox


@pytest.fixture
def day(canvas: Sandbox, tmp_path: Path) -> Day:
    """A signed roster, and a worker's clock."""
    canvas.reset()
    day = Day(canvas, World(canvas, new_store(tmp_path)), "2021-08-16T10:00")
    day.world.finalize(FIRST)
    return day


def _spoil(store: Store, statement: str) -> None:
    with store.write() as connection:
        connection.exec_driver_sql(statement)


def _spoil_ledger(store: Store, day: Day) -> None:
    """A row that our code never writes, in a table that the log does not vouch for."""
    row = f"'{day.world.sandbox.url}', 'ilc', 'user=ilc:p:P1', 'no json', 'created', imported_at, 1"
    _spoil(store, f"INSERT INTO ledger (base_url, scope, key, fields, how, at, handle) SELECT {row} FROM document_version")  # noqa: S608


def _failures(store: Store) -> list[str]:
    return [one.notice.lines[0] for one in outbox.listing(store) if one.notice.about.startswith("failed:")]


def test_spoilt_row_ends_a_job(day: Day) -> None:
    """An unreadable row fails the job for its due time; one notice reports it, and the next worker does not repeat it."""
    with opened(day.world.store) as store:
        _spoil_ledger(store, day)
    with capture_logs() as logs:
        for name in ("one", "two"):
            with day.worker(name):
                pass
    with opened(day.world.store) as store:
        (told,) = _failures(store)
        noted = {cycle.job: cycle.sentence for cycle in jobs.newest(store)}
    assert told.startswith("An unexpected error stopped it: ")
    assert noted["full"] == told
    assert sum(line["event"] == "unforeseen" and line.get("job") == "full" for line in logs) <= 1


def test_spoilt_row_ends_a_request(day: Day) -> None:
    """A request that meets such a row fails with the reason, and is not taken again."""
    with opened(day.world.store) as store:
        day.request(store)
        _spoil_ledger(store, day)
        desk = worker_jobs(day.settings, store, name="one", words=with_commands, now=day.now)
        with capture_logs() as logs:
            assert "An unexpected error" in str(desk.request(NOT_NOW))
        assert (desk.has_request(), desk.request(NOT_NOW)) == (False, None)
        asked = sync_requests.read(store, 1)
        assert (asked.state, len(_failures(store))) == ("failed", 1)
        assert "An unexpected error" in asked.result
        assert [line["event"] for line in logs].count("unforeseen") == 1


def test_spoilt_request_ends(day: Day) -> None:
    """A request that cannot itself be read is ended like any other."""
    with opened(day.world.store) as store:
        day.request(store)
        _spoil(store, "UPDATE sync_request SET \"only\" = 'no json'")
        desk = worker_jobs(day.settings, store, name="one", words=with_commands, now=day.now)
        assert "An unexpected error" in str(desk.request(NOT_NOW))
        assert not desk.has_request()


def test_run_is_closed_as_failed(day: Day) -> None:
    """A run that a setting breaks when Canvas was read already is closed, with the kind and place of the error and no word of its text."""
    with pytest.raises(ZoneInfoNotFoundError):
        day.world.run(policy=Policy(time_zone=f"Nowhere/{NAME}"))
    with opened(day.world.store) as store:
        (run,) = details.runs(store)
        report = details.run(store, run.number).report
    assert report
    assert (run.status, NAME in report.sentence) == ("failed", False)
    assert "ZoneInfoNotFoundError in sync/run.py" in report.sentence


def test_deadly_request_is_given_up(day: Day) -> None:
    """A request that kills one worker after another is closed after five, reported once, and the next request proceeds."""
    with opened(day.world.store) as store:
        day.request(store, "cop:EQ")
        for number in range(sync_requests.MOST_TAKES):
            with take_lease(store, f"worker {number}", renewal=None):
                sync_requests.orphans(store)
                assert sync_requests.take(store, f"worker {number}")
        desk = worker_jobs(day.settings, store, name="last", words=with_commands, now=day.now)
        assert desk.request(NOT_NOW) is None
        asked = sync_requests.read(store, 1)
        assert (asked.state, len(_failures(store))) == ("failed", 1)
        assert "is given up: 5 workers died" in asked.result


def test_gentle_stop_does_not_count(day: Day) -> None:
    """A request that was given back on purpose is as good as new, however often."""
    with opened(day.world.store) as store:
        sync_requests.submit(store, SyncRequest(RequestKind.SYNC, "ana", "x"), at=day.clock)
        for _ in range(sync_requests.MOST_TAKES + 1):
            assert sync_requests.take(store, "one")
            sync_requests.give_back(store, 1)
        assert sync_requests.take(store, "one")
        assert sync_requests.give_up(store, day.clock) == []


def test_spoilt_notice_stops_no_other(day: Day) -> None:
    """A notice that cannot be read is left for later, and the next one goes out."""
    with opened(day.world.store) as store:
        for number in (1, 2):
            outbox.queue(store, texts.trial(day.clock + timedelta(seconds=number)), day.clock)
        _spoil(store, "UPDATE notice SET delivered_to = 'no json' WHERE number = 1")
        with pytest.raises(ValueError, match="Expecting value"):
            outbox.take(store, day.clock)
        taken = outbox.take(store, day.clock)
        assert taken
        assert taken.number == 2

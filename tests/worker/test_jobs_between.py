"""What happens between a request and its run, and a store that may be read but not written."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ilc_canvas.bootstrap import worker_jobs
from ilc_canvas.cli.commands import with_commands
from ilc_canvas.store.worker import pauses, sync_requests
from ilc_canvas.worker.loop import Worker
from tests.sandbox.process import Sandbox, start_sandbox
from tests.store.cast import Clock
from tests.stores import in_a_file, new_store, ordered
from tests.sync.roster import FIRST
from tests.sync.world import World, opened
from tests.worker.day import SCHEDULE, ZONE, Day

BLACKOUT = "2021-08-16T10:30/2021-08-16T12:00"


class Meanwhile:
    """A clock; when it is looked at for the third time, something happens just before."""

    def __init__(self, day: Day, then: Callable[[], None]) -> None:
        self.day, self.then, self.looks = day, then, 0

    def __call__(self) -> datetime:
        self.looks += 1
        if self.looks == 3:  # the desk notes when it began, sees that nothing forbids a run, and takes the request
            self.then()
        return self.day.clock


@pytest.fixture(scope="module")
def canvas() -> Iterator[Sandbox]:
    """A Canvas in August 2021."""
    with start_sandbox("--now", "2021-08-16T16:00:00Z") as sandbox:
        yield sandbox


@pytest.mark.parametrize("what", ["pause", "blackout"])
def test_halt_keeps_the_request(canvas: Sandbox, tmp_path: Path, what: str) -> None:
    """A pause or a blackout that begins when a request has just been taken leaves it waiting, and it is fulfilled afterwards."""
    canvas.reset()
    day = Day(canvas, World(canvas, new_store(tmp_path)), "2021-08-16T10:00", blackout=(BLACKOUT,))
    day.world.finalize(FIRST)
    with opened(day.world.store) as store:
        day.request(store)

        def halt() -> None:
            if what == "pause":
                pauses.pause(store, until=None, actor="ana", reason="storm", at=day.clock)
            else:
                day.clock += timedelta(minutes=45)

        waits = worker_jobs(day.settings, store, name="one", words=with_commands, now=Meanwhile(day, halt)).request(lambda: False)
        assert "keeps waiting: " in str(waits)
        assert (sync_requests.read(store, 1).state, canvas.requests()) == ("waiting", [])
        desk = worker_jobs(day.settings, store, name="one", words=with_commands, now=day.now)
        assert desk.request(lambda: False) is None
        day.clock += timedelta(hours=3)
        if what == "pause":
            pauses.resume(store, actor="ana", reason="", at=day.clock)
        assert desk.request(lambda: False)
        assert sync_requests.read(store, 1).state == "done"


@in_a_file
def test_read_only_store_is_told_once(tmp_path: Path, canvas: Sandbox) -> None:
    """For ten minutes a worker says once that its store may not be written; when it may, it goes on with what was due."""
    day, clock = Day(canvas, World(canvas, new_store(tmp_path)), "2021-08-16T10:00"), Clock()
    with opened(day.world.store) as store, capture_logs() as logs:
        worker = Worker(worker_jobs(day.settings, store, name="one", words=with_commands, now=clock), SCHEDULE, ZONE, clock)
        with ordered(store, "PRAGMA query_only=ON"):  # as a file or a disk that is read-only
            worker.due("audit")
            for turn in range(120):
                worker.turn()
                worker._beat()
                if turn % 12 == 0:
                    worker.minute()
                clock.pass_by(seconds=5)
        told = [line for line in logs if line["log_level"] != "debug"]
        assert [line["event"] for line in told] == ["worker.store_away"]
        assert "may not be written here" in told[0]["text"]
        worker.turn()
        assert [line["event"] for line in logs if line["log_level"] != "debug"][1:] == ["worker.store_back", "worker.cycle"]

"""A worker whose store is unreachable for a while: nothing is forgotten, and little is logged."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from structlog.testing import capture_logs

from ilc_canvas.bootstrap import worker_jobs
from ilc_canvas.cli.commands import with_commands
from ilc_canvas.settings import read_settings
from ilc_canvas.store.opening import open_store
from ilc_canvas.worker.loop import Worker
from tests.store.cast import Clock
from tests.store.conftest import own_server
from tests.store.postgres import Server, new_database
from tests.worker.day import SCHEDULE, ZONE


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that may be stopped."""
    with own_server() as server:
        yield server


def test_store_away_loses_no_job(server: Server) -> None:
    """Jobs due while the database is stopped are done when it is back; the outage is logged once, not at each try."""
    url, clock = new_database(server.url, "away"), Clock()
    with capture_logs() as logs, ExitStack() as stack:
        store = open_store(url, create=True)
        stack.callback(store.close)
        worker = Worker(worker_jobs(read_settings(store=url), store, name="one", words=with_commands, now=clock), SCHEDULE, ZONE, clock)
        server.stop()
        worker.due("audit")
        for _ in range(3):
            worker.turn()
            worker.minute()
            clock.pass_by(seconds=6)
        server.start()
        worker.turn()
    told = [line["event"] for line in logs if line["log_level"] != "debug"]
    assert told == ["worker.store_away", "worker.store_back", "worker.cycle"]
    assert logs[-1]["job"] == "audit"

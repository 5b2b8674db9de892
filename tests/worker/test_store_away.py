"""A worker whose store goes away for a while: nothing is forgotten, and little is said."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from structlog.testing import capture_logs

from ilc_canvas.cli.commands import said
from ilc_canvas.desk import Desk
from ilc_canvas.settings import read_settings
from ilc_canvas.store.opening import open_store
from ilc_canvas.worker import Worker
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
    """What is due while the database is stopped is done when it is back; that it is away is told once, not at each try."""
    url, clock = new_database(server.url, "away"), Clock()
    with capture_logs() as logs, ExitStack() as stack:
        store = open_store(url, create=True)
        stack.callback(store.close)
        worker = Worker(Desk(read_settings(store=url), store, name="one", words=said, now=clock), SCHEDULE, ZONE, clock)
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

"""The notice about a run that ended in an error."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from ilc_canvas.store.worker import outbox
from tests.sandbox.process import Sandbox, start_sandbox
from tests.stores import in_a_file, new_store
from tests.sync.roster import FIRST
from tests.sync.world import World, opened
from tests.worker.day import Day

_FULL = """CREATE TRIGGER full BEFORE INSERT ON audit_event WHEN NEW.kind = 'happened' AND NEW.seq > 60
BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"""


@pytest.fixture(scope="module")
def canvas() -> Iterator[Sandbox]:
    """A Canvas in August 2021."""
    with start_sandbox("--now", "2021-08-16T16:00:00Z") as sandbox:
        yield sandbox


@in_a_file
def test_notice_tells_what_was_done(canvas: Sandbox, tmp_path: Path) -> None:
    """A run that wrote before it failed is not reported as one that wrote nothing."""
    day = Day(canvas, World(canvas, new_store(tmp_path)), "2021-08-16T10:00")
    day.world.finalize(FIRST)
    with day.worker() as worker, opened(day.world.store) as store:
        (held,) = (one for one in outbox.listing(store) if one.notice.kind == "held")
        day.approve(held.notice.about.removeprefix("held:"))
        with store.write() as connection:
            connection.execute(text(_FULL))
        day.pass_by(worker, minutes=15)
        (failed,) = (one for one in outbox.listing(store) if one.notice.about.startswith("failed:"))
    assert "disk" in failed.notice.lines[0]
    done = sum(row["method"] != "GET" for row in canvas.requests())
    assert done > 10
    assert failed.notice.lines[1].startswith("Until then ")
    assert "Nothing was written." not in failed.notice.lines

"""What a health check reads of a store, without SQLAlchemy."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Create
from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.reconcile.run.values import RunRequest
from ilc_canvas.store.db import health_probe
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.health_probe import Facts, facts, host_of
from ilc_canvas.store.migrations import migrate
from ilc_canvas.store.worker import heartbeat
from tests.store.cast import NOON, Desk, seat


def _beat(store: Store, worker: str = "ilc@box:7", state: str = "leading", seconds: float = 0) -> None:
    at = NOON + timedelta(seconds=seconds)
    heartbeat.beat(store, worker, state=state, version="0.1.0", sentence="Nothing to do.", at=at, started_at=NOON)


def test_head_is_that_of_migrations() -> None:
    """The schema that the light check asks for is the one that the migrations lead to."""
    assert migrate.newest() == health_probe.HEAD


def test_facts_of_store(desk: Desk, url: str) -> None:
    """Schema, signs of life and the end of the last good run are read as they were written."""
    desk.carried(Create(seat()))
    desk.clock.pass_by(hours=1)
    desk.run(status="failed")
    _beat(desk.store)
    _beat(desk.store, "ilc@other:8", "standing-by", seconds=4.25)
    beats = (("ilc@other:8", NOON + timedelta(seconds=4.25), "standing-by"), ("ilc@box:7", NOON, "leading"))
    assert facts(url) == Facts(health_probe.HEAD, beats, NOON)


def test_beat_takes_place_of_last(store: Store) -> None:
    """Each worker has one row, its last sign of life, and the time when it was started."""
    for seconds in (0, 15, 30):
        _beat(store, seconds=seconds)
    (beat,) = heartbeat.beats(store)
    assert (beat.worker, beat.at, beat.started_at, beat.sentence) == ("ilc@box:7", NOON + timedelta(seconds=30), NOON, "Nothing to do.")


def test_stopped_worker_is_not_alive() -> None:
    """Who was stopped on purpose gives no sign of life, and neither does another machine."""
    found = Facts(health_probe.HEAD, (("ilc@box:7", NOON, "stopped"), ("ilc@other:8", NOON - timedelta(seconds=9), "leading")))
    assert (found.alive("box"), found.alive()) == (None, NOON - timedelta(seconds=9))


@pytest.mark.parametrize(("worker", "host"), [("ilc@box:7", "box"), ("a@b@box-1.example:7", "box-1.example"), ("box:7", "box")])
def test_host_in_name_of_worker(worker: str, host: str) -> None:
    """The machine lies between the person and the process."""
    assert host_of(worker) == host


def test_dry_run_is_no_success(desk: Desk, url: str) -> None:
    """A run that failed, and one that only looked, are no successes; one that is held for a person is."""
    desk.run(status="failed")
    desk.close(desk.journal.begin(RunRequest("ana", "plan", dry_run=True), of_roster(1)), "held")
    assert facts(url).success is None
    desk.close(desk.journal.begin(RunRequest("ana", "sync"), of_roster(1)), "held")
    assert facts(url).success == NOON


def test_file_in_wal_mode(file_store: Store) -> None:
    """A file with a write-ahead log, which a newer SQLite uses, is read with nobody else at it."""
    file_store.close()
    with closing(sqlite3.connect(str(file_store.path))) as connection:
        assert connection.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    assert facts(f"sqlite:///{file_store.path}") == Facts(health_probe.HEAD)


def test_store_without_tables(url: str, tmp_path: Path) -> None:
    """A store that is not there, or has no tables, is said to be so, and nothing is made."""
    with pytest.raises(StoreError, match=r"Store not found.*‹create-store›"):
        facts(url)
    assert not list(tmp_path.rglob("store.db*"))


def test_unreadable_store(tmp_path: Path) -> None:
    """A damaged file, a server that is away, another kind of store: a sentence, without password."""
    (tmp_path / "store.db").write_bytes(b"nothing like it" * 400)
    urls = [f"sqlite:///{tmp_path}/store.db", "postgresql+psycopg://ana:geheim@127.0.0.1:9/none", "mysql://ana:geheim@host/x"]
    for url in urls:
        with pytest.raises(StoreError, match=r"cannot be read|neither a SQLite") as caught:
            facts(url)
        assert "geheim" not in str(caught.value)


def test_older_schema_is_told(store: Store, url: str) -> None:
    """Of a store with another schema only that schema is read."""
    migrate.downgrade(store, "0002")
    assert facts(url) == Facts("0002")

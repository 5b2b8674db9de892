"""Backups: of one moment, looked through, never over another file; and put back so that the next run waits."""

import resource
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from ilc_canvas.reconcile.change import Create
from ilc_canvas.reconcile.errors import ChainError, LeaseError, SchemaError, StoreError
from ilc_canvas.store.audit import chain, heads
from ilc_canvas.store.audit.signing import signer_beside
from ilc_canvas.store.backup import Restored, backup, restore
from ilc_canvas.store.db import health_probe, schema
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.opening import open_store, unopened
from ilc_canvas.store.worker import heartbeat
from ilc_canvas.store.worker.tables import SYNC_REQUEST
from tests.store.cast import NOON, Clock, Desk, finalized, seat
from tests.store.test_upgrading import tomorrow


@pytest.fixture
def worked(file_store: Store) -> Store:
    """A store in a file after one run, whose head was kept; nobody is at it."""
    _work(file_store, 1)
    return file_store


def _work(store: Store, *people: int) -> None:
    clock = Clock()
    with take_lease(store, "worker-1", renewal=None, now=clock) as lease:
        for number in people:
            Desk(store, lease, clock).carried(Create(seat(number)))
    heads.publish(store, signer_beside(_path(store)))


def _path(store: Store) -> Path:
    assert store.path
    return store.path


def _restore(store: Store, source: Path, reason: str = "disk died") -> Restored:
    return restore(store, source, key=lambda: signer_beside(_path(store)), actor="ben", reason=reason, at=NOON)


def test_backup_is_a_whole_store(worked: Store, tmp_path: Path) -> None:
    """The copy is one file for its owner alone; it opens, its chain verifies, and it ends where the store did."""
    found = backup(worked, tmp_path / "copy")
    assert (found.head, found.schema, found.size) == (chain.head(worked), health_probe.HEAD, found.path.stat().st_size)
    assert stat.S_IMODE(found.path.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["copy"]
    copy = open_store(f"sqlite:///{found.path}")
    assert chain.verify(copy).head == found.head
    copy.close()


def test_backup_while_others_write(worked: Store, tmp_path: Path) -> None:
    """Copies that are made while a worker writes hold one moment each: chain whole, every intent before its outcome, none younger."""
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            _work(worked, 2, 3)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [backup(worked, tmp_path / f"copy-{number}") for number in range(8)]
    finally:
        stop.set()
        writer.join()
    assert [copy.head.seq for copy in found] == sorted(copy.head.seq for copy in found)
    assert found[0].head.seq < found[-1].head.seq
    for copy in found:
        store = open_store(f"sqlite:///{copy.path}")
        assert chain.verify(store, copy.head).head == copy.head
        store.close()


def test_no_file_is_overwritten(worked: Store, tmp_path: Path) -> None:
    """A file that is there stays as it is, whatever it is."""
    (tmp_path / "copy").write_text("mine")
    with pytest.raises(StoreError, match=r"is there already, and is left as it is\. Nothing was done"):
        backup(worked, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "mine"


def test_damaged_store_gives_no_backup(worked: Store, tmp_path: Path) -> None:
    """What is damaged is not copied, and no file is left that looks like a backup."""
    _damage(worked)
    with pytest.raises(StoreError, match="is damaged"):
        backup(worked, tmp_path / "copy")
    assert not list(tmp_path.glob("copy*"))


def _damage(store: Store) -> None:
    with store.read() as connection:
        page: int = connection.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'audit_event'").scalar_one()
        size: int = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    store.close()
    with open(_path(store), "r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\x2a" * 12)


def test_full_disk_leaves_nothing(worked: Store, tmp_path: Path) -> None:
    """Where there is no room for the copy, that is said, and the name is free again."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(StoreError, match=r"store.db could not be copied \(.*Nothing was changed"):
            backup(worked, tmp_path / "copy")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(tmp_path.glob("copy*"))


@pytest.fixture
def saved(worked: Store, tmp_path: Path) -> Iterator[Path]:
    """A backup, after which the worker went on."""
    copy = backup(worked, tmp_path / "copy").path
    _work(worked, 2, 3)
    yield copy
    worked.close()


def test_restore_says_so_and_waits(worked: Store, saved: Path) -> None:
    """The store is that of the backup and one event more, which names both ends; the heads begin anew; the next run is a first one."""
    lost = heads.last_kept(worked)
    found = _restore(worked, saved)
    (event,) = [row for row in chain.pages(worked) if row.kind == "accepted"]
    assert lost
    assert f'"expected":{{"hash":"{lost.hash}","seq":{lost.seq}}},"found":{{"hash":"{found.copy.head.hash}"' in event.body
    assert (event.seq, event.actor, heads.require_kept(worked)) == (found.copy.head.seq + 1, "ben", found.head)
    clock = Clock()
    with take_lease(worked, "worker-2", renewal=None, now=clock) as lease:
        assert Desk(worked, lease, clock).journal.history(NOON).restored


def test_former_store_is_kept(worked: Store, saved: Path) -> None:
    """The store that was replaced lies beside it, whole, with what the backup lacks; the backup stays as it was."""
    before, end = saved.read_bytes(), chain.head(worked)
    former = _restore(worked, saved).former
    assert former
    assert former.name == "store.db.before-20210802T120000Z"
    store = open_store(f"sqlite:///{former}")
    assert chain.verify(store).head == end
    store.close()
    assert (saved.read_bytes(), stat.S_IMODE(_path(worked).stat().st_mode)) == (before, 0o600)
    assert not list(_path(worked).parent.glob("*restoring*"))


def test_newest_backup_waits_too(worked: Store, tmp_path: Path) -> None:
    """Also where no event is lost, the restore is an event and the next run a first one."""
    _restore(worked, backup(worked, tmp_path / "copy").path)
    assert [row.kind for row in chain.pages(worked)][-1] == "accepted"


def test_restore_where_nothing_is(worked: Store, saved: Path, tmp_path: Path) -> None:
    """On a new machine the folder is made, and there is no former store."""
    new = unopened(f"sqlite:///{tmp_path}/new/folder/store.db")
    assert _restore(new, saved).former is None
    assert chain.verify(new).count == chain.verify(worked).count - 10 + 1
    new.close()


def test_damaged_store_is_replaced(worked: Store, saved: Path) -> None:
    """A store that cannot be read any more is what a backup is for; it is kept all the same."""
    _damage(worked)
    former = _restore(worked, saved).former
    heads.require_sound(worked)
    assert former
    with pytest.raises(sqlite3.DatabaseError), sqlite3.connect(former) as connection:
        connection.execute("SELECT * FROM audit_event").fetchall()


def test_log_of_dead_writer_stays_with_it(worked: Store, saved: Path) -> None:
    """A journal that lies beside a damaged store does not come to lie beside the restored one, where it would be played back."""
    _damage(worked)
    Path(f"{worked.path}-journal").write_bytes(b"x" * 600)
    _restore(worked, saved)
    heads.require_sound(worked)
    assert chain.verify(worked).count == 6
    assert not Path(f"{worked.path}-journal").exists()


Spoil = Callable[[Path], object]
_SPOILT: dict[str, tuple[Spoil, str]] = {
    "absent": (lambda path: path.unlink(), "There is no file"),
    "empty": (lambda path: path.write_bytes(b""), "not a complete store"),
    "cut": (lambda path: path.write_bytes(path.read_bytes()[:40_000]), "damaged|not a complete store"),
    "something else": (lambda path: path.write_text("a,b\n" * 999), "not a complete store"),
}


@pytest.mark.parametrize("how", _SPOILT)
def test_spoilt_backup_changes_nothing(worked: Store, saved: Path, how: str) -> None:
    """What is not a complete store is not put back, and the store is as it was."""
    spoil, said = _SPOILT[how]
    end = chain.head(worked)
    spoil(saved)
    with pytest.raises(StoreError, match=f"({said}).*Nothing was changed"):
        _restore(worked, saved)
    assert (chain.head(worked), list(_path(worked).parent.glob("*.before-*"))) == (end, [])


def test_broken_chain_is_not_put_back(worked: Store, saved: Path) -> None:
    """A backup whose log was changed is refused before the store is touched."""
    with sqlite3.connect(saved) as connection:
        connection.executescript("DROP TRIGGER audit_event_no_update; UPDATE audit_event SET actor = 'eve' WHERE seq = 2")
    end = chain.head(worked)
    with pytest.raises(ChainError, match="event 2"):
        _restore(worked, saved)
    assert chain.head(worked) == end


def test_restore_waits_for_workers(worked: Store, saved: Path) -> None:
    """While somebody holds the lease, or only stands by, nothing is put back; one who was stopped is in nobody's way."""
    with take_lease(worked, "worker-1", renewal=None), pytest.raises(LeaseError, match="Another worker is at it"):
        _restore(worked, saved)
    for state, at in (("standing-by", NOON - timedelta(seconds=59)), ("stopped", NOON)):
        heartbeat.beat(worked, "ilc@box:7", state=state, version="1", sentence="", at=at, started_at=at)
        if state == "standing-by":
            with pytest.raises(LeaseError, match=r"A worker is alive: ilc@box:7\. Nothing was changed. Stop it"):
                _restore(worked, saved)
    assert _restore(worked, saved).former


def test_older_backup_is_upgraded(worked: Store, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup of an older schema is brought to this program's; one of a newer program is refused."""
    newer = tmp_path / "newer"
    shutil.copy(saved, newer)
    with sqlite3.connect(newer) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9998'")
    with pytest.raises(SchemaError, match=r"9998, newer than this program's.*Nothing was changed"):
        _restore(worked, newer)
    tomorrow(tmp_path, monkeypatch)
    _restore(worked, saved)
    assert schema.current(worked) == "9999"


def test_wishes_are_not_fulfilled_twice(worked: Store, tmp_path: Path) -> None:
    """What waited when the backup was made may have been done since: it is ended, and not taken again."""
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
    with worked.write() as connection:
        connection.execute(insert(SYNC_REQUEST), [{**row, "number": 1, "state": "waiting"}, {**row, "number": 2, "state": "done"}])
    _restore(worked, backup(worked, tmp_path / "copy").path)
    with worked.read() as connection:
        assert connection.execute(select(SYNC_REQUEST.c.state).order_by(SYNC_REQUEST.c.number)).scalars().all() == ["cancelled", "done"]


def test_server_has_its_own_tools(store: Store, tmp_path: Path) -> None:
    """On PostgreSQL the sentence names the commands that do it."""
    if store.sqlite:
        finalized(store)
        assert backup(store, tmp_path / "copy").head.seq == 2
        return
    for act in (lambda: backup(store, tmp_path / "copy"), lambda: _restore(store, tmp_path / "copy")):
        with pytest.raises(StoreError, match=r"pg_dump .*pg_restore .*‹accept-store›"):
            act()
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_event")).scalar() == 0

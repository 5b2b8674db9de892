"""Backup and restore of a store in a SQLite file: by SQLite's own copy of one moment, never by copying the file."""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ilc_canvas.reconcile.errors import LeaseError, StoreError
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit import heads
from ilc_canvas.store.audit.chain import Head, verify
from ilc_canvas.store.audit.signing import Signer
from ilc_canvas.store.db import schema
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.health_probe import SCHEMA
from ilc_canvas.store.db.lease import nobody_else
from ilc_canvas.store.opening import open_store, upgrade
from ilc_canvas.store.worker import heartbeat

_SIDES = ("-journal", "-wal", "-shm")
_SERVER = (
    "The store is on PostgreSQL, which has its own tools, and nothing was done. Backup: pg_dump --format=custom --file=FILE DATABASE. "
    "Restore, with no worker running: pg_restore --clean --if-exists --single-transaction --dbname=DATABASE FILE, "
    f"then {Next.UPGRADE_STORE}, then {Next.ACCEPT_STORE}."
)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a store that was looked through."""

    path: Path
    size: int  # bytes
    schema: str
    head: Head  # the end of the audit log in it; seq 0: it is empty


@dataclass(frozen=True, slots=True)
class Restored:
    """A store that was put back."""

    copy: Copy
    head: heads.SignedHead  # with the event of the restore
    former: Path | None  # the store that was there before


def backup(store: Store, target: Path) -> Copy:
    """The store as it is at one moment, in a new file for its owner alone; nobody has to stop for it.

    The file gets its name when it was looked through. StoreError if it is there already, or the copy is not whole; OSError.
    """
    source = _file_of(store)
    before = _looked_through(source).head
    _tidy(target.parent)
    partial = target.with_name(f"{target.name}.partial")
    with _reserved(target), _dropped(partial, target):
        _copy(source, partial)
        found = _looked_through(partial)
        _require_head(partial, before)
        partial.replace(target)
    _sync(target.parent)
    return replace(found, path=target)


def _file_of(store: Store) -> Path:
    if store.path is None:
        raise StoreError(_SERVER)
    return store.path


@contextmanager
def _reserved(target: Path) -> Iterator[None]:
    """Take the name: an empty file, locked, which nobody takes for a backup, until there is one."""
    try:
        number = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise StoreError(f"{target} is there already, and is left as it is. Nothing was done. Name another file.") from error
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(number)


def _tidy(folder: Path) -> None:
    """What a backup that was killed has left goes: the part of a copy, and the empty file that holds its name, which nobody locks."""
    for partial in folder.glob("*.partial"):
        target = partial.with_name(partial.name.removesuffix(".partial"))
        with suppress(OSError):
            number = os.open(target, os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(number).st_size == 0:
                    partial.unlink()
                    target.unlink()
            finally:
                os.close(number)


@contextmanager
def _dropped(*paths: Path) -> Iterator[None]:
    """What is half done goes with the error."""
    try:
        yield
    except BaseException:
        for path in paths:
            path.unlink(missing_ok=True)
        raise


def _copy(source: Path, target: Path) -> None:
    """One moment of the source, in one file without a log beside it; synced."""
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with _said(f"{source} could not be copied"), closing(_connect(source, "rw")) as here, closing(_connect(target, "rw")) as there:
        here.backup(there)
        there.execute("PRAGMA journal_mode=DELETE").fetchone()
    _sync(target)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=10, isolation_level=None)


@contextmanager
def _said(what: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{what} ({error}). Nothing was changed.") from error


def _looked_through(path: Path) -> Copy:
    """Schema and end of the log. StoreError if the file is damaged, or no store."""
    if not path.is_file():
        raise StoreError(f"There is no file {path}. Nothing was changed.")
    with _said(f"{path} is not a complete store"), closing(_connect(path, "rw")) as connection:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreError(f"{path} is damaged ({str(found).strip().splitlines()[-1]}). Nothing was changed.")
        row = connection.execute("SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1").fetchone()
        version: str = connection.execute(SCHEMA).fetchone()[0]
    return Copy(path, path.stat().st_size, version, Head(*row) if row else Head(0, ""))


def _require_head(path: Path, head: Head) -> None:
    """The copy holds what the store held when it was begun."""
    with _said(f"{path} is not a complete store"), closing(_connect(path, "rw")) as connection:
        row = connection.execute("SELECT hash FROM audit_event WHERE seq = ?", (head.seq,)).fetchone()
    if head.seq and (row is None or row[0] != head.hash):
        raise StoreError(f"The copy lacks event {head.seq} of the audit log. Nothing was kept of it.")


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def restore(store: Store, source: Path, *, key: Callable[[], Signer | None], actor: str, reason: str, at: datetime) -> Restored:
    """The store is the one of this backup again, brought to this program's schema; the one that was there is kept beside it.

    An event says so, and the next run is held like a first one. Nothing has changed where this raises StoreError (a worker is alive, the
    backup is damaged or of a newer program) or OSError.
    """
    path = _file_of(store)
    copy = _looked_through(source)
    schema.require_known(str(source), copy.schema)
    kept = heads.last_kept(store)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    signer = key()
    with nobody_else(store):
        _refuse_alive(store, at)
        fresh = path.with_name(f"{path.name}.restoring")
        with _dropped(fresh):
            _copy(source, fresh)
            seq = _prepare(fresh, kept, actor=actor, reason=reason, at=at)
            former = _put(fresh, path, at)
        return Restored(copy, heads.begin_anew(store, signer, seq), former)


def _refuse_alive(store: Store, at: datetime) -> None:
    """A worker that stands by holds no lock, but would keep using the file that is taken away. A store that is damaged does not tell."""
    alive = []
    if store.path and store.path.exists():
        with suppress(StoreError):
            alive = heartbeat.alive(store, at)
    store.close()
    if alive:
        raise LeaseError(f"A worker is alive: {alive[0].worker}. Nothing was changed. Stop it, then run this again.")


def _prepare(fresh: Path, kept: heads.SignedHead | None, *, actor: str, reason: str, at: datetime) -> int:
    """Schema, chain and the event of the restore, whose number it gives."""
    store = open_store(f"sqlite:///{fresh}")
    try:
        upgrade(store)
        found = verify(store).head
        with store.write() as connection:
            return heads.note_accepted(connection, kept, found, actor=actor, reason=reason, at=at)
    finally:
        store.close()
        Path(f"{fresh}.lock").unlink(missing_ok=True)


def _put(fresh: Path, path: Path, at: datetime) -> Path | None:
    """In place of the former store, which is kept: at no moment is there none."""
    former = path.with_name(f"{path.name}.before-{at:%Y%m%dT%H%M%SZ}")
    there = path.exists()
    if there:
        _settle(path)
        os.link(path, former)
        for side in _SIDES:
            if (log := Path(f"{path}{side}")).exists():
                log.rename(f"{former}{side}")
    fresh.replace(path)
    _sync(path.parent)
    return former if there else None


def _settle(path: Path) -> None:
    """What a dead process left beside the file is worked in, as long as the file can be read."""
    with suppress(sqlite3.Error), closing(_connect(path, "rw")) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()

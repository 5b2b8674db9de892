"""Opening a store by its URL."""

import glob
import os
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from ilc_canvas.reconcile.errors import SettingsError, StoreError
from ilc_canvas.store.db import schema
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.dialects import make_file, postgres_engine, sqlite_engine
from ilc_canvas.store.db.missing import lost, not_found

__all__ = ["Store", "begin_store", "is_there", "make_store", "open_store", "unopened", "upgrade"]


def open_store(url: str, *, create: bool = False) -> Store:
    """The store at `sqlite:///file`, a bare path, or `postgresql+psycopg://...`; connected once, so that its rules are known to hold.

    With `create`, one is made if there is none: a file, or tables in an empty database. Raises StoreError if there is none, or if
    heads show that there was one, and SettingsError for another URL.
    """
    store = unopened(url)
    try:
        _require_one_name(store.path)
        if not is_there(store):
            _make(store, create=create)
    except BaseException:
        store.close()
        raise
    return store


def make_store(url: str) -> Store:
    """A new store. StoreError if there is one already, or if heads show that there was one."""
    with closing(unopened(url)) as store:
        if is_there(store):
            raise StoreError(f"There is a store already: {store.name}. Nothing was changed.")
    return open_store(url, create=True)


def begin_store(url: str) -> str:
    """Make a store if there is none, as an office's first import does; its name, or nothing if there is one. StoreError as `make_store`."""
    if has_store(url):
        return ""
    with closing(make_store(url)) as store:
        return store.name


def has_store(url: str) -> bool:
    """Whether there is a store at this URL. StoreError if it cannot be read."""
    with closing(unopened(url)) as store:
        return is_there(store)


def is_there(store: Store) -> bool:
    """Whether there is a store: the file or database, with tables of ours in it. StoreError if it cannot be read."""
    return (store.path is None or store.path.exists()) and schema.current(store) is not None


def _make(store: Store, *, create: bool) -> None:
    if not create or lost(store.path):
        raise not_found(store.name, store.path)
    if store.path:
        _make_file(store.path)
    if others := schema.foreign_tables(store):
        raise StoreError(
            f"{store.name} holds tables of another program ({', '.join(others[:3])}). Nothing was changed. "
            "Give the store a file or database of its own: ILC_CANVAS_STORE."
        )
    upgrade(store)


def upgrade(store: Store) -> None:
    """To the newest schema; what does it is large, and loaded only then. SchemaError where a run is open."""
    from ilc_canvas.store.migrations import migrate

    migrate.upgrade(store)


def unopened(url: str) -> Store:
    """The store at this URL, not connected to yet: it may be absent, or damaged. SettingsError for another URL."""
    try:
        parsed = make_url(url if "://" in url else f"sqlite:///{Path(url).expanduser()}")
    except ArgumentError as error:
        raise SettingsError("ILC_CANVAS_STORE is no URL of a store.") from error
    if parsed.drivername in ("sqlite", "sqlite+pysqlite") and parsed.database and parsed.database != ":memory:":
        path = _without_links(Path(parsed.database))
        return Store(sqlite_engine(parsed.set(database=str(path))), path)
    if parsed.drivername == "postgresql+psycopg":
        return Store(postgres_engine(parsed))
    raise SettingsError("ILC_CANVAS_STORE is neither a SQLite file (sqlite:///...) nor PostgreSQL (postgresql+psycopg://...).")


def _without_links(path: Path) -> Path:
    """The file itself, however it is reached: its lock, its heads and its key lie beside it."""
    real = Path(os.path.realpath(path))
    return path if real == Path(os.path.abspath(path)) else real


def _require_one_name(path: Path | None) -> None:
    """StoreError for a file that has a second name by a hard link: who goes by that would have another lock. A restore that was killed
    may have left one beside it, by which nobody goes.
    """
    if path is None or not path.exists():
        return
    kept = sum(each.samefile(path) for each in path.parent.glob(f"{glob.escape(path.name)}.before-*") if not each.is_symlink())
    names = path.stat().st_nlink - kept
    if names > 1:
        raise StoreError(
            f"The store {path} has {names} names in the file system (hard links): two programs could work on it without noticing it. "
            f"Nothing was changed. Remove all names but one; to find them: find / -xdev -samefile {path}"
        )


def _make_file(path: Path) -> None:
    try:
        make_file(path)
    except OSError as error:
        raise StoreError(f"The store {path} cannot be made: {error.strerror}. Nothing was changed.") from error

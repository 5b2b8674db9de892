"""Opening a store by its URL."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from ilc_canvas.reconcile.errors import SettingsError, StoreError
from ilc_canvas.store import schema
from ilc_canvas.store.database import Store
from ilc_canvas.store.dialects import make_file, postgres_engine, sqlite_engine

__all__ = ["Store", "open_store", "unopened", "upgrade"]


def open_store(url: str, *, create: bool = False) -> Store:
    """The store at `sqlite:///file`, a bare path, or `postgresql+psycopg://...`; connected once, so that its rules are known to hold.

    With `create`, a store without tables (a new file, an empty database) gets them. Raises StoreError, and SettingsError for another URL.
    """
    store = _store(url, create=create)
    try:
        if schema.current(store) is None and create:
            upgrade(store)
    except BaseException:
        store.close()
        raise
    return store


def upgrade(store: Store) -> None:
    """To the newest schema; what does it is large, and loaded only then. SchemaError where a run is open."""
    from ilc_canvas.store import migrate

    migrate.upgrade(store)


def _store(url: str, *, create: bool) -> Store:
    store = unopened(url)
    if store.path:
        _be_there(store.path, create=create)
    return store


def unopened(url: str) -> Store:
    """The store at this URL, not connected to yet: it may be absent, or damaged. SettingsError for another URL."""
    try:
        parsed = make_url(url if "://" in url else f"sqlite:///{Path(url).expanduser()}")
    except ArgumentError as error:
        raise SettingsError("ILC_CANVAS_STORE is no URL of a store.") from error
    if parsed.drivername in ("sqlite", "sqlite+pysqlite") and parsed.database and parsed.database != ":memory:":
        return Store(sqlite_engine(parsed), Path(parsed.database))
    if parsed.drivername == "postgresql+psycopg":
        return Store(postgres_engine(parsed))
    raise SettingsError("ILC_CANVAS_STORE is neither a SQLite file (sqlite:///...) nor PostgreSQL (postgresql+psycopg://...).")


def _be_there(path: Path, *, create: bool) -> None:
    if path.exists():
        return
    if not create:
        raise StoreError(f"There is no store at {path}. Nothing was changed. Make one with: ilc-canvas db upgrade")
    try:
        make_file(path)
    except OSError as error:
        raise StoreError(f"The store {path} cannot be made: {error.strerror}. Nothing was changed.") from error

"""The few facts that a health check needs, read without SQLAlchemy: it runs every half minute, in a process of its own."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.store.db.missing import not_found

HEAD = "0018"
"""The schema that this program needs: a test holds it to that of the migrations."""
GOOD = ("applied", "converged", "held", "partial")
"""A run that ends so has read all of Canvas and decided: what waits now waits for a person, whom a notice tells."""
FRESH = timedelta(seconds=60)
"""A worker that has given no sign of life for longer is taken for dead: it gives one every 15 s."""
_BEATS = "SELECT worker, at, state FROM heartbeat ORDER BY at DESC LIMIT 100"
SCHEMA = "SELECT version_num FROM alembic_version"
_SUCCESS = f"SELECT closed_at FROM run WHERE dry_run = 0 AND status IN {GOOD} ORDER BY number DESC LIMIT 1"  # noqa: S608 - words of ours


@dataclass(frozen=True, slots=True)
class Facts:
    """What a store says of itself and its workers."""

    schema: str | None
    beats: tuple[tuple[str, datetime, str], ...] = ()  # worker, when, state; the last one first
    success: datetime | None = None  # when the last good run ended

    def alive(self, host: str = "", *, now: datetime | None = None) -> datetime | None:
        """The last sign of life of a worker on this host (empty: on any) that was not stopped on purpose, up to now."""
        there = (at for worker, at, state in self.beats if state != "stopped" and host in ("", host_of(worker)))
        return next((at for at in there if now is None or at <= now + FRESH), None)


def facts(url: str) -> Facts:
    """What the store at this URL says. StoreError, without its driver's words, if it cannot be read."""
    with _opened(url) as cursor:
        cursor.execute(SCHEMA)
        schema = next((str(row[0]) for row in cursor.fetchall()), None)
        if schema != HEAD:
            return Facts(schema)
        cursor.execute(_BEATS)
        beats = tuple((worker, _moment(at), state) for worker, at, state in cursor.fetchall())
        cursor.execute(_SUCCESS)
        success = next(iter(cursor.fetchone() or ()), None)
    return Facts(schema, beats, _moment(success) if success else None)


def host_of(worker: str) -> str:
    """The machine in a worker's name, person@host:process."""
    return worker.rpartition("@")[2].rpartition(":")[0]


def _moment(value: str | datetime) -> datetime:
    """SQLite holds text, as `utc.written` wrote it."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


@contextmanager
def _opened(url: str) -> Iterator[Any]:
    """A cursor for reading alone; nothing is made where nothing is."""
    scheme, _, rest = url.partition("://")
    opened = {"sqlite": _file, "postgresql+psycopg": _server}.get(scheme)
    if opened is None:
        raise StoreError("ILC_CANVAS_STORE is neither a SQLite file (sqlite:///...) nor PostgreSQL (postgresql+psycopg://...).")
    with opened(rest) as cursor:
        yield cursor


@contextmanager
def _file(rest: str) -> Iterator[Any]:
    path = Path(rest.removeprefix("/").partition("?")[0])
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            yield connection.cursor()
    except sqlite3.Error as error:
        absent = not path.exists() or "no such table" in str(error)
        raise (not_found(str(path), path) if absent else StoreError(f"The store {path} cannot be read.")) from error


@contextmanager
def _server(rest: str) -> Iterator[Any]:
    import psycopg  # an extra; and slow to import

    limit = "-c statement_timeout=5s"
    try:
        with psycopg.connect(f"postgresql://{rest}", connect_timeout=5, autocommit=True, options=limit) as connection:
            yield connection.cursor()
    except psycopg.Error as error:
        absent = isinstance(error, psycopg.errors.UndefinedTable)
        raise (not_found("PostgreSQL", None) if absent else StoreError("The store on PostgreSQL cannot be read.")) from error

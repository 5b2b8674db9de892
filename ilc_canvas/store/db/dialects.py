"""How connections are made: SQLite and PostgreSQL, each as durable as it can be, and refused where it is not."""

import os
import sqlite3
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event

from ilc_canvas.reconcile.errors import SettingsError, StoreError

READING = "ilc_reading"
"""The execution option of a SQLite connection that opens no transaction."""
FILE = "ilc_file"
"""In the info of a SQLite connection: the file that it has open."""
BUSY_MILLISECONDS = 10_000
_POSTGRES_SET = {"lock_timeout": "5s", "statement_timeout": "30s", "idle_in_transaction_session_timeout": "15s", "TimeZone": "UTC"}
_POSTGRES_REFUSED = {"synchronous_commit": "off", "fsync": "off", "full_page_writes": "off"}
_KEEPALIVE = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite has the WAL-reset fix: 3.51.3 and later, 3.50.7 within 3.50, 3.44.6 within 3.44 (sqlite.org/wal.html)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)


def pragmas(version: tuple[int, int, int]) -> Mapping[str, tuple[str, object]]:
    """What is set on each connection, and what must be read back."""
    wal = wal_is_safe(version)
    return {
        "busy_timeout": (str(BUSY_MILLISECONDS), BUSY_MILLISECONDS),
        "journal_mode": ("WAL", "wal") if wal else ("DELETE", "delete"),
        "synchronous": ("FULL", 2) if wal else ("EXTRA", 3),
        "foreign_keys": ("ON", 1),
        "recursive_triggers": ("ON", 1),
        "trusted_schema": ("OFF", 0),
        "cell_size_check": ("ON", 1),
        "mmap_size": ("0", 0),
        "secure_delete": ("ON", 1),
        "temp_store": ("MEMORY", 2),
    }


def sqlite_engine(url: URL) -> Engine:
    """Autocommit in the driver: transactions begin where we say so, always IMMEDIATE."""
    engine = create_engine(url, connect_args={"isolation_level": None}, hide_parameters=True)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "connect", lambda _, record: record.info.update({FILE: file_of(url.database or "")}))
    event.listen(engine, "begin", _begin_immediate)
    return engine


def file_of(path: str | os.PathLike[str]) -> tuple[int, int] | None:
    """Which file lies at this path, whatever else its name was or will be; None if none does."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    for name, (setting, expected) in pragmas(sqlite3.sqlite_version_info).items():
        connection.execute(f"PRAGMA {name}={setting}").close()
        row = connection.execute(f"PRAGMA {name}").fetchone()
        if row is None or row[0] != expected:
            raise StoreError(f"SQLite did not take PRAGMA {name}={setting}: it is {row and row[0]}. Nothing was changed.")


def _begin_immediate(connection: Any) -> None:
    if not connection.get_execution_options().get(READING):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def make_file(path: Path) -> None:
    """An empty file that only its owner can read, in a directory that only its owner can enter."""
    missing = [folder for folder in path.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return


def postgres_engine(url: URL) -> Engine:
    """READ COMMITTED, with time limits on locks, statements and idle transactions. SettingsError for another machine without TLS."""
    _require_tls(url)
    options = " ".join(f"-c {name}={value}" for name, value in _POSTGRES_SET.items())
    given = {"options": options, "connect_timeout": 5, **_KEEPALIVE}
    engine = create_engine(url, connect_args=given, isolation_level="READ COMMITTED", pool_pre_ping=True, hide_parameters=True)
    event.listen(engine, "connect", _refuse_unsafe)
    return engine


def _refuse_unsafe(connection: Any, _record: object) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(
            f"This PostgreSQL database is encoded as {encoding}: names would be spoilt. Make one with UTF8. Nothing was changed."
        )
    names = [*_POSTGRES_REFUSED, *_POSTGRES_SET]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}')" for name in names))
        shown = dict(zip(names, cursor.fetchone(), strict=True))
    connection.rollback()
    for name, refused in _POSTGRES_REFUSED.items():
        if shown[name] == refused:
            raise StoreError(f"PostgreSQL runs with {name}={refused}: it could lose what it confirmed. Set it to on. Nothing was changed.")
    for name, wanted in _POSTGRES_SET.items():
        if shown[name] != wanted:
            raise StoreError(
                f"PostgreSQL did not take {name}={wanted}: it is {shown[name]}. A connection pooler may lie in between and drop such "
                "settings: ILC_CANVAS_STORE must name the server itself. Nothing was changed."
            )


def _require_tls(url: URL) -> None:
    """A server elsewhere must be reached over TLS, and show who it is; libpq's own variables count where the URL says nothing."""
    asked = url.query.get("hostaddr") or url.host or url.query.get("host") or os.environ.get("PGHOST", "")
    hosts = [host for text in ([asked] if isinstance(asked, str) else asked) for host in text.split(",")]
    far = next((host for host in hosts if not _is_near(host.strip("[]"))), None)
    if far is not None and url.query.get("sslmode", os.environ.get("PGSSLMODE")) != "verify-full":
        raise SettingsError(
            f"ILC_CANVAS_STORE names PostgreSQL on another machine ({far}): add sslmode=verify-full to it, as in "
            "postgresql+psycopg://NAME@HOST/DATABASE?sslmode=verify-full (and &sslrootcert=FILE where its certificate is signed by "
            "an authority of your own). Nothing was done."
        )


def _is_near(host: str) -> bool:
    """This machine itself, a Unix socket, or a neighbor in a container's network (a name without dots)."""
    if not host or host[0] in "/@":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host[0].isalpha() and not {".", ":"} & set(host)

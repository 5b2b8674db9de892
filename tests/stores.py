"""Where the stores of tests lie: in SQLite files, or with ILC_TEST_STORE=postgresql in databases of a server that the tests start."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.store.postgres import new_database, start_postgres

POSTGRES = os.environ.get("ILC_TEST_STORE") == "postgresql"
_SERVER = "ILC_TEST_STORE_SERVER"  # its URL, for as long as the tests run
_ROOM = 2**30  # bytes that a server may want
_NUMBERS = count(1)
in_a_file = pytest.mark.skipif(POSTGRES, reason="it looks into the file of a store")


@contextmanager
def store_server() -> Iterator[None]:
    """The server, if the tests are to run on one."""
    if not POSTGRES:
        yield
        return
    place = tempfile.TemporaryDirectory(prefix="ilc-postgres-", dir=memory(), ignore_cleanup_errors=True)
    with place as folder, start_postgres(Path(folder)) as server:
        os.environ[_SERVER] = server
        yield


def memory() -> Path | None:
    """A place in memory, where there is one: hundreds of synced writes for each of a thousand runs take long elsewhere.

    What is killed in the tests is a process, not the machine: what it has written stays written.
    """
    place = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    return place if os.access(place, os.W_OK) and shutil.disk_usage(place).free > _ROOM else None


def new_store(folder: Path) -> str:
    """The URL of a store that is not there yet: a file in this folder, or an empty database."""
    return new_database(os.environ[_SERVER], f"store_{next(_NUMBERS)}") if POSTGRES else f"sqlite:///{folder}/store/store.db"


def copied(template: str, folder: Path) -> str:
    """The URL of a store that holds the same; nobody may be at the template meanwhile."""
    if POSTGRES:
        name = f"store_{next(_NUMBERS)}"
        _order(f'CREATE DATABASE "{name}" TEMPLATE "{_name(template)}"')
        return f"{os.environ[_SERVER]}/{name}"
    path = folder / "store" / "store.db"
    path.parent.mkdir(parents=True, mode=0o700)
    shutil.copyfile(_name(template), path)
    path.chmod(0o600)
    return f"sqlite:///{path}"


def drop(url: str) -> None:
    """The store is gone."""
    if POSTGRES:
        _order(f'DROP DATABASE "{_name(url)}" WITH (FORCE)')
    else:
        shutil.rmtree(Path(_name(url)).parent)


def wait_until_released(url: str) -> None:
    """A server takes a moment to notice that a client was killed, and until then keeps its locks; a file is free at once."""
    until = time.monotonic() + 10
    while POSTGRES and _order("SELECT count(*) FROM pg_stat_activity WHERE datname = :name", name=_name(url)):
        assert time.monotonic() < until, "somebody is still at the store"
        time.sleep(0.002)


def _name(url: str) -> str:
    return str(make_url(url).database)


def _order(statement: str, **values: str) -> Any:
    engine = create_engine(f"{os.environ[_SERVER]}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        answer = connection.execute(text(statement), values)
        found = answer.scalar() if answer.returns_rows else None
    engine.dispose()
    return found

"""Where the stores of tests lie: in SQLite files, or with ILC_TEST_STORE=postgresql in databases of a server that the tests start."""

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from zlib import crc32

import pytest
from sqlalchemy import Connection, event, make_url

from ilc_canvas.store.db.database import Store
from ilc_canvas.store.opening import make_store
from tests.store.postgres import copied_database, new_database, order, start_postgres

POSTGRES = os.environ.get("ILC_TEST_STORE") == "postgresql"
_SERVER = "ILC_TEST_STORE_SERVER"  # its URL, for as long as the tests run
_ROOM = 2**30  # bytes that a server may want
_NUMBERS = count(1)
in_a_file = pytest.mark.skipif(POSTGRES, reason="it looks into the file of a store")


def memory() -> Path | None:
    """A place in memory, where there is one: hundreds of synced writes for each of a thousand runs take long elsewhere.

    What is killed in the tests is a process, not the machine: what it has written stays written.
    """
    place = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    return place if os.access(place, os.W_OK) and shutil.disk_usage(place).free > _ROOM else None


_FOLDER = tempfile.TemporaryDirectory(prefix="ilc-made-", dir=memory())
atexit.register(_FOLDER.cleanup)


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


def new_store(folder: Path) -> str:
    """The URL of a store that is not there yet: a file in this folder, or an empty database."""
    return new_database(os.environ[_SERVER], f"store_{next(_NUMBERS)}") if POSTGRES else f"sqlite:///{folder}/store/store.db"


def made_store(folder: Path) -> str:
    """The URL of a new store in this folder, as `db create` makes it."""
    return copied(_made_on_server(), folder) if POSTGRES else made_file(folder / "store")


def made_folder() -> Path:
    """For what is made once, to be copied; it goes at the end."""
    return Path(_FOLDER.name)


def made_file(folder: Path) -> str:
    """The same, in a file whatever the tests run on."""
    return _copied_file(_made_file(), folder)


@cache
def _made_on_server() -> str:
    return _made(new_database(os.environ[_SERVER], "made"))


@cache
def _made_file() -> Path:
    return Path(_name(_made(f"sqlite:///{_FOLDER.name}/store.db")))


def _made(url: str) -> str:
    make_store(url).close()
    return url


def copied(template: str, folder: Path) -> str:
    """The URL of a store that holds the same, instead of an earlier copy in this folder; nobody may be at the template meanwhile."""
    if POSTGRES:
        return copied_database(os.environ[_SERVER], _name(template), f"copy_{crc32(bytes(folder))}")
    return _copied_file(Path(_name(template)), folder / "store")


def _copied_file(template: Path, folder: Path) -> str:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    path = folder / "store.db"
    shutil.copyfile(template, path)
    path.chmod(0o600)
    return f"sqlite:///{path}"


_DONE: dict[Hashable, Path] = {}


def done_once(url: str, what: Hashable, do: Callable[[], object]) -> None:
    """Do this to a store in a folder of its own; where the same was done to one just like it, what came of that is copied."""
    if not url.startswith("sqlite:"):
        do()
        return
    folder = Path(_name(url)).parent
    known = (what, _content(folder))
    if known not in _DONE:
        do()
        _DONE[known] = Path(shutil.copytree(folder, made_folder() / f"done-{len(_DONE)}"))
        return
    shutil.rmtree(folder)
    shutil.copytree(_DONE[known], folder)


def _content(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return sha256(b"".join(bytes(path.relative_to(folder)) + sha256(path.read_bytes()).digest() for path in files)).hexdigest()


@contextmanager
def ordered(store: Store, order: str) -> Iterator[None]:
    """Each transaction begins with this order, which holds for its connection alone; afterwards all connections are new.

    Tests share what SQLAlchemy has compiled for a store, and with it whatever was left listening there.
    """

    def give(connection: Connection) -> None:
        connection.exec_driver_sql(order)

    event.listen(store.engine, "begin", give)
    try:
        yield
    finally:
        event.remove(store.engine, "begin", give)
        store.close()


def wait_until_released(url: str) -> None:
    """A server takes a moment to notice that a client was killed, and until then keeps its locks; a file is free at once."""
    until = time.monotonic() + 10
    while POSTGRES and order(os.environ[_SERVER], "SELECT count(*) FROM pg_stat_activity WHERE datname = :name", name=_name(url)):
        assert time.monotonic() < until, "somebody is still at the store"
        time.sleep(0.002)


def _name(url: str) -> str:
    return str(make_url(url).database)

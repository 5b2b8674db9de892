"""Each test of the store on SQLite, and on PostgreSQL where its binaries are."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import pytest

from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.opening import make_store, open_store
from tests.store.cast import Clock, Desk
from tests.store.postgres import NoPostgresError, Server, copied_database, new_database, running_server
from tests.stores import made_file, memory

_NUMBERS = count(1)
NewUrl = Callable[[], str]


@contextmanager
def own_server() -> Iterator[Server]:
    """A new server, running; skipped without PostgreSQL, except in CI."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ilc-postgres-", dir=memory(), ignore_cleanup_errors=True))
        try:
            server = stack.enter_context(running_server(Path(folder)))
        except NoPostgresError as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(str(error))
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server that all tests share."""
    with own_server() as server:
        yield server.url


@pytest.fixture(scope="session")
def made_database(postgres: str) -> str:
    """The name of a new store there, to be copied."""
    make_store(new_database(postgres, "made")).close()
    return "made"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store that is not there yet, or of the one that the test has as `store`."""
    there = "store" in request.fixturenames
    if request.param == "sqlite":
        return made_file(tmp_path / "private") if there else f"sqlite:///{tmp_path}/private/store.db"
    server, name = request.getfixturevalue("postgres"), f"store_{next(_NUMBERS)}"
    return copied_database(server, request.getfixturevalue("made_database"), name) if there else new_database(server, name)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A new store with its tables."""
    store = open_store(url)
    yield store
    store.close()


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    """A new store in a SQLite file, for what concerns SQLite alone."""
    store = open_store(made_file(tmp_path / "private"))
    yield store
    store.close()


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    """A worker at its desk: it holds the lease and writes a journal."""
    clock = Clock()
    with take_lease(store, "worker-1", renewal=None, now=clock) as lease:
        yield Desk(store, lease, clock)

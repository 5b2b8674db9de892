"""Each test of the store on SQLite, and on PostgreSQL where its binaries are."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest

from ilc_canvas.store.engine import Store, open_store
from ilc_canvas.store.lease import take_lease
from tests.store.cast import Clock, Desk
from tests.store.postgres import NoPostgresError, new_database, start_postgres

_NUMBERS = count(1)
NewUrl = Callable[[], str]
S = TypeVar("S")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The server's URL; skipped without PostgreSQL, except in CI."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ilc-postgres-", ignore_cleanup_errors=True))
        yield started(stack, start_postgres(Path(folder)))


def started(stack: ExitStack, server: AbstractContextManager[S]) -> S:
    """The server, running; skipped without PostgreSQL, except in CI."""
    try:
        return stack.enter_context(server)
    except NoPostgresError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store that is not there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/private/store.db"
    server: str = request.getfixturevalue("postgres")
    return new_database(server, f"store_{next(_NUMBERS)}")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A new store with its tables."""
    store = open_store(url, create=True)
    yield store
    store.close()


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    """A new store in a SQLite file, for what concerns SQLite alone."""
    store = open_store(f"sqlite:///{tmp_path}/private/store.db", create=True)
    yield store
    store.close()


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    """A worker at its desk: it holds the lease and writes a journal."""
    clock = Clock()
    with take_lease(store, "worker-1", renewal=None, now=clock) as lease:
        yield Desk(store, lease, clock)

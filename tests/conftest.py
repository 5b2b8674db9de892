"""What every test may need: the server on which stores lie, if they are to lie on one; and which tests begin."""

import os
from collections.abc import Iterator
from datetime import UTC

import pytest

from ilc_canvas import clock
from tests.stores import memory, store_server

if place := memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place))  # where tmp_path lies: a synced write takes long on a disk

os.environ["ILC_CANVAS_COURSES"] = '{"content": false}'  # most tests are about people; those about content switch it on

pytest_plugins = ["tests.sampling"]

LONGEST = (
    "test_daemon",
    "console/test_browser",
    "test_sequences",
    "test_opening_day",
    "test_postgres_away",
    "test_two_workers",
    "_sweep",
    "tests/e2e",
    "test_mutants",
    "console/test_story",
    "check/test_texts",
    "tests/sync",
    "test_loop_day",
    "_browser",
    "tests/console",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that at the end no process is left alone with one of them."""
    items.sort(key=lambda item: next((turn for turn, name in enumerate(LONGEST) if name in item.nodeid), len(LONGEST)))


@pytest.fixture(autouse=True)
def _zone_as_before() -> Iterator[None]:
    """A command and a console set the zone in which times are shown; the next test finds UTC again."""
    yield
    clock.use(UTC)


@pytest.fixture(scope="session", autouse=True)
def _store_server() -> Iterator[None]:
    with store_server():
        yield

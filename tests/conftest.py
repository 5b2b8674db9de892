"""What every test may need: the server on which stores lie, if they are to lie on one; and which tests begin."""

from collections.abc import Iterator

import pytest

from tests.stores import store_server


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that at the end no process is left alone with one of them."""
    items.sort(key=lambda item: "test_sequences" not in item.nodeid)


@pytest.fixture(scope="session", autouse=True)
def _store_server() -> Iterator[None]:
    with store_server():
        yield

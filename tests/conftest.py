"""What every test may need: the server on which stores lie, if they are to lie on one."""

from collections.abc import Iterator

import pytest

from tests.stores import store_server


@pytest.fixture(scope="session", autouse=True)
def _store_server() -> Iterator[None]:
    with store_server():
        yield

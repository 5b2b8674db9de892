"""Offices for the tests: fresh ones with any options, closed afterwards."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.e2e.office import Office

Open = Callable[..., Office]


@pytest.fixture
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Opens offices with these options of the sandbox and these settings."""
    with ExitStack() as stack:
        yield lambda *options, **settings: stack.enter_context(Office(tmp_path_factory.mktemp("office"), *options, **settings))


@pytest.fixture
def office(opened: Open) -> Office:
    """An office with the sample's version 3 signed, and an empty Canvas."""
    found = opened()
    found.sign("3")
    return found

"""A sandbox like the Canvas of July 2022 that was watched, with one course and its people."""

from collections.abc import Iterator

import pytest

from tests.sandbox.calendar.cast import Cast, settle
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox, start_sandbox


@pytest.fixture(scope="session")
def watched() -> Iterator[tuple[Sandbox, Cast]]:
    with start_sandbox("--canvas", "2022-07") as sandbox:
        cast = settle(Person(sandbox.url))
        sandbox.keep()
        yield sandbox, cast


@pytest.fixture
def calendars(watched: tuple[Sandbox, Cast]) -> Sandbox:
    """The sandbox as it was when everybody had come into the course."""
    watched[0].go_back()
    return watched[0]


@pytest.fixture
def cast(calendars: Sandbox, watched: tuple[Sandbox, Cast]) -> Cast:  # noqa: ARG001 - it is taken back first
    return watched[1]

"""A sandbox like the Canvas of July 2022 that was watched, with one published course, its people, and what they put into it."""

from collections.abc import Iterator

import pytest

from tests.sandbox.calendar.cast import settle
from tests.sandbox.content.furniture import Furniture
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox, start_sandbox


@pytest.fixture(scope="session")
def furnished() -> Iterator[tuple[Sandbox, Furniture]]:
    with start_sandbox("--canvas", "2022-07") as sandbox:
        course = Furniture(settle(Person(sandbox.url)))
        sandbox.keep()
        yield sandbox, course


@pytest.fixture
def watched_sandbox(furnished: tuple[Sandbox, Furniture]) -> Sandbox:
    """The sandbox as it was when everybody had come into the course."""
    furnished[0].go_back()
    return furnished[0]


@pytest.fixture
def course(watched_sandbox: Sandbox, furnished: tuple[Sandbox, Furniture]) -> Furniture:  # noqa: ARG001 - it is taken back first
    return furnished[1]

"""Sandboxes for the tests: one that all share, and as many as a test wants with options of its own."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.sandbox.conformance import Client
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox, start_sandbox

Start = Callable[..., Sandbox]
# What the recorded Canvas was like, where it was not a later one with course templates, read by a site administrator.
RECORDED: dict[str, tuple[str, ...]] = {
    "people": ("--no-course-templates",),
    "content2": ("--no-course-templates", "--canvas", "2022-07"),
}


@pytest.fixture(scope="session")
def shared() -> Iterator[Sandbox]:
    with start_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts sandboxes with any options and stops them after the test."""
    with ExitStack() as stack:
        yield lambda *options: stack.enter_context(start_sandbox(*options))


@pytest.fixture
def sandbox(shared: Sandbox) -> Iterator[Sandbox]:
    """The shared sandbox as at its start."""
    shared.reset()
    yield shared
    shared.reset()


@pytest.fixture
def admin(sandbox: Sandbox) -> Person:
    """The token's person, speaking to the shared sandbox."""
    return Person(sandbox.url)


@pytest.fixture(scope="session")
def recorded_as(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Client]]:
    """A Canvas like the one that a recording was made on; a real one where CANVAS_URL and CANVAS_TOKEN name it."""
    with ExitStack() as stack:
        started: dict[tuple[str, ...], Sandbox] = {}

        def find(area: str) -> Client:
            if "CANVAS_URL" in os.environ:
                client: Client = request.getfixturevalue("canvas")
                return client
            options = RECORDED.get(area, ("--site-admin",))
            if options not in started:
                started[options] = stack.enter_context(start_sandbox(*options))
                add_crowd(Person(started[options].url))
            return Client(started[options].url, started[options].token, started[options].forward)

        yield find


def add_crowd(admin: Person) -> None:
    """People enough for a search by two letters to have several pages."""
    for number in range(4):
        admin.user(f"zq{number}")


@pytest.fixture(scope="session")
def canvas(request: pytest.FixtureRequest) -> Client:
    """The Canvas to judge: a real one where CANVAS_URL and CANVAS_TOKEN name it, else the sandbox."""
    if "CANVAS_URL" in os.environ:
        return Client(os.environ["CANVAS_URL"].rstrip("/"), os.environ["CANVAS_TOKEN"])
    sandbox: Sandbox = request.getfixturevalue("shared")
    return Client(sandbox.url, sandbox.token)

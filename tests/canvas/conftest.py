"""What the tests of this room share: sandboxes, and a transport whose waits are only written down."""

from collections.abc import Iterator

import pytest
import responses

from ilc_canvas.canvas.http.throttle import Throttle
from ilc_canvas.canvas.http.transport import Timing, Transport
from ilc_canvas.canvas.kinds import all_calls
from tests.canvas.cast import HOST, NOW, Waits
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox, start_sandbox


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with start_sandbox("--now", NOW) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """An empty sandbox, as at its start."""
    running.reset()
    return running


@pytest.fixture
def hand(sandbox: Sandbox) -> Person:
    """Somebody who works in Canvas by hand."""
    return Person(sandbox.url)


@pytest.fixture
def canvas() -> Iterator[responses.RequestsMock]:
    """A Canvas that answers what a test says, at HOST."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def throttle() -> Throttle:
    return Throttle()


@pytest.fixture
def transport(waits: Waits, throttle: Throttle) -> Transport:
    timing = Timing(sleep=waits.append, monotonic=waits.monotonic, jitter=lambda _, most: most)
    return Transport(HOST, lambda: "secret-token", all_calls(), timing=timing, throttle=throttle)

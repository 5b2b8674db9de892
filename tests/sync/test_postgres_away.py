"""A PostgreSQL that is stopped under a run, and started again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from operator import itemgetter
from typing import Any, cast

import pytest

from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.sync import Journal
from tests.sampling import sampled
from tests.sandbox.process import Sandbox
from tests.store.conftest import own_server
from tests.store.postgres import Server, new_database
from tests.sync.conftest import Reference
from tests.sync.mutants import Wrapped
from tests.sync.world import World, approved

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that may be stopped: nobody else uses it."""
    with own_server() as server:
        yield server


@pytest.fixture
def served(canvas: Sandbox, server: Server) -> World:
    """A world whose plan a person has approved, with its store on that server."""
    if not server.runs:
        server.start()
    return approved(canvas, new_database(server.url, f"away_{next(_NUMBERS)}"))


@dataclass
class Outage(Wrapped):
    """A journal under which something happens to the server at one of its calls."""

    method: str
    side: str
    nth: int
    event: Callable[[], None]
    calls: int = 0

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.real, name)
        return self._struck(call) if name == self.method else call

    def _struck(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def struck(*given: Any, **named: Any) -> Any:
            self.calls += 1
            if self.calls == self.nth and self.side == "before":
                self.event()
            result = call(*given, **named)
            if self.calls == self.nth and self.side == "after":
                self.event()
            return result

        return struck


POINTS = [("intended", "before", 1), ("intended", "before", 20), ("intended", "after", 20), ("happened", "before", 20)]
POINTS += [("happened", "after", 20), ("planned", "before", 1), ("closed", "before", 1)]


STOPS = [("immediate", *point) for point in POINTS] + [("fast", *point) for point in POINTS[2:4]]


@pytest.mark.parametrize(("mode", "method", "side", "nth"), sampled("stops of the server", STOPS, 5, kind=itemgetter(0, 1)))
def test_stopped_server_ends_the_run(
    served: World, server: Server, reference: Reference, *, mode: str, method: str, side: str, nth: int
) -> None:
    """The run ends with one plain error and nothing half done; when the server is back the next run recovers and converges."""
    with pytest.raises(StoreError, match=r"cannot be reached\. See that it runs"):
        served.run(journal=lambda real: cast(Journal, Outage(real, method, side, nth, lambda: server.stop(mode))))
    server.start()
    assert served.unannounced(served.sandbox.state()) == []
    assert served.run().status in ("applied", "converged")
    assert (served.run().writes, served.complaints(reference)) == (0, [])


@pytest.mark.parametrize(("method", "side", "nth"), sampled("restarts of the server", POINTS[1:4], 2, kind=itemgetter(0)))
def test_restarted_server_loses_nothing(served: World, server: Server, reference: Reference, method: str, side: str, nth: int) -> None:
    """A server that is back at once ends the run as well, or does not even disturb it; nothing is lost or doubled either way."""

    def restart() -> None:
        server.stop("fast")
        server.start()

    try:
        status = served.run(journal=lambda real: cast(Journal, Outage(real, method, side, nth, restart))).status
    except StoreError as error:
        status = str(error)
    assert status == "applied" or "cannot be reached" in status
    assert served.run().status in ("applied", "converged")
    assert (served.run().writes, served.complaints(reference)) == (0, [])

"""Two workers with one store and one Canvas, each a process: started at once; and one frozen past its lease and woken again."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.sampling import sampled
from tests.sandbox.process import Sandbox
from tests.store.conftest import postgres  # noqa: F401 - a fixture
from tests.store.postgres import new_database
from tests.sync.conftest import New, Reference
from tests.sync.worker_process import Ending, Nursery, Order
from tests.sync.world import World, approved

_NUMBERS = count(1)
SHORT: dict[str, Any] = {"seconds": 3.0, "renewal": 0.3}


@pytest.fixture(scope="module")
def clean(new: New) -> int:
    """How many writes a fill takes that nobody disturbs."""
    return new().run().writes


@pytest.fixture
def filed(canvas: Sandbox, folder: Path) -> World:
    """A world whose plan a person has approved, with its store in a file."""
    return approved(canvas, f"sqlite:///{folder}/two-{next(_NUMBERS)}/store.db")


@pytest.fixture
def served(canvas: Sandbox, postgres: str) -> World:  # noqa: F811 - the fixture
    """The same with its store on a server."""
    return approved(canvas, new_database(postgres, f"two_{next(_NUMBERS)}"))


@pytest.fixture(params=["filed", "served"])
def shared(request: pytest.FixtureRequest) -> World:
    """Both, one after the other."""
    world: World = request.getfixturevalue(request.param)
    return world


@pytest.fixture(scope="module")
def nursery(folder: Path) -> Iterator[Nursery]:
    """Where workers come from."""
    with Nursery(folder) as nursery:
        yield nursery


def order(world: World, holder: str, freeze: str = "", **more: Any) -> Order:
    """A worker of this world, with a short lease where it is to freeze or to stand by."""
    return Order(world.store, world.sandbox.url, holder, freeze=freeze, **more)


def writes(world: World) -> int:
    """How many writes Canvas has seen."""
    return sum(row["method"] != "GET" for row in world.sandbox.requests())


def effects(world: World) -> int:
    """How many of them it has carried out."""
    return sum(row["method"] != "GET" and row["done"] for row in world.sandbox.requests())


def settled(world: World, reference: Reference) -> list[str]:
    """What is wrong in the end; a further run finds nothing to do, and writes nothing."""
    found = world.complaints(reference)
    before = writes(world)
    again = world.run()
    assert (again.status, again.writes, writes(world)) == ("converged", 0, before)
    return found


def test_two_started_at_once(shared: World, nursery: Nursery, reference: Reference) -> None:
    """Exactly one runs; the other says who does, and has sent nothing."""
    workers = [nursery.hire(order(shared, "worker-1")), nursery.hire(order(shared, "worker-2"))]
    endings = [worker.ending() for worker in workers]
    (winner,) = [ending for ending in endings if ending.status]
    (loser,) = [ending for ending in endings if not ending.status]
    assert (winner.status, loser.error) == ("applied", "LeaseError")
    assert f"worker-{1 + endings.index(winner)}, until 2" in loser.text
    assert len(shared.sandbox.requests()) == winner.requests
    assert settled(shared, reference) == []


@dataclass
class Thaw:
    """A worker that froze, was followed by a second one, and was woken."""

    first: Ending
    second: Ending
    late: int  # writes that Canvas saw after the waking
    booked: int  # events that were added to the log after it


def thawed(nursery: Nursery, one: Order, two: Order, world: World) -> Thaw:
    """Freeze, follow, wake."""
    frozen = nursery.hire(one)
    frozen.frozen()
    second = nursery.hire(two).ending()
    sent, booked = writes(world), len(world.log())
    frozen.wake()
    return Thaw(frozen.ending(), second, writes(world) - sent, len(world.log()) - booked)


POINTS = [("planned before", 1), ("intended before", 7), ("intended after", 7), ("apply before", 7), ("send before", 7)]
POINTS += [("apply after", 7), ("happened before", 7), ("closed before", 1)]


def side(point: tuple[str, int]) -> str:
    """Before or after a call."""
    return point[0].split()[1]


LATE = ("apply before", "send before")  # between the look at the lease and the call: that one may still go out


@pytest.mark.parametrize(("freeze", "position"), sampled("points at which a worker freezes", POINTS, 4, kind=side))
def test_frozen_worker_is_fenced(served: World, nursery: Nursery, reference: Reference, clean: int, *, freeze: str, position: int) -> None:
    """Another goes on when the lease has run out; who wakes late books nothing and sends nothing but the one call it was about to make."""
    one = order(served, "worker-1", freeze, position=position, in_flight=1, **SHORT)
    thaw = thawed(nursery, one, order(served, "worker-2", patience=40.0), served)
    assert thaw.first.error in ("LeaseError", "StoreError")  # PostgreSQL ends the session of one that froze within a transaction
    assert thaw.second.status == ("converged" if freeze == "closed before" else "applied")
    assert thaw.second.stood_by > 0
    assert (thaw.late <= (freeze in LATE), thaw.booked) == (True, 0)
    assert effects(served) - clean <= (freeze in LATE)
    assert settled(served, reference) == []


def test_frozen_with_six_under_way(served: World, nursery: Nursery, reference: Reference, clean: int) -> None:
    """With six calls under way no more than those come late, and none of them has a second effect."""
    one = order(served, "worker-1", "send before", position=12, **SHORT)
    thaw = thawed(nursery, one, order(served, "worker-2", patience=40.0), served)
    assert thaw.first.error in ("LeaseError", "StoreError")  # PostgreSQL ends the session of one that froze within a transaction
    assert thaw.second.status == "applied"
    assert (thaw.late <= 6, thaw.booked, effects(served) - clean <= 6) == (True, 0, True)
    assert settled(served, reference) == []


def test_frozen_within_a_transaction(served: World, nursery: Nursery, reference: Reference) -> None:
    """A transaction that froze is ended by the server after 15 s; the other then goes on, and nothing of it was stored."""
    one = order(served, "worker-1", "commit before", position=20, in_flight=1, seconds=3.0, renewal=60.0)
    thaw = thawed(nursery, one, order(served, "worker-2", patience=60.0), served)
    assert (thaw.first.status, thaw.second.status, thaw.booked) == ("", "applied", 0)
    assert thaw.first.error in ("StoreError", "LeaseError")
    assert settled(served, reference) == []


@pytest.mark.parametrize("freeze", ["intended after", "send before", "happened before"])
def test_frozen_file_holder_keeps_it(filed: World, nursery: Nursery, reference: Reference, clean: int, freeze: str) -> None:
    """A file's lock stays with the frozen process: the other stands by, sends nothing and says who hangs; woken, the first goes on."""
    one = order(filed, "worker-1", freeze, position=7, in_flight=1, seconds=1.0, renewal=0.2, call_seconds=0.5)
    thaw = thawed(nursery, one, order(filed, "worker-2", patience=2.0), filed)
    assert (thaw.first.status, thaw.second.error, thaw.second.requests) == ("applied", "LeaseError", 0)
    assert "worker-1, whose time was over" in thaw.second.text
    assert effects(filed) == clean
    assert settled(filed, reference) == []

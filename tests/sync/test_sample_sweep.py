"""The amended sample, in a Canvas that the sample has filled, meets crashes and faults at its changes and its look: it heals all the same.

The fill is made once; each scenario begins with a copy of it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.program.sample import roster
from tests.sampling import drawn
from tests.sandbox.process import Sandbox, start_sandbox
from tests.stores import new_store
from tests.sync.conftest import Reference
from tests.sync.crash import Forge
from tests.sync.draw import Tale, crash_of, fault_of, pair_of, tale_of
from tests.sync.survival import survives
from tests.sync.world import NOW, World, again

CHANGES = 25  # of version 4 against version 3
REQUESTS = {"GET": 72, "POST": 13, "PUT": 4, "DELETE": 11}
New = Callable[[], World]
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def sample() -> Iterator[Sandbox]:
    """A Canvas of its own, which keeps the fill."""
    with start_sandbox("--now", NOW) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def filled_sample(sample: Sandbox, folder: Path) -> World:
    """Version 3 is in Canvas, with somebody added by hand; version 4 is signed, and has a person's yes."""
    world = World(sample, new_store(folder / "sample"))
    world.finalize(roster(3))
    assert world.sync().status == "applied"
    world.add_by_hand()
    world.finalize(roster(4))
    held = world.run()
    assert [reason.code for reason in held.reasons] == ["raised-role"]
    world.approve(held.digest)
    world.begun_with(sample.state())
    sample.keep()
    return world


@pytest.fixture(scope="module")
def new_sample(filled_sample: World, folder: Path) -> New:
    """Worlds before the run of version 4, one after the other."""
    return lambda: again(filled_sample, folder / "sample-world")


@pytest.fixture(scope="module")
def amended(new_sample: New) -> Reference:
    """What is recorded as applied when nothing goes wrong."""
    world = new_sample()
    report = world.run()
    assert (report.status, report.applied) == ("applied", CHANGES)
    return world.applied()


def test_sample_sweep_meets_every_request(new_sample: New) -> None:
    """The sweep counts as many requests as the run really makes, and nothing is wrong afterwards."""
    world = new_sample()
    world.run()
    assert Counter(row["method"] for row in world.sandbox.requests()) == REQUESTS
    assert not world.complaints()


@pytest.mark.parametrize("tale", drawn("deaths in the amended sample", crash_of(CHANGES), 2, 350))
def test_killed_amendment_heals(new_sample: New, forge: Forge, amended: Reference, tale: Tale) -> None:
    """A run that is killed anywhere is finished by the next, with nothing lost or doubled."""
    survives(new_sample(), forge, tale, amended)


@pytest.mark.parametrize("tale", drawn("faults in the amended sample", fault_of(REQUESTS), 1, 250))
def test_amendment_heals_after_fault(new_sample: New, forge: Forge, amended: Reference, tale: Tale) -> None:
    """So is one that meets a fault at any of its requests."""
    survives(new_sample(), forge, tale, amended)


@pytest.mark.parametrize("tale", drawn("pairs of faults in the amended sample", pair_of(REQUESTS), 1, 150))
def test_amendment_heals_after_two_faults(new_sample: New, forge: Forge, amended: Reference, tale: Tale) -> None:
    """Or two."""
    survives(new_sample(), forge, tale, amended)


@pytest.mark.parametrize("tale", drawn("tales of the amended sample", tale_of(CHANGES, REQUESTS), 1, 250))
def test_amendment_heals_after_tale(new_sample: New, forge: Forge, amended: Reference, tale: Tale) -> None:
    """Or several runs in a row, each of which comes to harm."""
    survives(new_sample(), forge, tale, amended)

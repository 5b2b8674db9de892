"""Every write of a run, and every read of its look at Canvas, meets every fault, alone and two at once: all heals, nothing is doubled."""

from collections import Counter
from collections.abc import Mapping

import pytest

from tests.sync.conftest import New, Reference
from tests.sync.draw import ALL, CHANGES, FILL, Tale, drawn, pair_of
from tests.sync.roster import SECOND
from tests.sync.world import World

FAULTS = ("503", "500", "reset-before", "reset-after", "429", "throttle403", "truncate", "html", "delay:0.02")
READ_FAULTS = ("drop-link", "truncate", "500")
Case = tuple[str, str, int]


def sweep(requests: Mapping[str, int], faults: tuple[str, ...]) -> list[Case]:
    """Every write with every fault with ALL=1; else each with the fault that is the hardest and, in turn, with one of the others."""
    writes = [(method, nth) for method, count in requests.items() if method != "GET" for nth in range(1, count + 1)]
    pairs = [(fault, method, nth) for method, nth in writes for fault in faults]
    return pairs if ALL else [case for case in pairs if case[0] in ("reset-after", faults[case[2] % len(faults)])]


def made(world: World) -> Mapping[str, int]:
    """How many requests there were, by method."""
    return Counter(row["method"] for row in world.sandbox.requests())


def test_sweep_meets_every_request(new: New) -> None:
    """The sweeps count as many requests as the runs really make."""
    world = new()
    world.run()
    assert made(world) == FILL
    world.sandbox.forget_requests()
    world.finalize(SECOND)
    world.run()
    assert made(world) == CHANGES


@pytest.mark.parametrize(("fault", "method", "nth"), sweep(FILL, FAULTS))
def test_fill_heals_after_fault(new: New, reference: Reference, fault: str, method: str, nth: int) -> None:
    """Any fault at any write of the fill ends in the same state, with nothing doubled."""
    world = new()
    world.sandbox.fault(fault, method=method, nth=nth)
    heals(world, reference)


@pytest.mark.parametrize(("fault", "method", "nth"), sweep(CHANGES, FAULTS))
def test_changes_heal_after_fault(filled: World, second_reference: Reference, fault: str, method: str, nth: int) -> None:
    """So it does at any write of the changes that follow."""
    filled.finalize(SECOND)
    filled.sandbox.fault(fault, method=method, nth=nth)
    heals(filled, second_reference)


@pytest.mark.parametrize("fault", READ_FAULTS)
@pytest.mark.parametrize("nth", range(1, CHANGES["GET"] + 1))
def test_look_heals_after_fault(filled: World, second_reference: Reference, fault: str, nth: int) -> None:
    """A fault at any read leads to a whole reading or to none, never to a wrong plan."""
    filled.finalize(SECOND)
    filled.sandbox.fault(fault, method="GET", nth=nth)
    heals(filled, second_reference)


@pytest.mark.parametrize("tale", drawn(pair_of(FILL), 24, 400))
def test_fill_heals_after_two_faults(new: New, reference: Reference, tale: Tale) -> None:
    """Two faults in one fill do no more harm than each alone."""
    world = new()
    world.sandbox.faults([fault.order for fault in tale.legs[0].faults])
    heals(world, reference)


@pytest.mark.parametrize("tale", drawn(pair_of(CHANGES), 24, 400))
def test_changes_heal_after_two_faults(filled: World, second_reference: Reference, tale: Tale) -> None:
    """Nor do they in a run of changes and removals."""
    filled.finalize(SECOND)
    filled.sandbox.faults([fault.order for fault in tale.legs[0].faults])
    heals(filled, second_reference)


def heals(world: World, reference: Reference) -> None:
    """A run with the faults and at most two after it bring all in order; one more has nothing to do."""
    world.heal(3)
    again = world.run()
    assert (again.status, again.writes, world.complaints(reference)) == ("converged", 0, [])

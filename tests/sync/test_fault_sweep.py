"""Every write of a run, and every read of its look at Canvas, meets every fault, alone and two at once: all heals, nothing is doubled."""

from collections import Counter
from collections.abc import Mapping

import pytest

from tests.sampling import drawn, sampled
from tests.sync.conftest import New, Reference
from tests.sync.draw import CHANGES, FILL, Tale, pair_of
from tests.sync.roster import SECOND
from tests.sync.world import World

FAULTS = ("503", "500", "reset-before", "reset-after", "429", "throttle403", "truncate", "html", "delay:0.02")
READ_FAULTS = ("drop-link", "truncate", "500")
Case = tuple[str, str, int]


def writes(requests: Mapping[str, int]) -> list[Case]:
    """Every write with every fault."""
    places = [(method, nth) for method, count in requests.items() if method != "GET" for nth in range(1, count + 1)]
    return [(fault, method, nth) for method, nth in places for fault in FAULTS]


READS: list[Case] = [(fault, "GET", nth) for nth in range(1, CHANGES["GET"] + 1) for fault in READ_FAULTS]


def stage(case: Case) -> Case:
    """Its fault, its method, and about where in the run it is."""
    fault, method, nth = case
    return fault, method, nth // 12


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


@pytest.mark.parametrize(("fault", "method", "nth"), sampled("faults at the writes of a fill", writes(FILL), 45, kind=stage))
def test_fill_heals_after_fault(new: New, reference: Reference, fault: str, method: str, nth: int) -> None:
    """Any fault at any write of the fill ends in the same state, with nothing doubled."""
    world = new()
    world.sandbox.fault(fault, method=method, nth=nth)
    heals(world, reference)


@pytest.mark.parametrize(("fault", "method", "nth"), sampled("faults at the writes of changes", writes(CHANGES), 27, kind=stage))
def test_changes_heal_after_fault(filled: World, second_reference: Reference, fault: str, method: str, nth: int) -> None:
    """So it does at any write of the changes that follow."""
    filled.finalize(SECOND)
    filled.sandbox.fault(fault, method=method, nth=nth)
    heals(filled, second_reference)


@pytest.mark.parametrize(("fault", "method", "nth"), sampled("faults at the reads of a run", READS, 12, kind=stage))
def test_look_heals_after_fault(filled: World, second_reference: Reference, fault: str, method: str, nth: int) -> None:
    """A fault at any read leads to a whole reading or to none, never to a wrong plan."""
    filled.finalize(SECOND)
    filled.sandbox.fault(fault, method=method, nth=nth)
    heals(filled, second_reference)


@pytest.mark.parametrize("tale", drawn("pairs of faults in a fill", pair_of(FILL), 6, 400))
def test_fill_heals_after_two_faults(new: New, reference: Reference, tale: Tale) -> None:
    """Two faults in one fill do no more harm than each alone."""
    world = new()
    world.sandbox.faults([fault.order for fault in tale.legs[0].faults])
    heals(world, reference)


@pytest.mark.parametrize("tale", drawn("pairs of faults in changes", pair_of(CHANGES), 6, 400))
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

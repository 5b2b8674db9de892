"""Every write of a run, and every read of its look at Canvas, meets every fault once: all heals, nothing is lost or doubled."""

import os
from collections import Counter
from collections.abc import Mapping

import pytest

from tests.sync.conftest import New, Reference
from tests.sync.roster import SECOND
from tests.sync.world import World

FILL = {"POST": 47, "PUT": 1}  # requests that write: for the first roster
CHANGES = {"POST": 6, "PUT": 4, "DELETE": 6}  # and for the second after it
FAULTS = ("503", "500", "reset-before", "reset-after", "429", "throttle403", "truncate", "html", "delay:0.02")
READ_FAULTS = ("drop-link", "truncate", "500")
READS = 18  # of a look at a full Canvas
ALL = os.environ.get("ALL") == "1"


Case = tuple[str, str, int]


def sweep(writes: Mapping[str, int], faults: tuple[str, ...]) -> list[Case]:
    """Every pair with ALL=1; else each write with the fault that is the hardest and, in turn, with one of the others."""
    pairs = [(fault, method, nth) for method, count in writes.items() for nth in range(1, count + 1) for fault in faults]
    return pairs if ALL else [case for case in pairs if case[0] in ("reset-after", faults[case[2] % len(faults)])]


def writes(world: World) -> Mapping[str, int]:
    """How many requests wanted to change something, by method."""
    return Counter(row["method"] for row in world.sandbox.requests() if row["method"] != "GET")


def test_sweep_meets_every_request(filled: World) -> None:
    """The sweeps below count as many requests as the runs really make."""
    made = writes(filled)
    assert made == {**FILL, "POST": FILL["POST"] + 2}  # and a person's two, by hand
    filled.sandbox.forget_requests()
    filled.finalize(SECOND)
    filled.run()
    assert writes(filled) == CHANGES
    assert sum(row["method"] == "GET" for row in filled.sandbox.requests()) >= READS


FILLS = sweep(FILL, FAULTS)


@pytest.mark.parametrize(("fault", "method", "nth"), FILLS)
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
@pytest.mark.parametrize("nth", range(1, READS + 1))
def test_look_heals_after_fault(filled: World, second_reference: Reference, fault: str, nth: int) -> None:
    """A fault at any read leads to a whole reading or to none, never to a wrong plan."""
    filled.finalize(SECOND)
    filled.sandbox.fault(fault, method="GET", nth=nth)
    heals(filled, second_reference)


def heals(world: World, reference: Reference) -> None:
    """A run with the fault and at most two after it bring all in order; one more has nothing to do."""
    world.heal(3)
    again = world.run()
    assert (again.status, again.writes, world.complaints(reference)) == ("converged", 0, [])

"""Clocks decide nothing about whose a thing is: Canvas's Date header may be off from the times on its objects by any amount."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.reconcile.change import Change, Create, Outcome
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.sync import Canvas
from tests.sampling import sampled
from tests.sandbox.process import start_sandbox
from tests.stores import new_store
from tests.sync.conftest import Reference
from tests.sync.crash import Crash, Forge
from tests.sync.mutants import Wrapped
from tests.sync.roster import FIRST, SECOND
from tests.sync.test_mutants import enrolled_by_hand
from tests.sync.world import NOW, SWIFT, World, approved

DAY, HOUR = 86_400, 3_600
SKEWS = ("0", "2", "-2", f"{HOUR}", f"-{HOUR}", f"{DAY}", f"-{DAY}", f"{DAY},-{DAY}", f"-2,2,{HOUR},-{HOUR}")


@pytest.fixture(params=sampled("skews of the clock", SKEWS, 4, kind=lambda skew: ("," in skew, skew[0] == "-")))
def skewed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world whose Canvas says another time than it stamps on its objects; before its first permitted run."""
    with start_sandbox("--now", NOW, f"--skew={request.param}") as canvas:
        yield approved(canvas, new_store(tmp_path))


def how(world: World) -> dict[str, str]:
    """How each enrollment came to be ours, as the ledger says."""
    return dict(world.rows("SELECT key, how FROM ledger WHERE key LIKE 'enrollment=%'"))


def test_created_is_ours_whatever_the_clock_says(skewed: World, forge: Forge, reference: Reference, second_reference: Reference) -> None:
    """Through a death, lost answers and lost orders all that we made is ours: who leaves the roster goes, whom a person added stays."""
    world = skewed
    assert forge.run(world.sandbox.url, world.store, Crash("apply", "after", 32, in_flight=1)) == -9
    world.sandbox.fault("reset-after", "/enrollments", method="POST", nth=2)
    world.sandbox.fault("reset-before", "/enrollments", method="POST", nth=5)
    assert world.heal(3).status == "applied"
    assert (set(how(world).values()), world.complaints(reference)) == ({"created"}, [])
    world.add_by_hand()
    world.finalize(SECOND)
    world.sandbox.fault("reset-after", "/enrollments", method="DELETE")
    world.sandbox.fault("reset-after", "/enrollments", method="POST")
    world.heal(3)
    assert (world.run().status, world.complaints(second_reference)) == ("converged", [])
    assert set(how(world).values()) == {"created", "ended"}


@dataclass
class Elsewhere(Wrapped):
    """Somebody enrolls a person by hand, just before the first enrollment of ours is made, into a place where that person is to come."""

    world: World
    place: str
    lost: bool
    number: int = 0

    def apply(self, change: Change) -> Outcome:
        if self.lost and change.key.id == self.place:
            self.world.sandbox.fault("reset-before", "/enrollments", method="POST")
        if not self.number and isinstance(change, Create) and change.key.kind is Kind.ENROLLMENT:
            section, person, _ = self.place.split("|")
            self.number = enrolled_by_hand(self.world, person, section)
        outcome: Outcome = self.real.apply(change)
        return outcome


def added_meanwhile(world: World, place: str, *, lost: bool) -> Elsewhere:
    """A run in which somebody does so; our own call may be lost on its way."""
    made: list[Elsewhere] = []

    def canvas(client: CanvasClient) -> Canvas:
        made.append(Elsewhere(client, world, place, lost))
        return cast(Canvas, made[0])

    world.run(canvas=canvas, apply_settings=replace(SWIFT, in_flight=1))
    return made[0]


@pytest.mark.parametrize("lost", [False, True])
def test_added_by_hand_meanwhile_is_not_ours(skewed: World, *, lost: bool) -> None:
    """Between our reading and our call somebody enrolls a person by hand: Canvas's numbers say so, and that place is never given up."""
    world, place = skewed, "ilc:2021-22:hub:ALL|ilc:p:P5|StudentEnrollment"
    hand = added_meanwhile(world, place, lost=lost)
    world.heal(3)
    theirs = {key for key, whose in how(world).items() if whose == "adopted"}
    assert theirs == {f"enrollment={place}"}
    world.finalize(replace(FIRST, people=tuple(each for each in FIRST.people if each.person_id != "P5")))
    world.heal(3)
    row = next(row for row in world.sandbox.state()["enrollments"] if row["id"] == hand.number)
    assert row["enrollment_state"] == "active"
    assert world.run().by_hand == 1

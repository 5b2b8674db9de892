"""Runs that are killed (SIGKILL) at every step: the next one heals, and nothing is lost or doubled.

A sample each time; all with ALL=1. The seed stands in the names of the tests: SEED=123 draws the same sample again.
"""

import os
import random
from dataclasses import dataclass
from itertools import product

import pytest

from tests.sync.conftest import New, Reference
from tests.sync.crash import SEND, Crash, Forge
from tests.sync.roster import SECOND
from tests.sync.test_fault_sweep import ALL
from tests.sync.world import World

SEED = int(os.environ.get("SEED") or int(os.environ.get("PYTEST_XDIST_TESTRUNUID", "1"), 16) % 10_000)
SIDES = ("before", "after")
FILL, CHANGES = 47, 13  # changes of the first roster, and of the second after it
KILLED = -9


@dataclass(frozen=True)
class Story:
    """One scenario: where the run dies, where the one after it dies, and which write got no answer before."""

    crash: Crash
    second: Crash | None = None
    fault: int | None = None

    def __str__(self) -> str:
        parts = [str(self.crash), f"then-{self.second}" if self.second else "", f"reset-{self.fault}" if self.fault else ""]
        return "-".join(part for part in parts if part)


def crashes(changes: int, sends: int) -> list[Crash]:
    """Every point of a run, with one change under way and with six."""
    many = [Crash(*case) for case in product(("intended", "apply", "happened"), SIDES, range(1, changes + 1), (1, 6))]
    sent = [Crash(SEND, *case) for case in product(SIDES, range(1, sends + 1), (1, 6))]
    return [*many, *sent, *(Crash(point, side) for point in ("begin", "open_intents", "seen", "planned", "closed") for side in SIDES)]


LATER = [
    *(Crash(point, side) for point in ("begin", "open_intents", "tenant", "look", "observe", "planned", "closed") for side in SIDES),
    *(Crash(point, side, n) for point in ("happened", "apply", "intended", SEND) for side in SIDES for n in (1, 2, 7)),
]
OPEN = [Crash("apply", side, n) for side in SIDES for n in (1, 2, 9, 20, 30, 46)]  # leave an intent without an outcome
FILLS = [Story(crash) for crash in crashes(FILL, 48)]
PAIRS = [Story(crash, second) for crash in OPEN for second in LATER]
FAULTY = [Story(Crash("happened", side, n), fault=fault) for side in SIDES for n in (12, 30, 40) for fault in (1, 3, 11)]
SECONDS = [Story(crash) for crash in crashes(CHANGES, 16)]


def sample(stories: list[Story], count: int) -> list[object]:
    """So many of them by the seed, with their names."""
    drawn = stories if ALL else random.Random(SEED).sample(stories, count)
    return [pytest.param(story, id=f"{story}-seed-{SEED}") for story in drawn]


@pytest.mark.parametrize("story", sample(FILLS, 30))
def test_killed_fill_heals(new: New, forge: Forge, reference: Reference, story: Story) -> None:
    """A fill that is killed at any point is finished by the next run, with nothing lost or doubled."""
    lives_through(new(), forge, story, reference)


@pytest.mark.parametrize("story", sample(SECONDS, 14))
def test_killed_changes_heal(filled: World, forge: Forge, second_reference: Reference, story: Story) -> None:
    """So is a run of changes and removals."""
    filled.finalize(SECOND)
    lives_through(filled, forge, story, second_reference)


@pytest.mark.parametrize("story", sample(PAIRS, 12))
def test_killed_recovery_heals(new: New, forge: Forge, reference: Reference, story: Story) -> None:
    """A recovery that is killed itself can be repeated."""
    lives_through(new(), forge, story, reference)


@pytest.mark.parametrize("story", sample(FAULTY, 6))
def test_killed_after_lost_answer_heals(new: New, forge: Forge, reference: Reference, story: Story) -> None:
    """A lost answer and a kill together do no more harm than each alone."""
    lives_through(new(), forge, story, reference)


def lives_through(world: World, forge: Forge, story: Story, reference: Reference) -> None:
    """Die as told, let a person act meanwhile, recover, and look at everything."""
    if story.fault:
        world.sandbox.fault("reset-after", method="POST", nth=story.fault)
    assert dies(world, forge, story.crash) == KILLED
    world.add_by_hand()
    if story.second:
        dies(world, forge, story.second)
    world.heal()
    again = world.run()
    assert (again.status, again.writes, world.complaints(reference)) == ("converged", 0, [])


def dies(world: World, forge: Forge, crash: Crash) -> int:
    """A run that dies there; whatever it has left in Canvas was intended."""
    code = forge.run(world.sandbox.url, world.path, crash)
    assert not world.unannounced(world.sandbox.state())
    return code

"""Runs that are killed (SIGKILL) at every step, and in a row: the next one heals, and nothing is lost or doubled."""

from dataclasses import dataclass
from itertools import product
from operator import attrgetter

import pytest

from tests.sampling import drawn, sampled
from tests.sync.conftest import New, Reference
from tests.sync.crash import SEND, Crash, Forge
from tests.sync.draw import CHANGES, FILL, SIDES, Tale, tale_of
from tests.sync.roster import SECOND
from tests.sync.survival import dies, survives
from tests.sync.world import World

OF_FILL, OF_CHANGES = 47, 13  # changes of the first roster, and of the second after it
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

    @property
    def kind(self) -> tuple[object, ...]:
        """At which point it dies last, on which side of it, and which answer was lost."""
        crash = self.second or self.crash
        return crash.point, crash.side, self.fault


ONCE = ("begin", "tenant", "pin_tenant", "open_intents", "ledger", "observe", "planned", "save_course_counts", "closed")


def crashes(changes: int, sends: int) -> list[Crash]:
    """Every point of a run, with one change under way and with six."""
    many = [Crash(*case) for case in product(("intended", "apply", "happened"), SIDES, range(1, changes + 1), (1, 6))]
    sent = [Crash(SEND, *case) for case in product(SIDES, range(1, sends + 1), (1, 6))]
    return [*many, *sent, *(Crash(point, side) for point in ONCE for side in SIDES)]


LATER = [
    *(Crash(point, side) for point in ("begin", "open_intents", "tenant", "look", "observe", "planned", "closed") for side in SIDES),
    *(Crash(point, side, n) for point in ("happened", "apply", "intended", SEND) for side in SIDES for n in (1, 2, 7)),
]
OPEN = [Crash("apply", side, n) for side in SIDES for n in (1, 2, 9, 20, 30, 46)]  # leave an intent without an outcome
FILLS = [Story(crash) for crash in crashes(OF_FILL, 48)]
PAIRS = [Story(crash, second) for crash in OPEN for second in LATER]
FAULTY = [Story(Crash("happened", side, n), fault=fault) for side in SIDES for n in (12, 30, 40) for fault in (1, 3, 11)]
SECONDS = [Story(crash) for crash in crashes(OF_CHANGES, 16)]


@pytest.mark.parametrize("story", sampled("deaths in a fill", FILLS, 30, kind=attrgetter("kind")), ids=str)
def test_killed_fill_heals(new: New, forge: Forge, reference: Reference, story: Story) -> None:
    """A fill that is killed at any point is finished by the next run, with nothing lost or doubled."""
    lives_through(new(), forge, story, reference)


@pytest.mark.parametrize("story", sampled("deaths in changes", SECONDS, 26, kind=attrgetter("kind")), ids=str)
def test_killed_changes_heal(filled: World, forge: Forge, second_reference: Reference, story: Story) -> None:
    """So is a run of changes and removals."""
    filled.finalize(SECOND)
    lives_through(filled, forge, story, second_reference)


@pytest.mark.parametrize("story", sampled("deaths in a recovery", PAIRS, 22, kind=attrgetter("kind")), ids=str)
def test_killed_recovery_heals(new: New, forge: Forge, reference: Reference, story: Story) -> None:
    """A recovery that is killed itself can be repeated."""
    lives_through(new(), forge, story, reference)


@pytest.mark.parametrize("story", sampled("deaths after a lost answer", FAULTY, 6, kind=attrgetter("kind")), ids=str)
def test_killed_after_lost_answer_heals(new: New, forge: Forge, reference: Reference, story: Story) -> None:
    """A lost answer and a kill together do no more harm than each alone."""
    lives_through(new(), forge, story, reference)


@pytest.mark.parametrize("tale", drawn("tales of a fill", tale_of(OF_FILL, FILL), 6, 250))
def test_fill_heals_after_tale(new: New, forge: Forge, reference: Reference, tale: Tale) -> None:
    """Several runs in a row that are killed or meet faults, whichever they are, leave what one run brings in order."""
    survives(new(), forge, tale, reference)


@pytest.mark.parametrize("tale", drawn("tales of changes", tale_of(OF_CHANGES, CHANGES), 6, 250))
def test_changes_heal_after_tale(filled: World, forge: Forge, second_reference: Reference, tale: Tale) -> None:
    """So do such runs of changes and removals."""
    filled.finalize(SECOND)
    survives(filled, forge, tale, second_reference)


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

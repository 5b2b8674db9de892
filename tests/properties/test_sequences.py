"""Sequences of whatever may happen, and what is true after each.

Four hundred on each push and two thousand with `--all`; `--sequences=20000` makes a night of it. A failure shows the shortest sequence
that fails, step by step, and a line `@reproduce_failure(...)`: above the class `Sequence` in machine.py, with the one test class that
failed, it plays that sequence alone. `--draw=N` makes others. No threads, no clock and no socket take part, so that the same number
makes the same sequences. Each test class is one share: two processes with `--dist loadscope` have both something to do.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.machine import Sequence, filled, new_folder
from tests.properties.stage import Template
from tests.sampling import draw, sequences
from tests.sync.mutants import canvas_of, journal_of
from tests.sync.world import Setting

SHARES = 8
STEPS = 5


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """For the stores."""
    with new_folder() as name:
        yield Path(name)


@pytest.fixture(scope="module")
def agreed(folder: Path) -> Template:
    """A Canvas that agrees with a small roster."""
    return filled(folder, Setting())


def machine(folder: Path, template: Template | None, setting: Setting) -> type[Sequence]:
    """Sequences that begin before an empty Canvas, or before one like the template."""
    return type("Sequence", (Sequence,), {"folder": folder, "tally": Counter(), "template": template, "setting": setting})


def play(kind: type[Sequence], number: int, *, phases: tuple[Phase, ...], share: int = 0) -> Counter[str]:
    """So many sequences; what they did, all together. Raises what the first bad one raises."""
    rules = settings(
        max_examples=number,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
        database=None,
        phases=phases,
    )
    kind.TestCase.settings = rules
    seeded = seed(draw() + share)(kind)
    run_state_machine_as_test(seeded, settings=rules)
    return kind.tally


EVERY = (Phase.generate, Phase.explicit)
RARE = tuple(f"sequences with {what}" for what in ("removals done", "deaths with an open intent", "answers lost"))
LARGE = 200  # sequences: in a smaller share chance decides


class Share:
    """One part of all sequences."""

    number: ClassVar[int] = 0
    empty: ClassVar[bool] = False

    @pytest.mark.timeout(3600)
    def test_nothing_lost_doubled_removed(self, folder: Path, agreed: Template) -> None:
        """Whatever happens in whatever order, nothing is lost, doubled or removed by accident, and it all ends as the roster says."""
        tally = play(machine(folder, None if self.empty else agreed, Setting()), sequences(SHARES), phases=EVERY, share=self.number)
        print(dict(sorted(tally.items())))  # noqa: T201 - the figures, shown with -rP
        writing, rare = tally["sequences with writes done"], sum(tally[name] for name in RARE)
        assert tally["sequences"] < LARGE or (writing > 0.5 * tally["sequences"] and rare > 0.1 * tally["sequences"]), tally


class TestEmptyCanvas(Share):
    """Before the first run."""

    number, empty = 0, True


class TestSecondEmptyCanvas(Share):
    """Before the first run, again."""

    number, empty = 1, True


class TestFilledCanvas(Share):
    """Before the second version of the roster."""

    number = 2


class TestSecondFilledCanvas(Share):
    """Before the second version of the roster, again."""

    number = 3


class TestThirdFilledCanvas(Share):
    """Before the second version of the roster, again."""

    number = 4


class TestFourthFilledCanvas(Share):
    """Before the second version of the roster, again."""

    number = 5


class TestFifthFilledCanvas(Share):
    """Before the second version of the roster, again."""

    number = 6


class TestSixthFilledCanvas(Share):
    """Before the second version of the roster, again."""

    number = 7


class TestMutants:
    """The sequences are worth something: a protocol that is broken on purpose is noticed by them."""

    @pytest.mark.timeout(600)
    @pytest.mark.parametrize("mutant", ["no recovery", "audit after the call", "claims everything"])
    def test_mutant_is_caught(self, folder: Path, agreed: Template, mutant: str) -> None:
        """A broken protocol does not get through a hundred and fifty sequences."""
        broken = machine(folder, agreed, Setting(journal=journal_of(mutant), canvas=canvas_of(mutant)))
        with pytest.raises(AssertionError):
            play(broken, 150, phases=(Phase.generate,))

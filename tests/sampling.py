"""How much of the sweeps and sequences runs: a sample on each push, the same each time; all of it with `--all`.

A sweep hands its cases to `sampled`, or a way to draw them to `drawn`; both keep count of what they leave out, and the end of pytest's
output tells it. `--draw=N` takes another sample and other sequences, `--sequences=N` makes so many of them.
"""

import random
from collections import Counter
from collections.abc import Callable, Generator, Hashable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

import pytest

DRAW = 20211  # which sample, unless another is asked for
ON_PUSH, IN_ALL = 400, 2000  # sequences
EVERYTHING = ".ci/check --all"
_SENT = "sampled"  # what a process of the tests tells the one that started it
Case = TypeVar("Case")


@dataclass
class Sampling:
    """What is asked for, and per sweep how many of its cases run."""

    whole: bool = False
    draw: int = DRAW
    sequences: int = ON_PUSH
    taken: dict[str, tuple[int, int]] = field(default_factory=dict)

    def take(self, name: str, run: int, there: int) -> None:
        """So many of the cases of a sweep run, of so many that there are."""
        self.taken[name] = (run, there)

    def lines(self) -> list[str]:
        """What does not run, and how to run it; nothing if everything runs."""
        left = [f"  {run:,} of {there:,} {name}" for name, (run, there) in sorted(self.taken.items()) if run < there]
        return [*left, f"All of them run with {EVERYTHING}"] if left else []


_NOW = Sampling()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Three options."""
    group = parser.getgroup("sampling")
    group.addoption("--all", action="store_true", help="run all cases of the sweeps and 2,000 sequences, not a sample")
    group.addoption("--draw", type=int, default=DRAW, help="the number of the sample and of the sequences")
    group.addoption("--sequences", type=int, help="how many sequences to run")


def pytest_configure(config: pytest.Config) -> None:
    """Before the tests are collected: what they ask when they are imported."""
    _NOW.whole, _NOW.draw = config.getoption("--all"), config.getoption("--draw")
    _NOW.sequences = config.getoption("--sequences") or (IN_ALL if _NOW.whole else ON_PUSH)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of xdist's hands on what it has sampled."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_SENT] = _NOW.taken


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The process that started it takes it over."""
    _NOW.taken |= getattr(node, "workeroutput", {}).get(_SENT, {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was left out."""
    if lines := _NOW.lines():
        terminalreporter.section(f"a sample ran (--draw={_NOW.draw})")
        terminalreporter.write_line("\n".join(lines))


def sequences(shares: int) -> int:
    """How many sequences each of these shares makes."""
    _NOW.take("sequences", _NOW.sequences, max(IN_ALL, _NOW.sequences))
    return _NOW.sequences // shares


def draw() -> int:
    """The number of the sample and of the sequences."""
    return _NOW.draw


def sampled(name: str, cases: Sequence[Case], least: int, *, kind: Callable[[Case], Hashable]) -> list[object]:
    """At least so many cases, spread evenly over their kinds: one of each, then a second of each, and so on; in their order."""
    chosen = set(range(len(cases))) if _NOW.whole else _spread(cases, least, kind)
    _NOW.take(name, len(chosen), len(cases))
    return [case for number, case in enumerate(cases) if number in chosen]


def _spread(cases: Sequence[Case], least: int, kind: Callable[[Case], Hashable]) -> set[int]:
    """Their positions; which case of a kind comes first is decided by a hash of what it is called."""
    turns, ranked = Counter[Hashable](), list[tuple[int, str, int]]()
    for mark, at in sorted((sha256(f"{_NOW.draw} {case}".encode()).hexdigest(), at) for at, case in enumerate(cases)):
        ranked.append((turns[kind(cases[at])], mark, at))
        turns[kind(cases[at])] += 1
    return {at for _, _, at in sorted(ranked)[: max(least, len(turns))]}


def drawn(name: str, make: Callable[[random.Random], Case], few: int, many: int) -> list[object]:
    """The first few cases that chance makes, or many of them with --all; each is called by its number."""
    count = many if _NOW.whole else few
    _NOW.take(name, count, many)
    return [pytest.param(make(random.Random(f"{_NOW.draw}-{number}")), id=f"{number}-draw-{_NOW.draw}") for number in range(count)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A case that chance made says what it is, and how to run it again."""
    report = yield
    given = getattr(item, "callspec", None)
    if report.failed and given and f"-draw-{_NOW.draw}" in given.id:
        words = "\n".join(f"{name}: {value}" for name, value in given.params.items())
        options = f"{'--all ' * _NOW.whole}--draw={_NOW.draw}"
        report.sections.append(("the same again", f"python -m pytest {options} '{item.nodeid}'\n{words}"))
    return report

"""One sandbox for all runs of a worker, and a world as it is before its first permitted run."""

import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.sandbox.process import Sandbox, start_sandbox
from tests.stores import drop, memory
from tests.sync.crash import Forge
from tests.sync.draw import ALL, SEED
from tests.sync.roster import SECOND
from tests.sync.world import NOW, World, fresh, prepared

New = Callable[[], World]
Reference = Counter[tuple[str, str]]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What was drawn by a seed says how to draw it again."""
    report = yield
    if report.failed and item.name.endswith(f"-seed-{SEED}]"):
        again = f"ALL=1 SEED={SEED}" if ALL else f"SEED={SEED}"
        report.sections.append(("the same again", f"{again} python -m pytest '{item.nodeid}'\n{drawn_for(item)}"))
    return report


def drawn_for(item: pytest.Item) -> str:
    """The case of a test, in words."""
    given = getattr(item, "callspec", None)
    return "\n".join(f"{name}: {value}" for name, value in given.params.items()) if given else ""


@pytest.fixture(scope="session")
def canvas() -> Iterator[Sandbox]:
    """A Canvas whose clock starts in August 2021."""
    with start_sandbox("--now", NOW) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """For the stores that lie in files."""
    with tempfile.TemporaryDirectory(prefix="ilc-sync-", dir=memory()) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def forge() -> Iterator[Forge]:
    """Where runs are made to die."""
    with Forge() as forge:
        yield forge


@pytest.fixture(scope="session")
def template(canvas: Sandbox, folder: Path) -> str:
    """A store with the roster, its plan and a yes."""
    return prepared(canvas, folder / "template")


@pytest.fixture(scope="session")
def new(canvas: Sandbox, template: str, folder: Path) -> New:
    """New worlds, one after the other: for each the sandbox is reset, and the store of the one before it goes."""
    numbers, stores = count(), list[str]()

    def made() -> World:
        while stores:
            drop(stores.pop())
        world = fresh(canvas, template, folder / str(next(numbers)))
        stores.append(world.store)
        return world

    return made


@pytest.fixture
def world(new: New) -> World:
    """Before the first permitted run."""
    return new()


@pytest.fixture
def filled(new: New) -> World:
    """After the first run, with somebody whom a person has added by hand; the log of requests is empty."""
    world = new()
    assert world.run().status == "applied"
    world.add_by_hand()
    return world


@pytest.fixture(scope="session")
def reference(new: New) -> Reference:
    """What a fill without faults records as applied."""
    world = new()
    assert world.run().status == "applied"
    return world.applied()


@pytest.fixture(scope="session")
def second_reference(new: New) -> Reference:
    """The same with the second roster after it."""
    world = new()
    assert world.run().status == "applied"
    world.finalize(SECOND)
    assert world.run().status == "applied"
    return world.applied()

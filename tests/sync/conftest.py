"""One sandbox for all runs of a worker, and a world as it is before its first permitted run."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sandbox.process import Sandbox, start_sandbox
from tests.stores import copied, memory
from tests.sync.crash import Forge
from tests.sync.furniture import Furnished, furnished_world
from tests.sync.roster import SECOND
from tests.sync.world import NOW, World, again, fresh, prepared

New = Callable[[], World]
Reference = Counter[tuple[str, str]]


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
    """New worlds, one after the other: for each the sandbox is reset, and its store takes the place of the one before it."""
    return lambda: fresh(canvas, template, folder / "world")


@pytest.fixture
def world(new: New) -> World:
    """Before the first permitted run."""
    return new()


@pytest.fixture(scope="session")
def filled_template(new: New, folder: Path) -> World:
    """After the first run, with somebody whom a person has added by hand: to be copied."""
    world = new()
    assert world.run().status == "applied"
    world.add_by_hand()
    world.begun_with(world.sandbox.state())
    world.sandbox.keep()
    return replace(world, store=copied(world.store, folder / "filled"))


@pytest.fixture
def filled(filled_template: World, folder: Path) -> World:
    """After the first run, with somebody whom a person has added by hand; the log of requests is empty."""
    return again(filled_template, folder / "world")


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


@pytest.fixture(scope="module")
def kept_furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    """A course with content, after the first fill: to be copied."""
    with furnished_world(tmp_path_factory.mktemp("furnished")) as world:
        yield world

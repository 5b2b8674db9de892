"""A SQLite store that vanishes, fills its disk or may not be written any more, in the middle of a run."""

import re
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import make_url
from structlog.testing import capture_logs

from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.sync import Journal
from tests.stores import in_a_file, ordered
from tests.sync.conftest import New, Reference
from tests.sync.test_postgres_away import Outage
from tests.sync.world import World, opened

pytestmark = in_a_file
Harm = Callable[[Store], Callable[[], object]]  # does harm, and gives back what undoes it
FAR = [("intended", "before", 20), ("intended", "after", 20), ("happened", "before", 20), ("happened", "after", 20)]


def _deleted(store: Store) -> Callable[[], object]:
    path = cast(Path, store.path)
    kept = path.with_name("kept")
    path.rename(kept)
    return lambda: kept.rename(path)


def _replaced(store: Store) -> Callable[[], object]:
    path = cast(Path, store.path)
    undo = _deleted(store)
    shutil.copy(path.with_name("kept"), path)
    return undo


def _full(store: Store) -> Callable[[], object]:
    with store.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    return _ordered(store, f"PRAGMA max_page_count={pages}")


def _read_only(store: Store) -> Callable[[], object]:
    return _ordered(store, "PRAGMA query_only=ON")


def _ordered(store: Store, harm: str) -> Callable[[], object]:
    stack = ExitStack()
    stack.enter_context(ordered(store, harm))
    return stack.close


_ACCOUNT = r"(\d+) changes were made and recorded(; \d+ more w\w+ sent, and the outcome is in the log of this run alone)?\."
HARMS = {
    "deleted": (_deleted, "deleted or replaced while it was in use"),
    "replaced": (_replaced, "deleted or replaced while it was in use"),
    "full": (_full, "its disk is full. Free space"),
    "read-only": (_read_only, "it may not be written here"),
}


def _interrupted(world: World, harm: Harm, point: tuple[str, str, int]) -> str:
    """A run that ends when this is done to its store at this point; what it says. Afterwards the store is as it was."""
    undo: list[Callable[[], object]] = []
    with opened(world.store) as store:
        outage = lambda real: cast(Journal, Outage(real, *point, lambda: undo.append(harm(store))))  # noqa: E731
        with pytest.raises(StoreError) as raised:
            world.run(journal=outage)
        undo[0]()
    return str(raised.value)


@pytest.mark.parametrize("point", FAR, ids=["-".join(map(str, point)) for point in FAR])
@pytest.mark.parametrize(("harm", "says"), HARMS.values(), ids=HARMS)
def test_store_lost_in_a_run(new: New, reference: Reference, *, harm: Harm, says: str, point: tuple[str, str, int]) -> None:
    """The run ends with one error that says what is recorded; nothing was sent that was not announced, and the next run goes on."""
    world = new()
    said = _interrupted(world, harm, point)
    assert says in said
    found = re.search(
        r"(\d+) changes were made and recorded(; \d+ more w\w+ sent, and the outcome is in the log of this run alone)?\.", said
    )
    assert found, said
    assert int(found[1]) >= 10
    assert world.unannounced(world.sandbox.state()) == []
    assert world.heal().drift == 0
    assert (world.run().writes, world.complaints(reference)) == (0, [])


def test_numbers_are_true(new: New) -> None:
    """What the error counts as made and recorded is what the log of the store has; what it counts beside is in the log of the run."""
    world = new()
    with capture_logs() as logs:
        said = _interrupted(world, _full, ("happened", "before", 20))
    recorded, beside = (sum(map(int, re.findall(rf"(\d+) {word} w", said))) for word in ("changes?", "more"))
    booked = [event for event in world.log() if event.kind == "happened" and event.body["result"] in ("applied", "noop")]
    assert (recorded, beside) == (len(booked), len([line for line in logs if line["event"] == "outcome.not_stored"]))


@pytest.mark.parametrize("how", ["deleted", "replaced", "read-only"])
def test_store_lost_at_the_end(new: New, how: str) -> None:
    """If only the run's end could not be stored, the error says so, with how many changes are recorded."""
    (harm, says), world = HARMS[how], new()
    said = _interrupted(world, harm, ("closed", "before", 1))
    assert says in said
    assert re.search(r"\d+ changes of run 2 were made and recorded, and its end was not: the next run notes it\.", said)
    assert world.run().status == "converged"


def test_deleted_store_takes_no_lease(new: New) -> None:
    """Between runs, too, a deleted store is one error, and no empty file takes its place."""
    world = new()
    with opened(world.store) as store:
        undo = _deleted(store)
        with pytest.raises(StoreError, match="deleted or replaced"), take_lease(store, "worker", renewal=None):
            pass
        assert not Path(make_url(world.store).database or "").exists()
        undo()

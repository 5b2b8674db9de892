"""The restore drill: a backup, later work that it does not contain, and the way back until Canvas and the roster agree."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.commands import Answer
from tests.e2e.office import Office, Place, Report, writes
from tests.stores import in_a_file

pytestmark = [pytest.mark.timeout(400), in_a_file]
ELD = ("--only", "cop:ELD")
BOTH = (*ELD, "--only", "cop:SEL")


class Drill(NamedTuple):
    """What was printed and observed along the way."""

    saved: Answer
    again: Answer
    wanted: frozenset[str]  # removals that version 4 asks for, before any of them was made
    before: frozenset[Place]  # when one of the two COPs has come to version 4
    unsaid: Answer
    restored: Answer
    held: Report
    unasked: int  # writes of the run that was held
    planned: frozenset[str]
    healed: Report
    after: frozenset[Place]
    last: Report


def _removals(office: Office, run: int) -> frozenset[str]:
    return frozenset(change["key"] for change in office.json("show", str(run)).value["changes"] if change["verb"] == "remove")


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    """Two COPs are built from version 3 and saved; one comes to version 4; the backup is put back, and version 4 is signed once more."""
    folder = tmp_path_factory.mktemp("drill")
    with Office(folder) as office:
        office.sign("3")
        assert office.approve(*BOTH).value["status"] == "applied"
        copy = str(folder / "copy.db")
        saved, again = office.run("db", "backup", copy), office.run("db", "backup", copy)
        office.sign("4")
        wanted = _removals(office, office.json("plan", *BOTH).value["run"])
        assert office.approve(*ELD).value["status"] == "applied"
        before = office.places()
        unsaid, restored = office.run("db", "restore", copy), office.run("db", "restore", copy, "--reason", "disk died")
        office.sign("4")
        seen = len(writes(office.sandbox.requests()))
        held = office.json("sync", *BOTH)
        unasked = len(writes(office.sandbox.requests())) - seen
        planned, healed = _removals(office, held.value["run"]), office.approve(*BOTH)
        after, last = office.places(), office.json("sync", *BOTH)
        yield Drill(saved, again, wanted, before, unsaid, restored, held, unasked, planned, healed, after, last)


def test_backup_says_what_it_holds(drill: Drill) -> None:
    """A backup is done when it was looked through; a second one under its name is refused."""
    assert (drill.saved.code, "was checked" in drill.saved.out) == (0, True)
    assert (drill.again.code, "left as it is" in drill.again.err) == (1, True)


def test_restore_wants_a_reason(drill: Drill) -> None:
    """Without a reason nothing is restored; with one the previous store is kept, and the next step is shown."""
    assert (drill.unsaid.code, "--reason" in drill.unsaid.err) == (64, True)
    assert drill.restored.code == 0
    assert ".before-" in drill.restored.out
    assert "needs approval, like a first run" in drill.restored.out


def test_next_run_is_held(drill: Drill) -> None:
    """After a restore nothing is written before somebody has looked."""
    assert (drill.held.code, drill.held.value["status"], drill.unasked) == (3, "held", 0)
    assert "restored" in {reason["code"] for reason in drill.held.value["reasons"]}


def test_no_removal_is_new(drill: Drill) -> None:
    """Of the removals that version 4 requires, exactly those that were not made are left."""
    assert drill.planned < drill.wanted
    assert drill.planned
    assert all(":cop:SEL:" in key for key in drill.planned)


def test_restored_store_heals(drill: Drill) -> None:
    """Once approved, the rest is done, the lost run's work stays, and the next run finds nothing to do."""
    assert (drill.healed.code, drill.healed.value["status"]) == (0, "applied")
    assert _of_eld(drill.after) == _of_eld(drill.before) != frozenset()
    assert (drill.last.code, drill.last.value["status"], drill.last.value["writes"]) == (0, "converged", 0)


def _of_eld(found: frozenset[Place]) -> frozenset[Place]:
    return frozenset(place for place in found if place.course == "cop:ELD")


def test_nothing_to_save_is_said(tmp_path: Path) -> None:
    """A command that finds no store to save says so, and makes none."""
    with Office(tmp_path, STORE=f"sqlite:///{tmp_path}/none/store.db") as office:
        said = office.run("db", "backup", str(tmp_path / "copy.db"))
        assert (said.code, "Store not found" in said.err) == (1, True)
        assert not (tmp_path / "none").exists()

"""The way back: a run is undone where nobody has touched the things since, and is not done again by itself."""

from dataclasses import replace

import pytest

from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.reconcile.run.values import Report, RunRequest
from tests.sync.roster import FIRST, SECOND
from tests.sync.world import World, seat

ARTS, EQUITY = "ilc:2021-22:cop:AI", "ilc:2021-22:cop:EQ"


def undone(world: World, run: int) -> Report:
    """That run, taken back, with a person's yes where one is wanted."""
    return world.sync(ask=RunRequest("ana", "undo", "a mistake", undo=run))


def active(world: World) -> set[str]:
    """The live enrollments of our people."""
    state = world.sandbox.state()
    return {seat(row, state).id for row in state["enrollments"] if row["enrollment_state"] == "active"}


@pytest.fixture
def changed(filled: World) -> tuple[World, set[str], Report]:
    """After the second roster: the world, who was where before it, and its run."""
    before = active(filled)
    filled.finalize(SECOND)
    return filled, before, filled.run()


def test_undo_brings_back_places(changed: tuple[World, set[str], Report]) -> None:
    """Who left is back, who joined has left, names and addresses are as before; new people keep their accounts."""
    world, before, second = changed
    report = undone(world, second.run)
    assert active(world) == before
    assert (report.status, report.applied, report.parked) == ("applied", 12, 0)
    assert report.deferred == {"stays": 1}  # the new person's account
    names = {row["sis_course_id"]: row["name"] for row in world.sandbox.state()["courses"]}
    assert names[ARTS] == "Arts Integration (2021-22)"
    assert world.audit(world.sandbox.state()) == []


def test_undone_is_not_done_again(changed: tuple[World, set[str], Report]) -> None:
    """The next run leaves it so, though the roster asks otherwise; with --redo, or when the row changes, it is done."""
    world, before, second = changed
    undone(world, second.run)
    again = world.run()
    assert (again.status, again.writes, active(world)) == ("converged", 0, before)
    world.finalize(replace(SECOND, teams=(replace(SECOND.teams[0], name="Alameda Team of Teams"), SECOND.teams[1])))
    assert (world.run().applied, active(world)) == (1, before)
    assert world.sync(ask=RunRequest("ana", "sync", "meant after all", redo=True)).status == "applied"
    assert world.complaints() == []


def test_undo_leaves_what_was_touched(changed: tuple[World, set[str], Report]) -> None:
    """What people have changed since stays theirs, and is listed."""
    world, _, second = changed
    course = next(row["id"] for row in world.sandbox.state()["courses"] if row["sis_course_id"] == ARTS)
    world.human().ask("PUT", f"courses/{course}", {"course[name]": "Arts for All"})
    report = undone(world, second.run)
    assert (report.status, report.applied, report.parked) == ("partial", 11, 1)
    assert world.human().get(f"courses/{course}").body["name"] == "Arts for All"


def test_undo_is_guarded(filled: World) -> None:
    """Taking back a whole fill would empty all courses: it waits for a person, and nothing is written."""
    report = filled.run(ask=RunRequest("ana", "undo", undo=2))
    assert (report.status, report.writes) == ("held", 0)
    assert {"removals", "course-emptied"} <= {reason.code for reason in report.reasons}


def test_undo_of_nothing_is_refused(filled: World) -> None:
    """A run that has done nothing, or is not there, cannot be undone; no run is made of that."""
    held = filled.run(ask=RunRequest("ana", "plan", dry_run=True)).run
    for run in (held, 99):
        with pytest.raises(StoreError, match=f"Run {run} has done nothing here that could be undone. Nothing was changed."):
            filled.run(ask=RunRequest("ana", "undo", undo=run))
    assert filled.rows("SELECT max(number) FROM run") == [(held,)]


def test_undo_can_be_undone(changed: tuple[World, set[str], Report]) -> None:
    """An undo is a run: it can be taken back as well."""
    world, _, second = changed
    after = active(world)
    first = undone(world, second.run)
    assert undone(world, first.run).status == "applied"
    assert active(world) == after


def test_first_roster_after_undo(changed: tuple[World, set[str], Report]) -> None:
    """With the former roster signed again, all is as it was, and nothing is left to do."""
    world, before, second = changed
    undone(world, second.run)
    world.finalize(FIRST)
    again = world.sync()
    assert (again.status, again.writes, active(world)) == ("converged", 0, before)

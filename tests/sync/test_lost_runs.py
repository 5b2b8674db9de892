"""A restored store: what runs made that it no longer knows is offered by name, and can be finished or taken back."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.store.audit import heads
from ilc_canvas.store.audit.chain import verify
from ilc_canvas.store.runs import details
from tests.stores import copied
from tests.sync.roster import FIRST, cop, person
from tests.sync.test_identity import places, user
from tests.sync.test_two_years import NEXT, of_next, without
from tests.sync.world import World, now, opened

NEWCOMER = person(8, "New", team_id="T1", team_role="member", component="network", participates=("EQ", "XX"))
LATER: Roster = replace(without(FIRST, "P4"), people=(*without(FIRST, "P4").people, NEWCOMER), cops=(*FIRST.cops, cop("XX", "Later", "P1")))
"""P4 has left; P8 is new, in EQ and in a new COP."""


def restored(world: World, folder: Path) -> World:
    """The store as it is now, put back after the later roster was signed and carried out."""
    backup = replace(world, store=copied(world.store, folder))
    world.finalize(LATER)
    assert world.sync().status == "applied"
    with opened(world.store) as store:
        kept = heads.signed(store, None)
    with opened(backup.store) as store:
        found = verify(store).head
        with store.write() as connection:
            heads.note_accepted(connection, kept, found, actor="ana", reason="disk died", at=now())
    return backup


@pytest.fixture
def back(filled: World, tmp_path: Path) -> World:
    """That store, at its first plan since."""
    return restored(filled, tmp_path / "backup")


def offered(world: World, report: Report) -> Counter[str]:
    """Kinds of what the plan takes as made by lost runs."""
    with opened(world.store) as store:
        changes = [step.change for step in details.run(store, report.run).steps]
    assert all(change.verb == "adopt" for change in changes)
    return Counter(str(change.key.kind) for change in changes)


def codes(report: Report) -> set[str]:
    """Why it is held."""
    return {reason.code for reason in report.reasons}


def test_lost_work_is_offered(back: World) -> None:
    """Course, sections and places that only our runs make, by name; who was added by hand before the backup is left alone."""
    report = back.run()
    assert (report.status, report.writes, codes(report) >= {"restored", "lost-runs"}) == ("held", 0, True)
    assert offered(back, report).keys() == {"course", "section", "enrollment"}
    reason = next(each for each in report.reasons if each.code == "lost-runs")
    assert any(key.id.endswith("|ilc:p:P8|StudentEnrollment") for key in reason.keys)
    assert (report.by_hand, back.hand(back.sandbox.state())) == (1, [])


def test_taken_back_by_the_former_roster(back: World) -> None:
    """With a yes it is ours again; the next run ends what the roster of the backup does not ask for, and holds the course."""
    assert back.sync().status == "applied"
    after = back.run()
    assert codes(after) == {"course-concluded"}
    back.approve(after.digest)
    assert back.run().status in ("applied", "partial")
    assert set(places(back, user(back, "ilc:p:P8")["id"])) == {"inactive", "completed"}
    course = next(row for row in back.sandbox.state()["courses"] if row["sis_course_id"] == "ilc:2021-22:cop:XX")
    assert (course["workflow_state"], back.hand(back.sandbox.state())) == ("completed", [])


def test_finished_by_the_later_roster(back: World) -> None:
    """The later roster is signed again: with a yes all of it is there, and who leaves it then is removed as ever."""
    back.finalize(LATER)
    assert back.sync().status == "applied"
    assert (back.run().status, back.run().writes) == ("converged", 0)
    back.finalize(without(LATER, "P8"))
    assert back.sync().status == "applied"
    assert set(places(back, user(back, "ilc:p:P8")["id"])) == {"inactive"}
    assert back.run().status == "converged"


def test_a_part_does_not_end_the_hold(back: World) -> None:
    """A yes for one COP is no yes for all: the next plan for everything is held as before."""
    ask = RunRequest("ana", "sync", only=("cop:EQ",))
    assert back.sync(ask=ask).status == "applied"
    assert "restored" in codes(back.run())


def test_undo_waits_too(back: World) -> None:
    """Nor does a look, or taking a run back, end it."""
    assert back.run(ask=RunRequest("ana", "plan", dry_run=True)).status == "held"
    assert codes(back.run(ask=RunRequest("ana", "undo", undo=2))) >= {"restored"}
    assert "restored" in codes(back.run())


def test_former_yes_is_no_longer_good(filled: World, tmp_path: Path) -> None:
    """A plan that was approved when the backup was made, and carried out since, is not carried out again by that yes."""
    filled.finalize(without(FIRST, "P4", "P5"))
    held = filled.run()
    filled.approve(held.digest)
    world = restored(filled, tmp_path / "backup")
    assert (held.status, world.run().status, world.run().writes) == ("held", "held", 0)


def test_nothing_lost_is_nothing_offered(filled: World, tmp_path: Path) -> None:
    """The newest backup is put back: the next plan waits, and what somebody adds by hand is by hand."""
    with opened(filled.store) as store:
        head = heads.signed(store, None)
        found = verify(store).head
        with store.write() as connection:
            heads.note_accepted(connection, head, found, actor="ana", reason="another disk", at=now())
    filled.human().enroll(*_seat(filled))
    report = filled.run()
    assert (report.status, report.by_hand) == ("converged", 2)
    filled.finalize(without(FIRST, "P4"))
    assert "restored" not in codes(filled.run())
    del tmp_path


def _seat(world: World) -> tuple[int, int]:
    """A course in which P6 is not, and P6."""
    course = next(row["id"] for row in world.sandbox.state()["courses"] if row["sis_course_id"] == "ilc:2021-22:cop:AI")
    return course, user(world, "ilc:p:P6")["id"]


def test_each_year_waits_for_itself(back: World) -> None:
    """A yes for one school year leaves the other one held."""
    assert back.sync().status == "applied"
    back.finalize(of_next())
    assert "restored" in codes(back.run(year=NEXT))

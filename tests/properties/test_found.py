"""Defects that the sequences have found, each as short as it can be told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ilc_canvas.store.rosters import versions
from tests.properties import checks
from tests.properties.hands import Hand
from tests.properties.machine import filled, new_folder, quiet_log
from tests.properties.sheet import FEW
from tests.properties.stage import Stage
from tests.properties.turns import in_turn
from tests.sync.world import Setting


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A Canvas that agrees with a small roster: three people, a COP, a team."""
    with new_folder() as name, in_turn(), quiet_log():
        made = filled(Path(name), Setting()).stage
        yield made
        made.close()


def leaver(stage: Stage) -> None:
    """Person 4 is in the next roster no more."""
    stage.finalize(FEW.row(4, here=False))


def test_lost_answer_then_refused_repeats(stage: Stage) -> None:
    """A removal whose answer was lost, and whose repeats got 503, is looked after; it is not booked as not done."""
    leaver(stage)
    stage.inside.writes.extend(["reset-after", "503", "503", "503"])
    report = stage.run()
    if report and report.status == "held":
        stage.approve(report.digest)
        stage.run()
    assert not list(checks.effects(stage))


def test_such_a_leaver_can_come_back(stage: Stage) -> None:
    """Whoever left by a removal whose answer was lost is enrolled again by the roster that asks for it, and is no drift."""
    leaver(stage)
    stage.inside.writes.extend(["reset-after", "503", "503", "503"])
    stage.run()
    stage.inside.no_faults()
    stage.run()
    stage.finalize(FEW)
    report = stage.run()
    if report and report.status == "held":
        stage.approve(report.digest)
        report = stage.run()
    assert report
    assert not stage.books.drift(report.run)


def test_empty_plan_after_course_was_ended_by_hand(stage: Stage) -> None:
    """Where people have ended much by hand and the roster asks for nothing, some run says converged, or a person can agree."""
    stage.run()
    Hand(stage, 0).conclude_course()
    Hand(stage, 0).conclude_course()
    report = stage.run()
    assert report
    if report.status == "held":
        stage.approve(report.digest)
        report = stage.run()
    assert report
    assert report.status == "converged"


def test_cancelled_cop_comes_back(stage: Stage) -> None:
    """A course that we concluded with its COP is no drift when the roster asks for it again."""
    for status in ("cancelled", "active"):
        stage.finalize(FEW.cop("EQ", status=status))
        report = stage.run()
        if report and report.status == "held":
            stage.approve(report.digest)
            report = stage.run()
    assert report
    assert not stage.books.drift(report.run)


def test_shared_address_goes_to_somebody_else(stage: Stage) -> None:
    """An address that somebody leaves behind, and another brings along, makes nobody of the two the other one."""
    stage.finalize(FEW.row(3, address=2))
    stage.finalize(FEW.row(3, here=False, address=2).row(5, here=True, address=2))
    assert {person.person_id for person in versions.newest_finalized(stage.store).people} == {"P1", "P4", "P5"}

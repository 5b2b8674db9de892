"""A plan of which a part waits for a person: the rest goes ahead, and what was held once is written by a yes only."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ilc_canvas.reconcile.guards.guard import Limits, Share
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.store.runs import details
from tests.sync.roster import FIRST, SECOND
from tests.sync.test_runs import removals
from tests.sync.world import World, now, opened

PLAN = RunRequest("ana", "plan", dry_run=True)
BY_COURSE = Limits(removals_per_course=Share(0, 0.0))
"""Every course that somebody leaves waits, the others do not."""
NOTHING = Limits(changes_per_run=Share(0, 0.0))
ADDS = Limits(removals_per_run=Share(0, 0.0), adds_go_on=True)


def codes(report: Report) -> set[str]:
    """Why it is held."""
    return {reason.code for reason in report.reasons}


@pytest.fixture
def changed(filled: World) -> World:
    """The second roster is signed."""
    filled.finalize(SECOND)
    return filled


def test_plan_says_which_part_waits(changed: World) -> None:
    """A plan of which a part is held is held; its report names that part, and the sentence counts both."""
    report = changed.run(ask=PLAN, limits=BY_COURSE)
    total = sum(report.counts.values())
    assert (report.status, 0 < report.held < total, report.writes) == ("held", True, 0)
    assert f"{total - report.held} go ahead by themselves, {report.held} wait for a person." in report.sentence
    assert set(report.waits.values()) == {"waiting"}


def test_part_goes_and_part_waits(changed: World) -> None:
    """A run does what is not held, is held itself, and nothing that waits is written; a yes to that plan does the rest."""
    told = changed.run(ask=PLAN, limits=BY_COURSE)
    changed.sandbox.forget_requests()
    report = changed.run(limits=BY_COURSE)
    assert (report.status, report.held, report.applied > 0, removals(changed)) == ("held", told.held, True, [])
    assert f"{report.held} wait for a person; Canvas still differs" in report.sentence
    assert set(report.waits) == set(told.waits)
    changed.approve(report.digest)
    assert changed.run(limits=BY_COURSE).status == "applied"
    assert (changed.run().status, changed.complaints()) == ("converged", [])


@pytest.mark.parametrize("held", [NOTHING, BY_COURSE, ADDS], ids=["run", "course", "removals"])
@pytest.mark.parametrize("dry", [True, False])
def test_held_waits_though_the_reason_went(changed: World, held: Limits, *, dry: bool) -> None:
    """What any plan has held is not written by a later run that no limit holds, whatever held it; a yes lets it go."""
    first = changed.run(ask=PLAN if dry else RunRequest("ana", "sync"), limits=held)
    waits = set(first.waits) or {step.change.key for step in steps(changed, first.run)}
    changed.sandbox.forget_requests()
    report = changed.run()
    assert (report.status, "held-before" in codes(report), removals(changed)) == ("held", True, [])
    assert waits == (set(report.waits) or waits)
    changed.approve(report.digest)
    assert changed.run().status == "applied"
    assert (changed.run().status, changed.complaints()) == ("converged", [])


def steps(world: World, run: int) -> tuple[details.Step, ...]:
    """The changes that a run has planned."""
    with opened(world.store) as store:
        return details.run(store, run).steps


def test_smaller_selection_does_not_pass(changed: World) -> None:
    """A part of a held plan, small enough for every limit, waits as the whole did."""
    changed.run(ask=PLAN, limits=NOTHING)
    changed.sandbox.forget_requests()
    report = changed.run(ask=RunRequest("ana", "sync", only=("person:P5",)))
    assert (report.status, codes(report), report.writes) == ("held", {"held-before"}, 0)


def test_held_waits_another_day(changed: World) -> None:
    """Removals that were too many for a day wait for a person the day after, too."""
    limits = Limits(removals_per_day=Share(0, 0.0))
    assert changed.run(limits=limits).status == "held"
    report = changed.run(now=lambda: now() + timedelta(hours=30))
    assert (report.status, codes(report)) == ("held", {"held-before"})


def test_changed_row_is_another_change(changed: World) -> None:
    """What was held is forgotten with its row: the next roster's changes go by the limits."""
    changed.run(limits=NOTHING)
    one, *others = FIRST.people
    changed.finalize(replace(FIRST, people=(replace(one, display_name="Ada N. Núñez"), *others)))
    assert changed.run().status == "applied"


def test_failure_is_told_before_what_waits(changed: World) -> None:
    """Where a change fails beside a part that is held the run is partial, and says both."""
    changed.sandbox.fault("500", "users/", method="PUT", times=30)
    report = changed.run(limits=BY_COURSE)
    assert (report.status, report.failed > 0, report.held > 0) == ("partial", True, True)
    assert f"{report.held} wait for a person" in report.sentence

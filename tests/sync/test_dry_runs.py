"""A dry run shows, and moves nothing: not what was seen, not the ledger, not the grace of a removal, not what counts as a first run."""

from dataclasses import replace
from datetime import timedelta

from ilc_canvas import clock
from ilc_canvas.reconcile.run.values import RunRequest
from ilc_canvas.store.audit import heads
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.worker import jobs
from tests.sync.roster import FIRST, SECOND
from tests.sync.world import SCOPE, SWIFT, World, now, opened

PLAN = RunRequest("ana", "plan", dry_run=True)
PATIENT = replace(SWIFT, grace_hours=24.0)


def end_by_hand(world: World, start: int, stop: int) -> None:
    """Somebody ends places of ours."""
    state = world.sandbox.state()
    people = {row["id"] for row in state["users"] if str(row["sis_user_id"]).startswith("ilc:p:")}
    for row in [row for row in state["enrollments"] if row["user_id"] in people][start:stop]:
        world.human().ask("DELETE", f"courses/{row['course_id']}/enrollments/{row['id']}?task=delete")


def test_plan_does_not_move_what_was_seen(filled: World) -> None:
    """Places go bit by bit, with a plan after each: the run still compares with what the last run saw."""
    before = filled.rows("SELECT course, active, run FROM course_count ORDER BY course")
    for start in range(0, 9, 3):
        end_by_hand(filled, start, start + 3)
        filled.run(ask=PLAN)
    assert filled.rows("SELECT course, active, run FROM course_count ORDER BY course") == before
    assert [reason.code for reason in filled.run().reasons] == ["observed-drop"]


def test_plan_does_not_write_the_ledger(filled: World) -> None:
    """A name was changed by hand to what the roster then asks for: the ledger follows with a run, not with a plan."""
    course = next(row["id"] for row in filled.sandbox.state()["courses"] if row["sis_course_id"].endswith(":cop:EQ"))
    filled.human().ask("PUT", f"courses/{course}", {"course[name]": "Justice (2021-22)"})
    filled.finalize(replace(FIRST, cops=(replace(FIRST.cops[0], title="Justice"), FIRST.cops[1])))
    before = filled.rows("SELECT key, fields, at FROM ledger ORDER BY key")
    assert filled.run(ask=PLAN).status == "converged"
    assert filled.rows("SELECT key, fields, at FROM ledger ORDER BY key") == before
    assert filled.run().status == "converged"
    assert filled.rows("SELECT key, fields, at FROM ledger ORDER BY key") != before


def test_plan_does_not_end_a_restore(filled: World) -> None:
    """After a restored store was accepted a plan that finds nothing to do does not stand for the run that a person must see."""
    with opened(filled.store) as store:
        heads.accept(store, None, actor="ana", reason="restored", at=now())
    filled.run(ask=PLAN)
    filled.finalize(SECOND)
    assert "restored" in {reason.code for reason in filled.run().reasons}


def test_grace_counts_from_a_run(filled: World) -> None:
    """A plan of yesterday does not shorten the grace."""
    filled.finalize(SECOND)
    filled.run(ask=PLAN, apply_settings=PATIENT)
    report = filled.run(apply_settings=PATIENT, now=lambda: now() + timedelta(hours=25))
    assert (report.status, report.resting) == ("partial", 5)


def test_grace_says_until_when(filled: World) -> None:
    """What only waits for its time is not held for a person: it says until when, and nobody is asked."""
    filled.finalize(SECOND)
    first = filled.run(apply_settings=PATIENT)
    again = filled.run(apply_settings=PATIENT)
    assert (again.status, again.reasons, again.writes, again.resting, again.withheld) == ("partial", (), 0, 5, 5)
    assert again.until == first.until
    assert again.until is not None
    assert timedelta(hours=23, minutes=50) < again.until - now() < timedelta(hours=24)
    assert clock.at(again.until) in again.sentence


def test_quick_job_waits_for_the_grace(filled: World) -> None:
    """Until the first grace ends there is nothing to look for; then there is."""
    filled.finalize(SECOND)
    filled.run(apply_settings=PATIENT)
    filled.run(apply_settings=PATIENT)
    with opened(filled.store) as store:
        hours = [bool(jobs.unchanged_since(store, CanvasScope(filled.sandbox.url, SCOPE), now() + timedelta(hours=n))) for n in (1, 23, 25)]
    assert hours == [True, True, False]

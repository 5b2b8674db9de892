"""What notices say: counts first, then why, then what to do; and when there are none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ilc_canvas.cli.commands import with_commands
from ilc_canvas.notices import texts
from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.guards.forecast import Forecast
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.notice import Changed, Notice
from ilc_canvas.reconcile.run.quarantine import quarantined
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.reconcile.state import Key
from ilc_canvas.worker.notices import worded
from tests.notices.cast import COUNTS, HELD, NOON, PARTIAL, TROUBLE

DONE = replace(PARTIAL, status="applied", applied=50, failed=0, failures={}, parked=0, asked=0, deferred={})


def _one(report: Report) -> Notice:
    (notice,) = texts.of_run(report)
    return worded(notice, with_commands)


def test_partial_result_says_why() -> None:
    """47 of 50 done, 3 failed, why, what next; people by their codes."""
    notice = _one(PARTIAL)
    assert notice.subject == "ilc-canvas: 47 of 50 changes done, 3 failed"
    assert notice.lines == (
        "47 of 50 changes done, 3 failed; Canvas still differs from roster version 4. "
        "Waiting: somebody must decide about 1 person; 2 changes that Canvas refused wait for their time.",
        "3 changes could not be done:",
        "  2: Canvas says that this login belongs to somebody else. Somebody must decide: ilc-canvas people review "
        "(ILC-0044, ILC-0044 in cop:EQ:R2)",
        "  1: Canvas answered 400. (net:R1:R1)",
        "What is deferred, and until when: ilc-canvas parked",
        "People to decide about: ilc-canvas people review",
        "The next run tries the rest again; what Canvas refused, at its time (ilc-canvas parked).",
        "Details: ilc-canvas show 118",
    )
    assert notice.data["failures"] == {"login-taken": 2, "Canvas answered 400.": 1}


def test_done_result_is_short() -> None:
    """All done: two lines, and nothing to do."""
    assert _one(DONE).lines == ("Canvas agrees with roster version 4: 50 of 50 changes done.", "Details: ilc-canvas show 118")
    assert _one(DONE).about == "result:run 118"


def test_held_plan_says_how_many_hear() -> None:
    """Before the commands it says how many people Canvas would notify, and how many of them by mail; if nobody, it says nothing of it."""
    lines = _one(replace(HELD, forecast=Forecast(23, 5))).lines
    assert lines[5] == "Canvas would notify 23 people: 5 by mail, the others if they turned such notices on."
    assert _one(replace(HELD, forecast=Forecast(1, 1))).lines[5] == "Canvas would notify 1 person, by mail."
    assert not any("notify" in line for line in _one(HELD).lines)


def test_held_plan_gives_the_command() -> None:
    """Why it waits, and the commands that show, permit and refuse exactly it, in the words of --only that it was made with."""
    (notice,) = texts.of_run(HELD, only=("cop:EQ", "hub"))
    assert notice.subject == "ilc-canvas: 50 changes wait for a person"
    assert notice.lines[1:5] == (
        "40 new, 4 changed, 6 ended.",
        "Held for 2 reasons:",
        "  6 people would leave; 5 may without a yes.",
        "  1 person gets more rights.",
    )
    assert 'ilc-canvas sync --approve 7f3c-91ad-0b2e --only cop:EQ --only hub --reason "..."' in with_commands(notice.lines[6])
    assert (notice.about, notice.lasting) == ("held:7f3c-91ad-0b2e", True)


@pytest.mark.parametrize("trouble", ["token", "right", "canvas", "writes", "tenant", "recovery", "new-kind"])
def test_each_trouble_has_its_advice(trouble: str) -> None:
    """The notice says since when nothing is written, when it is checked again, and which command to start with."""
    notice = texts.quarantined(quarantined(None, trouble, "It went wrong.", now=NOON))
    again = "It is not checked again by itself." if trouble in ("tenant", "recovery") else "It is checked again on 4 Oct 2021, 12:05 UTC."
    assert notice.lines[0].startswith("Nothing has been written to Canvas since 4 Oct 2021, 12:00 UTC.")
    assert notice.lines[1:3] == ("It went wrong.", again)
    assert "ilc-canvas " in with_commands(notice.lines[3])
    assert notice.about == f"quarantine:{trouble}"


def test_trouble_is_told_once() -> None:
    """A run that failed for the trouble behind a quarantine is not reported separately; one that did something first is."""
    failed = replace(PARTIAL, status="failed", applied=0, failed=0, failures={}, sentence="Canvas refuses the token.")
    assert [notice.kind for notice in texts.of_run(failed, TROUBLE)] == ["quarantine"]
    assert [notice.kind for notice in texts.of_run(PARTIAL, TROUBLE)] == ["result", "quarantine"]
    assert [notice.kind for notice in texts.of_run(replace(PARTIAL, applied=0), TROUBLE)] == ["quarantine"]


def test_failed_run_without_quarantine() -> None:
    """What stopped it, what was done until then; the same trouble with other numbers is the same reason."""
    report = replace(PARTIAL, status="failed", sentence="The store did not do it 3 times.")
    notice = _one(report)
    assert notice.lines[:2] == ("The store did not do it 3 times.", "Until then 47 changes were done. Details: ilc-canvas show 118")
    assert _one(replace(report, run=119, sentence="The store did not do it 4 times.")).about == notice.about
    assert texts.failed("No roster is finalized.").about != notice.about


@pytest.mark.parametrize("status", ["converged", "planned", "interrupted"])
def test_nothing_to_tell(status: str) -> None:
    """All as it was, only looked at, or stopped on purpose: nobody is mailed."""
    assert texts.of_run(Report(1, status, "d", of_roster(4), COUNTS)) == []


def test_set_aside_is_told_once() -> None:
    """A run that found only what was deferred before reports the number once, not every night."""
    deferred = Report(7, "partial", "d", of_roster(4), {}, parked=2, asked=1)
    assert _one(deferred).about == _one(replace(deferred, run=8)).about != _one(replace(deferred, parked=3)).about
    assert _one(deferred).lines[0].startswith("Canvas differs from roster version 4 and is left so for now.")
    assert not _one(deferred).lasting


def test_good_run_ends_reasons() -> None:
    """A failed run clears no reasons, one that reached Canvas clears the quarantine, a complete one all; a partial one no hold."""
    assert texts.over(DONE) == ("quarantine", "failed", "silence", "held", "aside")
    assert texts.over(DONE, only=("hub",)) == ("quarantine", "failed", "silence")
    assert texts.over(PARTIAL) == ("quarantine", "failed", "silence", "held")
    assert texts.over(replace(PARTIAL, reasons=HELD.reasons)) == ("quarantine", "failed", "silence")
    assert texts.over(HELD) == ("quarantine", "failed")
    assert texts.over(replace(PARTIAL, trouble="writes")) == texts.over(replace(PARTIAL, status="failed")) == ()


def test_silence_is_told_at_its_hour() -> None:
    """Silence is reported once the hours are up and not before, counted from the worker's start if no run was ever good."""
    late = NOON + timedelta(hours=26)
    assert texts.silence(NOON, 26, late - timedelta(seconds=1)) is None
    delivered_to = texts.silence(NOON, 26, late)
    assert delivered_to is not None
    assert delivered_to.subject == "ilc-canvas: no good run for 26 hours"
    assert delivered_to.lines[0].endswith("The last good one ended on 4 Oct 2021, 12:00 UTC.")
    never = texts.silence(None, 26, late, begun=NOON)
    assert never is not None
    assert never.lines[0].endswith("There has been none since the worker started on 4 Oct 2021, 12:00 UTC.")
    assert texts.silence(None, 26, late) is None


def test_digest_tells_by_course() -> None:
    """The digest lists what changed, course by course, in the words of --only; there is none if nothing changed."""
    rows = [
        Changed("", "user", "create", 1), Changed("ilc:2021-22:cop:EQ", "section", "update", 2),
        Changed("ilc:2021-22:cop:EQ", "enrollment", "create", 12), Changed("ilc:2021-22:hub", "enrollment", "remove", 1),
    ]  # fmt: skip
    notice = texts.digest(rows, NOON - timedelta(days=1), NOON)
    assert notice is not None
    assert notice.subject == "ilc-canvas: 16 changes in 2 courses"
    assert notice.lines[1:4] == ("  in no course: 1 new person", "  cop:EQ: 2 sections changed, 12 people joined", "  hub: 1 person left")
    assert texts.digest([], NOON, NOON) is None
    stands = texts.digest(rows, NOON - timedelta(days=1), NOON, last=replace(DONE, drift=61))
    assert stands is not None
    assert stands.lines[-2].endswith("Canvas still differs from roster version 4. Left as it is: 61 things changed by hand.")


def test_long_lists_are_cut() -> None:
    """Ten reasons and how many more; a long line is cut; each line is one."""
    failures = {Key(Kind.USER, f"ilc:p:ILC-{n:04}"): f"reason {n}\n{'x' * 900}" for n in range(30)}
    lines = _one(replace(PARTIAL, failures=failures, failed=30)).lines
    assert "  and 20 more" in lines
    assert max(map(len, lines)) == texts.LONGEST
    assert not [line for line in lines if "\n" in line]
    many = {Key(Kind.USER, f"ilc:p:ILC-{n:04}"): "no" for n in range(30)}
    assert "  30: no (ILC-0000, ILC-0001, ILC-0002 and 27 more)" in _one(replace(PARTIAL, failures=many, failed=30)).lines

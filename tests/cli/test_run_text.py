"""How the end of a run is described."""

from dataclasses import replace
from datetime import UTC, datetime

from ilc_canvas.cli.commands import with_commands
from ilc_canvas.cli.runs.run_text import result
from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Create
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.reconcile.state import Key, Record, enrollment_key
from ilc_canvas.store.runs.details import RunDetail, RunInfo, Step
from ilc_canvas.views.names import Names

AT = datetime(2021, 8, 16, 16, 0, tzinfo=UTC)
EQ, R2 = Key(Kind.COURSE, "ilc:2021-22:cop:EQ"), Key(Kind.SECTION, "ilc:2021-22:cop:EQ:R2")
WHO = Key(Kind.USER, "ilc:p:ILC-0102")
SEAT = Record(enrollment_key(R2, WHO, "StudentEnrollment"), {"state": "active"}, (EQ, R2, WHO))
PERSON = Record(WHO, {"name": "Michael Wójcik"})
NAMES = Names({EQ: "Equity & Justice", R2: "Region II", WHO: "Michael Wójcik"})
BASIS = of_roster(4)
INFO = RunInfo(3, "partial", "sync", "alba", "", False, (), BASIS, "ilc:2021-22", "https://canvas.test", "7f3c-91ad-0b2e", AT, AT, AT)
DETAIL = RunDetail(INFO, None, tuple(Step(n, Create(record), str(n)) for n, record in enumerate((PERSON, SEAT))), (), (), {})
REPORT = Report(3, "applied", "7f3c-91ad-0b2e", BASIS, {"create": 2, "update": 0, "remove": 0}, applied=2, requests=54, writes=2)


def test_all_done_is_one_sentence() -> None:
    """How many changes and requests, and that Canvas agrees; or what was left as it is, and then it does not."""
    assert result(DETAIL, REPORT, NAMES) == [
        "Done at 16:00 UTC: Canvas agrees with roster version 4: 2 of 2 changes done. 54 requests, 2 writes."
    ]
    (line,) = result(DETAIL, replace(REPORT, by_hand=1, drift=2), NAMES)
    assert "2 of 2 changes done; Canvas still differs from roster version 4." in line
    assert "Left as it is: 2 things changed by hand, 1 enrollment added by hand." in line


def test_nothing_to_do_says_no_write() -> None:
    """Converged: no change, no write."""
    nothing = replace(REPORT, status="converged", counts={}, applied=0, writes=0)
    (line,) = result(replace(DETAIL, steps=()), nothing, NAMES)
    assert line.startswith("Nothing to do at ")
    assert line.endswith("Canvas agrees with roster version 4. 54 requests, no write.")


def test_failures_are_told_by_name() -> None:
    """Who, into what, why in a person's words, what waits for it, and what comes next."""
    partial = replace(REPORT, status="partial", applied=0, failed=1, withheld=1, failures={WHO: "login-taken"})
    told = [with_commands(line) for line in result(DETAIL, partial, NAMES)]
    assert told[0].startswith("Partly done at ")
    assert told[1:3] == [
        "  1 change could not be done:",
        "    person Michael Wójcik: Canvas says that this login belongs to somebody else. Somebody must decide: ilc-canvas people review",
    ]
    assert told[3] == "  1 change is waiting for these, or for a person. See: ilc-canvas show 3"
    assert "The next run (ilc-canvas sync) tries the rest again" in told[-1]


def test_failed_place_names_its_course() -> None:
    """A person could not be put into a section of a course."""
    told = result(DETAIL, replace(REPORT, status="partial", failed=1, failures={SEAT.key: "two readings differ"}), NAMES)
    assert told[2].startswith('    Michael Wójcik into "Region II" of Equity & Justice: Canvas gave different answers')


def test_interrupted_run_says_what_is_left() -> None:
    """A change that was not begun is not a failure."""
    told = result(DETAIL, replace(REPORT, status="interrupted", applied=1, withheld=1), NAMES)
    assert told[0].startswith("Stopped at ")
    assert told[1] == "  1 change is not begun. See: ilc-canvas show 3"


def test_reason_of_many_is_told_once() -> None:
    """Changes deferred for one reason are listed below it, by name; a change with its own reason is one line."""
    over = "the course ended on 30 Apr 2022, 23:59 Pacific."
    other = Key(Kind.ENROLLMENT, f"{R2.id}|ilc:p:ILC-0103|StudentEnrollment")
    deferred = (("create", SEAT.key, over), ("create", other, over), ("create", WHO, "login-taken"))
    told = [with_commands(line) for line in result(replace(DETAIL, deferred=deferred), replace(REPORT, status="partial", parked=3), NAMES)]
    assert told[1:6] == [
        "  3 changes are left out for now:",
        "    Michael Wójcik: Canvas says that this login belongs to somebody else. Somebody must decide: ilc-canvas people review",
        "    The course ended on 30 Apr 2022, 23:59 Pacific.",
        '      Michael Wójcik in "Region II" of COP EQ · Equity & Justice',
        '      ilc:p:ILC-0103 in "Region II" of COP EQ · Equity & Justice',
    ]

"""show: what became of each change of a run, the open ones first, the same in text and JSON."""

from dataclasses import replace

from ilc_canvas.cli.runs.outcomes_text import outcome_lines
from ilc_canvas.reconcile.change import Create
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, Record
from ilc_canvas.store.runs.details import Step
from ilc_canvas.views.runs.outcomes import change_outcomes
from tests.cli.people_cast import Office, rows
from tests.cli.test_run_text import DETAIL, NAMES

OPEN = ("refused", "unavailable", "in_doubt", "not_applied", "waiting", "resting", "not_begun", "planned")
EQ = "courses/sis_course_id:ilc:2021-22:cop:EQ"


def _results(office: Office, run: object) -> list[str]:
    return [change["result"] for change in office.cli("show", str(run), "--json").json["changes"]]


def test_done_run_counts_its_changes(office: Office) -> None:
    """All done: each change has its outcome, and the text says how many."""
    office.sign()
    run = office.sync()["run"]
    assert set(_results(office, run)) <= {"applied", "noop"}
    assert f"Done: {len(_results(office, run))} changes." in office.cli("show", str(run)).out


def test_held_plan_waits(office: Office) -> None:
    """Of a held plan each change waits; its letter is shown once, without marks."""
    office.sign()
    run = office.plan()["run"]
    assert set(_results(office, run)) == {"waiting"}
    text = office.cli("show", str(run)).out
    assert "←" not in text
    assert "Held for a person" in text


def test_refused_change_comes_first(office: Office) -> None:
    """What Canvas refused, with the reason; then what was not begun for it; what was done comes last."""
    office.sign()
    digest = office.plan()["digest"]
    office.canvas.fault("500", "courses/.*/sections", method="POST", times=20)
    said = office.cli("sync", "--approve", digest, "--reason", "seen", "--json").json
    results = _results(office, said["run"])
    assert results == sorted(results, key=lambda result: (*OPEN, "applied", "noop").index(result))
    assert ("not_begun" in results, results[-1]) == (True, "applied")
    assert results[0] in ("refused", "unavailable")
    first = office.cli("show", str(said["run"]), "--json").json["changes"][0]
    text = office.cli("show", str(said["run"])).out
    assert first["why"]
    assert text.index("Failed: ") < text.index("Not begun: ") < text.index("Done: ")
    assert " not begun" in text[text.index("against Canvas") :]


def test_unanswered_change_is_in_doubt() -> None:
    """A change that was sent and has no outcome is in doubt; one that was not sent before the run died is not begun."""
    steps = tuple(Step(n, Create(Record(Key(Kind.USER, f"ilc:p:P{n}"), {})), str(n), begun=n == 0) for n in range(2))
    dead = replace(DETAIL, steps=steps, report=None)
    assert [fate.result for fate in change_outcomes(dead)] == ["in_doubt", "not_begun"]
    assert list(outcome_lines(dead, NAMES, all_rows=False))[:2] == [
        "In doubt (the next run looks whether it happened): 1 change.",
        "  person ilc:p:P0",
    ]


def test_left_alone_is_listed_as_in_a_plan(office: Office) -> None:
    """What people changed and added by hand is in `show`, in text and JSON, as `plan` lists it."""
    office.sign()
    office.sync()
    office.hand("PUT", EQ, course={"name": "By hand"})
    plan, run = office.cli("plan").out, office.cli("runs", "--json").json[0]["run"]
    listed = [line for line in plan.splitlines() if line.startswith("  course ")]
    shown = office.cli("show", str(run))
    assert listed
    assert all(line in shown.out.splitlines() for line in listed)
    assert office.cli("show", str(run), "--json").json["changed_by_hand"] == [{"key": "course=ilc:2021-22:cop:EQ", "field": "name"}]


def test_mixed_plan_is_marked(office: Office) -> None:
    """In the letter of a run that was done in part each open line says so, and the others do not."""
    office.sign()
    office.sync()
    office.sign(rows(P2={"display_name": "Ben O."}, P3={"display_name": "Chloe T."}))
    office.canvas.fault("500", f"users/{office.number('P2')}", method="PUT", times=20)
    run = office.cli("sync", "--json").json["run"]
    lines = [line for line in office.cli("show", str(run)).out.splitlines() if line.startswith("  ~ person")]
    assert sorted("← failed" in line for line in lines) == [False, True]

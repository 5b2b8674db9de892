"""publish: asking for courses to be opened, and what it says."""

from contextlib import closing

import pytest

from ilc_canvas import process
from ilc_canvas.program.courses.opening import Opening
from ilc_canvas.program.names import course_key, scope
from ilc_canvas.settings import read_settings
from ilc_canvas.store.audit import reader
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.openings import versions
from tests.cli.conftest import Cli
from tests.cli.people_cast import Office
from tests.cli.test_runs import sign
from tests.sandbox.process import Sandbox


def states(canvas: Sandbox) -> set[tuple[str, str]]:
    """Courses that are open."""
    return {(row["sis_course_id"][-2:], row["workflow_state"]) for row in canvas.state()["courses"] if row["workflow_state"] == "available"}


def test_asked_for_held_and_opened(connected: Cli, canvas: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A course that is not ready is refused; one that is ready is opened by the plan that somebody approves; --ready finds it by itself."""
    monkeypatch.setenv("ILC_CANVAS_SETTLE_SECONDS", "0")
    sign(connected)
    connected("plan")
    said = connected("publish", "cop:NB", "--reason", "the year begins")
    assert (said.code, "Not ready to open, by the last look at Canvas: cop:NB." in said.err, "ilc-canvas ready" in said.out + said.err) == (
        1,
        True,
        True,
    )
    digest = connected("plan", "--only", "cop:NB", "--json").json["digest"]
    assert connected("sync", "--only", "cop:NB", "--approve", digest, "--reason", "seen").code == 0
    connected("plan")
    said = connected("publish", "--ready", "--reason", "the year begins")
    assert (said.code, "To be opened: 1 course." in said.out, "COP NB" in said.out) == (0, True, True)
    assert "asked for before" in connected("publish", "cop:NB", "--reason", "again").out
    held = connected("plan", "--only", "cop:NB")
    assert (held.code, "1 course would be opened to 17 people. Canvas mails nobody." in held.out) == (3, True)
    digest = connected("plan", "--only", "cop:NB", "--json").json["digest"]
    assert connected("sync", "--only", "cop:NB", "--approve", digest, "--reason", "open it").code == 0
    assert states(canvas) == {("NB", "available")}
    said = connected("publish", "cop:NB", "--withdraw", "--reason", "done")
    assert (said.code, "What is open already stays open." in said.out) == (0, True)
    assert connected("publish", "cop:NB", "--withdraw", "--reason", "twice").code == 1


@pytest.mark.parametrize(
    "words",
    [(), ("cop:NB",), ("cop:NB", "--ready", "--reason", "x"), ("--ready", "--withdraw", "--reason", "x"), ("cop NB", "--reason", "x")],
)
def test_asked_for_wrongly(cli: Cli, words: tuple[str, ...]) -> None:
    """Without courses, without a reason, or with both ways of naming them it is refused before anything is read."""
    assert cli("publish", *words).code == 64


def test_unknown_course_is_refused(connected: Cli) -> None:
    """A course that the roster does not have is named."""
    sign(connected)
    said = connected("publish", "cop:XX", "--anyway", "--reason", "x")
    assert (said.code, "is called cop:XX" in said.out + said.err) == (1, True)


def test_approved_for_opening_day(connected: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a day in the settings it is said when the course is opened; without one the option is refused."""
    monkeypatch.setenv("ILC_CANVAS_SETTLE_SECONDS", "0")
    sign(connected)
    assert connected("publish", "cop:NB", "--anyway", "--on-opening-day", "--reason", "x").code == 64
    monkeypatch.setenv("ILC_CANVAS_SCHEDULE", '{"open": "2021-09-01"}')
    said = connected("publish", "cop:NB", "--anyway", "--on-opening-day", "--reason", "x")
    assert (said.code, "A worker opens them on Wednesday, September 1, 2021, if they are ready then" in said.out) == (0, True)
    monkeypatch.setenv("ILC_CANVAS_SCHEDULE", '{"open": "September"}')
    assert connected("plan").code != 0


def test_course_that_one_year_has_asked_for(office: Office) -> None:
    """With two school years cared for, what was asked for in one of them is taken back by its word alone; the other is left as it is."""
    for year in ("2021-22", "2022-23"):
        office.sign(school_year=year)
    settings, course = read_settings(), course_key(scope("ilc", "2022-23"), "cop", "EQ")
    with closing(open_store(settings.store)) as store:
        new = Opening(course, anyway=True, actor="ana", reason="the year begins", at=process.now())
        versions.record(store, "2022-23", lambda _: {course: new}, actor="ana", reason="the year begins", at=process.now())
        said = office.cli("publish", "cop:EQ", "--withdraw", "--reason", "too early")
        assert (said.code, "Taken back: 1 course" in said.out) == (0, True), said
        assert versions.newest(store, "2022-23") == {}
        events = [event.body["school_year"] for event in reader.events(store) if event.kind == "openings-finalized"]
        assert events == ["2022-23", "2022-23"]
    assert "Nobody has asked to open cop:EQ" in office.cli("publish", "cop:EQ", "--withdraw", "--reason", "twice").err
    unknown = office.cli("publish", "cop:XX", "--anyway", "--reason", "x")
    assert "No course of the roster of 2021-22 and 2022-23 is called cop:XX" in unknown.err

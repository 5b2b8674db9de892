"""ready: one line for each course that is not ready, and the exit code."""

import pytest

from ilc_canvas import bootstrap, process
from ilc_canvas.settings import read_settings
from ilc_canvas.store.worker import outbox
from ilc_canvas.worker.digest import send_digest
from ilc_canvas.worker.ready_courses import LastCounted
from tests.cli.conftest import Cli
from tests.cli.test_runs import sign
from tests.e2e.office import SAMPLE, importing
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox


def test_not_built_then_ready_then_touched(connected: Cli, canvas: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first look nothing is ready; a filled course is; somebody taken out by hand, and a newer roster, are told."""
    monkeypatch.setenv("ILC_CANVAS_SETTLE_SECONDS", "0")
    sign(connected)
    said = connected("ready")
    assert (said.code, "0 of 19 courses of 2021-22 are ready to open: nobody has looked at Canvas yet" in said.out) == (2, True)
    digest = connected("plan", "--only", "cop:NB", "--json").json["digest"]
    assert connected("sync", "--only", "cop:NB", "--approve", digest, "--reason", "seen").code == 0
    connected("plan")
    said = connected("ready", "--only", "cop:NB", "--all")
    assert (said.code, "1 of 1 course of 2021-22 is ready to open, as run " in said.out, ": ready (" in said.out) == (0, True, True)
    assert "1 course is not open yet" in said.out
    (year,) = connected("ready", "--json").json
    assert (year["courses"], year["ready"], len(year["each"])) == (19, 1, 19)
    human, state = Person(canvas.url), canvas.state()
    taken = state["enrollments"][0]
    human.ask("DELETE", f"courses/{taken['course_id']}/enrollments/{taken['id']}", {"task": "deactivate"})
    connected("plan")
    said = connected("ready", "--only", "cop:NB")
    assert (said.code, "1 person: " in said.out, "ended, deleted or not accepted in Canvas" in said.out) == (2, True, True)
    assert connected("ready", "--only", "cop:XX").code == 64


def test_newer_roster_makes_it_stale(connected: Cli) -> None:
    """What was signed since the last look is not in its answer: nothing counts as ready."""
    sign(connected)
    connected("plan")
    newer = importing(SAMPLE / "roster_2021-22_v4_amended.csv", teams="teams_2021-22_v4.csv", cops="cops_2021-22_v4.csv")
    assert connected(*newer).code == 0
    assert connected("roster", "finalize", "--signed-by", "R. Alvarez").code == 0
    said = connected("ready")
    assert (said.code, "the roster is version 2 now, the last look went by version 1" in said.out) == (2, True)


def test_worker_and_digest_count_ready_courses(connected: Cli, canvas: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    """The same answer for monitoring and in the daily mail; it is worked out once for each run, however often it is asked for."""
    monkeypatch.setenv("ILC_CANVAS_SETTLE_SECONDS", "0")
    sign(connected)
    settings = read_settings()
    with bootstrap.open_store(settings) as store:
        counted = LastCounted(settings, store, process.now)
        assert counted() == []
        digest = connected("plan", "--only", "cop:NB", "--json").json["digest"]
        assert connected("sync", "--only", "cop:NB", "--approve", digest, "--reason", "seen").code == 0
        connected("plan")
        assert [str(each) for each in counted()] == ["1 of 19 courses of 2021-22 is ready to open."]
        assert counted() is counted()
        send_digest(settings, store, process.now())
        assert "1 of 19 courses of 2021-22 is ready to open." in outbox.listing(store, 1)[0].notice.lines

"""Undoing a run from the console: what it would do, the plan, the approval, and what a worker does of it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ilc_canvas.bootstrap import worker_jobs
from ilc_canvas.cli.commands import with_commands
from ilc_canvas.settings import read_settings
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.runs import details
from ilc_canvas.store.worker import pauses, sync_requests
from tests.cli.conftest import CLOCK
from tests.cli.people_cast import Office as Roster
from tests.console.cast import Browser, Office, text_of
from tests.console.conftest import environment, said, serving
from tests.console.role import make_role
from tests.sandbox.process import TOKEN, start_sandbox
from tests.stores import POSTGRES, made_store

Turn = Callable[[], str | None]


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Turn]]:
    """A console, a Canvas that run 2 has filled, and a worker that takes one request with each turn."""
    folder = tmp_path_factory.mktemp("working")
    store = made_store(folder)
    given = {"STORE": store, "TOKEN": TOKEN, "SETTLE_SECONDS": "0", "REREAD_SECONDS": "0"}
    with start_sandbox(*CLOCK) as canvas, environment({**given, "URL": canvas.url}):
        roster = Roster(said, Path(folder), canvas)
        roster.sign()
        roster.sync()
        if POSTGRES:
            assert make_role(store).returncode == 0
        settings = read_settings()
        with closing(open_store(store)) as opened, serving(settings, opened) as office:
            jobs = worker_jobs(settings, opened, name="worker-1", words=with_commands, now=office.clock)
            yield office, lambda: jobs.request(lambda: False)


@pytest.fixture
def ito(working: tuple[Office, Turn]) -> Browser:
    """An approver."""
    return working[0].browser("M. Ito", Role.APPROVER)


def test_run_is_undone(working: tuple[Office, Turn], ito: Browser) -> None:
    """The page tells what run 2 has done and what undoing means; the plan is made even in a pause; approved, it is carried out."""
    office, turn = working
    text = text_of(ito.get("/runs/2/undo"))
    assert "What run 2 has done" in text
    assert "nothing is ever deleted" in text
    assert 'href="/runs/2/undo"' in ito.get("/runs/2").text
    assert ito.post("/runs/2/undo").status_code == 422
    pauses.pause(office.store, until=None, actor="ana", reason="lunch", at=office.clock())
    for _ in range(2):
        assert ito.post("/runs/2/undo", {"reason": "wrong list"}).headers["Location"] == "/runs/2/undo"
    assert "Waits for a worker" in text_of(ito.get("/runs/2/undo"))
    assert len(sync_requests.open_requests(office.store)) == 1
    turn()
    pauses.resume(office.store, actor="ana", reason="eaten", at=office.clock())
    page = ito.get("/runs/2/undo")
    assert "Next: read the plan to undo run 2" in text_of(page)
    digest = details.runs(office.store)[0].digest
    assert f'href="/plans/{digest}"' in page.text
    assert "Plan to undo run 2" in text_of(ito.get(f"/plans/{digest}"))
    chosen = [step.fingerprint for step in details.run(office.store, 3).steps]
    ends = text_of(ito.get(f"/plans/{digest}/approve?change={'&change='.join(chosen)}")).partition("Places that end (")[2].partition(")")[0]
    answer = ito.post(f"/plans/{digest}/approve", {"change": chosen, "seen": "0", "reason": "wrong list", "ends": ends})
    assert answer.status_code == 303, text_of(answer)
    (asked,) = sync_requests.open_requests(office.store)
    assert (asked.request.kind, asked.request.undo) == ("undo", 2)
    told = turn()
    assert told
    assert "run 2 is taken back" in told
    assert "undo run 2" in text_of(ito.get("/sync"))
    assert "left undone by decision" in text_of(ito.get("/alone"))


def test_run_that_changed_nothing(working: tuple[Office, Turn], ito: Browser) -> None:
    """A plan has done nothing that could be undone: it has no such link, and the page says why."""
    assert "/undo" not in ito.get("/runs/1").text
    for answer in (ito.get("/runs/1/undo"), ito.post("/runs/1/undo", {"reason": "x"})):
        assert (answer.status_code, "It has changed nothing in Canvas." in text_of(answer)) == (422, True)
    assert ito.get("/runs/99/undo").status_code == 404
    assert not sync_requests.open_requests(working[0].store)


def test_undoing_is_for_approvers(working: tuple[Office, Turn]) -> None:
    """A coordinator reads who may; nothing is asked for."""
    alvarez = working[0].browser("R. Alvarez", Role.COORDINATOR)
    assert "Undoing is for the approver." in text_of(alvarez.get("/runs/2"))
    assert alvarez.get("/runs/2/undo").status_code == 403


def test_person_is_looked_at_again(working: tuple[Office, Turn]) -> None:
    """A look asks Canvas, and the page has what it said, and when."""
    office, turn = working
    alvarez = office.browser("R. Alvarez", Role.COORDINATOR)
    assert alvarez.post("/people/P2/look").status_code == 303
    turn()
    text = text_of(alvarez.get("/people/P2"))
    assert "The last look, asked for by R. Alvarez, " in text
    assert "Canvas has P2 in " in text
    assert "Canvas, " in text.partition("Where, and why")[2]


def test_examination_and_log_are_checked(working: tuple[Office, Turn]) -> None:
    """What works is listed on the page of the console, and that the log verifies on that of the log."""
    office, turn = working
    boss = office.browser("S. Okafor", *Role)
    for path in ("/health/doctor", "/audit/check", "/health/test"):
        assert boss.post(path).status_code == 303
        turn()
    assert "Token belongs to Canvas user" in text_of(boss.get("/health"))
    assert "The last test notice, asked for by S. Okafor" in text_of(boss.get("/health"))
    assert "events verifies." in text_of(boss.get("/audit"))

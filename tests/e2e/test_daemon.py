"""The daemon as a process: it works, takes sync requests from other processes, stops on request, and is replaced when it dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from ilc_canvas.cli.worker.worker import PATIENCE
from ilc_canvas.store.worker import pauses, sync_requests
from tests.e2e.conftest import Open
from tests.e2e.office import Office
from tests.sandbox.process import ROOT
from tests.sync.world import opened as stored
from tests.waiting import until

pytestmark = pytest.mark.timeout(300)
TIMES = 1000
HANGS, REREAD, IMPATIENT = 200, 0.2, 2.0  # seconds
NB, AUGUST = ("--only", "cop:NB"), ("--now", "2021-08-16T16:00:00Z")


@contextmanager
def worker(office: Office, log: Path, patience: float = PATIENCE) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker of this office, perhaps with less patience than others, ended in the end however it goes."""
    start = f"from ilc_canvas.cli import main; from ilc_canvas.cli.worker import worker; worker.PATIENCE = {patience}; main()"
    with log.open("ab") as err:
        process = subprocess.Popen([sys.executable, "-c", start, "worker"], env=office.environment, cwd=ROOT, stderr=err)
    try:
        until(lambda: b"worker.started" in log.read_bytes())
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def office(opened: Open) -> Office:
    """A signed roster, an empty Canvas; a plan for one COP is approved."""
    return ready(opened(*AUGUST))


def ready(office: Office) -> Office:
    """The roster is signed, and the plan for one COP is approved."""
    office.sign("3")
    digest = office.json("plan", *NB).value["digest"]
    assert office.run("approve", digest, "--reason", "seen").code == 0
    return office


def test_wish_is_fulfilled_and_worker_stops(office: Office, tmp_path: Path) -> None:
    """A sync request from another process is taken and done while somebody waits; at SIGTERM the worker ends at once, with exit code 0."""
    with worker(office, tmp_path / "log") as process:
        assert office.run("resync", *NB, "--reason", "a call came in").code == 0
        with stored(office.environment["ILC_CANVAS_STORE"]) as store:
            until(lambda: sync_requests.read(store, 1).state != "waiting")
        said = office.run("resync", *NB, "--reason", "a call came in", "--wait")
        assert (said.code, "is done: Canvas agrees with roster version 3" in said.out) == (0, True)
        assert {place.course for place in office.places()} == {"cop:NB"}
        person = office.run("resync", "--only", "person:ILC-0006", "--reason", "where is he", "--wait")
        assert [line.split()[0] for line in person.out.splitlines()[-5:]] == ["Roster", "Canvas", "Decided", "Done", "Verified"]
        process.send_signal(signal.SIGTERM)
        until(lambda: process.poll() is not None)
        assert process.returncode == 0
    assert office.run("health").code == 1  # nobody is at work any more


@pytest.mark.parametrize(
    ("fault", "method", "path", "patience"),
    [
        (f"delay:{HANGS}", "GET", "/users", IMPATIENT),
        (f"delay:{HANGS}", "POST", "/users", PATIENCE),
        ("reset-before", "POST", "/users", IMPATIENT),
    ],
    ids=["reading hangs", "a write hangs", "waiting until it may be looked"],
)
def test_stop_does_not_wait_for_canvas(opened: Open, tmp_path: Path, fault: str, method: str, path: str, patience: float) -> None:
    """While Canvas hangs, SIGTERM ends the worker long before it answers, with exit code 0; the run is closed, and the next one goes on."""
    office = ready(opened(*AUGUST, SETTLE_SECONDS=str(HANGS), REREAD_SECONDS=str(REREAD)))
    with worker(office, tmp_path / "log", patience) as process:
        office.sandbox.fault(fault, path, method=method, times=TIMES)
        assert office.run("resync", *NB, "--reason", "go").code == 0
        until(lambda: office.sandbox.faults_left()[0]["left"] < TIMES)
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        until(lambda: process.poll() is not None, HANGS / 2)
    assert process.returncode == 0
    (last,) = office.json("runs", "--limit", "1").value
    assert last["status"] == "interrupted"
    assert "Stopped" in office.run("show", str(last["run"])).out
    office.sandbox.mend()
    office.environment["ILC_CANVAS_SETTLE_SECONDS"] = "0.5"
    assert office.json("sync", *NB).value["status"] in ("applied", "converged")
    assert office.json("sync", *NB).value["writes"] == 0
    assert {place.course for place in office.places()} == {"cop:NB"}


def test_same_wish_is_not_added_twice(office: Office) -> None:
    """While a sync request waits the same one is refused politely; cancelled, it is gone; all that without a worker."""
    words = ("resync", *NB, "--reason", "now")
    first, second, other = office.run(*words), office.run(*words), office.run("resync", "--reason", "all of it")
    assert [each.code for each in (first, second, other)] == [0, 1, 0]
    assert "asked for already: no. 1 by" in second.err
    assert office.json("resync", "--cancel").value == {"cancelled": [1, 2]}
    assert office.run("resync", "--cancel").code == 1


def test_wrong_word_is_refused_at_once(office: Office) -> None:
    """A word that the roster does not know is refused at once, without a worker; no request is recorded."""
    before = len(office.sandbox.requests())
    for command in ("resync", "sync"):
        said = office.run(command, "--only", "person:ILC-9999", "--reason", "where is he")
        assert (said.code, "ILC-9999 does not match anything in roster version 3. Nothing was done." in said.err) == (1, True)
    assert len(office.sandbox.requests()) == before
    assert office.json("status").value["sync_requests"] == []


def test_pause_holds_for_everybody(office: Office) -> None:
    """During a pause no command writes, plans can still be made, and the output says who paused and why."""
    assert office.run("pause", "--reason", "the Canvas office asked for it").code == 0
    digest = office.json("plan", *NB).value["digest"]
    refused = office.run("sync", *NB, "--approve", digest)
    assert (refused.code, "the Canvas office asked for it" in refused.err) == (1, True)
    assert not [row for row in office.sandbox.requests() if row["method"] != "GET"]
    assert (office.run("resume").code, office.json("sync", *NB).value["status"]) == (0, "applied")


def test_pause_holds_in_mid_run(opened: Open, tmp_path: Path) -> None:
    """A pause that begins while a run is writing holds before the next write: only the call under way is finished."""
    office = ready(opened(*AUGUST, IN_FLIGHT="1"))
    with worker(office, tmp_path / "log"):
        office.sandbox.fault("delay:0.5", method="POST", times=TIMES)
        assert office.run("resync", *NB, "--reason", "go").code == 0
        until(lambda: _writes(office) > 4)
        with stored(office.environment["ILC_CANVAS_STORE"]) as store:
            pauses.pause(store, until=None, actor="ana", reason="the Canvas office asked for it", at=datetime.now(UTC))
        before = _writes(office)
        until(lambda: office.json("runs", "--limit", "1").value[0]["status"] == "interrupted")
        assert _writes(office) - before <= 1
    assert "Paused by ana on" in (tmp_path / "log").read_text()


def _writes(office: Office) -> int:
    return sum(row["method"] != "GET" for row in office.sandbox.requests())


def test_dead_worker_is_followed(office: Office, tmp_path: Path) -> None:
    """When a worker is killed during a sync request, the standby worker completes it, and nothing is duplicated."""
    with worker(office, tmp_path / "one") as first:
        office.sandbox.fault("delay:1.5", method="POST", times=TIMES)
        assert office.run("resync", *NB, "--reason", "go").code == 0
        until(lambda: sum(row["method"] == "POST" for row in office.sandbox.requests()) > 10)
        with worker(office, tmp_path / "two"):  # it stands by
            os.kill(first.pid, signal.SIGKILL)
            office.sandbox.mend()
            with stored(office.environment["ILC_CANVAS_STORE"]) as store, store.write() as connection:
                connection.execute(text("UPDATE lease SET expires = '2021-08-16T16:00:00.000000Z'"))
            until(lambda: _done(office))
    assert office.json("sync", *NB).value["writes"] == 0


def _done(office: Office) -> bool:
    return any(run["status"] in ("applied", "converged") and run["trigger"] == "resync" for run in office.json("runs").value)

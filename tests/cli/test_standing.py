"""status: how things stand, for whoever asks."""

import subprocess
import sys
from datetime import UTC, datetime

from ilc_canvas.settings import read_settings
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.worker import heartbeat
from tests.cli.conftest import Cli
from tests.sandbox.process import ROOT
from tests.stores import in_a_file


@in_a_file
def test_status_tells_who_is_there(cli: Cli) -> None:
    """Workers that are alive with their last word, a pause and by whom, wishes that wait."""
    cli("db", "upgrade")
    assert "Worker   none is at work" in cli("status").out
    noted = cli("resync", "--reason", "a call came in").out
    assert "No worker is at work now, so it waits." in noted
    cli("pause", "--reason", "the Canvas office asked for it")
    store = open_store(read_settings().store)
    alive = {"version": "1", "at": datetime.now(UTC), "started_at": datetime.now(UTC)}
    heartbeat.beat(store, "ilc@box:7.3f2a", state="ready", sentence="Nothing was due yet.", **alive)  # type: ignore[arg-type]
    heartbeat.beat(store, "ilc@box:8.11aa", state="stopped", sentence="Gone.", **alive)  # type: ignore[arg-type]
    store.close()
    told = cli("status").out
    assert "Worker   ilc@box:7.3f2a, ready" in told
    assert "box:8" not in told
    assert "the Canvas office asked for it. To go on: ilc-canvas resume" in told
    assert "waits for a worker: everything" in told
    found = cli("status", "--json").json
    assert ([beat["state"] for beat in found["workers"]], [wish["only"] for wish in found["wishes"]]) == (["ready"], [[]])


def test_two_processes_have_two_names() -> None:
    """Workers in containers that share a machine's name have the same process number: a mark tells their leases apart."""
    ask = [sys.executable, "-c", "from ilc_canvas import bootstrap; print(bootstrap.holder().rpartition(':')[2].partition('.')[2])"]
    marks = {subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout for _ in range(2)}
    assert len(marks) == 2

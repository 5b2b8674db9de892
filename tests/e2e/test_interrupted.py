"""Ctrl-C in the middle of a fill, and what the next run makes of it."""

import signal
import subprocess
import sys
import time

import pytest

from tests.e2e.conftest import Open
from tests.e2e.office import CLOCK, ours, places, writes
from tests.sandbox.process import ROOT

pytestmark = pytest.mark.timeout(400)
NB = ("--only", "cop:NB")


def test_stopped_fill_is_finished_later(opened: Open) -> None:
    """Ctrl-C ends a fill with 130 and without a traceback; the next run does what is left under the same yes, and doubles nothing."""
    office = opened(*CLOCK, "--latency-ms", "60")
    office.sign("3")
    digest = office.json("plan", *NB).value["digest"]
    command = [sys.executable, "-m", "ilc_canvas", "sync", "--approve", digest, *NB]
    with subprocess.Popen(
        command, env=office.environment, cwd=ROOT, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        while len(writes(office.sandbox.requests())) < 12 and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert office.json("runs").value[0]["status"] == "interrupted"
    assert len(places(office.sandbox.state())) < 17
    done = office.json("sync", *NB)
    assert (done.code, done.value["status"]) == (0, "applied")
    state = office.sandbox.state()
    assert (len(places(state)), len(state["enrollments"]), len(ours(state, "users", "sis_user_id"))) == (17, 17, 17)
    assert office.run("audit", "verify").code == 0

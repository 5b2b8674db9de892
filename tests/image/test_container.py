"""A container of the image: what it may, how it reads its secret, how it ends, and that it does its work."""

import json
from collections.abc import Iterator
from time import monotonic

import pytest
import requests

from tests.image.engine import SECRET, Container, Place
from tests.sandbox.process import Sandbox
from tests.waiting import until

PORT = 19464
IMPORT = (
    *("roster", "import", "/sample/roster_2021-22_final.csv", "--teams", "/sample/teams_2021-22.csv", "--cops", "/sample/cops_2021-22.csv"),
    *("--school-year", "2021-22", "--manifest", "/sample/roster_2021-22_final.manifest.json"),
)


@pytest.fixture(scope="module")
def running(place: Place) -> Iterator[Container]:
    """The worker, as the image starts it."""
    with place.start() as container:
        yield container


def test_program_has_no_rights(running: Container) -> None:
    """It is user 10001 without a capability, and cannot get one."""
    status = running.status()
    assert set(status["Uid"].split()) == set(status["Gid"].split()) == {"10001"}
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert running.shell("cat /proc/1/comm").out == "tini\n"


def test_only_data_is_writable(running: Container) -> None:
    """The root is read-only; the store's folder and /tmp are not, and /tmp runs no program."""
    for folder in ("/", "/opt/ilc", "/etc", "/usr/local"):
        assert "Read-only file system" in running.shell(f"touch {folder}/x").err
    assert running.shell("touch /data/x /tmp/x && rm /data/x").code == 0
    assert "Permission denied" in running.shell("cp /bin/true /tmp/true && /tmp/true").err


def test_token_stays_in_its_file(place: Place, running: Container) -> None:
    """The file is read by its user alone; neither the engine nor the environment nor the log shows what is in it."""
    assert place.secret.stat().st_mode & 0o777 == 0o400
    assert running.shell("cat /run/secrets/token").out == f"{SECRET}\n"
    assert SECRET not in json.dumps(running.inspect())
    assert running.shell(f"cat /proc/[0-9]*/environ | grep -c {SECRET}").out == "0\n"
    assert SECRET not in running.log()


def test_health_check_of_image(running: Container) -> None:
    """The health check that the image brings says yes while the worker runs."""
    until(running.healthy)


def test_port_answers(place: Place) -> None:
    """Where a port is set, health, readiness and numbers are told there, and nothing else."""
    with place.start(HTTP_PORT=str(PORT)):
        until(lambda: _answer("readyz") == 200)
        assert (_answer("healthz"), _answer("metrics"), _answer("")) == (200, 200, 404)


def _answer(path: str) -> int:
    try:
        return requests.get(f"http://127.0.0.1:{PORT}/{path}", timeout=5).status_code
    except requests.ConnectionError:
        return 0


def test_worker_ends_by_sigterm(place: Place) -> None:
    """SIGTERM ends the worker with exit code 0, well within the time that compose grants."""
    with place.start() as container:
        assert container.shell("sleep 3").code == 0
        began = monotonic()
        assert container.stop(30) == 0, container.log()
        assert monotonic() - began < 25


def test_sync_in_the_container(own_place: Place, sandbox: Sandbox) -> None:
    """Containers that come and go import, sign, plan, approve and fill a Canvas from one volume; then nothing is left to do."""
    assert own_place.run(*IMPORT).code == 0
    assert own_place.run("roster", "finalize", "--signed-by", "R. Alvarez").code == 0
    code, plan = own_place.json("plan")
    assert (code, plan["status"]) in {(2, "planned"), (3, "held")}
    code, done = own_place.json("sync", "--approve", plan["digest"], "--reason", "seen")
    assert (code, done["status"]) == (0, "applied"), done
    assert len(sandbox.state()["courses"]) >= 19
    code, again = own_place.json("sync")
    assert (code, again["status"], again["writes"]) == (0, "converged", 0), json.dumps(again)

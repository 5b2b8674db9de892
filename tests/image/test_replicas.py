"""Two containers on one PostgreSQL: one works, the other stands by, and follows when the first dies."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.image.engine import Place
from tests.image.test_container import IMPORT
from tests.sandbox.process import Sandbox
from tests.store.conftest import own_server
from tests.store.postgres import new_database
from tests.waiting import until

pytestmark = pytest.mark.timeout(600)
NB = ("--only", "cop:NB")
LEASE = 90  # seconds


@pytest.fixture
def served(tmp_path: Path, sandbox: Sandbox) -> Iterator[Place]:
    """A signed roster in a database, and a yes to the plan for one COP."""
    sandbox.reset()
    with ExitStack() as stack:
        server = stack.enter_context(own_server())
        place = stack.enter_context(Place(tmp_path, sandbox.url, STORE=new_database(server.url, "replicas")))
        assert place.run("db", "create").code == place.run(*IMPORT).code == 0
        assert place.run("roster", "finalize", "--signed-by", "R. Alvarez").code == 0
        digest = place.json("plan", *NB)[1]["digest"]
        assert place.run("approve", digest, "--reason", "seen").code == 0
        yield place


def test_replica_takes_over(served: Place, sandbox: Sandbox) -> None:
    """The container at work is killed in mid-run; the other finishes within the time of a lease, and nothing is doubled."""
    sandbox.fault("delay:5", method="POST", times=1000)
    with served.start() as first, served.start() as second:
        until(lambda: "worker.started" in first.log() and "worker.started" in second.log())
        until(lambda: _writes(sandbox) > 6, 90)
        holder = served.json("status")[1]["holder"]
        (leader,) = (each for each in (first, second) if each.name in holder)
        (other,) = {first, second} - {leader}
        leader.kill()
        sandbox.mend()
        took = until(lambda: "run.closed" in other.log(), LEASE + 30)
    assert took < LEASE + 10, took
    assert [run["status"] for run in served.json("runs")[1] if run["trigger"] == "schedule"][-2:] == ["partial", "interrupted"]
    print(f"taken over and finished {took:.0f} s after the kill")  # noqa: T201 - the figure, with -s
    code, again = served.json("sync", *NB)
    assert (code, again["writes"]) == (0, 0)


def _writes(sandbox: Sandbox) -> int:
    return sum(row["method"] != "GET" for row in sandbox.requests())

"""Workers in processes of their own: `python -m tests.sync.worker_process` reads orders, a JSON line each, and forks a worker for each.

It answers with the worker's process number; the worker makes one run and leaves, as JSON, how it ended. With `freeze` it stops itself
(SIGSTOP) at that point, for others to wake it.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from sqlalchemy import event

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.reconcile.errors import IlcError, StoreError
from ilc_canvas.reconcile.guards.guard import Limits
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import Lease, _keep, take_lease
from ilc_canvas.store.runs.journal import SqlJournal
from ilc_canvas.sync import ApplySettings, Canvas, Journal, run_once
from tests.sync.crash import CANVAS, JOURNAL, SEND
from tests.sync.roster import YEAR
from tests.sync.world import AT_ONCE, POLICY, SCOPE, now, opened

COMMIT = "commit"  # a transaction of the store's, not committed yet
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Order:
    """One worker: whose store and Canvas, for how long it has the lease, where it freezes, how long it stands by."""

    store: str
    canvas: str
    holder: str
    seconds: float = 90.0
    renewal: float = 15.0
    call_seconds: float = 1.0
    freeze: str = ""  # point and side: "apply before"
    position: int = 1
    in_flight: int = 6
    patience: float = 0.0


@dataclass
class Ending:
    """How it ended: the report's status and figures, or the error."""

    status: str = ""
    error: str = ""
    text: str = ""
    writes: int = 0
    requests: int = 0
    stood_by: int = 0


class Worker:
    """One of these processes, as the test sees it."""

    def __init__(self, pid: int, said: Path) -> None:
        self.pid, self._said = pid, said

    def frozen(self, within: float = 40.0) -> None:
        """Wait until it has frozen."""
        state, end = Path(f"/proc/{self.pid}/stat"), time.monotonic() + within
        while not self._said.exists() and state.read_text().rpartition(")")[2].split()[0] != "T":
            assert time.monotonic() < end, "it does not freeze"
            time.sleep(0.01)
        assert not self._said.exists(), self._said.read_text()

    def wake(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)

    def ending(self, within: float = 90.0) -> Ending:
        """Wait for its end."""
        end = time.monotonic() + within
        while not self._said.exists():
            assert time.monotonic() < end, "it does not end"
            time.sleep(0.01)
        return Ending(**json.loads(self._said.read_text()))


class Nursery:
    """The process that forks workers, all its modules loaded; those that are left at its end are killed."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.sync.worker_process"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stdin
        assert self._process.stdout
        self._orders, self._answers = self._process.stdin, self._process.stdout
        self._folder, self._workers = folder, list[Worker]()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._orders.close()
        self._process.wait(timeout=60)
        self._answers.close()

    def hire(self, order: Order) -> Worker:
        """A worker that begins at once."""
        said = self._folder / f"said-{len(self._workers)}.json"
        self._orders.write(json.dumps({"said": str(said), **asdict(order)}) + "\n")
        self._orders.flush()
        worker = Worker(int(self._answers.readline()), said)
        self._workers.append(worker)
        return worker


class Freezing:
    """A port that stops the whole process at its turn."""

    def __init__(self, real: Any, order: Order) -> None:
        self._real, self._position = real, order.position
        self._point, _, self._side = order.freeze.partition(" ")
        self._count, self._lock = 0, threading.Lock()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        return self.around(found) if name == self._point else found

    def around(self, call: Any) -> Any:
        """The same call, frozen before or after it at its turn."""

        def freezing(*given: Any, **named: Any) -> Any:
            with self._lock:
                self._count += 1
                turn = self._count == self._position
            if turn and self._side == "before":
                os.kill(os.getpid(), signal.SIGSTOP)
            result = call(*given, **named)
            if turn and self._side == "after":
                os.kill(os.getpid(), signal.SIGSTOP)
            return result

        return freezing


def work(order: Order) -> Ending:
    """Take the lease, standing by as long as patience lasts, and make one run."""
    end, stood_by = time.monotonic() + order.patience, 0
    while True:
        try:
            report = _run(order)
        except IlcError as error:
            if not isinstance(error, StoreError) or time.monotonic() > end:
                return Ending("", type(error).__name__, str(error), stood_by=stood_by)
            stood_by += 1
            time.sleep(0.1)
        else:
            return Ending(report.status, writes=report.writes, requests=report.requests, stood_by=stood_by)


def _run(order: Order) -> Report:
    with (
        opened(order.store) as store,
        take_lease(store, order.holder, seconds=order.seconds, renewal=None) as lease,
        _renewing(lease, order),
    ):
        journal = SqlJournal(store, lease=lease, scope=SCOPE, base_url=order.canvas, now=now, call_seconds=order.call_seconds)
        client = CanvasClient(base_url=order.canvas, token="sandbox", school_year=YEAR, in_flight=order.in_flight, timing=AT_ONCE)
        _freeze_within(client, store, order)
        return run_once(
            ask=RunRequest("ana", "sync"),
            canvas=cast(Canvas, _maybe(client, CANVAS, order)),
            journal=cast(Journal, _maybe(journal, JOURNAL, order)),
            policy=POLICY,
            limits=Limits(),
            apply_settings=ApplySettings(in_flight=order.in_flight, settle_seconds=0.0, reread_seconds=0.0),
            now=now,
            sleep=lambda _: None,
        )


def _maybe(port: Any, points: tuple[str, ...], order: Order) -> Any:
    return Freezing(port, order) if order.freeze.split(" ")[0] in points else port


def _freeze_within(client: CanvasClient, store: Store, order: Order) -> None:
    """Freeze at a write of the client's session, or in the middle of a transaction."""
    if order.freeze.startswith(COMMIT):
        event.listen(store.engine, COMMIT, Freezing(store, order).around(lambda _: None))
    if not order.freeze.startswith(SEND):
        return
    session = client._transport._session
    plain, freezing = session.request, Freezing(session, order).around(session.request)

    def request(method: str, *given: Any, **named: Any) -> Any:
        return (plain if method == "GET" else freezing)(method, *given, **named)

    session.request = request  # type: ignore[assignment]


@contextmanager
def _renewing(lease: Lease, order: Order) -> Iterator[None]:
    """The lease's own thread, at a pace that its timing rule (which wants minutes) would refuse."""
    done = threading.Event()
    thread = threading.Thread(target=_keep, args=(lease, order.renewal, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def fork(order: dict[str, Any]) -> int:
    """A worker; its process number."""
    child = os.fork()
    if child:
        return child
    said = Path(order.pop("said"))
    with suppress(BaseException):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the answers go there
        ending = work(Order(**order))
        said.with_suffix(".new").write_text(json.dumps(asdict(ending)))
        said.with_suffix(".new").rename(said)
    os._exit(0)


def main() -> int:
    """Until the orders end; then nobody is left, frozen or not."""
    children = []
    for line in sys.stdin:
        children.append(fork(json.loads(line)))
        sys.stdout.write(f"{children[-1]}\n")
        sys.stdout.flush()
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())

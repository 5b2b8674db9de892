"""Runs in processes that kill themselves: `python -m tests.sync.crash` reads orders, a JSON line each, and forks a run for each.

It answers with the child's exit code: -9 where it was killed at its point. By hand:
echo '{"url": "http://127.0.0.1:4000", "store": "sqlite:///store.db", "point": "apply", "position": 3}' | python -m tests.sync.crash
"""

import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self, cast

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.store.runs.journal import SqlJournal
from ilc_canvas.sync import Canvas, Journal
from tests.stores import wait_until_released
from tests.sync.furniture import SHELF
from tests.sync.mutants import canvas_of, journal_of
from tests.sync.world import SWIFT, Setting, run_at

JOURNAL = ("begin", "pin_tenant", "open_intents", "save_course_counts", "planned", "intended", "happened", "closed")
CANVAS = ("tenant", "observe", "apply", "look")
SEND = "send"  # a write of the client's, at its session: some changes take several
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Crash:
    """Where a run dies: before or after the position-th call of one of its ports."""

    point: str
    side: str = "after"
    position: int = 1
    in_flight: int = 6

    def __str__(self) -> str:
        return f"{self.side}-{self.point}-{self.position}-of-{self.in_flight}" if self.point != "nowhere" else "lives"


NOWHERE = Crash("nowhere")


def kill() -> NoReturn:
    """Die as from outside: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


class Fuse:
    """Counts the calls of one method and blows at the ordered one."""

    def __init__(self, crash: Crash) -> None:
        self.crash, self._count, self._lock = crash, 0, threading.Lock()

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, deadly at its turn."""

        def deadly(*given: Any, **named: Any) -> Any:
            with self._lock:
                self._count += 1
                turn = self._count == self.crash.position
            if turn and self.crash.side == "before":
                kill()
            result = call(*given, **named)
            if turn:
                kill()
            return result

        return deadly


class Fused:
    """A port with a fuse at one of its methods."""

    def __init__(self, real: Any, fuse: Fuse) -> None:
        self._real, self._fuse = real, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        return self._fuse.around(found) if name == self._fuse.crash.point else found


def fused_session(client: CanvasClient, fuse: Fuse) -> None:
    """A fuse at the client's session, for its writes only."""
    session = client._transport._session
    plain, deadly = session.request, fuse.around(session.request)

    def request(method: str, *given: Any, **named: Any) -> Any:
        return (plain if method == "GET" else deadly)(method, *given, **named)

    session.request = request  # type: ignore[assignment]


def deadly_setting(crash: Crash, mutant: str = "") -> Setting:
    """Runs that die at this point; with a mutant, of a broken variant."""
    fuse = Fuse(crash)

    def canvas(client: CanvasClient) -> Canvas:
        if crash.point == SEND:
            fused_session(client, fuse)
        return cast(Canvas, Fused(canvas_of(mutant)(client), fuse))

    def journal(real: SqlJournal) -> Journal:
        return cast(Journal, Fused(journal_of(mutant)(real), fuse))

    return Setting(apply_settings=replace(SWIFT, in_flight=crash.in_flight), canvas=canvas, journal=journal)


class Forge:
    """The process that forks runs and sees them die."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.sync.crash"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stdin
        assert self._process.stdout
        self._orders, self._answers = self._process.stdin, self._process.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._orders.close()
        self._process.wait(timeout=60)
        self._answers.close()

    def run(self, url: str, store: str, crash: Crash, mutant: str = "", *, furnished: bool = False) -> int:
        """One run in a process of its own; its exit code, -9 where it was killed."""
        order = {"url": url, "store": store, "mutant": mutant, "furnished": furnished, **asdict(crash)}
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()
        code = int(self._answers.readline())
        wait_until_released(store)
        return code


def one(order: dict[str, Any]) -> int:
    """Fork, run, wait: the exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    with suppress(BaseException):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = _run(order)
    os._exit(code)


def _run(order: dict[str, Any]) -> int:
    url, store, mutant, furnished = order.pop("url"), order.pop("store"), order.pop("mutant", ""), order.pop("furnished", False)
    try:
        setting = deadly_setting(Crash(**order), mutant)
        run_at(url, store, replace(setting, furnish=SHELF) if furnished else setting)
    except Exception:  # noqa: BLE001 - whatever it is, the parent is told by the exit code
        traceback.print_exc()
        return 2
    return 0


def main() -> int:
    """Until the orders end."""
    for line in sys.stdin:
        sys.stdout.write(f"{one(json.loads(line))}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())

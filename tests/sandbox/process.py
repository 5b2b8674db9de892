"""A sandbox Canvas as a process of its own, for any test that needs one."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

TOKEN = "sandbox"
ROOT = Path(__file__).parents[2]


class Sandbox:
    """A running sandbox: its address, what it has seen, what it holds, and what shall go wrong in it."""

    def __init__(self, *options: str, module: str = "ilc_canvas.sandbox") -> None:
        command = [sys.executable, "-m", module, *options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stdout is not None
        first = self._process.stdout.readline()
        if not first.startswith("listening on "):
            raise RuntimeError(f"the sandbox did not start: {first!r}")
        self.url = first.removeprefix("listening on ").strip()
        self.token = TOKEN

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> int:
        """End it as a service manager would, and give its exit code."""
        self._process.terminate()
        code = self._process.wait(timeout=60)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return code

    def requests(self) -> list[dict[str, Any]]:
        """The requests it has seen: n, method, path, status, seconds, done."""
        found: list[dict[str, Any]] = self._ask("GET", "requests")
        return found

    def forget_requests(self) -> None:
        self._ask("DELETE", "requests")

    def state(self) -> dict[str, list[dict[str, Any]]]:
        """All that it holds: lists of accounts, terms, roles, users, courses and all that is in them."""
        found: dict[str, list[dict[str, Any]]] = self._ask("GET", "state")
        return found

    def page(self, path: str) -> str:
        """What a person sees who opens this address in a browser."""
        with urllib.request.urlopen(f"{self.url}/{path}", timeout=60) as reply:  # noqa: S310
            text: str = reply.read().decode()
        return text

    def messages(self) -> list[dict[str, Any]]:
        """What it would have queued for people: notification, user_id, course_id, the number of what it is about, and when."""
        found: list[dict[str, Any]] = self._ask("GET", "messages")
        return found

    def reset(self) -> None:
        """The world, the log and the faults are as at the start."""
        self._ask("POST", "reset")

    def keep(self) -> None:
        """Remember the world as it is now."""
        self._ask("POST", "keep")

    def go_back(self) -> None:
        """The world is as it was kept; the log and the faults are empty."""
        self._ask("POST", "reset", {"to": "kept"})

    def fault(self, do: str, path: str = "", *, method: str | None = None, nth: int = 1, times: int = 1) -> None:
        """Let something go wrong with the nth request from now on whose path matches, `times` in a row."""
        order = {"do": do, "path": path, "nth": nth, "times": times, **({"method": method} if method else {})}
        self.faults([order])

    def faults(self, orders: Sequence[dict[str, Any]]) -> None:
        self._ask("POST", "faults", list(orders))

    def importing(self, since: str | None) -> None:
        """From now on a SIS import of somebody else's runs, since this instant; or none does."""
        self._ask("POST", "importing", {"since": since})

    def forward(self, seconds: float) -> None:
        """Time goes by in it: its clock is ahead by so much more."""
        self._ask("POST", "clock", {"forward": seconds})

    def deny(self, *rights: str) -> None:
        """From now on the token lacks these rights and no others, until a reset."""
        self._ask("POST", "deny", list(rights))

    def faults_left(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._ask("GET", "faults")
        return found

    def mend(self) -> None:
        """Nothing goes wrong any more."""
        self._ask("DELETE", "faults")

    def _ask(self, method: str, what: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox/{what}", data=data, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
            return json.loads(reply.read())


def start_sandbox(*options: str, module: str = "ilc_canvas.sandbox") -> Sandbox:
    """Start one with these command line options; it takes a free port. Stop it, or use it in a with block."""
    return Sandbox(*options, module=module)

"""A whole office: a stand-in Canvas, a store, workers, and the console, each in a process of its own; people in front of browsers."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from ilc_canvas import process
from ilc_canvas.console.security.tokens import new_token
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.people import accounts, sessions
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.people.sessions import Origin
from tests.console.role import role_url
from tests.e2e.office import Office
from tests.sandbox.process import ROOT
from tests.waiting import until

STALLED = "the store|Failed to load resource|Response Status Error|net::ERR"
"""What a browser notes while the store is away."""


@dataclass
class Workplace:
    """All that runs, and the store as an operator opens it."""

    office: Office
    store: Store
    url: str
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def token(self, name: str, *roles: Role) -> str:
        """Somebody with an account has signed in."""
        account = accounts.find(self.store, name)
        made = account or accounts.add(self.store, name, roles, password="", secret="", actor="root", at=process.now())
        token = new_token()
        sessions.begin(self.store, made, token, origin=Origin("127.0.0.1"), at=process.now())
        return token

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """One more; it has told by its log that it has begun."""
        log = self.office.folder / f"worker-{len(self.workers)}"
        with log.open("wb") as err:
            worker = subprocess.Popen(_command("worker"), env=self.office.environment, cwd=ROOT, stderr=err)
        self.workers.append(worker)
        until(lambda: b"worker.started" in log.read_bytes())
        return worker


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "ilc_canvas", *words]


@contextmanager
def workplace(folder: Path, workers: int, **settings: str) -> Iterator[Workplace]:
    """All of it, until the block ends; the console goes by its own role if the store is on a server."""
    with Office(folder, **settings) as office, closing(open_store(office.environment["ILC_CANVAS_STORE"])) as store:
        port = _free_port()
        url = role_url(office.environment["ILC_CANVAS_STORE"])
        given = {**office.environment, "ILC_CANVAS_STORE": url, "ILC_CANVAS_CONSOLE_PORT": str(port)}
        with (folder / "console").open("wb") as err:
            console = subprocess.Popen(_command("console"), env=given, cwd=ROOT, stdout=err, stderr=err)
        place = Workplace(office, store, f"http://127.0.0.1:{port}")
        try:
            until(lambda: _is_ready(place.url))
            for _ in range(workers):
                place.start_worker()
            yield place
        finally:
            for each in (*place.workers, console):
                each.send_signal(signal.SIGKILL)
                each.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=60).text == "ready"
    except requests.ConnectionError:
        return False

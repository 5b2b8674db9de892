"""python -m tests.bench.console: what each page of the console costs on the sample, after 200 runs.

The sample is filled by the commands, on a stand-in Canvas; most of the runs are recorded without one, as runs with nothing to do are.
The console runs in a process of its own. Time is from a request to the end of its answer, on a connection that is open already, the
median of several; CPU and memory are those of the console's process; statements are counted in this process, over the same pages.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import requests

from ilc_canvas import process
from ilc_canvas.cli import run
from ilc_canvas.console.pages import PAGES
from ilc_canvas.console.security.place import place_of
from ilc_canvas.console.security.tokens import COOKIE, new_token
from ilc_canvas.console.server import app_of
from ilc_canvas.files import config_path
from ilc_canvas.reconcile.change import Plan
from ilc_canvas.reconcile.guards.guard import Verdict
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.settings import read_settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.people import accounts, sessions
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.people.sessions import Origin
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.journal import SqlJournal
from tests.bench.counted import Spent
from tests.sandbox.process import TOKEN, start_sandbox

MOST_MILLISECONDS, WANTED_MILLISECONDS, WANTED_BYTES = 300, 150, 60_000
PORT = 18_484
_FILES = {
    "3": ("roster_2021-22_final", "teams_2021-22.csv", "cops_2021-22.csv"),
    "4": ("roster_2021-22_v4_amended", "teams_2021-22_v4.csv", "cops_2021-22_v4.csv"),
}


class Cost(NamedTuple):
    """Of one page."""

    path: str
    milliseconds: float
    cpu: float  # milliseconds
    size: int
    statements: int


def command(*words: str, codes: Sequence[int] = (0,)) -> None:
    """One command in this process, in silence."""
    with redirect_stdout(StringIO()) as said:
        code = run(list(words))
    if code not in codes:
        raise SystemExit(f"{' '.join(words)} ended with {code}: {said.getvalue()}")


def sign(version: str) -> None:
    """One version of the sample."""
    sample = config_path("sample")
    roster, teams, cops = _FILES[version]
    files = (f"{sample / roster}.csv", "--teams", str(sample / teams), "--cops", str(sample / cops), "--manifest")
    command("roster", "import", *files, f"{sample / roster}.manifest.json", "--school-year", "2021-22")
    command("roster", "finalize", "--signed-by", "R. Alvarez")


def approve() -> None:
    """The plan that waits, carried out."""
    with closing(open_store(read_settings().store)) as store:
        digest = details.runs(store)[0].digest
    command("sync", "--approve", digest, "--reason", "seen")


def fill(folder: Path, runs: int) -> None:
    """The sample in Canvas, so many runs, and a plan that waits."""
    os.environ.update({"ILC_CANVAS_STORE": f"sqlite:///{folder}/store/store.db", "ILC_CANVAS_TOKEN": TOKEN})
    os.environ.update({"ILC_CANVAS_SETTLE_SECONDS": "0", "ILC_CANVAS_REREAD_SECONDS": "0"})
    with start_sandbox("--now", "2021-08-16T16:00:00Z") as canvas:
        os.environ["ILC_CANVAS_URL"] = canvas.url
        sign("3")
        calendar = str(config_path("sample") / "calendar_2021-22.csv")
        command("calendar", "import", calendar, "--school-year", "2021-22")
        command("calendar", "finalize", "--signed-by", "R. Alvarez")
        command("plan", codes=(3,))
        approve()
        _more_runs(runs)
        sign("4")
        command("plan", codes=(3,))


def _more_runs(runs: int) -> None:
    """Runs with nothing to do, as a worker leaves them."""
    settings = read_settings()
    with closing(open_store(settings.store)) as store, take_lease(store, "bench", renewal=None) as lease:
        basis = details.runs(store)[0].basis
        scope = settings.scope("2021-22")
        journal = SqlJournal(store, lease=lease, scope=scope, base_url=settings.address, now=process.now)
        for _ in range(runs - details.newest(store) - 1):
            plan = Plan((), basis, scope, settings.address)
            number = journal.begin(RunRequest("worker", "schedule"), basis)
            journal.planned(number, plan, Verdict(), asked=(), whole=True)
            journal.closed(Report(number, "converged", plan.digest, basis, plan.counts))


def session_of(store: Store, *roles: Role) -> str:
    """The token of somebody who has signed in."""
    token, at = new_token(), process.now()
    name = f"Bench {'-'.join(sorted(roles))}"
    account = accounts.find(store, name) or accounts.add(store, name, roles, password="", secret="", actor="bench", at=at)
    sessions.begin(store, account, token, origin=Origin("127.0.0.1"), at=at)
    return token


def paths_of(store: Store) -> list[str]:
    """Each page that somebody opens, with things that are there: the largest run, the plan that waits, a large course."""
    held = next(info for info in details.runs(store) if info.status == "held")
    applied = next(info for info in details.runs(store, 10_000) if info.status == "applied")
    here = {"word": "cop:EQ", "person": "ILC-0006", "digest": held.digest, "name": "console.css", "number": str(applied.number)}
    pages = [each for each in PAGES if each.method == "GET" and each.roles and "/checks/{" not in each.path]  # the sample has no errors
    found = [each.path.replace("/roster/{number}", "/roster/4").replace("/calendar/{number}", "/calendar/1") for each in pages]
    filled = ["/sign-in", "/static/console.css", *(re.sub(r"\{(\w+)\}", lambda match: here[match[1]], path) for path in found)]
    more = (f"/plans/{applied.digest}", f"/runs/{held.number}", f"/runs/{applied.number}?all=yes", "/audit?kind=all")
    return [*dict.fromkeys((*filled, *more))]


@contextmanager
def console() -> Iterator[int]:
    """The console in its own process, whose number comes back."""
    start = [sys.executable, "-m", "ilc_canvas", "console", "--port", str(PORT)]
    with subprocess.Popen(start, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            while running.poll() is None and not _answers():
                time.sleep(0.1)
            yield running.pid
        finally:
            running.terminate()


def _answers() -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{PORT}/healthz", timeout=5).ok
    except requests.ConnectionError:
        return False


def _cpu(pid: int) -> float:
    """Seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int, name: str = "VmHWM") -> int:
    """In MB: at most, or with VmRSS now."""
    return next(int(line.split()[1]) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(name)) // 1024


def measured(store: Store, paths: Sequence[str], *, rounds: int) -> tuple[list[Cost], int, int]:
    """Each page; and the console's memory, at most and at the end."""
    token = session_of(store, *Role)
    statements = counted_statements(store, paths, token)
    with console() as pid, requests.Session() as browser:
        found = [_page(browser, path, token, pid=pid, rounds=rounds) for path in paths]
        costs = [Cost(path, *each, statements[path]) for path, each in zip(paths, found, strict=True)]
        return costs, memory(pid), memory(pid, "VmRSS")


def _page(browser: requests.Session, path: str, token: str, *, pid: int, rounds: int) -> tuple[float, float, int]:
    spans, before, size = [], 0.0, 0
    for turn in range(rounds + 1):
        began = time.perf_counter()
        answer = browser.get(f"http://127.0.0.1:{PORT}{path}", headers={"Cookie": f"{COOKIE}={token}"}, allow_redirects=False, timeout=60)
        spans.append((time.perf_counter() - began) * 1000)
        size = len(answer.content)
        if answer.status_code not in (200, 286, 303, 422):
            raise SystemExit(f"{path} answers with {answer.status_code}")
        before = _cpu(pid) if not turn else before  # the first one is not counted: it makes templates
    return statistics.median(spans[1:]), (_cpu(pid) - before) * 1000 / rounds, size


def counted_statements(store: Store, paths: Sequence[str], token: str) -> dict[str, int]:
    """How many statements each page asks of the store, by path."""
    from starlette.testclient import TestClient

    place, found = place_of("127.0.0.1", 80, ""), {}
    with TestClient(app_of(read_settings(), store, place), "http://127.0.0.1:80", follow_redirects=False) as browser:
        for path in paths:
            spent = Spent()
            spent.on_progress()
            browser.get(path, headers={"Cookie": f"{COOKIE}={token}", "Host": "127.0.0.1:80"})
            spent.leave()
            found[path] = spent.statements
    return found


def table(costs: Sequence[Cost]) -> Iterator[str]:
    """Slowest first, with what misses its goal."""
    yield f"{'page':<60} {'ms':>8} {'CPU ms':>8} {'bytes':>10} {'statements':>11}"
    for each in sorted(costs, key=lambda cost: -cost.milliseconds):
        missed = [
            *(["slow"] if each.milliseconds > WANTED_MILLISECONDS else []),
            *(["large"] if each.size > WANTED_BYTES and not each.path.startswith("/static/") else []),
        ]
        yield f"{each.path:<60} {each.milliseconds:8.1f} {each.cpu:8.1f} {each.size:10,} {each.statements:11,} {' '.join(missed)}".rstrip()


def main() -> None:
    """Fill, measure, print."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.console", description=__doc__)
    asked.add_argument("--runs", type=int, default=200, help="how many runs the store has")
    asked.add_argument("--rounds", type=int, default=9, help="how often each page is asked for")
    asked.add_argument("--folder", type=Path, help="where a store lies that this program has filled before, or is to lie")
    given = asked.parse_args()
    for name in [name for name in os.environ if name.startswith("ILC_CANVAS_")]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as folder:
        place = given.folder or Path(folder)
        _open_or_fill(place, given.runs)
        with closing(open_store(read_settings().store)) as store:
            costs, most, now = measured(store, paths_of(store), rounds=given.rounds)
    print("\n".join(table(costs)), f"\nmemory of the console: {most} MB at most, {now} MB at the end", flush=True)


def _open_or_fill(folder: Path, runs: int) -> None:
    address = folder / "canvas"
    if address.exists():
        os.environ.update({"ILC_CANVAS_STORE": f"sqlite:///{folder}/store/store.db", "ILC_CANVAS_URL": address.read_text()})
        return
    fill(folder, runs)
    address.write_text(os.environ["ILC_CANVAS_URL"])


if __name__ == "__main__":
    main()

"""The two-minute tour that the README's first command runs: the real commands, against a Canvas that stands in for yours."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ilc_canvas.files import PREFIX, config_path
from ilc_canvas.reconcile.errors import IlcError

CLOCK = "2021-08-16T16:00:00Z"  # the sample's year is 2021-22
LATENCY = "20"  # ms for an answer, so that waiting can be seen
INTERRUPTED = 130  # the exit code of a command that Ctrl-C has ended
Run = Callable[[list[str]], int]
"""Runs one command of ours in this process; its exit code."""


@dataclass(frozen=True)
class Demo:
    """The commands, run one after the other as a person would type them, on the sample."""

    run: Run
    sample: Path

    def command(self, *words: str, expect: int = 0) -> None:
        """Show a command, run it, and insist on its exit code."""
        _say("", f"$ ilc-canvas {' '.join(_quoted(word) for word in words)}")
        _insist(self.run(list(words)), expect, words)

    def ask(self, *words: str) -> Any:
        """The JSON that a command prints."""
        with redirect_stdout(StringIO()) as printed:
            code = self.run([*words, "--json"])
        _insist(code, 0, words)
        return json.loads(printed.getvalue())

    def yes(self, reason: str) -> None:
        """Permit just the plan that waits."""
        self.command("sync", "--approve", self.ask("status")["last_run"]["digest"], "--reason", reason)

    def sign(self, version: str, *, signed_by: str) -> None:
        """Import and finalize one version of the sample."""
        roster, teams, cops = _FILES[version]
        files = (f"{self.sample / roster}.csv", "--teams", str(self.sample / teams), "--cops", str(self.sample / cops))
        self.command("roster", "import", *files, "--manifest", f"{self.sample / roster}.manifest.json", "--school-year", "2021-22")
        self.command("roster", "finalize", "--signed-by", signed_by)


_FILES = {
    "3": ("roster_2021-22_final", "teams_2021-22.csv", "cops_2021-22.csv"),
    "4": ("roster_2021-22_v4_amended", "teams_2021-22_v4.csv", "cops_2021-22_v4.csv"),
}


def tour(run: Run, *, keep: bool = False) -> None:
    """Everything from a signed roster to a verified log; IlcError where a step does not end as it should."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ilc-canvas-demo-") as folder, _sandbox() as (url, process):
        ours = _settings(Path(folder), url)
        with _environment(ours):
            demo = Demo(run, config_path("sample"))
            _say("A Canvas of your own is running on this machine; its clock says 16 August 2021. Nothing leaves this computer.")
            seconds = _first_fill(demo)
            _amended(demo)
            demo.command("audit", "verify")
            _summary(demo, url, seconds, whole=time.monotonic() - began)
        if keep:
            _keep(ours, process)


def _first_fill(demo: Demo) -> float:
    """Sign, plan, fill, and run again; the seconds of the fill."""
    _say("", "1. The programme office signs its roster.")
    demo.sign("3", signed_by="R. Alvarez")
    _say("", "2. What would that mean in Canvas? The first plan is always held, so that a person has seen it.")
    demo.command("plan", expect=3)
    _say("", "3. You would read it and say yes. The demo says it for you now.")
    began = time.monotonic()
    demo.yes("first fill of the demo")
    seconds = time.monotonic() - began
    _say("", "4. Once more: there is nothing left to do, and nothing is written.")
    demo.command("sync")
    return seconds


def _amended(demo: Demo) -> None:
    """The amended roster is held for one person, approved, and carried out."""
    _say("", "5. In September a corrected roster comes: some people moved, one joined, one left, a facilitator was replaced.")
    demo.sign("4", signed_by="R. Alvarez")
    demo.command("sync", expect=3)
    _say("", "6. One person gets more rights than before, so the plan waits. You have read it; the demo says yes for you.")
    demo.yes("new facilitator confirmed")


def _summary(demo: Demo, url: str, fill: float, *, whole: float) -> None:
    runs = demo.ask("runs")
    state = json.loads(_get(f"{url}/_sandbox/state"))
    active = sum(row["enrollment_state"] == "active" for row in state["enrollments"])
    courses = [row for row in state["courses"] if str(row.get("sis_course_id")).startswith("ilc:")]
    _say(
        "",
        f"You have seen: a roster signed, {len(courses)} courses built in {fill:.0f} s, a second run that found nothing to do,",
        "an amended roster held and approved, and a log whose chain verifies.",
        f"{active} places of people stand in Canvas; nobody was deleted. All of it took {whole:.0f} s and {len(runs)} runs.",
        "Look around:  ilc-canvas demo --keep leaves the sandbox running; then ilc-canvas runs, show, audit list, plan.",
        "Next:         copy config/ilc.toml, put in your Canvas address and token, and run: ilc-canvas doctor",
    )


def _keep(ours: Mapping[str, str], process: "subprocess.Popen[str]") -> None:
    """Leave the sandbox and the store to the person until Ctrl-C."""
    _say("", "The sandbox runs on until you press Ctrl-C here. In another terminal:")
    _say(*(f"  export {name}={value}" for name, value in ours.items()), f"  curl {ours[f'{PREFIX}URL']}/_sandbox/requests")
    try:
        process.wait()
    except KeyboardInterrupt:
        _say("Stopped; the demo's store is gone with it.")


@contextmanager
def _sandbox() -> "Iterator[tuple[str, subprocess.Popen[str]]]":
    """The stand-in Canvas as a process of its own: its address, and the process."""
    command = [sys.executable, "-m", "ilc_canvas.sandbox", "--port", "0", "--now", CLOCK, "--latency-ms", LATENCY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith("listening on "):
                raise IlcError("The sandbox did not start. Nothing was done.")
            yield line.removeprefix("listening on ").strip(), process
        finally:
            process.terminate()


def _settings(folder: Path, url: str) -> dict[str, str]:
    """Settings of the demo alone; only warnings go to the log, for each command says how it ended."""
    token = folder / "token"
    token.write_text("sandbox\n")
    ours = {
        "URL": url,
        "TOKEN_FILE": str(token),
        "STORE": f"sqlite:///{folder}/store/store.db",
        "SETTLE_SECONDS": "1",
        "REREAD_SECONDS": "1",
        "LOG_LEVEL": "warning",
    }
    return {f"{PREFIX}{name}": value for name, value in ours.items()}


@contextmanager
def _environment(ours: Mapping[str, str]) -> Iterator[None]:
    """None of the person's own settings are read, and all are as they were afterwards."""
    theirs = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    for name in theirs:
        del os.environ[name]
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)
        os.environ.update(theirs)


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


def _insist(got: int, expect: int, words: tuple[str, ...]) -> None:
    if got == INTERRUPTED:
        raise KeyboardInterrupt
    if got != expect:
        raise IlcError(f"The demo stopped: `ilc-canvas {' '.join(words[:2])}` ended with exit code {got}, not {expect}.")


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own sandbox on loopback
        return str(answer.read().decode())


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()

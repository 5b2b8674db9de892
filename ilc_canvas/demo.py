"""The two-minute tour that the README's first command runs: the real commands, against a stand-in Canvas."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ilc_canvas.files import PREFIX, config_path
from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.reconcile.words.wording import count

CLOCK = "2021-08-16T16:00:00Z"  # the sample's year is 2021-22
LATENCY = "20"  # ms per response, so that waiting is visible
INTERRUPTED = 130  # the exit code of a command that Ctrl-C has stopped
Run = Callable[[list[str]], int]
"""Runs one command in this process and returns its exit code."""
Serve = Callable[[Path, Callable[[str], None]], None]
"""Serves the console on the store in a folder until Ctrl-C, and tells its address first."""


@dataclass(frozen=True)
class Demo:
    """Runs commands on the sample, one after the other, as a person would type them."""

    run: Run
    sample: Path

    def command(self, *words: str, expect: int = 0) -> None:
        """Show a command, run it, and require its exit code."""
        _say("", f"$ ilc-canvas {' '.join(_quoted(word) for word in words)}")
        _insist(self.run(list(words)), expect, words)

    def ask(self, *words: str) -> Any:
        """The JSON that a command prints."""
        with redirect_stdout(StringIO()) as output:
            code = self.run([*words, "--json"])
        _insist(code, 0, words)
        return json.loads(output.getvalue())

    def yes(self, reason: str) -> None:
        """Approve the plan that waits."""
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


def tour(run: Run, *, keep: bool = False, serve: Serve | None = None) -> None:
    """Everything from a signed roster to a verified log; IlcError if a step does not end as expected. With `serve` the last approval is
    left to a visitor of the console.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ilc-canvas-demo-") as folder, _sandbox() as (url, process):
        settings = _settings(Path(folder), url)
        with _environment(settings):
            demo = Demo(run, config_path("sample"))
            _say("A stand-in Canvas is running on this machine; its clock says 16 August 2021. Nothing leaves this computer.")
            seconds = _first_fill(demo)
            _by_hand(demo, url)
            _amended(demo)
            if serve:
                _visit(demo, Path(folder), serve)
                return
            _say("", "7. One person gets more rights than before, so the plan waits. You have read it; the demo approves it for you.")
            demo.yes("new facilitator confirmed")
            demo.command("audit", "verify")
            _summary(demo, url, seconds, whole=time.monotonic() - began)
            if not keep:
                _say(_LOOK)
            _say(_NEXT)
        if keep:
            _keep(settings, process)


def _first_fill(demo: Demo) -> float:
    """Sign, plan, fill, and run again; returns how many seconds the fill took."""
    _say("", "1. The program office signs its roster and the calendar of the year.")
    demo.sign("3", signed_by="R. Alvarez")
    demo.command("calendar", "import", str(demo.sample / "calendar_2021-22.csv"), "--school-year", "2021-22")
    demo.command("calendar", "finalize", "--signed-by", "R. Alvarez")
    _say("", "2. What would that change in Canvas? The first plan is always held, so that a person looks at it.")
    demo.command("plan", expect=3)
    _say("", "3. You would read it and approve it. The demo approves it for you now.")
    began = time.monotonic()
    demo.yes("first fill of the demo")
    seconds = time.monotonic() - began
    _say("", "4. Run it again: there is nothing left to do, and nothing is written.")
    demo.command("sync")
    return seconds


def _by_hand(demo: Demo, url: str) -> None:
    """What a facilitator changes in her course stays as she left it."""
    _say("", "5. A facilitator moves her first meeting to another day and rewrites a page. The next sync leaves both, and says so.")
    _move_by_hand(url)
    _rewrite_by_hand(url)
    demo.command("sync")
    demo.command("drift")


def _move_by_hand(url: str) -> None:
    """As its facilitator does it in Canvas, without this program."""
    events = json.loads(_get(f"{url}/_sandbox/state"))["calendar_events"]
    number = next(row["id"] for row in events if "COP-EQ-1." in str(row["description"]))
    form = {"calendar_event[start_at]": "2021-09-30T23:30:00Z", "calendar_event[end_at]": "2021-10-01T01:00:00Z"}
    _change(f"{url}/api/v1/calendar_events/{number}?as_user_id={_facilitator(url)}", form)


def _rewrite_by_hand(url: str) -> None:
    """The habits of one COP, in the words of its facilitator."""
    pages = f"{url}/api/v1/courses/{_course(url)}/pages"
    _change(
        f"{pages}/how-we-work-together?as_user_id={_facilitator(url)}",
        {"wiki_page[body]": "<p>We begin each meeting with a story from a classroom.</p>"},
    )


def _change(address: str, form: Mapping[str, str]) -> None:
    change = urllib.request.Request(address, method="PUT")  # noqa: S310 - our own sandbox on loopback
    change.add_header("Authorization", "Bearer sandbox")
    change.data = urllib.parse.urlencode(form).encode()
    urllib.request.urlopen(change, timeout=10).close()  # noqa: S310


def _facilitator(url: str) -> int:
    """The number of somebody who facilitates that course."""
    rows, course = json.loads(_get(f"{url}/_sandbox/state"))["enrollments"], _course(url)
    return next(int(row["user_id"]) for row in rows if row["course_id"] == course and row["type"] == "TeacherEnrollment")


def _course(url: str) -> int:
    """The number of the course that is looked at."""
    courses = json.loads(_get(f"{url}/_sandbox/state"))["courses"]
    return next(int(row["id"]) for row in courses if row.get("sis_course_id") == "ilc:2021-22:cop:EQ")


def _amended(demo: Demo) -> None:
    """The plan of the amended roster is held because of one person."""
    _say("", "6. In September the roster is corrected: some people moved, one joined, one left, a facilitator was replaced.")
    demo.sign("4", signed_by="R. Alvarez")
    demo.command("sync", expect=3)


def _visit(demo: Demo, folder: Path, serve: Serve) -> None:
    """A worker and the console, until Ctrl-C."""
    _say("", "7. One person gets more rights than before, so the plan waits: this time for you, in the staff's web pages.")
    with _worker(demo):
        try:
            serve(folder, lambda address: _say(*(line.format(address=address) for line in _CLICK)))
        except KeyboardInterrupt:
            _say("")
    _say("Stopped; the demo's store is gone with it.")


_CLICK = (
    "",
    "   Open {address} in Chrome, Edge or Firefox (Safari may not keep you signed in at such an address).",
    '   a. Press "Come in as M. Ito", who may approve.',
    '   b. Follow "Read the plan": it is course by course. Take a tick away from what shall wait, if you like.',
    '   c. Press "Check, then approve". Say why, type the number of places that end, and press "Approve".',
    '   d. A sync is asked for, and the worker takes it at once. Follow "Runs": the newest one is yours.',
    '   e. Follow "Audit log": who has approved what, and why.',
    "   R. Alvarez checks and signs rosters, and L. Dela Cruz may only look: sign out, and come in as one of them.",
    '   Facilitators come in with Canvas and see their own courses: follow "With Canvas", and press "Pa Houa Lor".',
    "",
    "Ctrl-C here ends the console, the worker and the stand-in Canvas; the demo's store goes with them.",
)


@contextmanager
def _worker(demo: Demo) -> Iterator[None]:
    """A worker in its own process, at work."""
    with subprocess.Popen([sys.executable, "-m", "ilc_canvas", "worker"]) as process:
        try:
            while not any(each["state"] == "leading" for each in demo.ask("status")["workers"]):
                if process.poll() is not None:
                    raise IlcError("The worker did not start. Nothing more was done.")
                time.sleep(0.5)
            yield
        finally:
            process.terminate()


_LOOK = (
    "Look around:  ilc-canvas demo --keep leaves the sandbox running, with a course to open in your browser;\n"
    "              ilc-canvas demo --console leaves the last approval to you, in the staff's web pages."
)
_NEXT = "Next:         copy config/ilc.toml, put in your Canvas address, name it in ILC_CANVAS_CONFIG, and run: ilc-canvas doctor"


def _summary(demo: Demo, url: str, fill: float, *, whole: float) -> None:
    runs = demo.ask("runs")
    state = json.loads(_get(f"{url}/_sandbox/state"))
    active = sum(row["enrollment_state"] == "active" for row in state["enrollments"])
    courses = [row for row in state["courses"] if str(row.get("sis_course_id")).startswith("ilc:")]
    _say(
        "",
        f"You have seen: a roster signed, {count(len(courses), 'course')} built and furnished in {fill:.0f} s, a second run that found",
        "nothing to do, what a facilitator changed left as it is, an amended roster held and approved, and a log whose chain verifies.",
        f"{count(active, 'enrollment is', 'enrollments are')} active in Canvas; nobody was deleted. "
        f"All of it took {whole:.0f} s and {count(len(runs), 'run')}.",
    )


def _keep(settings: Mapping[str, str], process: "subprocess.Popen[str]") -> None:
    """Leave the sandbox and the store running until Ctrl-C."""
    url = settings[f"{PREFIX}URL"]
    _say("", f"A course, as a person sees it: {url}/courses/{_course(url)}")
    _say("", "The sandbox keeps running until you press Ctrl-C here. In another terminal:")
    _say(*(f"  export {name}={value}" for name, value in settings.items()))
    _say("  ilc-canvas ready                # whether the courses can be opened; then publish, plan, sync --approve")
    _say("  ilc-canvas status               # what waits for whom; then runs, show, audit list", f"  curl {url}/_sandbox/requests")
    try:
        process.wait()
    except KeyboardInterrupt:
        _say("Stopped; the demo's store is gone with it.")


@contextmanager
def _sandbox() -> "Iterator[tuple[str, subprocess.Popen[str]]]":
    """The stand-in Canvas in its own process: its address, and the process."""
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
    """Settings for the demo alone. Only warnings are logged, since each command says how it ended."""
    token = folder / "token"
    token.write_text("sandbox\n")
    settings = {
        "URL": url,
        "TOKEN_FILE": str(token),
        "STORE": f"sqlite:///{folder}/store/store.db",
        "SETTLE_SECONDS": "1",
        "REREAD_SECONDS": "1",
        "LOG_LEVEL": "warning",
    }
    return {f"{PREFIX}{name}": value for name, value in settings.items()}


@contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    """Hide the person's own settings during the demo, and put them back afterwards."""
    hidden = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    for name in hidden:
        del os.environ[name]
    os.environ.update(settings)
    try:
        yield
    finally:
        for name in settings:
            os.environ.pop(name, None)
        os.environ.update(hidden)


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


def _insist(code: int, expect: int, words: tuple[str, ...]) -> None:
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    if code != expect:
        raise IlcError(f"The demo stopped: `ilc-canvas {' '.join(words[:2])}` ended with exit code {code}, not {expect}.")


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own sandbox on loopback
        return str(answer.read().decode())


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()

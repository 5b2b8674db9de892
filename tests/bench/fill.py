"""python -m tests.bench.fill: what a fill of the sample costs, by a script that asks row by row and by ours; start-up, and second runs.

Both fill an empty sandbox that answers after 80 ms. The script is what one writes first: for each place of a person, look up the user,
the course and the section, make what is missing, look whether the person is enrolled, and enroll; stock canvasapi, one after the other.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.policy import Policy, RoleRule
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Record
from ilc_canvas.sync.context import ApplySettings
from tests.bench.counted import counted
from tests.e2e.office import CLOCK, Office
from tests.program.sample import roster
from tests.sandbox.process import ROOT, start_sandbox

TYPES = {"teacher": "TeacherEnrollment", "lead": "TaEnrollment", "student": "StudentEnrollment", "guest": "StudentEnrollment"}


IN_FLIGHT = ApplySettings().in_flight


class Cost(NamedTuple):
    """Of one way to do it."""

    seconds: float
    requests: int
    cpu: float
    writes: int = 0
    commits: int = 0
    statements: int = 0


def naive(url: str, token: str) -> None:
    """Row by row."""
    from canvasapi import Canvas

    warnings.simplefilter("ignore", UserWarning)  # http, on this machine
    canvas = Canvas(url, token)
    account = next(iter(canvas.get_accounts()))
    policy = Policy(prefix="ilc", roles={word: RoleRule(base, base) for word, base in TYPES.items()}, limited=frozenset({"lead"}))
    state = desired_state(roster(3), policy)
    for place in state.of_kind(Kind.ENROLLMENT):
        parts = {parent.kind: state.records[parent] for parent in place.parents}
        _place(canvas, account, parts, place.key.id.rsplit("|", 1)[1])


def _place(canvas: Any, account: Any, parts: Mapping[Kind, Record], type_: str) -> None:
    person, course, section = parts[Kind.USER], parts[Kind.COURSE], parts[Kind.SECTION]
    name, email = person.fields["name"], person.fields["email"]
    user = _found(
        lambda: canvas.get_user(person.key.id, "sis_user_id"),
        lambda: account.create_user(
            {"unique_id": email, "sis_user_id": person.key.id, "send_confirmation": False},
            user={"name": name, "skip_registration": True},
            communication_channel={"type": "email", "address": email, "skip_confirmation": True},
        ),
    )
    there = _found(
        lambda: canvas.get_course(course.key.id, use_sis_id=True),
        lambda: account.create_course(course={"name": course.fields["name"], "sis_course_id": course.key.id}, offer=True),
    )
    part = _found(
        lambda: canvas.get_section(section.key.id, use_sis_id=True),
        lambda: there.create_course_section(course_section={"name": section.fields["name"], "sis_section_id": section.key.id}),
    )
    if not list(part.get_enrollments(user_id=user.id)):
        there.enroll_user(user, type_, enrollment={"course_section_id": part.id, "enrollment_state": "active", "notify": False})


def _found(look: Callable[[], Any], make: Callable[[], Any]) -> Any:
    from canvasapi.exceptions import ResourceDoesNotExist

    try:
        return look()
    except ResourceDoesNotExist:
        return make()


def by_script(latency: str, *, again: bool) -> list[Cost]:
    """The script: the fill, and perhaps once more with nothing to do."""
    with start_sandbox(*CLOCK, "--latency-ms", latency) as sandbox:
        command = [sys.executable, "-m", "tests.bench.fill", "--script", sandbox.url, sandbox.token]

        def once() -> Cost:
            sandbox.forget_requests()
            seconds, cpu = _timed(lambda: subprocess.run(command, cwd=ROOT, check=True))
            return Cost(seconds, len(sandbox.requests()), cpu)

        fill = once()
        held = sum(row["enrollment_state"] == "active" for row in sandbox.state()["enrollments"])
        print(f"script: {held} people in sections", flush=True)
        return [fill, once()] if again else [fill]


def by_ours(latency: str, *, again: bool) -> list[Cost]:
    """Our fill (one process reads, compares, checks, writes and records), and perhaps two runs with nothing to do, one for one person."""
    settings = ("--throttle", "--latency-ms", latency)
    with tempfile.TemporaryDirectory() as folder, Office(Path(folder), *CLOCK, *settings) as office:
        office.sign("3")
        digest = office.json("plan").value["digest"]

        def once(*words: str) -> Cost:
            office.sandbox.forget_requests()
            spent = counted(["sync", *words], office.environment)
            _insist(spent.code)
            asked = office.sandbox.requests()
            writes = sum(row["method"] != "GET" for row in asked)
            return Cost(spent.seconds, len(asked), spent.cpu, writes, spent.commits, spent.statements)

        fill = once("--approve", digest, "--reason", "benchmark")
        print(f"ours: {len(office.places())} people in sections", flush=True)
        return [fill, once(), once("--only", "person:ILC-0006")] if again else [fill]


def _insist(code: int) -> None:
    if code:
        raise SystemExit(f"sync ended with exit code {code}")


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall time, and CPU of the process that did the work."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    work()
    seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(what: str, script: Cost | None, ours: Cost, latency: float) -> None:
    """One line for each measure; beside the script's, if there is one. Ideal: requests that never wait for us."""
    for name, mine in ours._asdict().items():
        theirs = getattr(script, name) if script else 0
        beside = f"   script {theirs:9,.1f}   ratio {theirs / mine:6.1f}" if theirs and mine else ""
        print(f"{what:<14} {name:<11} ours {mine:9,.1f}{beside}")
    print(f"{what:<14} {'ideal':<11} ours {ours.requests * latency / 1000 / IN_FLIGHT:9,.1f} s, with {IN_FLIGHT} under way")
    if ours.writes:
        each = f"{ours.commits / ours.writes:.2f} commits and {ours.statements / ours.writes:.1f} statements"
        print(f"{what:<14} {'per write':<11} ours {each}")


def start_up() -> None:
    """What a command takes before it does anything."""
    for words in (["--help"], ["status"]):
        command = [sys.executable, "-m", "ilc_canvas", *words]
        seconds, cpu = _timed(lambda: subprocess.run(command, cwd=ROOT, check=False, capture_output=True))  # noqa: B023 - called at once
        print(f"{'start-up':<14} {words[0]:<11} {seconds:9.2f} s   {cpu:.2f} s CPU")


def main() -> None:
    """Measure, script and program in turn, and print the ratios."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.fill", description=__doc__)
    asked.add_argument("--latency-ms", default="80", help="how long Canvas takes to answer")
    asked.add_argument("--script", nargs=2, metavar=("URL", "TOKEN"), help="only run the script, on this Canvas")
    asked.add_argument("--fill-only", action="store_true", help="leave out the second runs, which find nothing to do")
    asked.add_argument("--ours-only", action="store_true", help="leave out the script, which takes minutes")
    asked.add_argument("--rounds", type=int, default=1, help="how often, script and program in turn")
    given = asked.parse_args()
    if given.script:
        naive(*given.script)
        return
    start_up()
    again = not given.fill_only
    for _ in range(given.rounds):
        ours = by_ours(given.latency_ms, again=again)
        script = [] if given.ours_only else by_script(given.latency_ms, again=again)
        print(f"Canvas answers after {given.latency_ms} ms")
        for what, theirs, mine in zip_longest(("fill", "nothing to do", "one person"), script, ours):
            if mine:
                compare(what, theirs, mine, float(given.latency_ms))


if __name__ == "__main__":
    main()

"""python -m tests.bench.fill: how long a fill of the sample takes, by a script that asks row by row and by ours.

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
from pathlib import Path
from typing import Any, NamedTuple

from ilc_canvas.program.desired import desired
from ilc_canvas.program.policy import Policy, RoleRule
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Record
from tests.e2e.office import CLOCK, Office
from tests.program.sample import roster
from tests.sandbox.process import ROOT, start_sandbox

TYPES = {"teacher": "TeacherEnrollment", "lead": "TaEnrollment", "student": "StudentEnrollment", "guest": "StudentEnrollment"}


class Cost(NamedTuple):
    """Of one way to do it."""

    seconds: float
    requests: int
    cpu: float


def naive(url: str, token: str) -> None:
    """Row by row."""
    from canvasapi import Canvas

    warnings.simplefilter("ignore", UserWarning)  # http, on this machine
    canvas = Canvas(url, token)
    account = next(iter(canvas.get_accounts()))
    policy = Policy(prefix="ilc", roles={word: RoleRule(base, base) for word, base in TYPES.items()}, limited=frozenset({"lead"}))
    state = desired(roster(3), policy)
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
        print(f"script: {held} people in sections, {fill}", flush=True)
        return [fill, once()] if again else [fill]


def by_ours(latency: str, *, again: bool) -> list[Cost]:
    """Our fill (one process that reads, compares, checks, writes and records), and perhaps a run with nothing to do."""
    with tempfile.TemporaryDirectory() as folder, Office(Path(folder), *CLOCK, "--latency-ms", latency) as office:
        office.sign("3")
        digest = office.json("plan").value["digest"]

        def once(*words: str) -> Cost:
            office.sandbox.forget_requests()
            seconds, cpu = _timed(lambda: _insist(office.run("sync", *words).code))
            return Cost(seconds, len(office.sandbox.requests()), cpu)

        fill = once("--approve", digest, "--reason", "benchmark")
        print(f"ours: {len(office.places())} people in sections, {fill}", flush=True)
        return [fill, once()] if again else [fill]


def _insist(code: int) -> None:
    if code:
        raise SystemExit(f"sync ended with exit code {code}")


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall time, and CPU of the process that did the work."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    work()
    seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(what: str, script: Cost, ours: Cost) -> None:
    """One line for each measure."""
    for name, one, other in zip(("wall time, s", "requests", "CPU, s"), script, ours, strict=True):
        print(f"{what:<14} {name:<13} script {one:9,.1f}   ours {other:8,.1f}   ratio {one / other:6.1f}")


def main() -> None:
    """Measure, and print the ratios."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.fill", description=__doc__)
    asked.add_argument("--latency-ms", default="80", help="how long Canvas takes to answer")
    asked.add_argument("--script", nargs=2, metavar=("URL", "TOKEN"), help="only run the script, on this Canvas")
    asked.add_argument("--fill-only", action="store_true", help="leave out the second runs, which find nothing to do")
    given = asked.parse_args()
    if given.script:
        naive(*given.script)
        return
    again = not given.fill_only
    ours, script = by_ours(given.latency_ms, again=again), by_script(given.latency_ms, again=again)
    print(f"Canvas answers after {given.latency_ms} ms")
    for what, theirs, mine in zip(("fill", "nothing to do"), script, ours, strict=False):
        compare(what, theirs, mine)


if __name__ == "__main__":
    main()

"""The cast of the program's tests: versions 3 and 4 of the sample, and what they mean in the sample's own words."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, State
from ilc_canvas.roster.intake import read_roster

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "config" / "sample"
POLICY = Policy()
YEAR = "ilc:2021-22"


@cache
def version(number: int) -> Roster:
    """Version 3 or 4 of the sample."""
    roster, end = ("roster_2021-22_final.csv", "") if number == 3 else ("roster_2021-22_v4_amended.csv", "_v4")
    paths = [SAMPLE / name for name in (roster, f"teams_2021-22{end}.csv", f"cops_2021-22{end}.csv")]
    return read_roster(*paths, manifest=None, school_year="2021-22", counties={}).roster


@cache
def state(number: int) -> State:
    """What that version means."""
    return desired_state(version(number), POLICY)


@cache
def expected(name: str) -> Any:
    """A file of expected figures."""
    return json.loads((HERE / name).read_text())


def rows(number: int) -> Iterator[tuple[str, str, str, str]]:
    """Each enrollment as the expected figures write it: COP-EQ, R1, ILC-0001, student."""
    words = {rule.label: word for word, rule in POLICY.roles.items()}
    for record in state(number).of_kind(Kind.ENROLLMENT):
        section, user, role = record.key.id.split("|")
        course = next(parent for parent in record.parents if parent.kind is Kind.COURSE)
        yield short(course, number), section.removeprefix(f"{course.id}:"), user.removeprefix("ilc:p:"), words[role]


def short(course: Key, number: int) -> str:
    """COP-EQ, NET-R1, PILOT-R4 (by the team's region) or HUB."""
    kind, _, code = course.id.removeprefix(f"{YEAR}:").partition(":")
    if kind == "pilot":
        code = {"I": "R1", "II": "R2", "III": "R3", "IV": "R4"}[version(number).team_by_id[code].region]
    return "-".join(part for part in (kind.upper(), code) if part)

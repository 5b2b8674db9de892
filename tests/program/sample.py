"""The sample rosters of the project, read once: version 3 and its amendment, version 4."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from ilc_canvas.program.roster import Cop, Person, Roster, Team
from ilc_canvas.roster.intake import read_roster

Row = TypeVar("Row", Person, Cop, Team)
CONFIG = Path(__file__).parents[2] / "config"
SAMPLE = CONFIG / "sample"
NAMES = {
    3: ("roster_2021-22_final.csv", "teams_2021-22.csv", "cops_2021-22.csv", "roster_2021-22_final.manifest.json"),
    4: ("roster_2021-22_v4_amended.csv", "teams_2021-22_v4.csv", "cops_2021-22_v4.csv", "roster_2021-22_v4_amended.manifest.json"),
}


@cache
def counties() -> Mapping[str, str]:
    """Region by county, from the project's table."""
    with (CONFIG / "counties.csv").open(encoding="utf-8", newline="") as file:
        return {row["county"]: row["region_working"] for row in csv.DictReader(file)}


@cache
def roster(version: int) -> Roster:
    """Version 3 or 4, with its manifest."""
    people, teams, cops, manifest = (SAMPLE / name for name in NAMES[version])
    return read_roster(people, teams, cops, manifest=manifest, school_year="2021-22", counties=counties()).roster


def with_person(before: Roster, person_id: str, **fields: Any) -> Roster:
    """The roster with other fields in one person."""
    return replace(before, people=tuple(_edited(person, person.person_id == person_id, fields) for person in before.people))


def with_cop(before: Roster, code: str, **fields: Any) -> Roster:
    """The roster with other fields in one COP."""
    return replace(before, cops=tuple(_edited(cop, cop.code == code, fields) for cop in before.cops))


def with_team(before: Roster, team_id: str, **fields: Any) -> Roster:
    """The roster with other fields in one team."""
    return replace(before, teams=tuple(_edited(team, team.team_id == team_id, fields) for team in before.teams))


def _edited(value: Row, meant: bool, fields: Mapping[str, Any]) -> Row:
    return replace(value, **fields) if meant else value

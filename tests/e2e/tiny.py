"""Rosters of a handful of people, as the files that an office imports: for any school year."""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tests.commands import Answer
from tests.e2e.office import FILES, SAMPLE, Office, Row

ROSTER, TEAMS, COPS = FILES["3"]


@cache
def _columns(file: str) -> tuple[str, ...]:
    """As in the sample."""
    with (SAMPLE / file).open(encoding="utf-8-sig", newline="") as rows:
        return tuple(next(csv.reader(rows)))


def _blank(file: str) -> Row:
    return dict.fromkeys(_columns(file), "")


_MEMBER = {"role_type": "teacher", "affiliation": "continuing", "team_id": "T1", "component": "network", "region": "I"}
STAFF = {"role_type": "ipd_staff", "affiliation": "staff"}


def person(person_id: str, given: str, family: str, **fields: str) -> Row:
    """One row; without more, a member of the team."""
    names = {"given_name": given, "family_name": family, "display_name": f"{given} {family}", "sortable_name": f"{family}, {given}"}
    row = {"person_id": person_id, **names, "email": f"{given}.{family}@example.org".lower()}
    return {**_blank(f"{ROSTER}.csv"), **row, **(fields if fields.get("affiliation") else {**_MEMBER, "team_role": "member", **fields})}


PEOPLE = (
    person("X01", "Ada", "Quill", team_role="lead"),
    person("X02", "Bo", "Rivet", cop_participant="EQ"),
    person("X03", "Cy", "Thorn", cop_participant="EQ"),
    person("X09", "Ivy", "Birch", cop_facilitator="EQ", **STAFF),
)


def changed(people: Sequence[Row], who: str, **fields: str) -> tuple[Row, ...]:
    """These rows with other fields in one."""
    return tuple({**row, **fields} if row["person_id"] == who else row for row in people)


def cop(code: str, year: str) -> Row:
    """An active COP of this school year that X09 facilitates."""
    first = int(year[:4])
    days = {"start_date": f"{first}-10-05", "end_date": f"{first + 1}-04-30"}
    row = {"cop_code": code, "school_year": year, "title": f"Circle {code}", "status": "active", "open_to_guests": "yes", **days}
    return {**_blank(COPS), **row, "facilitator_ids": "X09"}


def sign(office: Office, people: Sequence[Row], year: str, cops: Sequence[str] = ("EQ",)) -> Answer:
    """Import and finalize a roster of these people; returns the output of finalize."""
    team = {"team_id": "T1", "team_name": "Alder Team", "component": "network", "region": "I", "lead_ids": "X01"}
    tables = {"roster": (_columns(f"{ROSTER}.csv"), people), "teams": (_columns(TEAMS), [{**_blank(TEAMS), **team}])}
    tables |= {"cops": (_columns(COPS), [cop(code, year) for code in cops])}
    files = [_written(office.folder / f"{name}.csv", columns, rows) for name, (columns, rows) in tables.items()]
    answer = office.run("roster", "import", files[0], "--teams", files[1], "--cops", files[2], "--school-year", year)
    assert answer.code == 0, answer
    answer = office.run("roster", "finalize", "--signed-by", "R. Alvarez")
    assert answer.code == 0, answer
    return answer


def _written(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return str(path)

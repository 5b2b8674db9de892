"""The sample as an office amends it from one school year to the next: its three files as rows, and how they are signed."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from tests.e2e.office import FILES, SAMPLE, Office, Row, ours

OLD, NEW = "2021-22", "2022-23"
Rows = tuple[Row, ...]


@dataclass(frozen=True)
class Files:
    """The people, teams and COPs of one school year."""

    year: str
    people: Rows
    teams: Rows
    cops: Rows

    def person(self, person_id: str, **fields: str) -> "Files":
        """With other fields in the row of one person."""
        return replace(self, people=_edited(self.people, "person_id", person_id, fields))

    def without(self, *people: str) -> "Files":
        """Without the rows of these people."""
        return replace(self, people=tuple(row for row in self.people if row["person_id"] not in people))

    def joined_by(self, like: str, **fields: str) -> "Files":
        """With one more person, whose row is like that of another one but for these fields."""
        pattern = next(row for row in self.people if row["person_id"] == like)
        return replace(self, people=(*self.people, {**pattern, **fields}))

    def cop(self, code: str, **fields: str) -> "Files":
        """With other fields in the row of one COP."""
        return replace(self, cops=_edited(self.cops, "cop_code", code, fields))

    def team(self, former: str, **fields: str) -> "Files":
        """With other fields in the row of one team, and in the rows of its people what these say about it."""
        mine = {name: value for name, value in fields.items() if name in ("team_id", "team_name", "component")}
        people = _edited(self.people, "team_id", former, mine)
        return replace(self, people=people, teams=_edited(self.teams, "team_id", former, fields))

    def next_year(self) -> "Files":
        """The same people, teams and COPs a year later."""
        days = {"school_year": NEW, "start_date": "2022-10-04", "end_date": "2023-04-29"}
        return replace(self, year=NEW, cops=tuple({**row, **days} for row in self.cops))


def sample() -> Files:
    """The final roster of 2021-22: 324 people in 10 COPs, 4 networks, 4 start-ups and the hub."""
    roster, teams, cops = FILES["3"]
    return Files(OLD, *(_read(SAMPLE / name) for name in (f"{roster}.csv", teams, cops)))


def sign(office: Office, files: Files) -> str:
    """Import and finalize; what finalize says."""
    tables = {"people": files.people, "teams": files.teams, "cops": files.cops}
    people, teams, cops = (_written(office.folder / f"{name}.csv", rows) for name, rows in tables.items())
    answer = office.run("roster", "import", people, "--teams", teams, "--cops", cops, "--school-year", files.year)
    assert answer.code == 0, answer
    answer = office.run("roster", "finalize", "--signed-by", "R. Alvarez")
    assert answer.code == 0, answer
    return answer.out


class Seat(NamedTuple):
    """One active enrollment: in which year, course (`cop:EQ`) and section (`R1`), and who in which role."""

    year: str
    course: str
    section: str
    person: str
    role: str


def seats(office: Office) -> frozenset[Seat]:
    """The active enrollments of our people in the courses of all school years."""
    state = office.sandbox.state()
    users, sections = ours(state, "users", "sis_user_id"), ours(state, "sections", "sis_section_id")
    active = (row for row in state["enrollments"] if row["enrollment_state"] == "active" and row["user_id"] in users)
    return frozenset(_seat(sections[row["course_section_id"]], users[row["user_id"]], row["role"]) for row in active)


def _seat(section: Mapping[str, Any], user: Mapping[str, Any], role: str) -> Seat:
    _, year, *course, code = section["sis_section_id"].split(":")
    return Seat(year, ":".join(course), code, user["sis_user_id"].removeprefix("ilc:p:"), role)


def _edited(rows: Rows, key: str, which: str, fields: Mapping[str, str]) -> Rows:
    assert any(row[key] == which for row in rows), which
    return tuple({**row, **fields} if row[key] == which else row for row in rows)


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def _written(path: Path, rows: Sequence[Mapping[str, str]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)

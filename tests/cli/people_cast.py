"""A small roster, accounts that others have made for people in it, and what a person does in Canvas by hand."""

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from ilc_canvas.roster.files.columns import COPS, ROSTER, TEAMS
from tests.cli.conftest import Cli, signing
from tests.sandbox.process import TOKEN, Sandbox

Row = dict[str, str]
PEOPLE = {"P1": "Ana Reyes", "P2": "Ben Okafor", "P3": "Chloe Tran", "P4": "Dev Patel", "P5": "Eve Lund"}
_MEMBER = {
    "role_type": "teacher",
    "affiliation": "continuing",
    "team_id": "T1",
    "team_role": "member",
    "component": "network",
    "region": "I",
}
_STAFF = {"role_type": "ipd_staff", "affiliation": "staff", "team_id": "", "team_role": "", "component": ""}


def address(name: str) -> str:
    """ana.reyes@example.org"""
    return f"{name.replace(' ', '.').lower()}@example.org"


def row(person_id: str, name: str, **more: str) -> Row:
    """A row of the roster."""
    given, _, family = name.partition(" ")
    named = {"given_name": given, "family_name": family, "display_name": name, "sortable_name": f"{family}, {given}"}
    return {"person_id": person_id, **named, "email": address(name), **_MEMBER, **more}


def rows(**changed: Mapping[str, str]) -> list[Row]:
    """P1 leads a team in which the others are; P5 is staff and facilitates the COP; some rows changed, by person."""
    special: dict[str, Row] = {"P1": {"team_role": "lead"}, "P5": {"cop_facilitator": "EQ", **_STAFF}}
    return [{**row(person_id, name, **special.get(person_id, {})), **changed.get(person_id, {})} for person_id, name in PEOPLE.items()]


def renamed(name: str, **more: str) -> Row:
    """What another name and its address change in a row."""
    return {key: value for key, value in row("", name).items() if "name" in key or key == "email"} | more


@dataclass(frozen=True)
class Office:
    """The commands, a folder, and Canvas by hand."""

    cli: Cli
    folder: Path
    canvas: Sandbox

    def sign(self, people: Sequence[Row] = (), *, school_year: str = "2021-22", cop: str = "active") -> None:
        """Import and finalize this roster."""

        def typed() -> None:
            self.draft(people, school_year=school_year, cop=cop)
            said = self.cli("roster", "finalize", "--signed-by", "R. Alvarez", "--second", "B. Cho", "--reason", "meant")
            assert said.code == 0, said

        signing(("office", school_year, cop, *(tuple(sorted(each.items())) for each in people or rows())), typed)

    def draft(self, people: Sequence[Row] = (), *, school_year: str = "2021-22", cop: str = "active") -> None:
        """Import this roster, with a COP of this status."""
        team = {"team_id": "T1", "team_name": "Alder Team", "component": "network", "region": "I", "lead_ids": "P1"}
        equity = {"cop_code": "EQ", "school_year": school_year, "title": "Equity", "status": cop, "open_to_guests": "yes"}
        first = int(school_year[:4])
        equity |= {"start_date": f"{first}-10-05", "end_date": f"{first + 1}-04-30", "facilitator_ids": "P5"}
        files = [
            self._write("roster", ROSTER.required, people or rows()),
            self._write("teams", TEAMS.required, [team]),
            self._write("cops", COPS.required, [equity]),
        ]
        roster, teams, cops = map(str, files)
        said = self.cli("roster", "import", roster, "--teams", teams, "--cops", cops, "--school-year", school_year)
        assert said.code == 0, said

    def _write(self, name: str, columns: Collection[str], lines: Sequence[Row]) -> Path:
        path = self.folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, sorted(columns), restval="")
            writer.writeheader()
            writer.writerows(lines)
        return path

    def plan(self) -> Any:
        """Look; the questions are stored."""
        return self.cli("plan", "--json").json

    def sync(self) -> Any:
        """Plan, and say yes to just that."""
        return self.cli("sync", "--approve", self.plan()["digest"], "--reason", "seen", "--json").json

    def review(self) -> dict[str, Any]:
        """The questions by person."""
        return {case["person"]: case for case in self.cli("people", "review", "--json").json}

    def answer(self, word: str, person_id: str, *more: str) -> Any:
        """One decision, which is noted."""
        said = self.cli("people", word, person_id, *more, "--reason", "they said so", "--json")
        assert said.code == 0, said
        return said.json

    def refused(self, word: str, person_id: str, *more: str) -> str:
        """The sentence with which a decision is refused; nothing is noted, and the question is open as before."""
        before = self.cli("audit", "list", "--json", "--limit", "5000").json
        said = self.cli("people", word, person_id, *more, "--reason", "they said so")
        assert (said.code, said.out) == (1, ""), said
        assert self.cli("audit", "list", "--json", "--limit", "5000").json == before
        return said.err

    def account(self, name: str, login: str, *, sis_id: str = "", email: str = "") -> int:
        """An account that others have made, with an active address; its number."""
        pseudonym = {"unique_id": login, **({"sis_user_id": sis_id} if sis_id else {})}
        channel = {"type": "email", "address": email or login, "skip_confirmation": True}
        user = {"name": name, "skip_registration": True}
        return int(self.hand("POST", "accounts/self/users", user=user, pseudonym=pseudonym, communication_channel=channel)["id"])

    def second_address(self, number: int, email: str) -> None:
        """An account gets one more active address."""
        self.hand(
            "POST",
            f"users/{number}/communication_channels",
            communication_channel={"type": "email", "address": email},
            skip_confirmation=True,
        )

    def number(self, person_id: str) -> int:
        """Of the account that has our SIS id of this person."""
        return int(self.hand("GET", f"users/sis_user_id:ilc:p:{person_id}")["id"])

    def hand(self, method: str, path: str, **fields: object) -> Any:
        """Somebody does something in Canvas."""
        head = {"Authorization": f"Bearer {TOKEN}"}
        answer = requests.request(method, f"{self.canvas.url}/api/v1/{path}", json=fields, headers=head, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def courses(self, number: int) -> set[str]:
        """Our courses in which this account is active."""
        state = self.canvas.state()
        sis_ids = {course["id"]: str(course.get("sis_course_id") or "") for course in state["courses"]}
        active = (e for e in state["enrollments"] if e["user_id"] == number and e["enrollment_state"] == "active")
        return {sis_ids[enrollment["course_id"]].removeprefix("ilc:2021-22:") for enrollment in active}

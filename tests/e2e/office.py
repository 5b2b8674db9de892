"""A program office at work: a stand-in Canvas, a store in a folder, and the commands as a person types them."""

import csv
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import requests

from tests import commands
from tests.commands import Answer
from tests.sandbox.process import ROOT, TOKEN, Sandbox, start_sandbox
from tests.stores import POSTGRES, made_folder, made_store

SAMPLE = ROOT / "config" / "sample"
CLOCK = ("--now", "2021-08-16T16:00:00Z")
FILES = {
    "3": ("roster_2021-22_final", "teams_2021-22.csv", "cops_2021-22.csv"),
    "4": ("roster_2021-22_v4_amended", "teams_2021-22_v4.csv", "cops_2021-22_v4.csv"),
}
State = Mapping[str, list[dict[str, Any]]]
Row = dict[str, str]


class Report(NamedTuple):
    """The JSON that a command printed, and its exit code."""

    code: int
    value: Any


class Place(NamedTuple):
    """One active enrollment, by codes: of whom, in which course and section, as what."""

    user: str
    course: str
    section: str
    type: str
    role: str


class Office:
    """A sandbox, a store, and an environment without anybody's own settings."""

    def __init__(self, folder: Path, *options: str, **settings: str) -> None:
        self.folder, self._untouched = folder, not POSTGRES and "STORE" not in settings
        self.sandbox: Sandbox = start_sandbox(*(options or CLOCK))
        plain = {name: value for name, value in os.environ.items() if not name.startswith("ILC_CANVAS_")}
        token = folder / "token"
        token.write_text(f"{TOKEN}\n")
        ours = {
            "URL": self.sandbox.url,
            "TOKEN_FILE": str(token),
            "STORE": settings.get("STORE") or made_store(folder),
            "SETTLE_SECONDS": "0",
            "REREAD_SECONDS": "0",
            "COURSES": '{"content": false}',
            **settings,
        }
        self.environment = {**plain, **{f"ILC_CANVAS_{name}": value for name, value in ours.items()}}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.sandbox.stop()

    def run(self, *words: str) -> Answer:
        """One command, in a process of its own."""
        self._untouched = False
        return commands.run(words, self.environment)

    def json(self, *words: str) -> Report:
        """One command with --json."""
        answer = self.run(*words, "--json")
        return Report(answer.code, json.loads(answer.out))

    def sign(self, version: str) -> None:
        """Version 3 or 4 of the sample is signed; what a new store in a file then holds is made once, and copied."""
        if self._untouched:
            shutil.rmtree(self.folder / "store")
            shutil.copytree(_signed(version), self.folder / "store")
        else:
            self.take_sample(version)

    def take_sample(self, version: str) -> None:
        """Import and finalize version 3 or 4 of the sample."""
        roster, teams, cops = FILES[version]
        self.take(SAMPLE / f"{roster}.csv", teams, cops, "--manifest", str(SAMPLE / f"{roster}.manifest.json"))

    def sign_rows(self, rows: Sequence[Row], *words: str, version: str = "3") -> None:
        """Sign a roster of these rows, with the teams and COPs of a version of the sample."""
        path = self.folder / "changed.csv"
        write_rows(path, rows)
        _, teams, cops = FILES[version]
        self.take(path, teams, cops, finalize=words)

    def take(self, roster: Path, teams: str, cops: str, *words: str, finalize: Sequence[str] = ()) -> None:
        """Import files, and sign them."""
        answer = self.run(*importing(roster, teams, cops), *words)
        assert answer.code == 0, answer
        answer = self.run("roster", "finalize", "--signed-by", "R. Alvarez", *finalize)
        assert answer.code == 0, answer

    def approve(self, *words: str) -> Report:
        """Plan, and say yes to just that plan."""
        digest = self.json("plan", *words).value["digest"]
        return self.json("sync", "--approve", digest, "--reason", "seen", *words)

    def places(self) -> frozenset[Place]:
        """The active enrollments of our people in our courses."""
        return places(self.sandbox.state())

    def get(self, path: str) -> Any:
        """Look at something in Canvas."""
        return self._hand("GET", path, {})

    def put(self, path: str, **fields: object) -> Any:
        """Change something in Canvas by hand."""
        return self._hand("PUT", path, fields)

    def post(self, path: str, **fields: object) -> Any:
        """Make something in Canvas by hand."""
        return self._hand("POST", path, fields)

    def delete(self, path: str, **fields: object) -> Any:
        """End something in Canvas by hand."""
        return self._hand("DELETE", path, fields)

    def _hand(self, method: str, path: str, fields: Mapping[str, object]) -> Any:
        head = {"Authorization": f"Bearer {TOKEN}"}
        answer = requests.request(method, f"{self.sandbox.url}/api/v1/{path}", json=fields, headers=head, timeout=60)
        answer.raise_for_status()
        return answer.json()


@cache
def _signed(version: str) -> Path:
    """The folder of a store in which this version is signed."""
    folder = made_folder() / f"signed-{version}"
    folder.mkdir()
    with Office(folder) as office:
        office.take_sample(version)
    return folder / "store"


def importing(roster: Path, teams: str = FILES["3"][1], cops: str = FILES["3"][2]) -> list[str]:
    """The words of an import of sample files."""
    return ["roster", "import", str(roster), "--teams", str(SAMPLE / teams), "--cops", str(SAMPLE / cops), "--school-year", "2021-22"]


def read_rows(version: str = "3") -> list[Row]:
    """The rows of a roster of the sample."""
    with (SAMPLE / f"{FILES[version][0]}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """A roster file of these rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def ours(state: State, kind: str, key: str) -> dict[int, dict[str, Any]]:
    """The objects whose SIS id begins with our prefix, by number."""
    return {row["id"]: row for row in state[kind] if str(row.get(key) or "").startswith("ilc:")}


def places(state: State, wanted: Callable[[dict[str, Any]], bool] = lambda row: row["enrollment_state"] == "active") -> frozenset[Place]:
    """Enrollments of our people in our courses: the active ones, unless others are requested."""
    users, courses = ours(state, "users", "sis_user_id"), ours(state, "courses", "sis_course_id")
    sections = {row["id"]: row for row in state["sections"]}
    return frozenset(
        Place(
            users[row["user_id"]]["sis_user_id"].removeprefix("ilc:p:"),
            courses[row["course_id"]]["sis_course_id"].removeprefix("ilc:2021-22:"),
            sections[row["course_section_id"]]["sis_section_id"].rsplit(":", 1)[1],
            row["type"],
            row["role"],
        )
        for row in state["enrollments"]
        if wanted(row) and row["user_id"] in users and row["course_id"] in courses
    )


def as_expected(found: frozenset[Place]) -> set[tuple[str, str, str, str]]:
    """Places as the expected figures write them: COP-EQ, R1, ILC-0001, student."""
    words = {"TeacherEnrollment": "teacher", "ILC Team Lead": "lead", "StudentEnrollment": "student", "ILC Guest": "guest"}
    return {(_course(place.course), place.section, place.user, words[place.role]) for place in found}


def _course(code: str) -> str:
    kind, _, name = code.partition(":")
    region = {"I": "R1", "II": "R2", "III": "R3", "IV": "R4"}
    return "-".join(part for part in (kind.upper(), region[_regions()[name]] if kind == "pilot" else name) if part)


@cache
def _regions() -> Mapping[str, str]:
    with (SAMPLE / FILES["4"][1]).open(encoding="utf-8-sig", newline="") as file:
        return {row["team_id"]: row["region"] for row in csv.DictReader(file)}


def writes(requests: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those that could change something."""
    return [request for request in requests if request["method"] != "GET"]

"""The sample files as tables that a test can edit, and read again as a roster."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from ilc_canvas.roster.intake import Files, Intake, take
from ilc_canvas.roster.reading import File
from tests.program.sample import NAMES, SAMPLE, counties

Cells = dict[str, str]
Edit = Callable[["Forms"], None]
YEAR = "2021-22"
KINDS = ("people", "teams", "cops")


class Forms:
    """Version 3 of the three files, as lists of rows that may be changed."""

    def __init__(self) -> None:
        self.people, self.teams, self.cops = ([dict(row) for row in _sample(kind)] for kind in KINDS)

    def person(self, person_id: str) -> Cells:
        """A row of the roster."""
        return next(row for row in self.people if row["person_id"] == person_id)

    def team(self, team_id: str) -> Cells:
        """A row of the teams file."""
        return next(row for row in self.teams if row["team_id"] == team_id)

    def cop(self, code: str) -> Cells:
        """A row of the catalog."""
        return next(row for row in self.cops if row["cop_code"] == code)

    def files(self) -> Files:
        """The three files that these rows make."""
        return Files(*(File(name(kind), written(rows)) for kind, rows in zip(KINDS, (self.people, self.teams, self.cops), strict=True)))

    def read(self) -> Intake:
        """The roster of these files."""
        return take(self.files(), manifest=None, school_year=YEAR, counties=counties())


def name(kind: str) -> str:
    """What the sample's file of this kind is called."""
    return NAMES[3][KINDS.index(kind)]


def edited(*edits: Edit) -> Intake:
    """The sample after these edits, read."""
    forms = Forms()
    for edit in edits:
        edit(forms)
    return forms.read()


def with_file(kind: str, data: bytes) -> Files:
    """The sample's files, one of them with other bytes."""
    return Files(*(File(name(each), data if each == kind else sample(each)) for each in KINDS))


def taken(files: Files) -> Intake:
    """These files without a manifest, read."""
    return take(files, manifest=None, school_year=YEAR, counties=counties())


@cache
def sample(kind: str) -> bytes:
    """The bytes of the sample's file of this kind."""
    return (SAMPLE / name(kind)).read_bytes()


def table(path: Path) -> list[Cells]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))


@cache
def _sample(kind: str) -> Sequence[Mapping[str, str]]:
    return table(SAMPLE / name(kind))


def written(rows: Sequence[Mapping[str, str]]) -> bytes:
    """These rows as a CSV file in UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()

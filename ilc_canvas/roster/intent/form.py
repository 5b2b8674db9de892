"""An export of the form: each row is an answer, whatever the questions are called in detail and however often a column is there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.body import check_whole
from ilc_canvas.roster.files.grid import Grid, Record
from ilc_canvas.roster.files.package import is_workbook
from ilc_canvas.roster.files.rules import MOST_COLUMNS, ReadingRules, no_rows, too_many
from ilc_canvas.roster.files.separated import separated
from ilc_canvas.roster.intent import fields
from ilc_canvas.roster.reading import File

QUESTIONS: Mapping[str, re.Pattern[str]] = {
    "time": re.compile(r"timestamp"),
    "email": re.compile(r"(?:e-?mail(?: address)?|username)"),
    "name": re.compile(r"first and last name.*|(?:full |your )?name"),
    "continues": re.compile(r"do you intend to continue.*"),
    "region": re.compile(r"which cta region.*|region"),
    "county": re.compile(r"county"),
    "district": re.compile(r"school district|district"),
    "school": re.compile(r"school(?: or site)?"),
    "team": re.compile(r"ilc team name.*|team(?: name)?"),
    "cops": re.compile(r"which ilc communities of practice.*"),
    "comment": re.compile(r"anything else.*"),
}
"""Each question by how it begins, in small letters."""
_REQUIRED = ("time", "email", "name", "continues")


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of an export, as it was written."""

    file: str
    row: int  # as a spreadsheet numbers it; the header is 1
    time: datetime | None
    email: str
    name: str
    continues: str
    region: str
    county: str
    district: str
    school: str
    team: str
    cops: str
    comment: str

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written."""
        return not any((self.time, self.email, self.name, self.continues, self.region, self.county, self.district, self.team, self.cops))


@dataclass(frozen=True, slots=True)
class Export:
    """A file of answers."""

    file: File
    answers: tuple[Answer, ...]


def read_export(file: File, zone: ZoneInfo, rules: ReadingRules) -> Export:
    """The answers of an export; times without an offset are told in `zone`. RosterError if it is not such a file, or is cut off."""
    grid = _grid(file, rules)
    if not any(record.filled for record in grid.records):
        raise RosterError(f"{file.name} is empty. Nobody is taken to have answered, or not to have answered.")
    header, *below = grid.records
    places = _places(header.cells)
    missing = [name for name in _REQUIRED if name not in places]
    if missing:
        raise RosterError(f"{file.name} is not an export of the form: no question is the {missing[0]}. Export the answers again.")
    if grid.is_text:
        check_whole(file.name, below, width=len(header.cells), open_end=bool(grid.open_end), if_empty="")
    if len(below) > rules.most_rows:
        raise too_many(file.name, rules)
    return Export(file, tuple(_answer(file, record, places, zone=zone) for record in below))


def _grid(file: File, rules: ReadingRules) -> Grid:
    scores = (_recognized,)
    if is_workbook(file.name, file.data):
        from ilc_canvas.roster.files.workbook import workbook

        return workbook(file.name, file.data, scores, rules=rules, on_rows=no_rows)
    return separated(file.name, file.data, scores, rules=rules, on_rows=no_rows)


def _recognized(cells: Sequence[str]) -> int:
    return len(_places(cells))


def _places(header: Sequence[str]) -> dict[str, list[int]]:
    """The places of each question: a question that was removed and asked again is there twice."""
    places: dict[str, list[int]] = {}
    for place, written in enumerate(header[:MOST_COLUMNS]):
        text = fields.folded(written)
        for name, pattern in QUESTIONS.items():
            if pattern.fullmatch(text):
                places.setdefault(name, []).append(place)
                break
    return places


def _answer(file: File, record: Record, places: Mapping[str, Sequence[int]], *, zone: ZoneInfo) -> Answer:
    def cell(name: str) -> str:
        texts = (record.cells[place] for place in places.get(name, ()) if place < len(record.cells))
        return next((text for text in texts if text.strip()), "")

    return Answer(
        file=file.name,
        row=record.row,
        time=fields.moment(cell("time"), zone),
        email=cell("email"),
        name=cell("name").strip(),
        continues=cell("continues").strip(),
        region=cell("region").strip(),
        county=cell("county").strip(),
        district=cell("district").strip(),
        school=cell("school").strip(),
        team=cell("team").strip(),
        cops=cell("cops"),
        comment=cell("comment").strip(),
    )

"""The cast of the form's tests: the sample's two exports, last year's members, and the right outcomes."""

import csv
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from ilc_canvas.roster.files.rules import STANDARD
from ilc_canvas.roster.intent.districts import read_directory
from ilc_canvas.roster.intent.form import Export, read_export
from ilc_canvas.roster.intent.judging import Judged, Rules, judge
from ilc_canvas.roster.intent.prior import read_prior
from ilc_canvas.roster.reading import File, read_file
from tests.roster.cast import CONFIG, COUNTIES, V3, version

HERE = Path(__file__).parent
ZONE = ZoneInfo("America/Los_Angeles")
FORMS, SHEETS = "intent_2021-05-14_forms.csv", "intent_2021-05-29_sheets.csv"
DEADLINE = datetime(2021, 5, 29, tzinfo=ZONE)
PRIOR = HERE / "roster_2020-21_prior.csv"


def table(name: str) -> list[dict[str, str]]:
    """The rows of one of the files with right outcomes."""
    with (HERE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def export(name: str) -> Export:
    """One of the two exports."""
    return read_export(read_file(HERE / name), ZONE, STANDARD)


@cache
def rules() -> Rules:
    """What the sample is judged by."""
    directory = read_directory(CONFIG / "reference" / "districts.csv", CONFIG / "reference" / "district_aliases.csv")
    return Rules(read_prior(read_file(PRIOR), STANDARD), directory, COUNTIES, version(V3).roster.cops, DEADLINE)


@cache
def sample() -> tuple[Judged, ...]:
    """Both exports, judged."""
    return tuple(judge([export(FORMS), export(SHEETS)], rules()))


HEADER = (
    "Timestamp,Email Address,First and last name,Do you intend to continue as an ILC member?,Which CTA region is your team in?,County,"
    "School district,ILC team name,Which ILC Communities of Practice interest you?"
)


def judged(*answers: str) -> list[Judged]:
    """These rows of an export of its own, judged beside nothing else."""
    data = "\n".join([HEADER, *answers, ""]).encode()
    return judge([read_export(File("x.csv", data), ZONE, STANDARD)], rules())

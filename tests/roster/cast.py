"""The cast of the intake's tests: the sample files, and ways to spoil them."""

import csv
import io
from dataclasses import replace
from pathlib import Path

from ilc_canvas.roster.counties import read_counties
from ilc_canvas.roster.findings import Finding
from ilc_canvas.roster.intake import Files, Intake, read_roster, take
from ilc_canvas.roster.reading import File, read_file

CONFIG = Path(__file__).parents[2] / "config"
SAMPLE = CONFIG / "sample"
COUNTIES = read_counties(CONFIG / "counties.csv")
YEAR = "2021-22"
V3 = ("roster_2021-22_final.csv", "teams_2021-22.csv", "cops_2021-22.csv")
V4 = ("roster_2021-22_v4_amended.csv", "teams_2021-22_v4.csv", "cops_2021-22_v4.csv")
SIGNED = {V3: "roster_2021-22_final.manifest.json", V4: "roster_2021-22_v4_amended.manifest.json"}


def sample(name: str) -> File:
    """One of the sample files."""
    return read_file(SAMPLE / name)


def version(names: tuple[str, str, str]) -> Intake:
    """Version 3 or 4, with its manifest."""
    roster, teams, cops = (SAMPLE / name for name in names)
    return read_roster(roster, teams, cops, manifest=SAMPLE / SIGNED[names], school_year=YEAR, counties=COUNTIES)


def files(**instead: File) -> Files:
    """Version 3, with other files in place of some."""
    return Files(*(sample(name) for name in V3))._replace(**instead)


def taken(given: Files, manifest: File | None = None) -> Intake:
    """These files taken in."""
    return take(given, manifest=manifest, school_year=YEAR, counties=COUNTIES)


def edited(file: File, key: str, **cells: str) -> File:
    """The file with other cells in the row whose first column is `key`; `key` "" means in a copy of the first row, added at the end."""
    rows = list(csv.DictReader(io.StringIO(file.data.decode())))
    if not key:
        rows.append(dict(rows[0]))
    row = rows[-1] if not key else next(row for row in rows if next(iter(row.values())) == key)
    row.update(cells)
    return replace(file, data=_written(rows))


def faulty(kind: str, key: str, **cells: str) -> Intake:
    """Version 3, edited in one row of its roster, teams or cops file."""
    given = files()
    return taken(given._replace(**{kind: edited(getattr(given, kind), key, **cells)}))


def of_column(findings: tuple[Finding, ...], column: str) -> list[Finding]:
    """Those findings that point to a column."""
    return [finding for finding in findings if finding.column == column]


def _written(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()

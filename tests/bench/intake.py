"""python -m tests.bench.intake: time and memory of checking a very large roster, as CSV and as a workbook, sound and with defects.

110,000 people in 500 teams and 440 COPs, made from names of many scripts. Each case is measured in a process of its own.
"""

import argparse
import csv
import io
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Collection, Iterator, Sequence
from html import escape
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from ilc_canvas.roster.counties import read_counties
from ilc_canvas.roster.files.columns import COPS, ROSTER, TEAMS
from ilc_canvas.roster.files.grid import letters
from ilc_canvas.roster.files.rules import MEGABYTE, ReadingRules
from ilc_canvas.roster.intake import Reading, read_files
from tests.program.sample import CONFIG
from tests.roster.files.books import book, with_shared_texts

PEOPLE, TEAM, COHORT = 110_000, 220, 250
GIVEN = ("María José", "Xóchitl", "Ángel", "Minh", "Thảo", "Rodel", "Mei-Ling", "Kao", "D'Andre", "Keʻalohi", "Siobhán", "Łukasz", "Karen")
FAMILY = ("García", "Peña", "Nguyễn", "Trần", "Đặng", "Chen", "Ng", "Xiong", "O", "Patel", "Okafor", "O'Connor", "Wójcik", "Müller")
RULES = ReadingRules(most_bytes=200 * MEGABYTE, most_rows=200_000)
CASES = ("sound", "american dates", "bad addresses", "every cell bad", "a column misspelled", "own words", "blank rows")
Row = dict[str, str]


def people(number: int, case: str) -> Iterator[Row]:
    """So many people, perhaps with a defect in each row."""
    for each in range(number):
        given, family = GIVEN[each * 7919 % len(GIVEN)], FAMILY[(each * 104729 + 13) % len(FAMILY)]
        cop, leads = f"C{each // COHORT:03d}", each % COHORT < 2
        row = {
            "person_id": f"S{each:06d}",
            "given_name": given,
            "family_name": family,
            "display_name": f"{given} {family}",
            "sortable_name": f"{family}, {given}",
            "email": f"educator{each:06d}@example.org",
            "role_type": "teacher",
            "affiliation": "continuing",
            "team_id": f"T{each // TEAM:03d}",
            "team_name": f"Team {each // TEAM}",
            "team_role": "lead" if each % TEAM == 0 else "member",
            "component": "network",
            "region": "I",
            "county": "Alameda",
            "cds_code": f"0161119{each % 2_000:07d}",
            "district": f"District {each // TEAM}",
            "school": f"School {each % 2_000}",
            "cop_participant": "" if leads else cop,
            "cop_facilitator": cop if leads else "",
        }
        yield from _spoiled(row, each, case)


def _spoiled(row: Row, each: int, case: str) -> Iterator[Row]:
    if case == "bad addresses":
        row["email"] = f"educator {'x' * (each % 30)}{each} at example"
    elif case == "every cell bad":
        row |= {name: f"?{each}{name}" for name in ("email", "role_type", "affiliation", "region", "county", "cds_code", "cop_participant")}
    elif case == "a column misspelled":
        row["county"] = "Alamida"
    elif case == "own words":
        row["team_role"] = f"Team {row['team_role'].title()}"
    yield row
    if case == "blank rows" and each % 10 == 0:
        yield {}


def write(folder: Path, number: int, case: str, *, workbook: bool) -> list[Path]:
    """The three files of such a roster."""
    teams = [
        {"team_id": f"T{n:03d}", "team_name": f"Team {n}", "component": "network", "region": "I", "lead_ids": f"S{n * TEAM:06d}"}
        for n in range(-(-number // TEAM))
    ]
    start = "10/5/2021" if case == "american dates" else "2021-10-05"
    cops = [
        {"cop_code": f"C{n:03d}", "school_year": "2021-22", "title": f"Cohort {n}", "status": "active", "start_date": start}
        | {"end_date": "2022-04-30", "open_to_guests": "yes", "facilitator_ids": f"S{n * COHORT:06d};S{n * COHORT + 1:06d}"}
        for n in range(-(-number // COHORT))
    ]
    made = [
        _csv(folder / "teams.csv", TEAMS.required, iter(teams)),
        _csv(folder / "cops.csv", COPS.required, iter(cops)),
    ]
    make = _workbook if workbook else _csv
    return [make(folder / f"roster.{'xlsx' if workbook else 'csv'}", ROSTER.required, people(number, case)), *made]


def _csv(path: Path, columns: Collection[str], rows: Iterator[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _workbook(path: Path, columns: Collection[str], rows: Iterator[Row]) -> Path:
    """As Excel writes it: each text once, in a part of its own. openpyxl would write every text where it stands."""
    texts: dict[str, int] = {}
    with zipfile.ZipFile(io.BytesIO(with_shared_texts(book([["text"]])))) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        with new.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            for number, row in enumerate(chain([{name: name for name in columns}], rows), start=1):
                cells = ((letters(place), row.get(name, "")) for place, name in enumerate(columns))
                written = (f'<c r="{at}{number}" t="s"><v>{texts.setdefault(text, len(texts))}</v></c>' for at, text in cells if text)
                sheet.write(f'<row r="{number}">{"".join(written)}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{shared}</sst>')
        for name, data in parts.items():
            if name not in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
                new.writestr(name, data)
    return path


def measure(files: Sequence[str]) -> None:
    """Check these files in this process, and print seconds, megabytes and findings."""
    counties = read_counties(CONFIG / "counties.csv")
    before, began = time.process_time(), time.monotonic()
    intake = read_files([Path(file) for file in files], None, Reading("2021-22", counties, RULES))
    spent, wall = time.process_time() - before, time.monotonic() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    rows = sum(max(len(finding.rows), 1) for finding in intake.findings)
    print(f"{wall:6.1f} s  {spent:6.1f} s CPU  {most:6,} MB  {len(intake.findings):9,} findings about {rows:,} rows")


def main() -> None:
    """Print one line for each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--case", choices=CASES, action="append", help="default: all as CSV, and the sound one as a workbook too")
    parser.add_argument("--workbook", action="store_true")
    parser.add_argument("--files", nargs=3, help="measure these files in this process")
    given = parser.parse_args()
    if given.files:
        measure(given.files)
        return
    plain = [(case, given.workbook) for case in given.case or CASES]
    for case, workbook in plain if given.case or given.workbook else [*plain, ("sound", True)]:
        with TemporaryDirectory() as folder:
            files = write(Path(folder), given.people, case, workbook=workbook)
            size = files[0].stat().st_size / MEGABYTE
            print(f"{case:<16} {files[0].suffix:<6} {size:6.1f} MB  ", end="", flush=True)
            subprocess.run([sys.executable, "-m", "tests.bench.intake", "--files", *map(str, files)], check=True)


if __name__ == "__main__":
    main()

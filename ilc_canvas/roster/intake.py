"""Intake: three files and perhaps a manifest become a roster with its findings, or are refused; a part of them can be checked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.checks.checks import check
from ilc_canvas.roster.checks.gathering import FindingList, cells_of
from ilc_canvas.roster.files.columns import COPS, ROSTER, TEAMS, Layout, other_layout
from ilc_canvas.roster.files.headers import ColumnsError
from ilc_canvas.roster.files.manifest import Manifest, check_files, check_rows, read_manifest
from ilc_canvas.roster.files.rules import STANDARD, OnRows, ReadingRules, no_rows
from ilc_canvas.roster.findings import Finding, WithFindings
from ilc_canvas.roster.reading import File, Table, read_file, read_table
from ilc_canvas.roster.rows import cop, person, sheet, team

_YEAR = re.compile(r"(20[0-9]{2})-([0-9]{2})")


class Files(NamedTuple):
    """The three files of a roster."""

    roster: File
    teams: File
    cops: File


Parts = Mapping[Layout, File]
"""Files of a roster by what they hold: all three, or some of them."""


@dataclass(frozen=True)
class Intake(WithFindings):
    """What three files hold: the roster, and all that is wrong or odd in it."""

    roster: Roster  # version 0 unless a manifest gives it
    findings: tuple[Finding, ...]
    rows: Mapping[str, int]  # by file name, without the header
    hashes: Mapping[str, str]  # by file name: SHA-256 in hex
    manifest_version: int | None = None
    signed_by: str = ""
    signed_at: str = ""
    forms: tuple[str, ...] = ()  # a sentence for each file that is not CSV in UTF-8 with commas: how it was read

    def with_findings(self, more: Iterable[Finding]) -> "Intake":
        """The same with these findings as well, in the order of files and lines."""
        return replace(self, findings=_ordered([*self.findings, *more], self.hashes))


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: for a school year such as 2021-22, with region by county, by an office's rules."""

    school_year: str
    counties: Mapping[str, str]
    rules: ReadingRules = STANDARD
    on_rows: OnRows = no_rows


def read_files(files: Sequence[Path], manifest: Path | None, how: Reading) -> Intake:
    """The roster of these files: roster, teams, COP catalog.

    RosterError if a file is refused as a whole (cut off, empty, too large, other columns, not what the manifest signed).
    """
    roster, teams, cops = (read_file(path, how.rules.most_bytes) for path in files)
    return take_files(Files(roster, teams, cops), read_file(manifest) if manifest else None, how)


def read_roster(
    roster_csv: Path, teams_csv: Path, cops_csv: Path, *, manifest: Path | None, school_year: str, counties: Mapping[str, str]
) -> Intake:
    """The same by the standard rules."""
    return read_files((roster_csv, teams_csv, cops_csv), manifest, Reading(school_year, counties))


def take(files: Files, *, manifest: File | None, school_year: str, counties: Mapping[str, str]) -> Intake:
    """The same from bytes, as they were uploaded."""
    return take_files(files, manifest, Reading(school_year, counties))


def take_files(files: Files, manifest: File | None, how: Reading) -> Intake:
    """The same from bytes, by the office's rules."""
    return take_parts({ROSTER: files.roster, TEAMS: files.teams, COPS: files.cops}, manifest, how)


def take_parts(parts: Parts, manifest: File | None, how: Reading) -> Intake:
    """The same of some of the three: what only another one could tell is not checked, and the roster holds what was given."""
    first_year, files = first_year_of(how.school_year) if COPS in parts else 0, tuple(parts.values())
    if len({file.name for file in files}) < len(files):
        raise RosterError("Two of the files have the same name. Roster, teams and COP catalog are three files.")
    signed = _signed(files, manifest, how.school_year)
    tables = _tables(parts, how)
    rows = {file.name: len(tables[layout].rows) for layout, file in parts.items()}
    if signed:
        check_rows(signed, rows)
    roster, findings = _understood(tables, first_year, how)
    forms = tuple(table.form for table in tables.values() if not table.usual)
    return replace(_intake(files, rows, signed, roster=roster, findings=findings), forms=forms)


def first_year_of(school_year: str) -> int:
    """The year in which a school year such as 2021-22 begins. RosterError if it is none."""
    match = _YEAR.fullmatch(school_year)
    if not match or (int(match[1]) + 1) % 100 != int(match[2]):
        raise RosterError(f'"{school_year}" is not a school year. Write it like 2021-22.')
    return int(match[1])


def _signed(files: Sequence[File], manifest: File | None, school_year: str) -> Manifest | None:
    if manifest is None:
        return None
    signed = read_manifest(manifest)
    check_files(signed, files, school_year)
    return signed


def _tables(parts: Parts, how: Reading) -> Mapping[Layout, Table]:
    """All of them, or one RosterError that says what is the matter with each."""
    tables: dict[Layout, Table] = {}
    reasons: list[str] = []
    others: list[str] = []
    for layout, file in parts.items():
        try:
            tables[layout] = read_table(file, layout, how.rules, on_rows=how.on_rows)
        except ColumnsError as error:
            if other := other_layout(error.names, layout):
                others.append(f"{file.name} is a {other.what} and was given as the {layout.what}.")
            else:
                reasons.append(str(error))
        except RosterError as error:
            reasons.append(str(error))
    if others:
        swapped = "Files were swapped: " if len(others) > 1 else ""
        reasons.insert(0, f"{swapped}{' '.join(others)} Give each file in its own place.")
    if reasons:
        raise RosterError("\n".join(reasons))
    return tables


def _understood(tables: Mapping[Layout, Table], first_year: int, how: Reading) -> tuple[Roster, list[Finding]]:
    read = [finding for table in tables.values() for finding in table.findings]
    findings = FindingList(read, skipped=cells_of(read))
    people = sheet(tables[ROSTER], person, findings) if ROSTER in tables else None
    teams = sheet(tables[TEAMS], team, findings) if TEAMS in tables else None
    cops = sheet(tables[COPS], partial(cop, first_year=first_year), findings) if COPS in tables else None
    findings += check(people, teams, cops, school_year=how.school_year, counties=how.counties)
    roster = Roster(
        school_year=how.school_year,
        version=0,
        people=people.values if people else (),
        teams=teams.values if teams else (),
        cops=cops.values if cops else (),
    )
    return roster, list(findings.cut)


def _intake(files: Sequence[File], rows: Mapping[str, int], signed: Manifest | None, *, roster: Roster, findings: list[Finding]) -> Intake:
    hashes = {file.name: file.sha256 for file in files}
    ordered = _ordered(findings, hashes)
    if signed is None:
        return Intake(replace(roster, files=hashes), ordered, rows, hashes)
    sealed = replace(roster, version=signed.version, signed_by=signed.signed_by, signed_at=signed.signed_at, files=hashes)
    return Intake(sealed, ordered, rows, hashes, signed.version, signed.signed_by, signed.signed_at)


def _ordered(findings: Iterable[Finding], files: Iterable[str]) -> tuple[Finding, ...]:
    position = {name: at for at, name in enumerate(files)}
    return tuple(sorted(findings, key=lambda finding: (position[finding.file], finding.count, finding.line)))

"""Intake: three files and perhaps a manifest become a roster with its findings, or are refused."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.checks import check
from ilc_canvas.roster.columns import COPS, ROSTER, TEAMS
from ilc_canvas.roster.findings import Finding
from ilc_canvas.roster.manifest import Manifest, check_files, check_rows, read_manifest
from ilc_canvas.roster.reading import File, Table, read_file, read_table
from ilc_canvas.roster.rows import cop, person, sheet, team

_YEAR = re.compile(r"(20[0-9]{2})-([0-9]{2})")


class Files(NamedTuple):
    """The three files of a roster."""

    roster: File
    teams: File
    cops: File


class Tables(NamedTuple):
    """The same, read."""

    roster: Table
    teams: Table
    cops: Table


@dataclass(frozen=True)
class Intake:
    """What three files hold: the roster, and all that is wrong or odd in it."""

    roster: Roster  # version 0 unless a manifest gives it
    findings: tuple[Finding, ...]
    rows: Mapping[str, int]  # by file name, without the header
    hashes: Mapping[str, str]  # by file name: SHA-256 in hex
    manifest_version: int | None = None
    signed_by: str = ""
    signed_at: str = ""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps it from being finalized."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What is accepted by signing."""
        return tuple(finding for finding in self.findings if finding.severity == "warning")

    def with_findings(self, more: Iterable[Finding]) -> "Intake":
        """The same with these findings as well, in the order of files and lines."""
        return replace(self, findings=_ordered([*self.findings, *more], self.hashes))


def read_roster(
    roster_csv: Path, teams_csv: Path, cops_csv: Path, *, manifest: Path | None, school_year: str, counties: Mapping[str, str]
) -> Intake:
    """The roster of these files, for a school year such as 2021-22; `counties` is region by county.

    RosterError where a file is refused as a whole (cut off, empty, too large, other columns, not what the manifest signed).
    """
    files = Files(read_file(roster_csv), read_file(teams_csv), read_file(cops_csv))
    return take(files, manifest=read_file(manifest) if manifest else None, school_year=school_year, counties=counties)


def take(files: Files, *, manifest: File | None, school_year: str, counties: Mapping[str, str]) -> Intake:
    """The same from bytes, as they were uploaded."""
    first_year = _first_year(school_year)
    if len({file.name for file in files}) < len(files):
        raise RosterError("Two of the files have the same name. Roster, teams and COP catalogue are three files.")
    signed = _signed(files, manifest, school_year)
    tables = _tables(files)
    rows = {file.name: len(table.rows) for file, table in zip(files, tables, strict=True)}
    if signed:
        check_rows(signed, rows)
    roster, findings = _understood(tables, school_year, first_year, counties=counties)
    return _intake(files, rows, signed, roster=roster, findings=findings)


def _first_year(school_year: str) -> int:
    match = _YEAR.fullmatch(school_year)
    if not match or (int(match[1]) + 1) % 100 != int(match[2]):
        raise RosterError(f'"{school_year}" is no school year. Write it like 2021-22.')
    return int(match[1])


def _signed(files: Files, manifest: File | None, school_year: str) -> Manifest | None:
    if manifest is None:
        return None
    signed = read_manifest(manifest)
    check_files(signed, files, school_year)
    return signed


def _tables(files: Files) -> Tables:
    """All three, or one RosterError that says what is the matter with each."""
    tables: list[Table] = []
    reasons: list[str] = []
    for file, layout in zip(files, (ROSTER, TEAMS, COPS), strict=True):
        try:
            tables.append(read_table(file, layout))
        except RosterError as error:
            reasons.append(str(error))
    if reasons:
        raise RosterError("\n".join(reasons))
    return Tables(*tables)


def _understood(tables: Tables, school_year: str, first_year: int, *, counties: Mapping[str, str]) -> tuple[Roster, list[Finding]]:
    findings = [finding for table in tables for finding in table.findings]
    people, teams = sheet(tables.roster, person, findings), sheet(tables.teams, team, findings)
    cops = sheet(tables.cops, partial(cop, first_year=first_year), findings)
    findings += check(people, teams, cops, school_year=school_year, counties=counties)
    roster = Roster(school_year=school_year, version=0, people=people.values, teams=teams.values, cops=cops.values)
    return roster, findings


def _intake(files: Files, rows: Mapping[str, int], signed: Manifest | None, *, roster: Roster, findings: list[Finding]) -> Intake:
    hashes = {file.name: file.sha256 for file in files}
    ordered = _ordered(findings, hashes)
    if signed is None:
        return Intake(replace(roster, files=hashes), ordered, rows, hashes)
    sealed = replace(roster, version=signed.version, signed_by=signed.signed_by, signed_at=signed.signed_at, files=hashes)
    return Intake(sealed, ordered, rows, hashes, signed.version, signed.signed_by, signed.signed_at)


def _ordered(findings: Iterable[Finding], files: Iterable[str]) -> tuple[Finding, ...]:
    position = {name: at for at, name in enumerate(files)}
    return tuple(sorted(findings, key=lambda finding: (position[finding.file], finding.line)))

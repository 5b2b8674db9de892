"""Three files and perhaps a manifest into one roster with its findings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.checks import Sheets, check_all
from ilc_canvas.roster.findings import Finding
from ilc_canvas.roster.manifest import Manifest, check_manifest, read_manifest
from ilc_canvas.roster.reading import Table, read_table
from ilc_canvas.roster.rows import COP_COLUMNS, PERSON_COLUMNS, TEAM_COLUMNS, Sheet, cop, person, team

_YEAR = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class Intake:
    """What was read: a roster (version 0 unless a manifest numbers it), and everything found in it."""

    roster: Roster
    findings: tuple[Finding, ...]
    rows: Mapping[str, int]  # by file name
    hashes: Mapping[str, str]  # SHA-256 by file name
    manifest_version: int | None = None

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps this version from being finalized."""
        return tuple(finding for finding in self.findings if finding.level == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What is accepted by signing."""
        return tuple(finding for finding in self.findings if finding.level == "warning")


def read_roster(
    roster_csv: Path, teams_csv: Path, cops_csv: Path, *, manifest: Path | None = None, school_year: str, counties: Mapping[str, str]
) -> Intake:
    """Read and check a roster; all findings at once. `counties`: county name -> region.

    RosterError where a file as a whole is refused: cut, empty, of other columns, or not the one that the manifest signs.
    """
    _check_year(school_year)
    tables = (read_table(roster_csv, PERSON_COLUMNS), read_table(teams_csv, TEAM_COLUMNS), read_table(cops_csv, COP_COLUMNS))
    signed = read_manifest(manifest) if manifest else None
    if manifest and signed:
        check_manifest(manifest, signed, tables, school_year)
    sheets = _sheets(tables, school_year, signed, counties)
    check_all(sheets)
    return Intake(
        roster=sheets.roster,
        findings=tuple(sorted((*sheets.people.findings, *sheets.teams.findings, *sheets.cops.findings), key=_rank)),
        rows={table.name: len(table.rows) for table in tables},
        hashes={table.name: table.sha256 for table in tables},
        manifest_version=signed.roster_version if signed else None,
    )


def _check_year(school_year: str) -> None:
    found = _YEAR.fullmatch(school_year)
    if not found or (int(found[1]) + 1) % 100 != int(found[2]):
        raise RosterError(f"{school_year!r} is no school year. Write it as 2021-22. Nothing was stored.")


def _sheets(tables: tuple[Table, Table, Table], school_year: str, signed: Manifest | None, counties: Mapping[str, str]) -> Sheets:
    people, teams, cops = (Sheet(table.name) for table in tables)
    roster = Roster(
        school_year=school_year,
        version=signed.roster_version if signed else 0,
        people=tuple(person(row, people) for row in tables[0].rows),
        teams=tuple(team(row, teams) for row in tables[1].rows),
        cops=tuple(cop(row, cops) for row in tables[2].rows),
        signed_by=signed.signed_off_by if signed else "",
        signed_at=signed.signed_off_at if signed else "",
        files={table.name: table.sha256 for table in tables},
    )
    rows = {"people": tables[0].rows, "teams": tables[1].rows, "cops": tables[2].rows}
    return Sheets(roster, rows, people, teams, cops, counties)


def _rank(finding: Finding) -> tuple[str, str, int]:
    """Errors first, then by file and line."""
    return (finding.level, finding.file, finding.line)

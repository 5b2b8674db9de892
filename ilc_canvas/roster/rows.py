"""Rows into people, teams and COPs; a cell that cannot be read is a finding, and the row goes on with what can."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from ilc_canvas.program.roster import Cop, Person, Team
from ilc_canvas.roster.findings import Finding
from ilc_canvas.roster.reading import Row

PERSON_COLUMNS = (
    "person_id",
    "given_name",
    "family_name",
    "suffix",
    "display_name",
    "sortable_name",
    "email",
    "role_type",
    "affiliation",
    "team_id",
    "team_name",
    "team_role",
    "component",
    "region",
    "county",
    "cds_code",
    "district",
    "school",
    "local_association",
    "cop_participant",
    "cop_facilitator",
    "cop_guest",
    "notes",
)
TEAM_COLUMNS = (
    "team_id",
    "team_name",
    "component",
    "region",
    "county",
    "district_cds",
    "district",
    "local_association",
    "lead_ids",
    "member_count",
    "primary_contact_staff_id",
    "readiness_score",
    "readiness_date",
)
COP_COLUMNS = (
    "cop_code",
    "school_year",
    "title",
    "focus_area",
    "status",
    "start_date",
    "end_date",
    "meetings_planned",
    "cadence",
    "open_to_guests",
    "capacity",
    "partner_institution",
    "lead_facilitator_id",
    "facilitator_ids",
    "description",
)
_CDS = 14
T = TypeVar("T")


@dataclass
class Sheet:
    """One file whose findings are being collected."""

    file: str
    findings: list[Finding] = field(default_factory=list)

    def error(self, row: Row, column: str, text: str, fix: str) -> None:
        """Something that keeps the version from being finalized."""
        self.findings.append(Finding("error", self.file, row.line, column, row.cells.get(column, ""), text, fix))

    def warning(self, row: Row, column: str, text: str, fix: str) -> None:
        """Something odd, accepted by signing."""
        self.findings.append(Finding("warning", self.file, row.line, column, row.cells.get(column, ""), text, fix))


def person(row: Row, sheet: Sheet) -> Person:
    """A person as the row says."""
    plain = ("person_id", "given_name", "family_name", "suffix", "display_name", "sortable_name", "email", "role_type", "affiliation")
    more = ("team_id", "team_role", "component", "region", "county", "district", "school", "local_association")
    return Person(
        **{name: row[name] for name in (*plain, *more)},
        cds_code=cds(row, "cds_code", sheet),
        participates=row.many("cop_participant"),
        facilitates=row.many("cop_facilitator"),
        visits=row.many("cop_guest"),
        line=row.line,
    )


def team(row: Row, sheet: Sheet) -> Team:
    """A team as the row says."""
    plain = ("team_id", "component", "region", "county", "district", "local_association", "primary_contact_staff_id")
    return Team(
        **{name: row[name] for name in plain},
        name=row["team_name"],
        district_cds=cds(row, "district_cds", sheet),
        lead_ids=row.many("lead_ids"),
        member_count=whole(row, "member_count", sheet) or 0,
    )


def cop(row: Row, sheet: Sheet) -> Cop:
    """A COP as the row says."""
    return Cop(
        code=row["cop_code"],
        **{name: row[name] for name in ("school_year", "title", "focus_area", "status", "lead_facilitator_id", "description")},
        partner_institution=row["partner_institution"],
        start_date=day(row, "start_date", sheet),
        end_date=day(row, "end_date", sheet),
        open_to_guests=row["open_to_guests"].lower() == "yes",
        capacity=whole(row, "capacity", sheet),
        facilitator_ids=row.many("facilitator_ids"),
    )


def cds(row: Row, column: str, sheet: Sheet) -> str:
    """A CDS code of 14 digits as text; a leading zero that a spreadsheet ate is put back, with a warning."""
    code = row[column]
    if code.isdigit() and len(code) == _CDS - 1:
        sheet.warning(row, column, "has 13 digits: a spreadsheet has eaten a leading zero.", "It was read with the zero; correct the file.")
        return code.zfill(_CDS)
    if code and not (code.isdigit() and len(code) == _CDS):
        sheet.error(row, column, f"is no CDS code: it needs {_CDS} digits.", "Look the code up in the directory and correct the file.")
    return code


def whole(row: Row, column: str, sheet: Sheet) -> int | None:
    """A whole number, or None for an empty cell."""
    return _read(row, column, sheet, int, "is no whole number.", "Write digits only.")


def day(row: Row, column: str, sheet: Sheet) -> date:
    """A day written 2021-10-05."""
    found = _read(row, column, sheet, date.fromisoformat, "is no date.", "Write it as 2021-10-05.")
    if found is None and not row[column]:
        sheet.error(row, column, "The date is missing.", "Write it as 2021-10-05.")
    return found or date.min


def _read(row: Row, column: str, sheet: Sheet, parse: Callable[[str], T], text: str, fix: str) -> T | None:
    if not row[column]:
        return None
    try:
        return parse(row[column])
    except ValueError:
        sheet.error(row, column, text, fix)
        return None

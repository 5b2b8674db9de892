"""A run as a table for a spreadsheet: a row for each change, no cell that would be taken for a formula, times in ISO 8601 and UTC."""

import csv
import io
from datetime import datetime

from ilc_canvas.cli.commands import with_commands
from ilc_canvas.reconcile.words.plain import plain
from ilc_canvas.store.audit.reader import safe_cell
from ilc_canvas.store.db.utc import written
from ilc_canvas.views.reports.run_report import ReportRow, RunReport

COLUMNS = (
    "run", "school_year", "roster_version", "status", "began_at", "planned_at", "closed_at", "requested_by", "reason",
    "approved_by", "approved_at", "approval_reason", "result", "course", "subject", "person_id", "what", "why", "at",
)  # fmt: skip


def table_of(report: RunReport) -> bytes:
    """The file, with the mark by which Excel recognizes UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    same = _same(report)
    writer.writerows([safe_cell(plain(with_commands(text))) for text in (*same, *_row(row))] for row in report.rows)
    return out.getvalue().encode("utf-8-sig")


def _same(report: RunReport) -> tuple[str, ...]:
    """What is the same in every row."""
    info, approval = report.info, next((each for each in reversed(report.decisions) if each.decision == "approved"), None)
    return (
        str(info.number),
        report.school_year,
        str(report.roster.number) if report.roster else "",
        info.status,
        _iso(info.began_at),
        _iso(info.planned_at),
        _iso(info.closed_at),
        info.actor,
        info.reason,
        approval.actor if approval else "",
        _iso(approval.at) if approval else "",
        approval.reason if approval else "",
    )


def _row(row: ReportRow) -> tuple[str, ...]:
    return row.group, row.course, row.subject, row.person_id, row.what, row.why, _iso(row.at)


def _iso(moment: datetime | None) -> str:
    return written(moment) if moment else ""

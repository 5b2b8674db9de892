"""Findings as a table for a spreadsheet."""

from collections.abc import Iterable
from csv import writer
from pathlib import Path
from typing import TYPE_CHECKING

from ilc_canvas.cli.commands import with_commands
from ilc_canvas.cli.store.new_file import new_file
from ilc_canvas.reconcile.plain import plain

if TYPE_CHECKING:
    from ilc_canvas.roster.findings import Finding

_MOST_SPANS = 1_000  # of lines in one cell, which holds 32,767 characters
COLUMNS = ("severity", "file", "cell", "line", "lines", "rows", "column", "value", "text", "fix")


def write_findings(path: Path, findings: Iterable["Finding"]) -> None:
    """Write the findings to a new file, in cells that no spreadsheet takes for formulas. IlcError if the file exists."""
    from ilc_canvas.roster.findings import spans
    from ilc_canvas.store.audit.reader import safe_cell

    with new_file(path) as stream:
        table = writer(stream)
        table.writerow(COLUMNS)
        for each in findings:
            where = (
                each.severity,
                each.file,
                each.cell,
                str(each.line or ""),
                spans(each.rows, _MOST_SPANS),
                str(each.count or len(each.rows) or 1),
            )
            what = (each.column, plain(each.value), plain(each.text), plain(with_commands(each.fix)))
            table.writerow(map(safe_cell, (*where, *what)))

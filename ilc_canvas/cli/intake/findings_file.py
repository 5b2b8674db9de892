"""Findings as a file for a spreadsheet."""

from collections.abc import Iterable
from csv import writer
from pathlib import Path
from typing import TYPE_CHECKING

from ilc_canvas.cli.commands import with_commands
from ilc_canvas.cli.store.new_file import new_file

if TYPE_CHECKING:
    from ilc_canvas.roster.findings import Finding


def write_findings(path: Path, findings: Iterable["Finding"]) -> None:
    """Write the findings to a new file, in cells that no spreadsheet takes for formulas. IlcError if the file exists."""
    from ilc_canvas.views.documents.findings import table, whole

    with new_file(path) as stream:
        writer(stream).writerows(table(map(whole, findings), with_commands))

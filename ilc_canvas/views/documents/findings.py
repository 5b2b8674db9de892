"""Findings as a table for a spreadsheet, and as they are kept beside a check."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ilc_canvas.reconcile.words.plain import plain
from ilc_canvas.roster.findings import Finding, spans
from ilc_canvas.store.audit.reader import safe_cell

COLUMNS = ("severity", "file", "cell", "line", "lines", "rows", "column", "value", "text", "fix")
_MOST_SPANS = 1_000  # of lines in one cell, which holds 32,767 characters


def whole(finding: Finding) -> dict[str, Any]:
    """The finding with all of its lines, where the store keeps only the first ones."""
    return {**finding.as_json(), "all_lines": spans(finding.rows, _MOST_SPANS), "all_rows": finding.count or len(finding.rows) or 1}


def table(findings: Iterable[Mapping[str, Any]], words: Callable[[str], str]) -> Iterator[list[str]]:
    """The header and a row for each finding, in cells that no spreadsheet takes for formulas. `words` replaces the hints in a sentence."""
    yield list(COLUMNS)
    for each in findings:
        line, rows = each["line"] or "", each.get("all_rows", each.get("count") or each.get("rows") or 1)
        where = (each["level"], each["file"], each.get("cell", ""), str(line), each.get("all_lines", each.get("lines", "")), str(rows))
        what = (each["column"], plain(each["value"]), plain(each["text"]), plain(words(each["fix"])))
        yield [safe_cell(cell) for cell in (*where, *what)]

"""What a workbook tells beside its values, as findings: one for each column and each kind of thing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ilc_canvas.roster.files.body import about
from ilc_canvas.roster.files.grid import Grid, Mark, Oddity, Record
from ilc_canvas.roster.findings import At, Finding, Severity


class _Meaning(NamedTuple):
    severity: Severity
    text: str
    fix: str


_MEANINGS: Mapping[Oddity, _Meaning] = {
    "formula": _Meaning(
        "warning", "is the result of a formula.", "Its last result is read. Safer: copy the column, and paste it as values."
    ),
    "no result": _Meaning("error", "a formula stands here without its result.", "Open it in Excel, paste the column as values, and save."),
    "error": _Meaning("error", "is what a formula says when it fails.", "Type what belongs there."),
    "digits": _Meaning("error", "is a number of more than 15 digits, of which Excel keeps 15.", "Make the column text, and retype it."),
    "shown": _Meaning("warning", "is a number, and its zeros or letters only a format.", "It is read as it is shown. Safer: make it text."),
    "merged": _Meaning("error", "are merged cells, of which only the first holds a value.", "Unmerge them, and fill in each one."),
    "hidden row": _Meaning("warning", "the row is hidden, and is read like the others.", "Show it, and see whether it belongs there."),
    "hidden column": _Meaning("warning", "is hidden, and is read like the other columns.", "Show it, and see whether it is right."),
}


def marked(name: str, grid: Grid, entries: Sequence[Record], *, at: Mapping[int, At], columns: Mapping[int, str]) -> Iterator[Finding]:
    """Findings about these entries; `at` is by row, `columns` by place. What stands in other rows and columns has no say."""
    by_kind: defaultdict[tuple[Oddity, int, str], list[Mark]] = defaultdict(list)
    for mark in grid.marks:
        if mark.oddity == "hidden column" or (mark.row in at and (mark.place < 0 or mark.place in columns)):
            by_kind[mark.oddity, mark.place, mark.value if mark.oddity == "error" else ""].append(mark)
    records = {record.row: record for record in entries}
    for (oddity, place, _), found in by_kind.items():
        severity, text, fix = _MEANINGS[oddity]
        where = at.get(found[0].row, At(name, 0))
        tell = where.error if severity == "error" else where.warning
        rows = sorted({mark.row for mark in found if mark.row in records})
        yield about([records[row] for row in rows], tell(columns.get(place, ""), found[0].value, text, fix=fix))
    for title, why in grid.sheets.items():
        fix = "Nothing more, if the table is on the other one. Otherwise move it, or take this sheet out."
        yield At(name, 0).warning("", title, f"is a sheet that {why}.", fix=fix)

"""An Excel workbook becomes a grid: the values of its one sheet that is a table, and marks for what its values do not tell."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import islice

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.formats import padded_styles
from ilc_canvas.roster.files.grid import Grid, Mark, Record, letters
from ilc_canvas.roster.files.outline import Area, SheetOutline, outline
from ilc_canvas.roster.files.package import SheetPart, opened, sheet_parts, unreadable
from ilc_canvas.roster.files.rules import MOST_COLUMNS, OnRows, ReadingRules, too_many, too_wide
from ilc_canvas.roster.files.separated import ENOUGH, HEADER_WITHIN, Score
from ilc_canvas.roster.findings import visible

_UNREADABLE = (
    ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, SyntaxError, zipfile.BadZipFile, zlib.error, EOFError,
    RecursionError,
)  # fmt: skip
"""What openpyxl raises for a workbook that it does not understand; an error of its XML is a SyntaxError."""
_MOST_DIGITS = 15
_EVERY = 5_000
_MOST_REMEMBERED = 100_000
_MOST_MERGED = 100_000  # merged cells that are told one by one
_SAMPLED = 64  # columns in which the header is looked for
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"})


def workbook(name: str, data: bytes, scores: Sequence[Score], *, rules: ReadingRules, on_rows: OnRows) -> Grid:
    """The grid of a workbook. RosterError if it cannot be read as one, or if it is not clear which of its sheets is meant."""
    archive = opened(name, data, rules)
    parts = sheet_parts(name, archive)
    padded = padded_styles(name, archive)
    outlines = {part.title: outline(name, archive, part.path, rules=rules, styles=frozenset(padded)) for part in parts}
    filled = [part for part in parts if outlines[part.title].width]
    with warnings.catch_warnings(action="ignore"):  # openpyxl warns about what it does not keep
        book = _Book(name, data)
        part = _chosen(name, book, [part for part in filled if not part.hidden], scores=scores)
        sheet = outlines[part.title]
        if sheet.width > MOST_COLUMNS:
            raise too_wide(name, sheet.width)
        records, digits = _records(name, book.rows(part.title, sheet.width), rules=rules, on_rows=on_rows)
    shown = list(_as_shown(records, sheet, padded))
    others = {other.title: "is hidden, and was not read" if other.hidden else "was not read" for other in filled if other != part}
    form = f'an Excel workbook, its sheet "{visible(part.title)}"'
    return Grid(records, form, usual=False, is_text=False, marks=[*digits, *shown, *marks(records, sheet)], sheets=others)


class _Book:
    """The workbook, opened for reading values row by row."""

    def __init__(self, name: str, data: bytes) -> None:
        from openpyxl import load_workbook

        self._name = name
        try:
            self._book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        except _UNREADABLE as error:
            raise unreadable(name) from error

    def rows(self, title: str, width: int) -> Iterator[tuple[object, ...]]:
        """The values of each row of a sheet, down to its last one whatever the sheet says of its size."""
        try:
            sheet = self._book[title]
            sheet.reset_dimensions()
            yield from sheet.iter_rows(max_col=width, values_only=True)
        except _UNREADABLE as error:
            raise unreadable(self._name) from error


def _chosen(name: str, book: _Book, parts: Sequence[SheetPart], *, scores: Sequence[Score]) -> SheetPart:
    """The one visible sheet that holds the table."""
    if not parts:
        raise RosterError(f"{name} is empty: no sheet that can be seen holds anything.")
    if len(parts) == 1:
        return parts[0]
    first = {part: [[as_text(value) for value in row] for row in islice(book.rows(part.title, _SAMPLED), HEADER_WITHIN)] for part in parts}
    for score in scores:
        best = {part: max(map(score, rows), default=0) for part, rows in first.items()}
        most = max(best.values())
        if most >= ENOUGH:
            alike = [part for part, found in best.items() if found * 2 > most]
            if len(alike) == 1:
                return alike[0]
            titles = ", ".join(f'"{visible(part.title)}"' for part in alike)
            raise RosterError(f"{name} has several sheets that may be meant: {titles}. Keep one, or save it as a workbook of its own.")
    return parts[0]


def _records(name: str, rows: Iterable[tuple[object, ...]], *, rules: ReadingRules, on_rows: OnRows) -> tuple[list[Record], list[Mark]]:
    """The rows down to the last one that holds anything, and numbers with more digits than a workbook keeps; equal texts are one object."""
    records: list[Record] = []
    digits: list[Mark] = []
    remembered: dict[str, str] = {}
    for number, values in enumerate(rows, start=1):
        cells = [as_text(value) for value in values]
        if not any(cells):
            continue
        digits += (Mark("digits", number, place, cells[place]) for place, value in enumerate(values) if _is_too_long(value))
        if len(remembered) < _MOST_REMEMBERED:
            cells = [remembered.setdefault(cell, cell) for cell in cells]
        if len(records) + 1 < number <= len(records) + rules.most_rows:
            records += (Record(row, row, ()) for row in range(len(records) + 1, number))
        records.append(Record(number, number, cells))
        if len(records) > rules.most_rows + HEADER_WITHIN or len(records) < number:
            raise too_many(name, rules)
        if number % _EVERY == 0:
            on_rows(name, number)
    return records, digits


def _is_too_long(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) >= 10**_MOST_DIGITS


def as_text(value: object) -> str:
    """A value as an office would type it: dates as 2021-10-05, times as 16:30, whole numbers without a point."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else f"{value:%Y-%m-%d} {as_text(value.time())}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    return str(value)


def _as_shown(records: list[Record], sheet: SheetOutline, padded: Mapping[str, tuple[str, int]]) -> Iterator[Mark]:
    """Numbers that their format shows with zeros or letters before them become what people see."""
    for (row, place), style in sheet.styles.items():
        value = _value(records, row, place)
        text, digits = padded[style]
        if value.isdecimal() and (shown := text + value.zfill(digits)) != value:
            cells = records[row - 1].cells
            records[row - 1] = records[row - 1]._replace(cells=[*cells[:place], shown, *cells[place + 1 :]])
            yield Mark("shown", row, place, shown)


def marks(records: Sequence[Record], sheet: SheetOutline) -> Iterator[Mark]:
    """What the values of these rows do not tell."""
    for (row, place), is_text in sheet.formulas.items():
        value = _value(records, row, place)
        if value not in _ERRORS:
            yield Mark("formula" if value or is_text else "no result", row, place, value)
    for record in records:
        for place, value in enumerate(record.cells):
            if value.startswith("#") and value in _ERRORS:
                yield Mark("error", record.row, place, value)
        if record.row in sheet.hidden_rows and record.filled:
            yield Mark("hidden row", record.row, -1, "")
    yield from islice((mark for area in sheet.merged for mark in _merged(area, len(records), sheet.width)), _MOST_MERGED)
    hidden = [place for place in sorted(sheet.hidden_columns) if any(_value(records, record.row, place) for record in records)]
    if hidden:
        yield Mark("hidden column", 0, -1, ", ".join(map(letters, hidden)))


def _value(records: Sequence[Record], row: int, place: int) -> str:
    cells = records[row - 1].cells if row <= len(records) else ()
    return cells[place] if place < len(cells) else ""


def _merged(area: Area, height: int, width: int) -> Iterator[Mark]:
    """Each cell that the area covers, but for the one that keeps its value."""
    for row in range(area.first_row, min(area.last_row, height) + 1):
        for place in range(area.first, min(area.last, width - 1) + 1):
            if (row, place) != (area.first_row, area.first):
                yield Mark("merged", row, place, area.written)

"""The outline of a sheet: formulas, merged cells, what is hidden, and how large it is; its values are read by somebody else."""

import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.grid import letters
from ilc_canvas.roster.files.package import unreadable
from ilc_canvas.roster.files.rules import MOST_COLUMNS, ReadingRules

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_MOST_MERGED = 10_000
_MOST_WIDTHS = 20_000  # elements that set the width of columns
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_PLACES = {letters(place): place for place in range(LAST_COLUMN)}
_TRUE = ("1", "true")


@dataclass(slots=True)
class Area:
    """Merged cells, from the first to the last row and column, places counted from 0."""

    first_row: int
    first: int
    last_row: int
    last: int
    written: str


@dataclass(slots=True)
class SheetOutline:
    """What a sheet tells about its cells besides their values. Rows count from 1, places of columns from 0."""

    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)  # whether its result is a text, be it an empty one
    styles: dict[tuple[int, int], str] = field(default_factory=dict)  # of numbers, as far as their style matters
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    width: int = 0  # columns up to the last one that holds a value


def outline(name: str, archive: zipfile.ZipFile, path: str, *, rules: ReadingRules, styles: Collection[str] = frozenset()) -> SheetOutline:
    """Of one sheet; `styles` are those that matter. RosterError if it is larger than what is read."""
    reader = _Reader(name, rules, styles)
    parser = ParserCreate()
    parser.StartElementHandler = reader.start
    try:
        with archive.open(path) as stream:
            parser.ParseFile(stream)
    except (ExpatError, ValueError, KeyError) as error:
        raise unreadable(name) from error
    return reader.found


class _Reader:
    """Follows the elements of a sheet."""

    def __init__(self, name: str, rules: ReadingRules, styles: Collection[str]) -> None:
        self.found = SheetOutline()
        self._styles, self._type = styles, ""
        self._name, self._most_cells = name, rules.most_rows * MOST_COLUMNS
        self._row = self._place = self._cells = self._widths = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = tag.rpartition(":")[2] if ":" in tag else tag
        if tag == "c":
            self._cell(attributes.get("r", ""))
            self._type = attributes.get("t", "n")
            if attributes.get("s") in self._styles and self._type == "n":
                self.found.styles[self._row, self._place] = attributes["s"]
        elif tag in ("v", "is"):
            self.found.width = max(self.found.width, self._place + 1)
        elif tag == "f":
            self.found.formulas[self._row, self._place] = self._type == "str"
        elif tag == "row":
            self._new_row(attributes)
        elif tag == "col" and attributes.get("hidden") in _TRUE:
            self._hidden(int(attributes["min"]), int(attributes["max"]))
        elif tag == "mergeCell":
            self._merged(attributes.get("ref", ""))

    def _new_row(self, attributes: dict[str, str]) -> None:
        before, self._place = self._row, -1
        self._row = int(attributes["r"]) if "r" in attributes else before + 1
        if self._row > LAST_ROW:
            raise self._too_large()
        if self._row <= before:
            raise unreadable(self._name)  # rows out of order are passed over by the reader of values
        if attributes.get("hidden") in _TRUE:
            self.found.hidden_rows.add(self._row)

    def _cell(self, written: str) -> None:
        self._cells += 1
        place = _PLACES.get(written.rstrip("0123456789")) if written else self._place + 1
        if place is None or place >= LAST_COLUMN or self._cells > self._most_cells:
            raise self._too_large()
        if place <= self._place:
            raise unreadable(self._name)
        self._place = place

    def _hidden(self, first: int, last: int) -> None:
        self._widths += 1
        if self._widths > _MOST_WIDTHS:
            raise self._too_large()
        self.found.hidden_columns.update(range(first - 1, min(last, MOST_COLUMNS)))

    def _merged(self, written: str) -> None:
        ends = [_CELL.fullmatch(end) for end in written.split(":")]
        if len(ends) != 2 or not ends[0] or not ends[1] or len(self.found.merged) >= _MOST_MERGED:
            raise self._too_large()
        first, last = ends[0], ends[1]
        self.found.merged.append(Area(int(first[2]), _PLACES[first[1]], int(last[2]), _PLACES[last[1]], written))

    def _too_large(self) -> RosterError:
        return RosterError(f"{self._name} has a sheet that is larger than what is read. Copy the table alone into a new workbook.")

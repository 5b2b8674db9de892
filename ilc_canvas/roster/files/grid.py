"""A file as a grid of text, whatever it was before; nothing is understood yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple


class Record(NamedTuple):
    """One row of the file."""

    line: int  # the physical line of a text, the row of a workbook: the first is 1
    row: int  # the row that a spreadsheet shows it in
    cells: Sequence[str]

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(1 for cell in self.cells if cell and not cell.isspace())


Oddity = Literal["formula", "no result", "error", "digits", "shown", "merged", "hidden row", "hidden column"]


class Mark(NamedTuple):
    """Something about a cell that its text does not tell."""

    oddity: Oddity
    row: int
    place: int  # of the column, the first is 0; -1: the whole row
    value: str


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a file, and how they were read from it."""

    records: Sequence[Record]
    form: str  # CSV in UTF-16 (little-endian), with tabs
    usual: bool  # CSV in UTF-8, with commas
    is_text: bool
    open_end: int = 0  # the line of a text whose last line has no line break; 0: all have
    marks: Sequence[Mark] = ()
    sheets: Mapping[str, str] = field(default_factory=dict)  # sheets that were not read: why, by name


def letters(place: int) -> str:
    """The letters of a column by its place: A for 0, AA for 26."""
    text, number = "", place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text

"""Strict reading of one CSV file: whole, UTF-8, NFC, with the physical line of every row."""

import csv
import hashlib
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from ilc_canvas.reconcile.errors import RosterError

LARGEST = 10_000_000  # bytes of a file
MOST_ROWS = 50_000
LONGEST_CELL = 4_000  # characters
_BAD = frozenset({"Cc", "Cs", "Co"})  # control, surrogate, private use
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column, trimmed and NFC, and the physical line where it ends."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def many(self, column: str) -> tuple[str, ...]:
        """A cell that lists codes with semicolons."""
        return tuple(part for part in (piece.strip() for piece in self.cells[column].split(";")) if part)


@dataclass(frozen=True, slots=True)
class Table:
    """One file as it was read."""

    name: str
    sha256: str
    rows: tuple[Row, ...]


def read_table(path: Path, columns: Sequence[str]) -> Table:
    """The rows of a file with just these columns, in any order. RosterError where the file as a whole cannot be used."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RosterError(f"{path.name} cannot be read: {error.strerror}. Nothing was stored.") from error
    if len(data) > LARGEST:
        raise _refused(path, f"it has {len(data):,} bytes; a roster has at most {LARGEST:,}")
    text = _decoded(path, data)
    rows = tuple(_rows(path, text, columns))
    if not rows:
        raise _refused(path, "it has no rows")
    return Table(path.name, hashlib.sha256(data).hexdigest(), rows)


def _refused(path: Path, why: str, fix: str = "Export the file again, then import it.") -> RosterError:
    return RosterError(f"{path.name} was refused: {why}. {fix} Nothing was stored.")


def _decoded(path: Path, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _refused(path, f"line {line} is not UTF-8", "Save it as CSV UTF-8, then import it.") from error
    for number, line_text in enumerate(text.split("\n"), 1):
        for char in line_text.rstrip("\r"):
            if char in _BIDI or (unicodedata.category(char) in _BAD and char != "\t"):
                raise _refused(path, f"line {number} holds the invisible character U+{ord(char):04X}", "Take it out, then import the file.")
    return text


def _rows(path: Path, text: str, columns: Sequence[str]) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(path, header, columns)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            yield _row(path, header, cells, reader.line_num, complete=text.endswith("\n"))
            if reader.line_num > MOST_ROWS + 1:
                raise _refused(path, f"it has more than {MOST_ROWS:,} rows")
    except csv.Error as error:
        raise _refused(path, f"line {reader.line_num} is no complete CSV row ({error}); perhaps the file was cut") from error


def _row(path: Path, header: Sequence[str], cells: Sequence[str], line: int, *, complete: bool) -> Row:
    if len(cells) != len(header):
        cut = "" if complete else "; the file ends inside a row, so it was cut"
        raise _refused(path, f"line {line} has {len(cells)} columns where the header has {len(header)}{cut}")
    long = next((name for name, cell in zip(header, cells, strict=True) if len(cell) > LONGEST_CELL), None)
    if long:
        raise _refused(path, f"line {line}, column {long} holds more than {LONGEST_CELL:,} characters")
    return Row(line, {name: unicodedata.normalize("NFC", cell).strip() for name, cell in zip(header, cells, strict=True)})


def _check_header(path: Path, header: Sequence[str], columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in header]
    unknown = [name for name in header if name not in columns]
    twice = sorted({name for name in header if header.count(name) > 1})
    parts = [f"the column {name!r} is missing" for name in missing]
    parts += [f"the column {name!r} is not known{_nearest(name, missing or columns)}" for name in unknown]
    parts += [f"the column {name!r} stands there twice" for name in twice]
    if parts:
        raise _refused(path, "; ".join(parts), "Correct the header, then import the file.")


def _nearest(name: str, columns: Sequence[str]) -> str:
    near = get_close_matches(name, columns, 1)
    return f" (is it {near[0]!r}?)" if near else ""

"""Strict reading of tables: a file is read whole, within limits, or refused with the reason."""

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.checks.gathering import FindingList, cells_of, without_echoes
from ilc_canvas.roster.damage import damage_in
from ilc_canvas.roster.files.body import Body, body, check_above, check_named, check_whole, first_text, full_width
from ilc_canvas.roster.files.columns import Layout
from ilc_canvas.roster.files.grid import Grid, Record, letters
from ilc_canvas.roster.files.headers import column_of, header_at, refusal, scores
from ilc_canvas.roster.files.marks import marked
from ilc_canvas.roster.files.package import is_workbook
from ilc_canvas.roster.files.rules import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    STANDARD,
    OnRows,
    ReadingRules,
    folded,
    megabytes,
    no_rows,
    too_many,
    too_wide,
)
from ilc_canvas.roster.files.separated import separated
from ilc_canvas.roster.files.text import utf8
from ilc_canvas.roster.findings import At, Finding, visible

__all__ = ["MOST_BYTES", "MOST_ROWS", "File", "Row", "Table", "cell_text", "decoded", "read_file", "read_table"]

LONGEST_CELL = 1_000
LONGEST_PROSE = 4_000
PROSE = frozenset({"notes", "description", "evidence"})
UNFIT = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})  # control, invisible and direction-changing, private, surrogate, separators
JOINERS = frozenset("\u200c\u200d")  # part of words in some scripts
_MOST_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was given: its name is data only."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Of its bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Row:
    """One record: trimmed NFC text by column name."""

    at: At
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file that could be read, what is odd in its text, and how it was read."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    form: str = ""  # a sentence
    usual: bool = True  # CSV in UTF-8 with commas, and nothing but the table


class RowCells(Mapping[str, str]):
    """The cells of a row, whose names are kept once for all rows."""

    __slots__ = ("_places", "_texts")

    def __init__(self, places: Mapping[str, int], texts: tuple[str, ...]) -> None:
        self._places, self._texts = places, texts

    def __getitem__(self, name: str) -> str:
        return self._texts[self._places[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def read_file(path: Path, most_bytes: int = MOST_BYTES) -> File:
    """The file's bytes. RosterError if it cannot be read, is not an ordinary file, or is larger than that."""
    try:
        with open(path, "rb", opener=_without_waiting) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise RosterError(f"{path.name} is not an ordinary file. Nothing was read. Save the table as a file, and give its path.")
            data = stream.read(most_bytes + 1)
    except OSError as error:
        raise RosterError(f"{path.name} cannot be read: {error.strerror}.") from error
    if len(data) > most_bytes:
        more = "The setting roster.most_megabytes allows more."
        raise RosterError(f"{path.name} is larger than {megabytes(most_bytes)}. Is it the right file? {more}")
    return File(path.name, data)


def _without_waiting(path: str, flags: int) -> int:
    """Opens a pipe that nobody writes to at once, instead of never."""
    return os.open(path, flags | os.O_NONBLOCK)


def decoded(file: File) -> str:
    """UTF-8 with or without a BOM; nothing else."""
    return utf8(file.name, file.data)


def read_grid(file: File, layout: Layout, rules: ReadingRules, *, on_rows: OnRows = no_rows) -> Grid:
    """A file as a grid of text, as far as it is needed to find the table of this layout in it."""
    if is_workbook(file.name, file.data):
        from ilc_canvas.roster.files.workbook import workbook

        return workbook(file.name, file.data, scores(layout, rules), rules=rules, on_rows=on_rows)
    return separated(file.name, file.data, scores(layout, rules), rules=rules, on_rows=on_rows)


def read_table(file: File, layout: Layout, rules: ReadingRules = STANDARD, *, on_rows: OnRows = no_rows) -> Table:
    """The rows of a file of this layout. RosterError if the file as a whole is of no use; it holds every reason."""
    grid = read_grid(file, layout, rules, on_rows=on_rows)
    start = header_at(grid.records, layout, rules)
    if not any(record.filled for record in grid.records):
        raise RosterError(f"{file.name} is empty. {layout.if_empty}")
    above, header, below = grid.records[:start], grid.records[start], grid.records[start + 1 :]
    names = [" ".join(name.split()) for name in header.cells]
    names += [""] * (full_width(names, below) - len(names))
    _check_header(file, names, below, layout=layout, rules=rules)
    check_above(file.name, above, header)
    if len(below) > rules.most_rows and sum(1 for record in below if record.filled) > rules.most_rows:
        raise too_many(file.name, rules)
    if grid.is_text:
        check_whole(file.name, below, width=len(names), open_end=bool(grid.open_end), if_empty=layout.if_empty)
    found = body(file.name, below, names)
    if not found.entries:
        raise RosterError(f"{file.name} has a header and no rows. {layout.if_empty}")
    columns = {place: column for place, name in enumerate(names) if (column := name and column_of(name, layout, rules))}
    of_cells = FindingList()
    rows = _rows(file, found, columns, rules=rules, findings=of_cells)
    marks = list(marked(file.name, grid, found.entries, at={row.at.row: row.at for row in rows}, columns=columns))
    findings = [*found.findings, *_open_end(file, grid), *without_echoes(of_cells.cut, cells_of(marks)), *marks]
    left_out = [name for name in names if name and column_of(name, layout, rules) == ""]
    return Table(
        rows, tuple(findings), _form(file, grid, above, left_out=left_out), grid.usual and not any(record.filled for record in above)
    )


def _check_header(file: File, names: Sequence[str], below: Sequence[Record], *, layout: Layout, rules: ReadingRules) -> None:
    if len(names) > MOST_COLUMNS:
        raise too_wide(file.name, len(names))
    wrong = refusal(file.name, [name for name in names if name], layout, rules=rules)
    if wrong:
        raise wrong
    check_named(file.name, names, below)


def _form(file: File, grid: Grid, above: Sequence[Record], *, left_out: Sequence[str]) -> str:
    """One sentence on how the file was read."""
    title = next((first_text(record) for record in above if record.filled), "")
    said = f'; "{visible(title)}" above the header is taken for its title' if title else ""
    without = ", ".join(f'"{visible(name)}"' for name in left_out)
    return f"{file.name} is read as {grid.form}{said}{f'; left out by the settings: {without}' if without else ''}."


def _open_end(file: File, grid: Grid) -> Iterator[Finding]:
    if grid.open_end:
        last = At(file.name, grid.open_end)
        yield last.warning("", "", "the last line has no line break.", fix="Make sure that the file was not cut off here.")


def _rows(file: File, found: Body, columns: Mapping[int, str], *, rules: ReadingRules, findings: list[Finding]) -> tuple[Row, ...]:
    """Every entry, in our words. A text that occurs often is looked at, and kept, once."""
    places = {name: number for number, name in enumerate(columns.values())}
    shown = {name: letters(place) for place, name in columns.items()}
    clean: dict[str, str] = {}

    def text(at: At, name: str, cell: str) -> str:
        if cell in clean:
            return clean[cell]
        here: list[Finding] = []
        read = cell_text(at, name, cell, findings=here)
        findings.extend(here)
        if not here and read.isprintable() and len(cell) <= LONGEST_CELL and len(clean) < _MOST_REMEMBERED:
            clean[cell] = read
        return read

    rows = []
    for record in found.entries:
        at = At(file.name, record.line, record.row, shown)
        cells = record.cells
        texts = [text(at, name, cells[place] if place < len(cells) else "") for place, name in columns.items()]
        for name, words in rules.values.items():
            if name in places:
                texts[places[name]] = _in_our_words(texts[places[name]], words)
        rows.append(Row(at, RowCells(places, tuple(texts))))
    return tuple(rows)


def _in_our_words(text: str, words: Mapping[str, str]) -> str:
    """The value that an office's value stands for; of several with semicolons between them, each."""
    if (whole := words.get(folded(text))) is not None:
        return whole
    return ";".join(words.get(folded(part), part) for part in text.split(";")) if ";" in text else text


def cell_text(at: At, column: str, cell: str, *, findings: list[Finding]) -> str:
    """The trimmed NFC text; what is unfit gives way to U+FFFD, what is too long is cut, both with an error."""
    text = unicodedata.normalize("NFC", cell).strip()
    most = LONGEST_PROSE if column in PROSE else LONGEST_CELL
    if len(text) > most:
        findings.append(at.error(column, text, f"is {len(text):,} characters long.", fix=f"Shorten it to {most:,}."))
        text = text[:most]
    if text.isprintable():
        findings.extend(_damage(at, column, text))
        return text
    unfit = {char for char in text if unicodedata.category(char) in UNFIT and char not in JOINERS}
    unfit -= set("\n\r\t") if column in PROSE else set()
    if unfit:
        findings.append(at.error(column, text, "holds characters that cannot be seen.", fix="Retype it, without pasting."))
    else:
        findings.extend(_damage(at, column, text))
    return "".join("\ufffd" if char in unfit else char for char in text)


def _damage(at: At, column: str, text: str) -> Iterator[Finding]:
    if damage := damage_in(text):
        yield (at.error if damage.severity == "error" else at.warning)(column, text, damage.text, fix=damage.fix)

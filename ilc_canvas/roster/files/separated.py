"""Text with separators becomes a grid: commas, semicolons or tabs, whichever shows a header."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.grid import Grid, Record
from ilc_canvas.roster.files.rules import OnRows, ReadingRules, too_many
from ilc_canvas.roster.files.text import Encoding, encoding

Score = Callable[[Sequence[str]], int]
"""How much a row looks like the header; 0: not at all."""
ENOUGH = 2
"""From this score on, a row may be the header."""
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
HEADER_WITHIN = 20
"""The rows among which the header is looked for."""
_EVERY = 5_000  # rows between two reports of progress
_MOST_REMEMBERED = 100_000  # texts that are kept once, however often they occur


def separated(name: str, data: bytes, scores: Sequence[Score], *, rules: ReadingRules, on_rows: OnRows) -> Grid:
    """The grid of a text file. RosterError if it cannot be read as one."""
    found = encoding(name, data)
    separator = _separator(data, found, scores)
    records = _records(name, data, found, separator=separator, rules=rules, on_rows=on_rows)
    if records and _names_separator(records[0].cells):
        records = records[1:]
    return Grid(
        records,
        form=f"CSV in {found.words}, with {SEPARATORS[separator]}",
        usual=found.usual and separator == ",",
        is_text=True,
        open_end=found.last_line if found.open_end else 0,
    )


def _lines(data: bytes, found: Encoding) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), found.codec, newline="")


def _separator(data: bytes, found: Encoding, scores: Sequence[Score]) -> str:
    """The one with which some row looks most like a header; if none does, the one with which most rows are widest."""
    first = next(iter(_lines(data, found)), "").rstrip("\r\n").strip('"')
    if _names_separator([first]) and first[4:] in SEPARATORS:
        return first[4:]
    rows = {separator: list(_sampled(data, found, separator)) for separator in SEPARATORS}
    for score in scores:
        best = {separator: max(map(score, rows[separator]), default=0) for separator in SEPARATORS}
        if max(best.values()) >= ENOUGH:
            return max(SEPARATORS, key=best.__getitem__)
    return max(SEPARATORS, key=lambda separator: _usual_width(rows[separator]))


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells most rows have."""
    widths = Counter(map(len, rows))
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _sampled(data: bytes, found: Encoding, separator: str) -> Iterator[list[str]]:
    try:
        yield from islice(csv.reader(_lines(data, found), delimiter=separator), HEADER_WITHIN)
    except csv.Error:
        return


def _names_separator(cells: Sequence[str]) -> bool:
    """Whether this is the line in which a spreadsheet names the separator. With that separator, it is two cells."""
    return bool(cells) and cells[0].casefold().startswith("sep=") and not any(cells[1:])


def _records(name: str, data: bytes, found: Encoding, *, separator: str, rules: ReadingRules, on_rows: OnRows) -> list[Record]:
    """Each record with the physical line on which it begins; equal texts are one object."""
    reader = csv.reader(_lines(data, found), delimiter=separator, strict=True)
    records: list[Record] = []
    remembered: dict[str, str] = {}
    line = 1
    try:
        for cells in reader:
            records.append(Record(line, len(records) + 1, _once(cells, remembered)))
            line = reader.line_num + 1
            if len(records) > rules.most_rows + HEADER_WITHIN:
                raise too_many(name, rules)
            if len(records) % _EVERY == 0:
                on_rows(name, len(records))
    except csv.Error as error:
        end = "a quotation mark is never closed, or the file is cut off" if "end of data" in str(error) else str(error)
        raise RosterError(f"{name}, line {line}, cannot be read as CSV: {end}.") from error
    return records


def _once(cells: list[str], remembered: dict[str, str]) -> tuple[str, ...]:
    if len(remembered) > _MOST_REMEMBERED:
        return tuple(remembered.get(cell, cell) for cell in cells)
    return tuple(remembered.setdefault(cell, cell) for cell in cells)

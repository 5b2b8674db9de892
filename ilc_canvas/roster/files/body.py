"""The rows below the header: which are the table, which are blank, and which are something else that is said and not taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.roster.files.grid import Record, letters
from ilc_canvas.roster.findings import At, Finding

MOST_IN_NOTE = 2  # cells that a note may fill
NARROWEST = 8  # columns of a table in which a row of so few cells cannot be an entry


@dataclass(frozen=True, slots=True)
class Body:
    """The entries of a table, and findings about the rows that are none."""

    entries: Sequence[Record]
    findings: Sequence[Finding]


def body(name: str, records: Sequence[Record], header: Sequence[str]) -> Body:
    """Splits the rows below a header with these cells."""
    below = _notes(records, header)
    table = records[: len(records) - len(below)]
    notes = [record for record in below if record.filled]
    entries: list[Record] = []
    repeated: list[Record] = []
    stray: list[Record] = []
    blank: list[Record] = []
    for record in table:
        filled = record.filled
        if not filled:
            blank.append(record)
        elif filled <= MOST_IN_NOTE and len(header) >= NARROWEST:
            stray.append(record)
        elif record.cells[0] == header[0] and [cell.strip() for cell in record.cells] == list(header):
            repeated.append(record)
        else:
            entries.append(record)
    return Body(entries, [*_blank(name, blank), *_repeated(name, repeated), *_stray(name, stray), *_left_out(name, notes)])


def _notes(records: Sequence[Record], header: Sequence[str]) -> Sequence[Record]:
    """What stands below the table: rows of one or two cells, after a blank row; with the blank rows around them."""
    if len(header) < NARROWEST:
        return ()
    start = len(records)
    while start and records[start - 1].filled <= MOST_IN_NOTE:
        start -= 1
    first_blank = next((at for at in range(start, len(records)) if not records[at].filled), len(records))
    below = records[first_blank:]
    return below if any(record.filled for record in below) else ()


def first_text(record: Record) -> str:
    """The first cell that holds something."""
    return next((cell.strip() for cell in record.cells if cell.strip()), "")


def about(records: Sequence[Record], finding: Finding) -> Finding:
    """The finding for all of these rows; it stands at the first."""
    return replace(finding, rows=tuple(record.line for record in records) if len(records) > 1 else ())


def _blank(name: str, records: Sequence[Record]) -> Iterator[Finding]:
    if records:
        text, fix = ("the rows are blank.", "They are left out.") if len(records) > 1 else ("the row is blank.", "It is left out.")
        yield about(records, At(name, records[0].line).warning("", "", text, fix=fix))


def _repeated(name: str, records: Sequence[Record]) -> Iterator[Finding]:
    if records:
        text = "the header is repeated."
        yield about(records, At(name, records[0].line).error("", "", text, fix="Take it out. Were two files put together?"))


def _stray(name: str, records: Sequence[Record]) -> Iterator[Finding]:
    if records:
        fix = "Fill the row in, or take it out. Notes go below the table, with a blank row between."
        at, value = At(name, records[0].line), first_text(records[0])
        yield about(records, at.error("", value, "stands in a row that holds nearly nothing else.", fix=fix))


def _left_out(name: str, records: Sequence[Record]) -> Iterator[Finding]:
    if records:
        at, value = At(name, records[0].line), first_text(records[0])
        fix = "Notes need nothing more. An entry must not have a blank row before it, and fills more cells."
        yield about(records, at.warning("", value, "is below the table, after a blank row, and is left out.", fix=fix))


def check_above(name: str, above: Sequence[Record], header: Record) -> None:
    """RosterError if a row above the header may be an entry: a title fills few cells."""
    for record in above:
        if record.filled > max(3, header.filled // 2):
            raise RosterError(
                f"{name}, line {record.line}, fills {record.filled} cells above the header, which is line {header.line}. "
                "Only a title may stand there. Move the row below the header, or take it out."
            )


def check_whole(name: str, records: Sequence[Record], *, width: int, open_end: bool, if_empty: str) -> None:
    """RosterError if a text was cut off, or if rows have too few or too many fields. A cut file never means that somebody has left."""
    filled = [record for record in records if record.filled]
    if not filled:
        return
    last = filled[-1]
    if len(last.cells) < width and open_end:
        raise RosterError(
            f"{name} is cut off: line {last.line}, the last one, ends after {len(last.cells)} of {width} fields. "
            f"Fetch the file again. {if_empty}"
        )
    odd = [str(record.line) for record in filled if len(record.cells) != width]
    if odd:
        more = f" and {len(odd) - 10} more" if len(odd) > 10 else ""
        raise RosterError(f"{name}: not every row has {width} fields. See line {', '.join(odd[:10])}{more}.")


def full_width(header: Sequence[str], records: Sequence[Record]) -> int:
    """How many fields each row has: as many as the header, or more if every row has the same blank ones at its end."""
    widths = {len(record.cells) for record in records if record.filled}
    width = widths.pop() if len(widths) == 1 else 0
    surplus = width > len(header) and not any(cell.strip() for record in records for cell in record.cells[len(header) :])
    return width if surplus else len(header)


def check_named(name: str, header: Sequence[str], records: Sequence[Record]) -> None:
    """RosterError if a column holds something and has no header."""
    for place, written in enumerate(header):
        if not written:
            holding = [record.line for record in records if place < len(record.cells) and record.cells[place].strip()]
            if holding:
                filled = count(len(holding), "filled cell")
                raise RosterError(
                    f"{name}: column {letters(place)} has no name in the header, and {filled}, the first in line {holding[0]}. "
                    "Give it a name, or empty it."
                )

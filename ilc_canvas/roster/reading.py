"""Strict reading of CSV: a file is read whole, within limits, or refused with the reason."""

import csv
import hashlib
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.columns import Layout, misfits
from ilc_canvas.roster.findings import At, Finding, visible

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 64
LONGEST_CELL = 1_000
LONGEST_PROSE = 4_000
PROSE = frozenset({"notes", "description", "evidence"})
UNFIT = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})  # control, invisible and direction-changing, private, surrogate, separators
JOINERS = frozenset("\u200c\u200d")  # part of words in some scripts


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
    """A file that could be read, and what is odd in its text."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


def read_file(path: Path) -> File:
    """The file's bytes. RosterError where it cannot be read or is larger than 10 MB."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise RosterError(f"{path.name} cannot be read: {error.strerror}.") from error
    if len(data) > MOST_BYTES:
        raise RosterError(f"{path.name} is larger than 10 MB. No roster is; is it the right file?")
    return File(path.name, data)


def read_table(file: File, layout: Layout) -> Table:
    """The rows of a file of this layout. RosterError where the file as a whole is of no use; it holds every reason."""
    text = _decoded(file)
    records = _records(file, text)
    if not records:
        raise RosterError(f"{file.name} is empty. Nobody is taken to have left.")
    (_, header), *body = records
    header = [name.strip() for name in header]
    _check_header(file, header, layout)
    filled = [(line, cells) for line, cells in body if any(cell.strip() for cell in cells)]
    _check_whole(file, text, filled, width=len(header))
    findings = [*_blank(file, body), *_open_end(file, text)]
    return Table(tuple(_row(At(file.name, line), header, cells, findings=findings) for line, cells in filled), tuple(findings))


def _decoded(file: File) -> str:
    """UTF-8 with or without a BOM; nothing else."""
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.data.count(b"\n", 0, error.start) + 1
        raise RosterError(f'{file.name}, line {line}, is not UTF-8. Save the file again as "CSV UTF-8".') from error
    if "\0" in text:
        raise RosterError(f'{file.name} holds zero bytes: it is no text in UTF-8. Save the file again as "CSV UTF-8".')
    return text


def _records(file: File, text: str) -> list[tuple[int, list[str]]]:
    """Each record with the physical line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            records.append((line, cells))
            line = reader.line_num + 1
            if len(records) > MOST_ROWS + 1:
                raise RosterError(f"{file.name} has more than {MOST_ROWS:,} rows. No roster has; is it the right file?")
    except csv.Error as error:
        end = "a quotation mark is never closed, or the file is cut off" if "end of data" in str(error) else str(error)
        raise RosterError(f"{file.name}, line {line}, cannot be read as CSV: {end}.") from error
    return records


def _check_header(file: File, header: Sequence[str], layout: Layout) -> None:
    if len(header) > MOST_COLUMNS:
        raise RosterError(f"{file.name} has {len(header)} columns; more than {MOST_COLUMNS} are not read.")
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise RosterError(f"{file.name} is separated by semicolons or tabs. Save it with commas.")
    wrong = list(misfits([visible(name) for name in header], layout))
    if wrong:
        raise RosterError(f"{file.name} does not have the columns of a {layout.what}. " + " ".join(wrong))


def _check_whole(file: File, text: str, body: Sequence[tuple[int, list[str]]], *, width: int) -> None:
    """Zero rows, and rows with too few or too many fields."""
    if not body:
        raise RosterError(f"{file.name} has a header and no rows. Nobody is taken to have left.")
    line, last = body[-1]
    if len(last) < width and not text.endswith(("\n", "\r")):
        raise RosterError(
            f"{file.name} is cut off: line {line}, the last one, ends after {len(last)} of {width} fields. "
            "Fetch the file again; nobody is taken to have left."
        )
    odd = [str(line) for line, cells in body if len(cells) != width]
    if odd:
        more = f" and {len(odd) - 10} more" if len(odd) > 10 else ""
        raise RosterError(f"{file.name}: not every row has {width} fields. See line {', '.join(odd[:10])}{more}.")


def _blank(file: File, body: Sequence[tuple[int, list[str]]]) -> Iterator[Finding]:
    for line, cells in body:
        if not any(cell.strip() for cell in cells):
            yield At(file.name, line).warning("", "", "the row is blank.", fix="It is left out.")


def _open_end(file: File, text: str) -> Iterator[Finding]:
    if not text.endswith(("\n", "\r")):
        last = At(file.name, text.count("\n") + 1)
        yield last.warning("", "", "the last line has no line break.", fix="Make sure that the file was not cut off here.")


def _row(at: At, header: Sequence[str], cells: Sequence[str], *, findings: list[Finding]) -> Row:
    return Row(at, {name: _cell(at, name, cell, findings=findings) for name, cell in zip(header, cells, strict=True)})


def _cell(at: At, column: str, cell: str, *, findings: list[Finding]) -> str:
    """The trimmed NFC text; what is unfit gives way to U+FFFD, what is too long is cut, both with an error."""
    text = unicodedata.normalize("NFC", cell).strip()
    most = LONGEST_PROSE if column in PROSE else LONGEST_CELL
    if len(text) > most:
        findings.append(at.error(column, text, f"is {len(text):,} characters long.", fix=f"Shorten it to {most:,}."))
        text = text[:most]
    if text.isprintable():
        return text
    unfit = {char for char in text if unicodedata.category(char) in UNFIT and char not in JOINERS}
    unfit -= set("\n\r\t") if column in PROSE else set()
    if unfit:
        findings.append(at.error(column, text, "holds characters that cannot be seen.", fix="Type it anew, without pasting."))
    return "".join("\ufffd" if char in unfit else char for char in text)

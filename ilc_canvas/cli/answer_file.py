"""A table of answers about people, read back from whatever a spreadsheet made of it."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ilc_canvas.program.deciding import Basis, Decision, Refusal, Word, id_of, options
from ilc_canvas.reconcile.errors import DecisionError
from ilc_canvas.roster.cells import nearest
from ilc_canvas.roster.findings import At, Finding
from ilc_canvas.roster.reading import File
from ilc_canvas.views.choices import word_of

_NEEDED = ("person_id", "answer")
AGAIN = "Nothing was noted. Correct the file, and give it again."
_THOUSANDS = re.compile(r"(\d{1,3}([,.'’ ])\d{3}(?:\2\d{3})*)(?:[.,]0{1,2})?")
_WHOLE = re.compile(r"(\d+)(?:[.,]0+)?")
_PLAIN: Mapping[str, Word] = {"leave out": "leave-out", "leave-out": "leave-out", "ask again": "ask-again", "ask-again": "ask-again"}
_THIS = re.compile(r"this account(?: (administrator|admin))?")
_ACCOUNT = re.compile(r"(?:account )?#?(\d[\d,.'’ ]*?)(?: (administrator|admin))?")
_NEW = re.compile(r"(?:a )?(?:new(?: account)?|create)(?: (.+))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One row: where it stands, about whom, and what the cell says."""

    at: At
    person_id: str
    answer: str
    surplus: str = ""  # what is in cells to the right of the header's


def read_lines(file: File) -> list[Line]:
    """The rows with a person in them. DecisionError if this is no such table."""
    text = _text(file)
    best: list[Line] | None = None
    for separator in (",", ";", "\t"):
        found = _rows(file.name, text, separator)
        best = found if found is not None else best
    if best is None:
        columns = '" and "'.join(_NEEDED)
        raise DecisionError(
            f'{file.name} does not have the columns "{columns}", each once and in the first line. {AGAIN} Make one with: '
            "ilc-canvas people review --csv FILE"
        )
    return best


def _text(file: File) -> str:
    """Spreadsheets write UTF-8, UTF-16 or what the system is set to: the cells that count here are the same in all of them."""
    if file.data.startswith(b"PK"):
        raise DecisionError(f'{file.name} is a workbook, not CSV. {AGAIN} Save it as "CSV UTF-8".')
    if file.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return file.data.decode("utf-16", errors="replace")
    try:
        return file.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return file.data.decode("cp1252", errors="replace")


def _rows(name: str, text: str, separator: str) -> list[Line] | None:
    """The rows, if the header has the columns in this reading."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header: dict[str, int] | None = None
    found, line = [], 1
    try:
        for cells in reader:
            if header is None and not _is_note(cells):
                header = _columns(cells)
                if header is None:
                    return None
            elif header is not None and any(map(str.strip, cells)):
                found.append(_line(At(name, line), cells, header))
            line = reader.line_num + 1
    except csv.Error as error:
        if header is None:
            return None
        raise DecisionError(f"{name}, line {line}, cannot be read as CSV: a quotation mark is not closed ({error}). {AGAIN}") from error
    return None if header is None else found


def _is_note(cells: Sequence[str]) -> bool:
    """The line in which a spreadsheet says what separates the cells."""
    return len(cells) <= 2 and cells[:1] != [] and cells[0].strip("\ufeff ").casefold().startswith("sep=")


def _columns(cells: Sequence[str]) -> dict[str, int] | None:
    """Where each column is; None unless those that are needed are there once."""
    names = [cell.strip('\ufeff "').casefold() for cell in cells]
    return {name: place for place, name in enumerate(names)} if all(names.count(name) == 1 for name in _NEEDED) else None


def _line(at: At, cells: Sequence[str], header: Mapping[str, int]) -> Line:
    """Cells that are missing at the end were empty: some spreadsheets leave them out."""
    width = max(header.values()) + 1
    person_id, answer = (_cell(cells[header[name]]) if header[name] < len(cells) else "" for name in _NEEDED)
    return Line(at, person_id, answer, next(filter(None, map(_cell, cells[width:])), ""))


def _cell(text: str) -> str:
    """Without outer and double blanks, and without the apostrophe that keeps a cell from being a formula."""
    return " ".join(unicodedata.normalize("NFC", text).split()).strip('"“”„').removeprefix("'").strip()


def understood(lines: Sequence[Line], basis: Basis) -> tuple[dict[Line, Decision], list[Finding]]:
    """What each line says; what cannot be understood is a finding."""
    given: dict[Line, Decision] = {}
    findings: list[Finding] = []
    for line in lines:
        key = basis.key(line.person_id)
        if line.surplus:
            fix = "A cell with a comma in it needs quotation marks: save the file from a spreadsheet."
            findings.append(line.at.error("", line.surplus, "is to the right of the last column.", fix=fix))
        elif key not in basis.people:
            fix = f"Write it as in the file of people review.{nearest(line.person_id, [id_of(known) for known in basis.people])}"
            findings.append(line.at.error("person_id", line.person_id, "is nobody's id in the roster.", fix=fix))
        elif (decision := parse(line.answer, line.person_id, basis)) is None:
            fix = f"Use one of: {', '.join(_possible(line.person_id, basis))}. Or leave the cell empty."
            findings.append(line.at.error("answer", line.answer, "is not an answer that can be understood.", fix=fix))
        else:
            given[line] = decision
    return given, findings


def _possible(person_id: str, basis: Basis) -> Iterator[str]:
    question = basis.questions.get(basis.key(person_id))
    if question is None:
        yield from ("leave out", "ask again")
        return
    yield from (word_of(decision) for decision, refusal in options(question, basis) if refusal is None)


def refused(line: Line, refusal: Refusal) -> Finding:
    text = f"cannot be noted for {line.person_id}: {refusal.text[0].lower()}{refusal.text[1:]}"
    return line.at.error("answer", line.answer, text, fix=refusal.fix)


def parse(answer: str, person_id: str, basis: Basis) -> Decision | None:
    """What a cell says: a number, new, leave out, ask again, in the words that people use; None if it says something else."""
    words = answer.casefold()
    if words in _PLAIN:
        return Decision(person_id, _PLAIN[words])
    if found := _NEW.fullmatch(answer):
        return Decision(person_id, "create", login=found[1] or "")
    if found := _THIS.fullmatch(words):
        question = basis.questions.get(basis.key(person_id))
        number = question.accounts[0] if question and len(question.accounts) == 1 else None
        return None if number is None else Decision(person_id, "adopt", number, administrator=bool(found[1]))
    found = _ACCOUNT.fullmatch(words)
    number = _number(found[1]) if found else None
    return Decision(person_id, "adopt", number, administrator=bool(found[2])) if found and number is not None else None


def _number(text: str) -> int | None:
    """1234 as spreadsheets show it: 1,234 or 1.234 or 1234.0. One in powers of ten has lost digits, and is not read."""
    if found := _THOUSANDS.fullmatch(text):
        return int(found[1].replace(found[2], ""))
    found = _WHOLE.fullmatch(text)
    return int(found[1]) if found else None

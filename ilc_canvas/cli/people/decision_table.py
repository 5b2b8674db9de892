"""Reads a table of answers about people, in any form in which a spreadsheet saves it."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ilc_canvas.program.people.decisions import Decision, DecisionContext, Refusal, Word, id_of, options
from ilc_canvas.reconcile.errors import DecisionError
from ilc_canvas.roster.cells import nearest
from ilc_canvas.roster.findings import At, Finding
from ilc_canvas.roster.reading import File
from ilc_canvas.views.people.decision_options import word_of

_REQUIRED = ("person_id", "answer")
AGAIN = "Nothing was recorded. Correct the file, then run the command again."
_THOUSANDS = re.compile(r"(\d{1,3}([,.'’ ])\d{3}(?:\2\d{3})*)(?:[.,]0{1,2})?")
_WHOLE = re.compile(r"(\d+)(?:[.,]0+)?")
_PLAIN: Mapping[str, Word] = {"leave out": "leave-out", "leave-out": "leave-out", "ask again": "ask-again", "ask-again": "ask-again"}
_THIS = re.compile(r"this account(?: (administrator|admin))?")
_ACCOUNT = re.compile(r"(?:account )?#?(\d[\d,.'’ ]*?)(?: (administrator|admin))?")
_NEW = re.compile(r"(?:a )?(?:new(?: account)?|create)(?: (.+))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One row: its place in the file, the person, and the answer."""

    at: At
    person_id: str
    answer: str
    surplus: str = ""  # text in cells to the right of the header


def read_lines(file: File) -> list[DecisionRow]:
    """The rows that name a person. DecisionError if this is not such a table."""
    text = _text(file)
    rows: list[DecisionRow] | None = None
    for separator in (",", ";", "\t"):
        match = _rows(file.name, text, separator)
        rows = match if match is not None else rows
    if rows is None:
        columns = '" and "'.join(_REQUIRED)
        raise DecisionError(
            f'{file.name} does not have the columns "{columns}", each once and in the first line. {AGAIN} Make one with: '
            "ilc-canvas people review --csv FILE"
        )
    return rows


def _text(file: File) -> str:
    """The decoded text. Spreadsheets write UTF-8, UTF-16 or the system's encoding; the cells that matter here are the same in all."""
    if file.data.startswith(b"PK"):
        raise DecisionError(f'{file.name} is a workbook, not CSV. {AGAIN} Save it as "CSV UTF-8".')
    if file.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return file.data.decode("utf-16", errors="replace")
    try:
        return file.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return file.data.decode("cp1252", errors="replace")


def _rows(name: str, text: str, separator: str) -> list[DecisionRow] | None:
    """The rows, if the header has the required columns with this separator."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header: dict[str, int] | None = None
    rows, line = [], 1
    try:
        for cells in reader:
            if header is None and not _is_note(cells):
                header = _columns(cells)
                if header is None:
                    return None
            elif header is not None and any(map(str.strip, cells)):
                rows.append(_line(At(name, line), cells, header))
            line = reader.line_num + 1
    except csv.Error as error:
        if header is None:
            return None
        raise DecisionError(f"{name}, line {line}, cannot be read as CSV: a quotation mark is not closed ({error}). {AGAIN}") from error
    return None if header is None else rows


def _is_note(cells: Sequence[str]) -> bool:
    """Whether this is the line in which a spreadsheet names the separator."""
    return len(cells) <= 2 and cells[:1] != [] and cells[0].strip("\ufeff ").casefold().startswith("sep=")


def _columns(cells: Sequence[str]) -> dict[str, int] | None:
    """The position of each column; None unless each required column occurs exactly once."""
    names = [cell.strip('\ufeff "').casefold() for cell in cells]
    return {name: place for place, name in enumerate(names)} if all(names.count(name) == 1 for name in _REQUIRED) else None


def _line(at: At, cells: Sequence[str], header: Mapping[str, int]) -> DecisionRow:
    """One row. Missing cells at the end count as empty: some spreadsheets leave them out."""
    width = max(header.values()) + 1
    person_id, answer = (_cell(cells[header[name]]) if header[name] < len(cells) else "" for name in _REQUIRED)
    return DecisionRow(at, person_id, answer, next(filter(None, map(_cell, cells[width:])), ""))


def _cell(text: str) -> str:
    """The cell without extra blanks, and without the apostrophe that keeps it from being a formula."""
    return " ".join(unicodedata.normalize("NFC", text).split()).strip('"“”„').removeprefix("'").strip()


def parse_rows(lines: Sequence[DecisionRow], context: DecisionContext) -> tuple[dict[DecisionRow, Decision], list[Finding]]:
    """The decision in each row, and a finding for each row that cannot be understood."""
    decisions: dict[DecisionRow, Decision] = {}
    findings: list[Finding] = []
    for line in lines:
        key = context.key(line.person_id)
        if line.surplus:
            fix = "A cell with a comma in it needs quotation marks: save the file from a spreadsheet."
            findings.append(line.at.error("", line.surplus, "is to the right of the last column.", fix=fix))
        elif key not in context.people:
            fix = f"Write it as in the file of people review.{nearest(line.person_id, [id_of(known) for known in context.people])}"
            findings.append(line.at.error("person_id", line.person_id, "is not the id of anybody in the roster.", fix=fix))
        elif (decision := parse(line.answer, line.person_id, context)) is None:
            fix = f"Use one of: {', '.join(_possible(line.person_id, context))}. Or leave the cell empty."
            findings.append(line.at.error("answer", line.answer, "is not a possible answer.", fix=fix))
        else:
            decisions[line] = decision
    return decisions, findings


def _possible(person_id: str, context: DecisionContext) -> Iterator[str]:
    question = context.questions.get(context.key(person_id))
    if question is None:
        yield from ("leave out", "ask again")
        return
    yield from (word_of(decision) for decision, refusal in options(question, context) if refusal is None)


def refusal_finding(line: DecisionRow, refusal: Refusal) -> Finding:
    text = f"cannot be recorded for {line.person_id}: {refusal.text[0].lower()}{refusal.text[1:]}"
    return line.at.error("answer", line.answer, text, fix=refusal.fix)


def parse(answer: str, person_id: str, context: DecisionContext) -> Decision | None:
    """The decision in a cell: a number, new, leave out, or ask again, in the words people use. None if it is something else."""
    words = answer.casefold()
    if words in _PLAIN:
        return Decision(person_id, _PLAIN[words])
    if match := _NEW.fullmatch(answer):
        return Decision(person_id, "create", login=match[1] or "")
    if match := _THIS.fullmatch(words):
        question = context.questions.get(context.key(person_id))
        number = question.accounts[0] if question and len(question.accounts) == 1 else None
        return None if number is None else Decision(person_id, "adopt", number, administrator=bool(match[1]))
    match = _ACCOUNT.fullmatch(words)
    number = _number(match[1]) if match else None
    return Decision(person_id, "adopt", number, administrator=bool(match[2])) if match and number is not None else None


def _number(text: str) -> int | None:
    """1234 as spreadsheets show it: 1,234 or 1.234 or 1234.0. None for scientific notation, which has lost digits."""
    if match := _THOUSANDS.fullmatch(text):
        return int(match[1].replace(match[2], ""))
    match = _WHOLE.fullmatch(text)
    return int(match[1]) if match else None

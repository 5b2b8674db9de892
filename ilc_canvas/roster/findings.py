"""What is wrong or odd in a roster file, said so that a coordinator can put it right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from ilc_canvas.reconcile.words import wording
from ilc_canvas.reconcile.words.plain import plain

Severity = Literal["error", "warning"]
SHOWN = 60  # characters of a value on the screen
SPANS = 8  # spans of lines in a sentence


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing: where it stands, what is written there, what is the matter, what to do."""

    severity: Severity  # an error keeps the version from being finalized; a warning is accepted by signing
    file: str
    line: int  # physical line, the header is 1; 0: the file as a whole
    column: str
    value: str
    text: str  # goes on after the value: `is not a COP in this catalog.`
    fix: str
    count: int = 0  # if it is not 0, it stands for so many that are not listed
    cell: str = ""  # where a spreadsheet shows it: C17
    rows: tuple[int, ...] = ()  # all lines that it concerns, if there are several; `line` is the first

    def __str__(self) -> str:
        """roster.csv, line 57, column email: "d.kim@example.org" is also the address of ILC-0027 (line 28). And what to do, below."""
        column = f", column {self.column}{self._in_workbook}" if self.column else ""
        value = f'"{visible(self.value)}" ' if self.value else ""
        more = f" ({wording.count(len(self.rows), 'row')})" if len(self.rows) > 1 else ""
        return f"{visible(self.file)}{self._where}{column}: {value}{self.text}{more}\n  {self.fix}"

    @property
    def _where(self) -> str:
        if len(self.rows) > 1:
            return f", lines {spans(self.rows)}"
        return f", line {self.line}" if self.line else ""

    @property
    def _in_workbook(self) -> str:
        return f" ({self.cell})" if self.cell and self.file.casefold().endswith((".xlsx", ".xlsm")) else ""

    @property
    def lines(self) -> list[str]:
        """What is said of it, line by line."""
        return str(self).split("\n")

    def as_json(self) -> Mapping[str, str | int]:
        """The finding as the store keeps it, with its severity as `level`."""
        where: dict[str, str | int] = {"level": self.severity, "file": self.file, "line": self.line, "column": self.column}
        more: dict[str, str | int] = {"lines": spans(self.rows), "rows": len(self.rows)} if len(self.rows) > 1 else {}
        cell = {"cell": self.cell} if self.cell else {}
        more |= {"count": self.count} if self.count else {}
        return {**where, **cell, **more, "value": self.value, "text": self.text, "fix": self.fix}


@dataclass(frozen=True, slots=True)
class At:
    """A row of a file: where findings about it point to."""

    file: str
    line: int
    row: int = field(default=0, compare=False)  # as a spreadsheet numbers it
    letters: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)  # of each column

    def error(self, column: str, value: str, text: str, *, fix: str) -> Finding:
        """Something that keeps the roster from being finalized."""
        return Finding("error", self.file, self.line, column, value, text, fix, cell=self._cell(column))

    def warning(self, column: str, value: str, text: str, *, fix: str) -> Finding:
        """Something that is odd, and may be right."""
        return Finding("warning", self.file, self.line, column, value, text, fix, cell=self._cell(column))

    def _cell(self, column: str) -> str:
        letters = self.letters.get(column, "")
        return f"{letters}{self.row}" if letters and self.row else ""


class WithFindings:
    """What was read of files, beside all that is wrong or odd in them."""

    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps it from being stored."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What is odd, and may be right."""
        return tuple(finding for finding in self.findings if finding.severity == "warning")

    @property
    def error_count(self) -> int:
        """How many errors there are, with those that are not listed."""
        return how_many(self.errors)

    @property
    def warning_count(self) -> int:
        """The same of warnings."""
        return how_many(self.warnings)


def how_many(findings: Iterable[Finding]) -> int:
    """How many there are, with those that are not listed."""
    return sum(finding.count or 1 for finding in findings)


def visible(value: str) -> str:
    """The value on one line, cut, with everything unprintable escaped."""
    shown = plain(value[:SHOWN])
    return shown + ("…" if len(value) > SHOWN else "")


def spans(lines: Iterable[int], most: int = SPANS) -> str:
    """2-4, 7, 9; a long list is cut and what is left is counted."""
    ordered = sorted(set(lines))
    if not ordered:
        return ""
    starts = [0, *(at for at, (one, other) in enumerate(pairwise(ordered), start=1) if other > one + 1)]
    pieces = [ordered[start:end] for start, end in zip(starts, [*starts[1:], len(ordered)], strict=True)]
    shown = [str(piece[0]) if len(piece) == 1 else f"{piece[0]}-{piece[-1]}" for piece in pieces[:most]]
    left = sum(map(len, pieces[most:]))
    return ", ".join(shown) + (f" and {left:,} more" if left else "")

"""What is wrong or odd in a roster file, said so that a coordinator can put it right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]
SHOWN = 60  # characters of a value on the screen


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing: where it stands, what is written there, what is the matter, what to do."""

    severity: Severity  # an error keeps the version from being finalized; a warning is accepted by signing
    file: str
    line: int  # physical line, the header is 1; 0: the file as a whole
    column: str
    value: str
    text: str  # goes on after the value: `is no COP of this catalogue.`
    fix: str

    def __str__(self) -> str:
        """roster.csv, line 57, column email: "d.kim@example.org" is also the address of ILC-0027 (line 28). And what to do, below."""
        line = f", line {self.line}" if self.line else ""
        column = f", column {self.column}" if self.column else ""
        value = f'"{visible(self.value)}" ' if self.value else ""
        return f"{visible(self.file)}{line}{column}: {value}{self.text}\n  {self.fix}"

    def as_json(self) -> Mapping[str, str | int]:
        """The finding as the store keeps it, with its severity as `level`."""
        where: dict[str, str | int] = {"level": self.severity, "file": self.file, "line": self.line, "column": self.column}
        return {**where, "value": self.value, "text": self.text, "fix": self.fix}


@dataclass(frozen=True, slots=True)
class At:
    """A row of a file: where findings about it point to."""

    file: str
    line: int

    def error(self, column: str, value: str, text: str, *, fix: str) -> Finding:
        """Something that keeps the roster from being finalized."""
        return Finding("error", self.file, self.line, column, value, text, fix)

    def warning(self, column: str, value: str, text: str, *, fix: str) -> Finding:
        """Something that is odd, and may be right."""
        return Finding("warning", self.file, self.line, column, value, text, fix)


def visible(value: str) -> str:
    """The value on one line, cut, with everything unprintable escaped."""
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in value[:SHOWN])
    return shown + ("…" if len(value) > SHOWN else "")

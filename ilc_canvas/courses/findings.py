"""What is wrong with a template, said so that whoever edits it can put it right."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ilc_canvas.reconcile.words.plain import plain

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing, at its line; line 0 is the file as a whole. A warning does not keep a text from being used."""

    file: str
    line: int
    text: str
    fix: str
    severity: Severity = "error"

    def __str__(self) -> str:
        """cop/home.md, line 12: the text of this link is "click here". And what to do, below."""
        where = f", line {self.line}" if self.line else ""
        word = "" if self.severity == "error" else "warning: "
        return f"{plain(self.file)}{where}: {word}{plain(self.text)}\n  {plain(self.fix)}"

    @property
    def lines(self) -> list[str]:
        """What is said of it, line by line."""
        return str(self).split("\n")

    def as_json(self) -> dict[str, str | int]:
        """For programs."""
        return {"level": self.severity, "file": self.file, "line": self.line, "text": self.text, "fix": self.fix}


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What keeps the texts from being used."""
    return tuple(finding for finding in findings if finding.severity == "error")

"""One thing wrong or odd in a roster file."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """An error keeps the version from being finalized; a warning is accepted by signing."""

    level: str  # error or warning
    file: str
    line: int  # physical line; 0 where it is the file's as a whole
    column: str
    value: str
    text: str  # what is wrong, one sentence
    fix: str  # what to do, one sentence

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        column = f", column {self.column}" if self.column else ""
        value = f' "{_short(self.value)}"' if self.value else ""
        return f"{where}{column}:{value} {self.text}\n  {self.fix}"

    def as_json(self) -> Mapping[str, object]:
        """For the store and for `--json`."""
        names = ("level", "file", "line", "column", "value", "text", "fix")
        return {name: getattr(self, name) for name in names}


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:57] + "..."

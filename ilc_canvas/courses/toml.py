"""TOML of the office: each value checked for its type, and each finding at its line."""

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from ilc_canvas.courses.findings import Finding

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_AT = re.compile(r"\(at line (\d+),")
_NOTHING: dict[str, Any] = {}


@dataclass(slots=True)
class Table:
    """One table: what is read of it is taken out, and what is left at the end is not known here."""

    file: str
    line: int
    values: dict[str, Any]
    source: list[str]
    start: int = 0  # lines of the file before `source`
    findings: list[Finding] = field(default_factory=list)
    name: str = ""
    broken: bool = False

    @classmethod
    def read(cls, file: str, text: str, *, start: int = 0) -> "Table":
        """The whole of a text; `start` lines come before it in its file."""
        table = cls(file, start + 1, {}, text.split("\n"), start)
        try:
            table.values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = _AT.search(str(error))
            line = start + (int(found[1]) if found else len(table.source))
            table.findings.append(Finding(file, line, f"this is not TOML: {str(error).partition(' (at')[0]}.", "Correct this line."))
            table.broken = True
        return table

    def text(self, name: str, *, required: bool = False) -> str:
        """A text; empty if it is not there."""
        value = self.values.pop(name, "")
        if not isinstance(value, str):
            self.find(name, f"{name} must be a text in quotation marks.", "Put it between quotation marks.")
            return ""
        if required and not value.strip() and not self.broken:
            text, fix = f"{self.name}{name} is missing.", f'Add a line such as {name} = "..."'
            self.findings.append(Finding(self.file, self.line, text, fix))
        return value

    def key(self, name: str) -> str:
        """A key: lower-case letters, digits and dashes."""
        value = self.text(name, required=True)
        if value and not _KEY.fullmatch(value):
            self.find(name, f'"{value}" cannot be a key.', "Use lower-case letters, digits and dashes: how-we-work.")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """true or false."""
        value = self.values.pop(name, default)
        if not isinstance(value, bool):
            self.find(name, f"{name} must be true or false.", "Write true or false, without quotation marks.")
            return default
        return value

    def word(self, name: str, *, allowed: Collection[str], default: str = "") -> str:
        """One of these words."""
        value = self.text(name) or default
        if value and value not in allowed:
            self.find(name, f'{name} cannot be "{value}".', f"Use one of these: {', '.join(allowed)}.{near(value, allowed)}")
            return default
        return value

    def words(self, name: str, *, allowed: Collection[str] = ()) -> tuple[str, ...]:
        """A list of texts, each once."""
        value = self.values.pop(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.find(name, f"{name} must be a list of texts.", f'Write it as {name} = ["one", "two"].')
            return ()
        for each in value if allowed else []:
            if each not in allowed:
                self.find(name, f'"{each}" is not known in {name}.', f"Use these: {', '.join(allowed)}.{near(each, allowed)}")
        return tuple(value)

    def rows(self, name: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists of texts."""
        value = self.values.pop(name, [])
        fit = isinstance(value, list) and all(isinstance(row, list) and all(isinstance(each, str) for each in row) for row in value)
        if not fit:
            self.find(name, f"{name} must be a list of lists.", f'Write it as {name} = [["one"], ["one", "two"]].')
            return ()
        return tuple(tuple(row) for row in value)

    def table(self, name: str) -> "Table | None":
        """A table within this one; None if it is not there."""
        return next((each for _, each in self._inside({name: self.values.pop(name)}, "")), None) if name in self.values else None

    def named_tables(self, name: str) -> "Iterator[tuple[str, Table]]":
        """The tables [name.one], [name.two]."""
        value = self.values.pop(name, _NOTHING)
        if not isinstance(value, dict):
            self.find(name, f"{name} must be tables.", f"Write each as [{name}.one].")
            return
        yield from self._inside(value, f"{name}.")

    def _inside(self, values: dict[str, Any], before: str) -> "Iterator[tuple[str, Table]]":
        for key, value in values.items():
            line = self._line_of(rf"\s*\[{re.escape(before + key)}\]") or self.line
            if isinstance(value, dict):
                yield key, Table(self.file, line, dict(value), self.source, self.start, self.findings, f"{before}{key}: ")
            else:
                self.find(key, f"{before}{key} must be a table.", f"Write it as [{before}{key}], with its lines below.")

    def tables(self, name: str) -> "Iterator[Table]":
        """The tables [[name]]."""
        value = self.values.pop(name, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.find(name, f"{name} must be a list of tables.", f"Write each as [[{name}]], with its lines below.")
            return
        places = [at for at, line in enumerate(self.source, start=self.start + 1) if re.match(rf"\s*\[\[{name}\]\]", line)]
        for place, each in enumerate(value):
            line = places[place] if place < len(places) else self.line
            yield Table(self.file, line, dict(each), self.source, self.start, self.findings, f"{name}: ")

    def done(self) -> None:
        """Nothing else is known here: what is left is a finding."""
        for name in self.values:
            self.find(name, f'"{name}" is not known here.', "Remove it, or correct its spelling.")

    def find(self, name: str, text: str, fix: str) -> None:
        """Something is wrong with this name."""
        self.findings.append(Finding(self.file, self._line_of(rf"\s*{re.escape(name)}\s*=") or self.line, text, fix))

    def _line_of(self, pattern: str) -> int:
        """The first line from this table on that begins so; 0 if there is none."""
        for at, line in enumerate(self.source[max(self.line - self.start - 1, 0) :], start=max(self.line, self.start + 1)):
            if re.match(pattern, line):
                return at
        return 0


def near(value: str, allowed: Collection[str]) -> str:
    """Is it home? Empty if none of these words is much like it."""
    found = get_close_matches(value, allowed, 1)
    return f" Is it {found[0]}?" if found else ""

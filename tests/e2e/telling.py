"""A story in commands: what is typed and what is printed, kept in a file that people can read as prose."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.commands import Answer
from tests.e2e.office import Office

WRITE = os.environ.get("ILC_WRITE_STORIES") == "1"
"""Whether the kept texts are rewritten, to be read in review."""
_ZONE = ZoneInfo("America/Los_Angeles")
_DIGEST = re.compile(r"\b[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}\b")
_ANY = [
    (re.compile(r"\b[0-9a-f]{12,64}\b"), "HASH"),
    (re.compile(r"\b\d\d:\d\d(:\d\d)?\b"), "HH:MM"),
    (re.compile(r"\b\d+(\.\d+)? (s|seconds|[kKMG]B)\b"), r"N \2"),
]


@dataclass
class Telling:
    """Runs the commands of an office and keeps what they say, without what differs from one telling to the next."""

    office: Office
    lines: list[str] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)

    def tell(self, text: str) -> None:
        """A heading, or what somebody does elsewhere than in a terminal."""
        self.lines += ["", text, ""]

    def run(self, *words: str, code: int = 0) -> Answer:
        """One command, and how it must end."""
        answer = self.office.run(*words)
        said = f"$ ilc-canvas {' '.join(map(_quoted, words))}\n{answer.out}{answer.err}".rstrip()
        self.lines += [*said.splitlines(), f"[exit {answer.code}]", ""]
        assert answer.code == code, "\n".join(self.lines[-60:])
        return answer

    def digest(self, answer: Answer) -> str:
        """The digest that an answer names."""
        return str(_DIGEST.findall(answer.out)[-1])

    def text(self) -> str:
        """All of it, as it is kept."""
        return "\n".join(_plain(line, self) for line in self.lines).strip() + "\n"


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


def _plain(line: str, telling: Telling) -> str:
    """A line without addresses, folders, hashes and times of this telling."""
    line = line.replace(telling.office.sandbox.url, "https://canvas.example.edu").replace(str(telling.office.folder), "/office")
    line = _DIGEST.sub(partial(_numbered, telling.digests), line)
    for name, day in _days():
        line = line.replace(f"{day:%Y-%m-%d}", name).replace(f"{day.day} {day:%b %Y}", name)
    for pattern, plain in _ANY:
        line = pattern.sub(plain, line)
    return line.rstrip()


def _numbered(digests: dict[str, str], found: re.Match[str]) -> str:
    return digests.setdefault(found.group(), f"PLAN-{len(digests) + 1}")


def _days() -> Iterator[tuple[str, datetime]]:
    """A telling may go on past midnight, here or in the program's zone."""
    today = datetime.now(_ZONE)
    yield from (("TODAY", today + timedelta(days=days)) for days in (-1, 0))
    yield from (("TOMORROW", today + timedelta(days=days)) for days in (1, 2))


def kept(path: Path, text: str, *, write: bool = WRITE) -> str:
    """The text that was kept; with `write` this one is kept from now on."""
    if write:
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")

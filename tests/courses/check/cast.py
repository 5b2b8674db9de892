"""Templates for the tests of the check: the shipped ones with one page rewritten."""

from pathlib import Path

from ilc_canvas.courses.check.check import check
from ilc_canvas.courses.findings import Finding
from tests.courses.cast import edited

FRONT = '+++\nkey = "cycle"\ntitle = "The improvement cycle"\n+++\n'
FIRST = 5
"""The line on which a body begins."""


def with_body(folder: Path, body: str, *, front: str = FRONT, file: str = "cop/cycle.md") -> Path:
    """The shipped templates, one file rewritten."""
    edited(folder, {})
    (folder / file).write_text(front + body, "utf-8")
    return folder


def found(folder: Path, file: str = "cop/cycle.md") -> list[Finding]:
    """What is wrong with one file."""
    return [each for each in check(folder) if each.file == file]

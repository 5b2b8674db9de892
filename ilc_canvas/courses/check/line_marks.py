"""From a piece of rendered text back to the line of its file: each line of a template ends in a mark that nobody sees."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from jinja2 import Environment
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from ilc_canvas.courses.rendering.environment import BLOCKS
from ilc_canvas.courses.rendering.markup import Element

MARK = re.compile("\ue000([0-9]+):([0-9]+)\ue001")
"""Private characters, which are taken out of every value, around the number of the file and that of the line."""


def marked_lines(files: Sequence[str]) -> type[Extension]:
    """Jinja's extension that marks the lines of these files."""

    class LineMarks(Extension):
        """Puts a mark behind each line that says something."""

        def __init__(self, environment: Environment) -> None:
            super().__init__(environment)
            self._in_tag = False

        def filter_stream(self, stream: TokenStream) -> Any:
            """The same template with marks."""
            if stream.name not in files or stream.name == BLOCKS:
                return stream
            return self._marked(stream, files.index(stream.name))

        def _marked(self, stream: TokenStream, number: int) -> Iterator[Token]:
            before, self._in_tag = "", False
            for token in stream:
                if token.type == "data":
                    yield Token(token.lineno, "data", self._with_marks(token, number, after_value=before == "variable_end"))
                else:
                    yield token
                before = token.type

        def _with_marks(self, token: Token, number: int, *, after_value: bool) -> str:
            lines = token.value.split("\n")
            for at, line in enumerate(lines[:-1]):
                self._in_tag = _is_inside(line, inside=self._in_tag)
                if not self._in_tag and (line.strip() or (at == 0 and after_value)):
                    lines[at] = f"{line}\ue000{number}:{token.lineno + at}\ue001"
            self._in_tag = _is_inside(lines[-1], inside=self._in_tag)
            return "\n".join(lines)

    return LineMarks


def _is_inside(line: str, *, inside: bool) -> bool:
    """Whether the text ends within a tag of HTML."""
    opened, closed = max(line.rfind("<"), -1), line.rfind(">")
    if opened < 0 and closed < 0:
        return inside
    return opened > closed and bool(re.match(r"</?[A-Za-z]", line[opened:]))


def places(nodes: Sequence[Element | str], files: Sequence[str]) -> list[tuple[str, int]]:
    """For each node in the order of the text: file and line where it ends, or the one after it; ("", 0) if nothing follows."""
    current = ("", 0)
    found: list[tuple[str, int]] = []
    for node in reversed(nodes):
        mark = MARK.search(node) if isinstance(node, str) else None
        if mark:
            current = (files[int(mark[1])], int(mark[2]))
        found.append(current)
    return found[::-1]


def without_marks(element: Element) -> None:
    """Takes all marks out, in place."""
    element.children = [MARK.sub("", child) if isinstance(child, str) else child for child in element.children]
    for child in element.children:
        if isinstance(child, Element):
            without_marks(child)

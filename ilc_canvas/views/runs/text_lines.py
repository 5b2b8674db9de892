"""A text with markup as lines of words, to see what differs between two of them."""

from collections.abc import Iterator
from difflib import unified_diff
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "div", "h2", "h3", "h4", "li", "tr", "caption", "summary", "br", "hr"})
_CELLS = frozenset({"td", "th"})
_SILENT = frozenset({"script", "style"})
AROUND = 1
"""Lines around each difference."""


class _Words(HTMLParser):
    """Collects a line for each block."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lines, self._line, self._silent = list[str](), "", 0
        self.feed(html)
        self.close()
        self._end()

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._line += data

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end()
        elif tag in _CELLS:
            self._line += " "

    def _end(self) -> None:
        if words := " ".join(self._line.split()):
            self.lines.append(words)
        self._line = ""


def words(html: str) -> list[str]:
    """The text, a line for each block; control characters that a terminal would obey are not among them."""
    return ["".join(letter for letter in line if letter.isprintable()) for line in _Words(html).lines]


def text_diff(before: str, after: str) -> Iterator[str]:
    """What goes (-), what comes (+) and a line around; nothing if only links or markup differ."""
    for line in unified_diff(words(before), words(after), lineterm="", n=AROUND):
        if not line.startswith(("---", "+++", "@@")):
            yield f"{line[:1]} {line[1:]}"

"""The one generated part of a page: an element that the program keeps up to date, in a text that is otherwise its facilitators'."""

import hashlib
from html.parser import HTMLParser
from itertools import accumulate

from ilc_canvas.canvas.texts.rich_text import normal

BOX = "ilc-generated"


class _Finder(HTMLParser):
    """Finds where the inside of the element begins and ends."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.begins = self.ends = -1
        self._lines = [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]
        self._depth = 0
        self.feed(text)

    @property
    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "div":
            return
        if self.begins >= 0:
            self._depth += self.ends < 0
        elif ("id", BOX) in attrs:
            self.begins, self._depth = self._at + len(self.get_starttag_text() or ""), 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self.begins >= 0 and self.ends < 0:
            self._depth -= 1
            if self._depth == 0:
                self.ends = self._at


def inside(html: str | None) -> str | None:
    """What the box holds; None if there is no such box (any more)."""
    text = _in_lines(html)
    found = _Finder(text)
    return text[found.begins : found.ends] if found.begins >= 0 and found.ends >= 0 else None


def with_inside(html: str, part: str) -> str:
    """The text with this in its box, and every other byte as it was."""
    text = _in_lines(html)
    found = _Finder(text)
    return f"{text[: found.begins]}{part}{text[found.ends :]}"


def _in_lines(html: str | None) -> str:
    """HTMLParser counts lines by line feeds alone, Python also by others."""
    return "".join("\n" if letter in "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029" else letter for letter in html or "")


def digest(html: str | None, host: str) -> str:
    """Identifies a text however Canvas writes it (12 hex digits), without the address that it puts before its own links."""
    return hashlib.sha256(normal(html).replace(f'"{host}/', '"/').encode()).hexdigest()[:12]


def box_digest(html: str | None, host: str) -> str:
    """The same of a page's box; "gone" if it has none (any more)."""
    part = inside(html)
    return "gone" if part is None else digest(part, host)

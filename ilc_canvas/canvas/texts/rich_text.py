"""Texts of Canvas with markup, in one form by which they can be compared and searched for our markers."""

import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser

_VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr"})
_BLOCKS = frozenset(
    {"p", "div", "h2", "h3", "h4", "ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "th", "details", "summary", "hr", "br"}
)
_THEME = frozenset({"link", "script"})
_JOIN = re.compile(r'<p data-ilc-link="join">.*?</p>', re.DOTALL)


class _Normal(HTMLParser):
    """Collects the same markup, written in one way only."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.markers: dict[str, str] = {}
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _THEME:
            self._skipped += tag == "script"
            return
        kept = sorted((name, value or "") for name, value in attrs if not name.startswith("data-api-"))
        for name, value in kept:
            if name.startswith("data-ilc-"):
                self.markers.setdefault(name, value)
        self.parts.append(f"<{tag}{''.join(_attribute(name, value) for name, value in kept)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _THEME:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _THEME:
            self._skipped = 0
        elif tag not in _VOID:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.parts.append(escape(data, quote=False))


def _attribute(name: str, value: str) -> str:
    text = escape(value, quote=False).replace('"', "&quot;")
    return f' {name}="{text}"'


def _parsed(html: str | None) -> _Normal:
    parser = _Normal()
    parser.feed(html or "")
    parser.close()
    return parser


def normal(html: str | None) -> str:
    """The same text in one form: attributes sorted, no line breaks between blocks, nothing of the account's theme.

    Canvas puts a `link` before, and a `script` behind, every text that a token reads if the account has a theme for phones (live-content
    5); its editor adds line breaks between blocks and changes the order of attributes.
    """
    return "".join(_without_breaks(_parsed(html).parts)).strip()


def _without_breaks(parts: list[str]) -> Iterator[str]:
    """Blanks beside the tag of a block mean nothing."""
    for place, part in enumerate(parts):
        near = (*parts[place - 1 : place], *parts[place + 1 : place + 2]) if place else parts[1:2]
        if part.strip() or not any(_is_block(each) for each in near):
            yield part


def _is_block(part: str) -> bool:
    found = re.match(r"</?([a-z0-9]+)", part)
    return found is not None and found[1] in _BLOCKS


def marker(html: str | None, name: str = "key") -> str:
    """What a marker of ours in a text says: the key of the thing that it belongs to, or its zone; empty if there is none."""
    return _parsed(html).markers.get(f"data-ilc-{name}", "")


def without_join_link(text: str) -> str:
    """A meeting's text without the paragraph that holds its link."""
    return _JOIN.sub("", text)

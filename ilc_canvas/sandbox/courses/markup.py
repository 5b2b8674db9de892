"""Rich text: what Canvas takes out of it before it is kept, and how it writes links on the way out.

By what a Canvas of July 2022 did to an event's description. Style properties are kept only if they were seen to survive.
"""

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]
Change = Callable[[str, Attributes], Attributes]
WITH_TEXT = {"script", "style", "svg"}
FORMS = {"button", "form", "input", "label", "option", "select", "textarea"}
UNWRAPPED = {"link", "main", "s"} | FORMS
EMPTY = {"area", "br", "col", "embed", "hr", "img", "param", "source", "track", "wbr"}
DROPPED = {"rel", "open", "loading", "tabindex", "datetime"}
ADDRESSES = {"href", "src"}
UNSAFE = re.compile(r"\s*(javascript|data):", re.IGNORECASE)
ACTIVE = ("data-kyle-menu", "data-turn-into-dialog", "data-flash-message", "data-popup-within", "data-html-tooltip-title", "on")
QUOTES = {"34": '"', "39": "'"}
API_MARKS = re.compile(r' data-api-(?:endpoint|returntype)="[^"]*"')
SURVIVING = """
    display flex-wrap gap border-left border-collapse background-color color min-width max-width width padding margin border-radius
    text-align
"""
STYLES = frozenset(SURVIVING.split())
LINKED = (
    (re.compile(r"/courses/[0-9]+/pages/[^/?#]+"), "Page"),
    (re.compile(r"/courses/[0-9]+/modules"), "[Module]"),
)


class Rewriter(HTMLParser):
    """Writes markup as it came, but for comments, the tags that are taken out, and what `change` does to the attributes.

    Tags that were left open are closed.
    """

    def __init__(self, change: Change) -> None:
        super().__init__(convert_charrefs=False)
        self._change, self._parts, self._hidden = change, list[str](), 0
        self._open: list[str] = []

    def rewritten(self, text: str) -> str:
        self.feed(text)
        self.close()
        self._parts += [f"</{tag}>" for tag in reversed(self._open)]
        return "".join(self._parts)

    def _write(self, text: str) -> None:
        if not self._hidden:
            self._parts.append(text)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag in WITH_TEXT:
            self._hidden += 1
        elif tag not in UNWRAPPED and not self._hidden:
            self._open += [] if tag in EMPTY else [tag]
            self._write(f"<{tag}{''.join(as_text(name, value) for name, value in self._change(tag, attrs))}>")

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        if tag not in WITH_TEXT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in WITH_TEXT:
            self._hidden = max(self._hidden - 1, 0)
        elif tag in self._open and not self._hidden:
            self._close(tag)

    def _close(self, tag: str) -> None:
        """Close a tag, and first those inside it that were left open."""
        while self._open[-1] != tag:
            self._write(f"</{self._open.pop()}>")
        self._write(f"</{self._open.pop()}>")

    def handle_data(self, data: str) -> None:
        self._write(data)

    def handle_entityref(self, name: str) -> None:
        self._write('"' if name == "quot" else f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._write(QUOTES.get(name, f"&#{name};"))


def as_text(name: str, value: str | None) -> str:
    return f" {name}" if value is None else f' {name}="{escape(value, quote=False).replace(chr(34), "&quot;")}"'


def kept(text: str | None, base: str) -> str | None:
    """What is stored of a text that was sent: own addresses are stored as relative ones."""

    def change(_: str, attrs: Attributes) -> Attributes:
        left = [(name, value) for name, value in attrs if name not in DROPPED and not name.startswith((*ACTIVE, "data-api-"))]
        safe = [(name, value) for name, value in left if name not in ADDRESSES or not UNSAFE.match(value or "")]
        return [(name, clean(name, value or "", base)) for name, value in safe]

    return Rewriter(change).rewritten(text.replace("\r\n", "\n")) if text else text


def untouched(text: str | None, base: str) -> str | None:
    """A text that was sent as it is compared with the one kept: own addresses made relative, and nothing taken out."""
    if not text:
        return text
    return re.sub(rf'((?:href|src)="){re.escape(base)}/', r"\1/", API_MARKS.sub("", text))


def clean(name: str, value: str, base: str) -> str:
    if name == "style":
        return clean_style(value)
    own = name in ADDRESSES and value.startswith(f"{base}/")
    return value.removeprefix(base) if own else value


def clean_style(style: str) -> str:
    """Without the properties that Canvas drops; their blanks stay behind."""
    *closed, last = re.split("(?<=;)", style)
    return "".join(piece if is_kept(piece) else blanks_before(piece) for piece in [*closed, last])


def is_kept(piece: str) -> bool:
    name, colon, _ = piece.partition(":")
    return not colon or name.strip().lower() in STYLES


def blanks_before(piece: str) -> str:
    return piece[: len(piece) - len(piece.lstrip())]


def shown(text: str | None, base: str, *, themed: bool) -> str | None:
    """A stored text as it is answered: relative links with this host, and those to pages and module lists marked for programs.

    A theme for mobile apps puts a style sheet before every text that is not blank, and a script after it.
    """

    def change(tag: str, attrs: Attributes) -> Attributes:
        return [pair for name, value in attrs for pair in link(tag, name, value, base=base)]

    if not text:
        return text
    found = Rewriter(change).rewritten(text)
    before, after = f'<link rel="stylesheet" href="{base}/themes/mobile.css">', f'<script src="{base}/themes/mobile.js"></script>'
    return f"{before}{found}{after}" if themed and found.strip() else found


def link(tag: str, name: str, value: str | None, *, base: str) -> Attributes:
    if name not in ADDRESSES or not (value or "").startswith("/"):
        return [(name, value)]
    kind = next((kind for pattern, kind in LINKED if pattern.fullmatch(value or "")), None) if tag == "a" else None
    marks: Attributes = [("data-api-endpoint", f"{base}/api/v1{value}"), ("data-api-returntype", kind)] if kind else []
    return [(name, f"{base}{value}"), *marks]

"""Markup as a tree, and its one written form, which Canvas keeps to the byte."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import quote

VOID = frozenset({"br", "hr", "img"})
_BLOCK_TAGS = """
    address article aside blockquote br caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li nav ol p
    section summary table tbody td tfoot th thead tr ul
"""
BLOCKS = frozenset(_BLOCK_TAGS.split())
_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")
_KEPT_IN_ADDRESS = "@/:=?;#%&,+-_.!~*'()"
"""What Canvas leaves as it is in an address; all else it would escape itself."""


@dataclass(slots=True)
class Element:
    """A tag with its attributes and contents."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Element | str]" = field(default_factory=list)

    def walk(self) -> "Iterator[Element | str]":
        """It and everything in it, in the order of the text."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()
            else:
                yield child

    @property
    def text(self) -> str:
        """All its text."""
        return "".join(each for each in self.walk() if isinstance(each, str))


@dataclass(frozen=True, slots=True)
class Parsed:
    """A tree, and what could not be part of one: (what it is, where it stands in the tree by number of nodes before it)."""

    root: Element
    faults: tuple[tuple[str, int], ...] = ()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.faults: list[tuple[str, int]] = []
        self._open = [(self.root, 0)]
        self._count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        if len({name for name, _ in attrs}) < len(attrs):
            self._fault(f"<{tag}> has an attribute twice")
        self._add(element)
        if tag not in VOID:
            self._open.append((element, self._count))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if all(element.tag != tag for element, _ in self._open[1:]):
            self._fault(f"</{tag}> closes nothing")
            return
        while (last := self._open.pop())[0].tag != tag:
            self.faults.append((f"<{last[0].tag}> is not closed", last[1]))

    def handle_data(self, data: str) -> None:
        self._add(data)

    def handle_comment(self, data: str) -> None:  # noqa: ARG002
        self._fault("a comment is taken out by Canvas")

    def handle_decl(self, decl: str) -> None:  # noqa: ARG002
        self._fault("a declaration is taken out by Canvas")

    def handle_pi(self, data: str) -> None:  # noqa: ARG002
        self._fault("an instruction is taken out by Canvas")

    def unknown_decl(self, data: str) -> None:  # noqa: ARG002
        self._fault("a declaration is taken out by Canvas")

    def finish(self) -> None:
        """No more text comes."""
        self.close()
        self.faults += [(f"<{element.tag}> is not closed", at) for element, at in self._open[1:]]

    def _add(self, node: Element | str) -> None:
        self._count += 1
        self._open[-1][0].children.append(node)

    def _fault(self, text: str) -> None:
        self.faults.append((text, self._count))


def parsed(html: str) -> Parsed:
    """The tree of a piece of markup; what is not closed ends where its surroundings end."""
    builder = _Builder()
    builder.feed(html)
    builder.finish()
    return Parsed(builder.root, tuple(builder.faults))


def written(element: Element) -> str:
    """Everything inside an element, in the form that Canvas keeps: one blank between words, none between blocks."""
    children = [_collapsed(child) if isinstance(child, str) else child for child in _joined(element.children)]
    edge = element.tag in BLOCKS or not element.tag
    parts: list[str] = []
    for place, child in enumerate(children):
        if isinstance(child, Element):
            parts.append(_tag(child))
            continue
        before = children[place - 1] if place else None
        after = children[place + 1] if place + 1 < len(children) else None
        text = child.lstrip(" ") if _ends(before, edge=edge) else child
        parts.append(escape(text.rstrip(" ") if _ends(after, edge=edge) else text, quote=False))
    return "".join(parts)


def _joined(children: list[Element | str]) -> Iterator[Element | str]:
    """With texts that follow each other as one."""
    text = ""
    for child in children:
        if isinstance(child, str):
            text += child
            continue
        if text:
            yield text
        text = ""
        yield child
    if text:
        yield text


def _collapsed(text: str) -> str:
    return _BLANKS.sub(" ", text)


def _ends(neighbor: Element | str | None, *, edge: bool) -> bool:
    """Whether blanks beside this neighbor mean nothing."""
    return edge if neighbor is None else isinstance(neighbor, Element) and neighbor.tag in BLOCKS


def _tag(element: Element) -> str:
    attributes = "".join(f' {name}="{attribute(name, value)}"' for name, value in element.attributes.items())
    end = "" if element.tag in VOID else f"{written(element)}</{element.tag}>"
    return f"<{element.tag}{attributes}>{end}"


def attribute(name: str, value: str) -> str:
    """An attribute's value in the form that Canvas keeps; a quotation mark in it, which it does not keep, becomes an apostrophe."""
    if name in ("href", "src"):
        return escape(quote(value.strip(), safe=_KEPT_IN_ADDRESS), quote=False)
    if name == "style":
        return "; ".join(f"{prop}: {of}" for prop, of in declarations(value)) + ";"
    return escape(_collapsed(value).replace('"', "'"), quote=False)


def declarations(style: str) -> list[tuple[str, str]]:
    """Properties and values of a style."""
    pairs = (piece.partition(":") for piece in style.split(";") if piece.strip())
    return [(name.strip().lower(), value.strip()) for name, _, value in pairs]

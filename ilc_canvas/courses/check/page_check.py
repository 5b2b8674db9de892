"""One rendered text: what of it would not live through Canvas, and what somebody could not read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ilc_canvas.courses.check import reading, survival
from ilc_canvas.courses.check.line_marks import places, without_marks
from ilc_canvas.courses.check.reading import MOST_WORDS, Colors
from ilc_canvas.courses.check.survival import Fault
from ilc_canvas.courses.findings import Finding
from ilc_canvas.courses.rendering.markup import Element, Parsed, parsed
from ilc_canvas.courses.rendering.render import GENERATED, generated, markdown

_PART = re.compile(r"[a-z][a-z-]*")


@dataclass(frozen=True, slots=True)
class Text:
    """A text as Markdown with marks, what links can lead to in its course and in the hub, and the files by their numbers in the marks."""

    file: str
    markdown: str
    here: frozenset[str]
    hub: frozenset[str]
    files: Sequence[str]


def text_findings(text: Text) -> Iterator[Finding]:
    """What is wrong with it."""
    tree = parsed(markdown(text.markdown))
    nodes = list(tree.root.walk())
    where = places(nodes, text.files)
    without_marks(tree.root)
    elements = [node for node in nodes if isinstance(node, Element)]
    at = {id(node): place for node, place in zip(nodes, where, strict=True)}
    for element, (said, fix) in _faults(tree, elements, text):
        file, line = at[id(element)]
        yield Finding(file or text.file, line, f"{said}.", fix)
    for said, number in tree.faults:
        file, line = where[min(number, len(where) - 1)]
        yield Finding(file or text.file, line, f"{said}.", "Correct the markup, or use Markdown and the blocks.")


def _faults(tree: Parsed, elements: list[Element], text: Text) -> Iterator[tuple[Element, Fault]]:
    yield from reading.headings(elements)
    yield from _colors(tree.root, Colors())
    for element in elements[1:]:
        for faults in (survival.faults(element), reading.links(element), reading.pictures(element), reading.tables(element)):
            yield from ((element, fault) for fault in faults)
        yield from ((element, fault) for fault in _target(element, text))
    yield from _parts(tree.root, elements)


def _colors(element: Element, around: Colors) -> Iterator[tuple[Element, Fault]]:
    now, faults = reading.colors(element, around)
    yield from ((element, fault) for fault in faults)
    for child in element.children:
        if isinstance(child, Element):
            yield from _colors(child, now)


def _target(element: Element, text: Text) -> Iterator[Fault]:
    """An address of our own must lead to something."""
    address = element.attributes.get("href", "")
    if not address.startswith("ilc:"):
        return
    name = address.removeprefix("ilc:")
    known, name = (text.hub, name.removeprefix("hub:")) if name.startswith("hub:") else (text.here, name)
    if name not in known:
        yield (
            f'the link "{address}" leads to nothing that people of this course can open',
            "Use the key of a page that is there, or ilc:modules.",
        )


def _parts(root: Element, elements: list[Element]) -> Iterator[tuple[Element, Fault]]:
    parts = generated(root)
    for part in parts[1:]:
        yield part, ("there are two generated parts", "Keep one: a page has one block that the program keeps up to date.")
    for part in parts:
        if not _PART.fullmatch(part.attributes.get("data-ilc-part", "")):
            yield part, ("the generated part has no name", 'Use the block generated("people-and-dates").')
    ids = set[str]()
    for element in elements:
        name = element.attributes.get("id", "")
        if name in ids and name != GENERATED:
            yield element, (f'the id "{name}" is used twice', "Use each id once.")
        ids |= {name} if name else set()
    own = reading.words(root.text) - sum(reading.words(part.text) for part in parts)
    if own > MOST_WORDS:
        yield root, (f"this text has more than {MOST_WORDS} words", "Cut it, or make two pages of it.")

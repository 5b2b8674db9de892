"""Whether a page can be read by everybody: headings, links, pictures, tables, colors, length."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ilc_canvas.courses.check.color import CANVAS_LINK, TEXT, contrast, rgb
from ilc_canvas.courses.check.survival import Fault
from ilc_canvas.courses.rendering.markup import Element, declarations

MOST_WORDS = 400
"""Of one text without its generated part."""
MOST_COLUMNS = 3
_HEADING = re.compile(r"h([1-6])")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_SAYS_NOTHING = """
    click|click here|click this|continue|details|go|here|learn more|link|more|more information|open|page|press here|read more|see here
    |tap here|this|this link|this page
"""
_EMPTY_WORDS = frozenset(each.strip() for each in _SAYS_NOTHING.split("|"))
WHITE = "#FFFFFF"


@dataclass(frozen=True, slots=True)
class Colors:
    """What an element has on its own, or from what is around it; "" is Canvas's own."""

    text: str = ""
    ground: str = ""


def headings(elements: list[Element]) -> Iterator[tuple[Element, Fault]]:
    """They begin at level 2, no level is left out on the way down, and none is empty."""
    last = 1
    for element in elements:
        found = _HEADING.fullmatch(element.tag)
        if not found:
            continue
        level = int(found[1])
        if level > last + 1:
            text = f"the heading of level {level} comes after one of level {last}" if last > 1 else f"the first heading is of level {level}"
            yield element, (text, f"Use level {last + 1}: {'#' * (last + 1)} in Markdown.")
        if not element.text.strip():
            yield element, ("a heading is empty", "Write what comes below it, or remove it.")
        last = level


def links(element: Element) -> Iterator[Fault]:
    """Each link says where it leads."""
    if element.tag != "a":
        return
    if "href" not in element.attributes:
        yield "a link has no address", "Add one, or write plain text."
    pictures = (each.attributes.get("alt", "") for each in element.walk() if isinstance(each, Element) and each.tag == "img")
    text = " ".join([element.text, *pictures, element.attributes.get("aria-label", "")])
    words = " ".join(_WORD.findall(text.lower()))
    if not words:
        yield "a link has no text", "Write where it leads."
    elif words in _EMPTY_WORDS:
        yield f'the text of a link is "{element.text.strip()}"', 'Say where it leads: "Open the meeting notes".'
    elif re.match(r"\s*(https?://|www\.)", element.text):
        yield "the text of a link is its address", "Say where it leads in words."


def pictures(element: Element) -> Iterator[Fault]:
    """Each picture says in words what it shows, or that it shows nothing."""
    if element.tag == "img":
        alt = element.attributes.get("alt")
        if alt is None or (not alt.strip() and element.attributes.get("role") != "presentation"):
            yield "a picture has no text in its place", 'Say what it shows in alt="...", or alt="" role="presentation" if it shows nothing.'
        elif re.search(r"(?i)\.(png|jpe?g|gif|webp|svg)$", alt.strip()):
            yield "the text in place of a picture is the name of a file", 'Say what it shows in alt="...".'
    if element.tag == "iframe" and not element.attributes.get("title", "").strip():
        yield "something embedded has no title", 'Say what it is in title="...".'


def tables(element: Element) -> Iterator[Fault]:
    """Each table has a caption, headings of columns, and no more columns than a phone shows."""
    if element.tag != "table":
        return
    inside = [each for each in element.walk() if isinstance(each, Element)]
    if not any(each.tag == "caption" and each.text.strip() for each in inside):
        yield "a table has no caption", "Say in <caption> what it shows, or use the block table(...)."
    heads = [each for each in inside if each.tag == "th"]
    if not heads or any(each.attributes.get("scope") not in ("col", "row") for each in heads):
        yield "a table does not say what its columns are", 'Use <th scope="col">, or the block table(...).'
    rows = [[each for each in row.children if isinstance(each, Element)] for row in inside if row.tag == "tr"]
    if max((len(row) for row in rows), default=0) > MOST_COLUMNS:
        yield f"a table has more than {MOST_COLUMNS} columns, which a phone cannot show", "Use cards, or fewer columns."


def colors(element: Element, around: Colors) -> tuple[Colors, list[Fault]]:
    """Its colors, given those around it, and whether its text can be read on them."""
    style = dict(declarations(element.attributes.get("style", "")))
    own = Colors(style.get("color", ""), style.get("background-color", ""))
    faults: list[Fault] = []
    for color in (own.text, own.ground):
        if color and rgb(color) is None:
            faults.append((f'the color "{color}" cannot be checked', "Write it as #RRGGBB."))
    if bool(own.text) != bool(own.ground):
        faults.append(("text and ground are not colored together", "Set color and background-color in the same place, or neither."))
    now = Colors(own.text or around.text, own.ground or around.ground)
    text = CANVAS_LINK if element.tag == "a" and not own.text else now.text
    ground, letters = rgb(now.ground or WHITE), rgb(text) if text else None
    changed = own != Colors() or element.tag == "a"
    if changed and ground and letters and element.text.strip() and (ratio := contrast(letters, ground)) < TEXT:
        shown = f"{text} on {now.ground or WHITE} has a contrast of {int(ratio * 10) / 10}"
        faults.append((shown, f"Text needs {TEXT}: make one of them darker or lighter."))
    return now, faults


def words(text: str) -> int:
    """How many words a text has."""
    return len(_WORD.findall(text))

"""Whether markup lives through Canvas: tags, attributes, and style properties that were seen to come back (live.md 5a, live-content 5)."""

import re
from collections.abc import Iterator

from ilc_canvas.courses.rendering.markup import Element, declarations
from ilc_canvas.courses.rendering.render import GENERATED

Fault = tuple[str, str]
"""What is wrong, and what to do."""
_KEPT_TAGS = """
    a abbr article aside blockquote br caption cite code dd details div dl dt em figcaption figure footer h2 h3 h4 h5 h6 header hr iframe
    img kbd li mark nav ol p section small span strong sub summary sup table tbody td tfoot th thead tr ul
"""
TAGS = frozenset(_KEPT_TAGS.split())
_ATTRIBUTES = frozenset({"aria-label", "class", "dir", "id", "lang", "role", "style", "title"})
_OF_A_TAG = {
    "a": {"href", "target"},
    "img": {"src", "alt", "width", "height"},
    "iframe": {"src", "width", "height", "allowfullscreen"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start", "type"},
}
_KEPT_STYLES = """
    background-color border-collapse border-left border-radius color display flex-wrap gap margin max-width min-width padding text-align
    width
"""
STYLES = frozenset(_KEPT_STYLES.split())
_INSTEAD = {
    "font-weight": "Write **bold** instead.",
    "background": "Write background-color instead.",
    "border": "Write border-left instead.",
    "h1": "Canvas shows the title as the heading of level 1: begin with ##.",
    "b": "Write **bold** instead.",
    "i": "Write *italic* instead.",
}
_VALUE = re.compile(r"[#%.,()\-\w ]+", re.ASCII)
_ADDRESS = re.compile(r"(?i)(https?://[^\s/]|mailto:[^\s@]+@|ilc:)")


def faults(element: Element) -> Iterator[Fault]:
    """Everything about one element that Canvas would take out or change."""
    if element.tag not in TAGS:
        yield f"<{element.tag}> would not be kept by Canvas", _INSTEAD.get(element.tag, "Use another element, or one of the blocks.")
        return
    for name, value in element.attributes.items():
        if name == "style":
            yield from _style(value)
        elif name.startswith("data-ilc-"):
            if (name, element.attributes.get("id")) != ("data-ilc-part", GENERATED):
                yield f"{name} is for the program itself", "Remove it."
        elif name not in _ATTRIBUTES | _OF_A_TAG.get(element.tag, set()):
            yield f"the attribute {name} of <{element.tag}> would not be kept by Canvas", "Remove it."
    yield from _address(element)


def _style(value: str) -> Iterator[Fault]:
    for name, of in declarations(value):
        if name not in STYLES:
            yield f"the style {name} would not be kept by Canvas", _INSTEAD.get(name, "Remove it, or use one of the blocks.")
        elif not _VALUE.fullmatch(of) or "url" in of.lower():
            yield f'the value "{of}" of {name} may not be kept by Canvas', "Write a plain value, such as 12px or #0B5563."


def _address(element: Element) -> Iterator[Fault]:
    name = "href" if element.tag == "a" else "src"
    value = element.attributes.get(name)
    if value is None and element.tag in ("img", "iframe"):
        yield f"<{element.tag}> has no address", "Add src, or remove it."
    elif value is not None and not _ADDRESS.match(value.strip()):
        fix = (
            "Begin with https://, or name a page: ilc:page:home, ilc:topic:strengths, ilc:modules, ilc:discussions, ilc:calendar, ilc:hub."
        )
        yield f'the address "{value}" leads nowhere', fix
    elif value is not None and element.tag in ("img", "iframe") and not value.lower().startswith("https://"):
        yield f'the address "{value}" is not safe for <{element.tag}>', "Begin with https://."

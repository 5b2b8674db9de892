"""One template with values: Jinja, then Markdown, then the form that Canvas keeps."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from markdown_it import MarkdownIt

from ilc_canvas.courses.rendering.budget import budget
from ilc_canvas.courses.rendering.environment import TemplateEnvironment
from ilc_canvas.courses.rendering.markup import Element, attribute, parsed, written
from ilc_canvas.courses.rendering.render_error import RenderError, rendering
from ilc_canvas.courses.values.words import shown

GENERATED = "ilc-generated"
MOST_BYTES = 500_000
"""Of one text in Canvas (live.md 5a)."""
_MARKDOWN = MarkdownIt("commonmark").disable(["backticks", "code", "fence"])


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as it is sent, and the inside of its generated part; "" if it has none."""

    html: str
    part: str


def render(environment: TemplateEnvironment, file: str, values: Mapping[str, object], *, key: str) -> Rendered:
    """The text of a file with these values, marked with its key. RenderError if it does not work."""
    root = parsed(_MARKDOWN.render(filled(environment, file, values))).root
    inner = written(root)
    digest = hashlib.sha256(inner.encode()).hexdigest()[:12]
    html = f'<div data-ilc-key="{attribute("data-ilc-key", key)}" data-ilc-text="{digest}">{inner}</div>'
    return Rendered(html, "".join(written(each) for each in generated(root)))


def generated(root: Element) -> list[Element]:
    """The generated parts of a text: there is at most one."""
    return [each for each in root.walk() if isinstance(each, Element) and each.attributes.get("id") == GENERATED]


def markdown(text: str) -> str:
    """Markdown as HTML."""
    return str(_MARKDOWN.render(text))


def filled(environment: TemplateEnvironment, file: str, values: Mapping[str, object]) -> str:
    """The Markdown of a file with these values."""
    with rendering(file), budget():
        text = environment.get_template(file).render(values)
    if len(text.encode()) > MOST_BYTES:
        raise RenderError(file, 0, f"it is longer than {MOST_BYTES:,} bytes, which is all that Canvas takes.")
    return text


def title(environment: TemplateEnvironment, file: str, text: str, *, values: Mapping[str, object]) -> str:
    """A title or name with these values, as plain text on one line."""
    with rendering(file), budget():
        return shown(unescape(environment.compiled(text).render(values)))

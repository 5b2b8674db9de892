"""Whether a kind of course holds together: keys, home, what modules hold, what is published."""

from collections import Counter
from collections.abc import Iterator, Sequence

from ilc_canvas.courses.findings import Finding
from ilc_canvas.courses.outline import ModulePlan, Outline
from ilc_canvas.courses.page import Template
from ilc_canvas.courses.toml import near


def structure_faults(kind: str, outline: Outline, templates: Sequence[Template]) -> Iterator[Finding]:
    """What does not fit together in the templates of one kind of course."""
    by_key = {template.key: template for template in templates}
    yield from _twice(templates)
    yield from _home(outline, by_key.get(outline.home))
    keys = set[str]()
    for plan in outline.modules:
        if plan.key in keys:
            yield Finding(outline.file, plan.line, f'two modules have the key "{plan.key}".', "Give each its own key.")
        keys.add(plan.key)
        yield from _module(outline, plan, by_key)
    held = {key for plan in outline.modules for key in plan.items} | {outline.home}
    for template in templates:
        if template.key not in held:
            text = f'no module holds "{template.key}", so people find it only among all pages or discussions.'
            yield Finding(template.file, 1, text, "Add its key to the items of a module in outline.toml.", "warning")
        yield from _template(kind, template)


def _twice(templates: Sequence[Template]) -> Iterator[Finding]:
    first: dict[str, Template] = {}
    for template in templates:
        other = first.setdefault(template.key, template)
        if other is not template:
            yield Finding(template.file, 2, f'the key "{template.key}" is that of {other.file} too.', "Give each its own key.")


def _home(outline: Outline, home: Template | None) -> Iterator[Finding]:
    if home is None:
        text = f'home is "{outline.home}", and there is no page with that key.' if outline.home else ""
        if text:
            yield Finding(outline.file, 1, text, "Name a page that is there.")
    elif home.kind != "page" or home.each or not home.published:
        yield Finding(outline.file, 1, "home must be one published page.", "Name another page, or publish this one.")


def _module(outline: Outline, plan: ModulePlan, by_key: dict[str, Template]) -> Iterator[Finding]:
    if not plan.items:
        yield Finding(outline.file, plan.line, f'the module "{plan.key}" holds nothing.', "Give it items, or remove it.")
    for key, number in Counter(plan.items).items():
        if number > 1:
            yield Finding(outline.file, plan.line, f'the module "{plan.key}" holds "{key}" twice.', "Name it once.")
        template = by_key.get(key)
        if template is None:
            text = f'the module "{plan.key}" holds "{key}", and there is no page or discussion with that key.'
            yield Finding(
                outline.file, plan.line, text, f"Add {outline.file.partition('/')[0]}/{key}.md, or correct the key.{near(key, by_key)}"
            )
        elif template.published and not plan.published:
            text = f'"{key}" is published, and the module "{plan.key}" that holds it is not: people would find it all the same.'
            yield Finding(template.file, 1, text, "Set published = false here too, or move it to another module.")
        elif not template.published and plan.published:
            text = f'"{key}" is not to be published, but publishing its module "{plan.key}" publishes it.'
            yield Finding(template.file, 1, text, "Move it to a module with published = false.")


def _template(kind: str, template: Template) -> Iterator[Finding]:
    if template.kind == "page" and template.pinned:
        yield Finding(template.file, 1, "a page cannot be pinned.", 'Remove "pinned", or set kind = "topic".')
    if template.kind == "topic" and template.each:
        yield Finding(template.file, 1, "only pages can be repeated.", 'Remove "each".')
    if template.each == "tool" and kind != "hub":
        yield Finding(template.file, 1, "pages of tools are in the hub alone.", 'Remove "each"; tools are the value "tools" here.')

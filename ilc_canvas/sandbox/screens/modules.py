"""The modules of a course with all that stands in them."""

from html import escape

from ilc_canvas.sandbox.content.modules import item_targets
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.screens import layout
from ilc_canvas.sandbox.screens.layout import Seen
from ilc_canvas.sandbox.world.find import as_number
from ilc_canvas.sandbox.world.records import Module, ModuleItem, Page

DEEPEST = 3
DEMANDS = {
    "must_view": "to be read",
    "must_mark_done": "to be marked as done",
    "must_contribute": "to be answered",
}


def index(call: Call) -> Answer:
    view = layout.seen(call)
    return layout.screen(view, body(view), current="modules", title="Modules")


def body(view: Seen) -> str:
    rows = [module for module in view.call.world.course_modules(view.course.id) if view.shows(module.state)]
    return "".join(section(view, module) for module in rows) or "<p>There are no modules yet.</p>"


def section(view: Seen, module: Module) -> str:
    items = [item for item in view.call.world.module_items(module.id) if view.shows(state_of(view, item))]
    lines = "".join(line(view, item) for item in items)
    inside = f'<ul class="rows">{lines}</ul>' if lines else '<p class="quiet">Nothing yet.</p>'
    return f'<h2 id="module-{module.id}">{escape(module.name)}{view.mark(module.state)}</h2>{inside}'


def state_of(view: Seen, item: ModuleItem) -> str:
    return "active" if item_targets.is_published(view.call, item) else "unpublished"


def line(view: Seen, item: ModuleItem) -> str:
    demand = DEMANDS.get(item.requirement.get("type", ""), "")
    asked = f' <span class="quiet">{demand}</span>' if demand else ""
    deep = f' class="in-{min(item.indent, DEEPEST)}"' if item.indent else ""
    return f"<li{deep}>{name(view, item)}{asked}{view.mark(state_of(view, item))}</li>"


def name(view: Seen, item: ModuleItem) -> str:
    """A heading stands out, everything else leads somewhere."""
    if item.type == "SubHeader":
        return f"<strong>{escape(item.title)}</strong>"
    if item.type == "ExternalUrl":
        return f'<a href="{escape(item.external_url or "", quote=True)}" rel="noreferrer">{escape(item.title)}</a>'
    return view.link(path_of(view.call, item), item.title)


def path_of(call: Call, item: ModuleItem) -> str:
    target = item_targets.of(call, item)
    return f"/pages/{target.slug}" if isinstance(target, Page) else f"/discussion_topics/{item.content_id}"


def item(call: Call) -> Answer:
    """The address of an item leads to what it leads to."""
    view = layout.seen(call)
    found = call.world.items.get(as_number(call.ids["item"]))
    if found is None or found.course_id != view.course.id or item_targets.of(call, found) is None:
        raise errors.not_found()
    return layout.leads_to(call, layout.address(view.course, path_of(call, found), view.query))

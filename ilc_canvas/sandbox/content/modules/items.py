"""Items of modules: pages, discussions, headings and links. They follow what they lead to, and it follows them."""

from dataclasses import replace

from ilc_canvas.sandbox.account.sis import too_long
from ilc_canvas.sandbox.content import access, reading
from ilc_canvas.sandbox.content.modules import item_json, item_targets, modules, positions, requirements
from ilc_canvas.sandbox.content.modules.module_json import rows_of
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params, loose_flag
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world.find import as_number
from ilc_canvas.sandbox.world.records import Module, ModuleItem


def wanted(call: Call, module: Module) -> ModuleItem:
    """Also one that went with its page; but not one that was taken out of its module."""
    found = call.world.items.get(as_number(call.ids["item"]))
    if found is None or found.module_id != module.id or (found.state == "deleted" and not item_targets.is_gone(call, found)):
        raise errors.not_found()
    return found


def index(call: Call) -> Answer:
    past = call.of_lists()
    course = access.readable(past, "read_course_content")
    module = modules.readable(past, course)
    rows = rows_of(past, module, staff=access.is_staff(past, course))
    words = (call.params.text("search_term") or "").lower()
    reading.note(call, course)
    return paging.counted(call, [item for item in rows if words in item.title.lower()], lambda item: item_json.as_json(past, item))


def show(call: Call) -> Answer:
    course = access.readable(call, "read_course_content")
    item = wanted(call, modules.readable(call, course))
    if not access.is_staff(call, course) and not item_targets.is_published(call, item):
        raise errors.not_found()
    return Answer(item_json.as_json(call, item))


def create(call: Call) -> Answer:
    """It has the state of what it leads to; headings and links begin unpublished."""
    course = access.writable(call, *access.content(call, "add"))
    module, asked = modules.wanted(call, course), call.params.group("module_item")
    if not asked.names:
        raise errors.message(400, "missing module item parameter")
    draft = drafted(call, module, asked)
    if flaws := too_long("title", draft.title):
        raise errors.invalid(flaws)
    item = call.world.add_item(lambda n: replace(draft, id=n))
    if "position" in asked:
        positions.insert(item, call.world.module_items(module.id), positions.sent(asked))
    requirements.take(item, asked)
    return Answer(item_json.as_json(call, item))


def drafted(call: Call, module: Module, asked: Params) -> ModuleItem:
    course = call.world.courses[module.course_id]
    target = item_targets.sent(call, course, asked)
    return ModuleItem(
        id=0,
        created_at=call.now,
        state="unpublished",
        module_id=module.id,
        course_id=course.id,
        type=asked.text("type") or "",
        content_id=target.id if target else 0,
        title=asked.text("title") or (target.title if target else ""),
        position=positions.next_item(call, module),
        indent=positions.indent(asked),
        external_url=asked.text("external_url"),
        new_tab=loose_flag(asked.text("new_tab")),
    )


def update(call: Call) -> Answer:
    """Another title renames what it leads to, by which a page may cease to be the front page (live-content 6)."""
    course = access.writable(call, *access.content(call, "edit"))
    item, asked = wanted(call, modules.wanted(call, course)), call.params.group("module_item")
    move(call, item, asked)
    if "indent" in asked:
        item.indent = positions.indent(asked)
    if item.type == "ExternalUrl":
        item.external_url = asked.text("external_url") or item.external_url
        item.new_tab = loose_flag(asked.text("new_tab")) if "new_tab" in asked else item.new_tab
    if asked.text("title"):
        item_targets.rename(call, item, asked.text("title") or "")
    requirements.take(item, asked)
    if asked.text("published"):
        item_targets.publish(call, item, bool(loose_flag(asked.text("published"))))
    return Answer(item_json.as_json(call, item))


def move(call: Call, item: ModuleItem, asked: Params) -> None:
    """To another module, there without a place unless one is sent, or to another place."""
    if "module_id" in asked:
        target = call.world.modules.get(as_number(asked.text("module_id") or ""))
        if target is None or target.course_id != item.course_id or target.state == "deleted":
            raise errors.message(400, "invalid module_id")
        if target.id != item.module_id:
            item.module_id, item.position = target.id, None
    if "position" in asked:
        positions.insert(item, call.world.module_items(item.module_id), positions.sent(asked))


def delete(call: Call) -> Answer:
    """What it leads to stays; the places of the others are not closed up."""
    course = access.writable(call, *access.content(call, "delete"))
    item = wanted(call, modules.wanted(call, course))
    shown = item_json.as_json(call, item)
    item.state = "deleted"
    return Answer(shown)

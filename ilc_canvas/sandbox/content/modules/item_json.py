"""How an item of a module is shown. It has no stamp, no editor, and of a page no number."""

from typing import Any

from ilc_canvas.sandbox.content import access
from ilc_canvas.sandbox.content.modules import item_targets, requirements
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world.records import ModuleItem, Page, Topic


def as_json(call: Call, item: ModuleItem) -> dict[str, Any]:
    staff = access.is_staff(call, call.world.courses[item.course_id])
    shown = {
        "id": item.id,
        "title": item.title,
        "position": item.position,
        "indent": item.indent,
        "quiz_lti": False,
        "type": item.type,
        "module_id": item.module_id,
        **addresses(call, item),
        **requirements.shown(item, None if staff else call.caller.id),
    }
    return shown | {"published": item_targets.is_published(call, item)} if staff else shown


def addresses(call: Call, item: ModuleItem) -> dict[str, Any]:
    """What it leads to; a heading leads nowhere."""
    page = {"html_url": f"{call.base}/courses/{item.course_id}/modules/items/{item.id}"}
    target, course = item_targets.of(call, item), f"{call.base}/api/v1/courses/{item.course_id}"
    if isinstance(target, Page):
        return page | {"page_url": target.slug, "url": f"{course}/pages/{target.slug}"}
    if isinstance(target, Topic):
        return {"content_id": target.id} | page | {"url": f"{course}/discussion_topics/{target.id}"}
    return page | {"external_url": item.external_url, "new_tab": item.new_tab} if item.type == "ExternalUrl" else {}

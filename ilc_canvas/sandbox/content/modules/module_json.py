"""How a module is shown. A student is told how far he or she is; people who teach, whether it is published."""

from typing import Any

from ilc_canvas.sandbox.content import access
from ilc_canvas.sandbox.content.modules import item_json, item_targets
from ilc_canvas.sandbox.http import paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import Module, ModuleItem


def rows_of(call: Call, module: Module, *, staff: bool) -> list[ModuleItem]:
    """The items that the caller sees."""
    return [item for item in call.world.module_items(module.id) if staff or item_targets.is_published(call, item)]


def as_json(call: Call, module: Module) -> dict[str, Any]:
    """A module, with its items if they were asked for and are not more than the largest page of this site."""
    staff = access.is_staff(call, call.world.courses[module.course_id])
    rows = rows_of(call, module, staff=staff)
    shown: dict[str, Any] = {
        "id": module.id,
        "name": module.name,
        "position": module.position,
        "unlock_at": in_utc(module.unlock_at),
        "require_sequential_progress": module.sequential,
        "publish_final_grade": False,
        "prerequisite_module_ids": module.prerequisites,
        "items_count": len(rows),
        "items_url": f"{call.base}/api/v1/courses/{module.course_id}/modules/{module.id}/items",
    }
    shown |= {"published": module.state == "active"} if staff else progress(call, module, rows)
    if call.includes("items") and len(rows) <= paging.LARGEST:
        shown["items"] = [item_json.as_json(call, item) for item in rows]
    return shown


def progress(call: Call, module: Module, rows: list[ModuleItem]) -> dict[str, Any]:
    """A module that requires nothing is completed as soon as it is looked at."""
    if module.unlock_at and module.unlock_at > call.now:
        return {"state": "locked", "completed_at": None}
    done = [call.caller.id in item.completed_by for item in rows if item.requirement]
    if all(done):
        return {"state": "completed", "completed_at": in_utc(module.opened.setdefault(call.caller.id, call.now))}
    return {"state": "started" if any(done) else "unlocked", "completed_at": None}

"""Modules of a course. Publishing one publishes all that stands in it; the opposite is not so (live-content 7)."""

from typing import Any

from ilc_canvas.sandbox.account.sis import too_long
from ilc_canvas.sandbox.content import access, reading
from ilc_canvas.sandbox.content.modules import item_targets, positions
from ilc_canvas.sandbox.content.modules.module_json import as_json
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params, loose_flag
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world.find import as_number
from ilc_canvas.sandbox.world.records import Course, Module


def index(call: Call) -> Answer:
    past = call.of_lists()
    course = access.readable(past, "read_course_content")
    staff = access.is_staff(past, course)
    words = (call.params.text("search_term") or "").lower()
    rows = [module for module in past.world.course_modules(course.id) if staff or module.state == "active"]
    reading.note(call, course)
    return paging.counted(call, [module for module in rows if words in module.name.lower()], lambda module: as_json(past, module))


def wanted(call: Call, course: Course) -> Module:
    found = call.world.modules.get(as_number(call.ids["module"]))
    if found is None or found.course_id != course.id or found.state == "deleted":
        raise errors.not_found()
    return found


def readable(call: Call, course: Course) -> Module:
    """One that is not published is not there for those who do not teach."""
    module = wanted(call, course)
    if module.state != "active" and not access.is_staff(call, course):
        raise errors.not_found()
    return module


def show(call: Call) -> Answer:
    course = access.readable(call, "read_course_content")
    return Answer(as_json(call, readable(call, course)))


def create(call: Call) -> Answer:
    """Always unpublished."""
    course = access.writable(call, *access.content(call, "add"))
    if "module" not in call.params.names:
        raise errors.message(400, "missing module parameter")
    asked = call.params.group("module")
    if not asked.text("name"):
        raise errors.message(400, "missing module name")
    check(asked)
    place = positions.next_module(call, course, counts=call.newer or "position" in asked)
    module = call.world.add_module(
        lambda n: Module(id=n, created_at=call.now, state="unpublished", course_id=course.id, name=asked.text("name") or "", position=place)
    )
    fill(call, module, asked)
    return Answer(as_json(call, module))


def check(asked: Params) -> None:
    if flaws := too_long("name", asked.text("name") or ""):
        raise errors.invalid(flaws)


def fill(call: Call, module: Module, asked: Params) -> None:
    """Take over what was sent; of the modules that are to come first, those that do stand before it."""
    module.name = asked.text("name") or module.name
    if "unlock_at" in asked:
        module.unlock_at = call.instant(asked, "unlock_at")
    if "require_sequential_progress" in asked:
        module.sequential = bool(loose_flag(asked.text("require_sequential_progress")))
    if "position" in asked:
        positions.insert(module, call.world.course_modules(module.course_id), positions.sent(asked))
    wanted_first = asked.any_of("prerequisite_module_ids") if "prerequisite_module_ids" in asked.names else map(str, module.prerequisites)
    earlier = {each.id for each in call.world.course_modules(module.course_id) if each.position < module.position}
    module.prerequisites = [number for number in map(as_number, wanted_first) if number in earlier and number is not None]


def update(call: Call) -> Answer:
    """Publishing again publishes again what somebody has hidden meanwhile; without `published` all states stay."""
    course = access.writable(call, *access.content(call, "edit"))
    module, asked = wanted(call, course), call.params.group("module")
    check(asked)
    fill(call, module, asked)
    warnings: dict[str, Any] = {"publish_warning": False}
    if asked.text("published"):
        if relocks(call, module, asked):
            warnings = {"relock_warning": True} | warnings
        publish(call, module, bool(loose_flag(asked.text("published"))))
    return Answer(as_json(call, module) | warnings)


def relocks(call: Call, module: Module, asked: Params) -> bool:
    """Whether publishing it now asks something of people who have already begun: Canvas warns of that."""
    course = call.world.courses[module.course_id]
    begins = course.state == "available" and module.state != "active" and bool(loose_flag(asked.text("published")))
    demands = any(item.requirement for item in call.world.module_items(module.id))
    return begins and (demands or bool(module.prerequisites) or (module.unlock_at or call.now) > call.now)


def publish(call: Call, module: Module, published: bool) -> None:
    module.state = "active" if published else "unpublished"
    for item in call.world.module_items(module.id) if published else ():
        item_targets.publish(call, item, True)


def delete(call: Call) -> Answer:
    """What stands in it stays, its items go. The answer is as if it was there."""
    course = access.writable(call, *access.content(call, "delete"))
    module = wanted(call, course)
    for item in call.world.module_items(module.id):
        item.state = "deleted"
    module.state = "deleted"
    return Answer(as_json(call, module))

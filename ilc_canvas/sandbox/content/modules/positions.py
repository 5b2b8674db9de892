"""Places of modules, of items in them, and of pinned discussions: counted from 1, with gaps and ties that stay."""

from collections.abc import Sequence

from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params
from ilc_canvas.sandbox.world.records import Course, Module, ModuleItem, Topic

Row = Module | ModuleItem | Topic


def sent(asked: Params) -> int:
    """The place that was sent; what is not a number is 0."""
    text = (asked.text("position") or "").strip()
    return int(text) if text.isdecimal() else 0


def indent(asked: Params) -> int:
    text = asked.text("indent") or ""
    return int(text) if text.isdecimal() else 0


def insert(row: Row, rows: Sequence[Row], place: int) -> None:
    """Put it at a place. Those between its former place and this one move over by one, all others stay where they are."""
    former = row.position
    for each in rows:
        at = each.position
        if each is row or at is None:
            continue
        if former is None:
            each.position = at + 1 if at >= place else at
        elif place <= at < former:
            each.position = at + 1
        elif former < at <= place:
            each.position = at - 1
    row.position = place


def next_module(call: Call, course: Course, *, counts: bool) -> int:
    """The place after the last module.

    A Canvas of July 2022 counts them again for a module that asks for no place only when something else touched the course.
    """
    is_here = call.moment is not None and call.moment.course_id == course.id
    last = call.moment.modules if call.moment and is_here else highest(call.world.course_modules(course.id))
    if counts or course.places is None:
        course.places = last
    return course.places + 1


def next_item(call: Call, module: Module) -> int:
    if call.moment is not None and module.id in call.moment.items:
        return call.moment.items[module.id] + 1
    return highest(call.world.module_items(module.id)) + 1


def next_pinned(call: Call, course: Course) -> int:
    is_here = call.moment is not None and call.moment.course_id == course.id
    pinned = [topic for topic in call.world.course_topics(course.id) if topic.is_pinned]
    return (call.moment.pinned if call.moment and is_here else highest(pinned)) + 1


def highest(rows: Sequence[Row]) -> int:
    return max((row.position or 0 for row in rows), default=0)

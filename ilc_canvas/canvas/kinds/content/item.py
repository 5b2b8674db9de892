"""Items of modules: a page or a discussion in a module. One is known by its number, else by its module and what it leads to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind
from ilc_canvas.canvas.kinds.content.module import LABEL, items_in, modules_of
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.records import Row, by_number
from ilc_canvas.reconcile.change import Create, Update
from ilc_canvas.reconcile.errors import RefusedError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, Record

_TYPES = {Kind.PAGE: "Page", Kind.TOPIC: "Discussion"}


def _inside(reading: Reading, course: Record, found: Sequence[Record]) -> list[Record]:
    if not reading.wants(Kind.ITEM, course):
        return []
    known, unknown = reading.numbered_in(Kind.ITEM, course), reading.unknown_in(Kind.ITEM, course)
    modules = {record.handle: record.key for record in found if record.key.kind == Kind.MODULE}
    targets = _targets(found)
    return [
        _record(row, _key(row, module, targets, known=known, unknown=unknown), module, course=course.key)
        for each in modules_of(reading, course)
        for module in (modules.get(each["id"]) or Key(Kind.MODULE, by_number(each["id"])),)
        for row in each["items"]
    ]


Target = tuple[str, object]
"""The type of an item, and by what Canvas names what it leads to: a page's slug, a discussion's number."""


def _targets(found: Iterable[Record]) -> dict[Target, Key]:
    """What items of ours lead to."""
    return dict(_named(found))


def _named(found: Iterable[Record]) -> Iterator[tuple[Target, Key]]:
    for record in found:
        if record.key.kind == Kind.PAGE and "slug" in record.fields:
            yield ("Page", record.fields["slug"]), record.key
        elif record.key.kind == Kind.TOPIC:
            yield ("Discussion", record.handle), record.key


def _target(row: Row) -> Target:
    return str(row["type"]), row.get("page_url") if row["type"] == "Page" else row.get("content_id")


def _key(row: Row, module: Key, targets: Mapping[Target, Key], *, known: Mapping[int, Key], unknown: frozenset[Key]) -> Key:
    target = targets.get(_target(row))
    natural = item_key(module, target) if target else None
    return known.get(row["id"]) or (natural if natural in unknown and natural else Key(Kind.ITEM, by_number(row["id"])))


def item_key(module: Key, target: Key) -> Key:
    """item=ilc:2021-22:cop:EQ:start-here|how-we-work"""
    return Key(Kind.ITEM, f"{module.id}|{target.id.rpartition(':')[2]}")


def _record(row: Row, key: Key, module: Key, *, course: Key) -> Record:
    return Record(key, {"module": module.id}, (course, module), row["id"])


def _read(access: Access, subject: Record) -> Record | None:
    """One by its number, in its own module; one that was just made, and gave no answer, by what it leads to."""
    course, module, target = subject.parents
    wanted: Target = ("Page", access.slugs.get(target)) if target.kind == Kind.PAGE else ("Discussion", access.handles.get(target))
    number = access.handles.get(subject.key)
    rows = items_in(access.transport, access.number_of(course), access.number_of(module))
    row = next((row for row in rows if (row["id"] == number if number else _target(row) == wanted)), None)
    return _record(row, subject.key, module, course=course) if row else None


def _create(access: Access, change: Create) -> Answer:
    """It takes the state, published or not, of what it leads to (contract-content 2)."""
    course, module, target = change.after.parents
    form = {"type": _TYPES[target.kind], "position": change.after.fields["position"]}
    if target.kind == Kind.PAGE:
        form["page_url"] = _slug(access, target)
    else:
        form["content_id"] = access.number_of(target)
    answer = access.post(f"courses/{access.number_of(course)}/modules/{access.number_of(module)}/items", module_item=form)
    return access.made(change.after, answer, {"type": form["type"]})


def _slug(access: Access, page: Key) -> str:
    if page not in access.slugs:
        raise RefusedError(f"Nobody knows the Canvas address of {page}.")
    return access.slugs[page]


def _update(_access: Access, change: Update) -> Answer:
    raise RefusedError(f"{change.key} stays in the module that it is in.")


ITEM = CanvasKind(
    calls=(
        Call(r"GET courses/ID/modules/[0-9]+/items", "see modules", '"Course Content - view" (read_course_content)'),
        Call(r"POST courses/ID/modules/[0-9]+/items", "fill modules", f'"{LABEL}" (manage_content)'),
    ),
    right=f"{LABEL} (manage_content, or manage_course_content_add and manage_course_content_edit)",
    create=_create,
    update=_update,
    read=_read,
    inside=_inside,
)

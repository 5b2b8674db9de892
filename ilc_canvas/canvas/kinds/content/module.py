"""Modules of a course. They have no text that could hold a marker: while one is made its name carries one, until it has been published."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind, Need, right
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.canvas.records import Row, by_number
from ilc_canvas.canvas.write_check import check_echo
from ilc_canvas.reconcile.change import Change, Create, Update
from ilc_canvas.reconcile.errors import IncompleteError
from ilc_canvas.reconcile.kinds import DOUBLED, Kind
from ilc_canvas.reconcile.state import Fields, Key, Record


def first_name(key: Key, name: str) -> str:
    """What a module is called until it is finished: Meeting 1 · ilc-3f9a2c."""
    return f"{name} · ilc-{hashlib.sha256(key.id.encode()).hexdigest()[:6]}"


def modules_of(reading: Reading, course: Record) -> list[Row]:
    """The modules of a course with their items, read once for both. A module with many items has to be asked for them by itself."""
    if course.key not in reading.rows:
        rows = modules_in(reading.transport, course.handle)
        reading.rows[course.key] = rows
    return reading.rows[course.key]


def modules_in(transport: Transport, course: int | None) -> list[Row]:
    """The modules of the course of this number, each with all of its items."""
    rows = whole_list(transport, f"courses/{course}/modules", include=["items"])
    return [row if "items" in row else {**row, "items": items_in(transport, course, row["id"])} for row in rows]


def items_in(transport: Transport, course: int | None, module: int) -> list[Row]:
    """The items of one module."""
    return whole_list(transport, f"courses/{course}/modules/{module}/items")


def _record(row: Row, key: Key, course: Key) -> Record:
    return Record(key, {"name": str(row["name"]), "published": bool(row["published"])}, (course,), row["id"])


def _inside(reading: Reading, course: Record, _found: Sequence[Record]) -> list[Record]:
    if not reading.wants(Kind.MODULE, course):
        return []
    known, unknown = reading.numbered_in(Kind.MODULE, course), reading.unknown_in(Kind.MODULE, course)
    titles = {key: reading.titles.get(key, "") for key in unknown}
    return _records(modules_of(reading, course), known, titles, course=course.key)


def _records(rows: Iterable[Row], known: Mapping[int, Key], titles: Mapping[Key, str], *, course: Key) -> list[Record]:
    """Ours by number; else one that alone is called as ours would be, finished or not."""
    every = list(rows)
    others = [row for row in every if row["id"] not in known]
    counts = Counter(row["name"] for row in others)
    called = {name: key for key, title in titles.items() for name in (title, first_name(key, title))}
    keys = {**{row["id"]: called[row["name"]] for row in others if row["name"] in called and counts[row["name"]] == 1}, **known}
    twice = {called[name] for name, count in counts.items() if name in called and count > 1}
    found = [_record(row, keys.get(row["id"]) or Key(Kind.MODULE, by_number(row["id"])), course) for row in every]
    return [*found, *(Record(key, {"state": DOUBLED}, (course,)) for key in twice)]


def _read(access: Access, subject: Record) -> Record | None:
    """One by its number; one that was just made, and gave no answer, by the name that it was made with."""
    course, number = subject.parents[0], access.handles.get(subject.key)
    path = f"courses/{access.number_of(course)}/modules"
    if number:
        return _record(access.transport.call("GET", f"{path}/{number}").row, subject.key, course)
    name = first_name(subject.key, str(subject.fields["name"]))
    rows = [row for row in whole_list(access.transport, path) if row["name"] == name]
    if len(rows) > 1:
        raise IncompleteError(f'Several modules are called "{name}". Delete all but one of them in Canvas.')
    return _record(rows[0], subject.key, course) if rows else None


def _create(access: Access, change: Create) -> Answer:
    """Made under its first name, and at its place: without a place modules tie (live-content 4). Name and publication follow."""
    after = change.after
    form = {"name": first_name(after.key, str(after.fields["name"])), "position": after.fields["position"]}
    answer = access.post(f"courses/{access.number_of(after.parents[0])}/modules", module=form)
    return access.made(after, answer, {"name": form["name"]})


def _update(access: Access, change: Update) -> Answer:
    course, number = change.after.parents[0], change.after.handle or access.number_of(change.key)
    form: dict[str, Any] = {name: change.fields[name] for name in ("name", "published") if name in change.fields}
    answer = access.transport.call("PUT", f"courses/{access.number_of(course)}/modules/{number}", module=form)
    check_echo(change.key, form, answer.row)
    return answer


def _left(_access: Access, change: Change, answer: Answer) -> Fields | None:
    """A new one as it was made, so that name and publication are set next."""
    return {"name": str(answer.row["name"]), "published": bool(answer.row["published"])} if isinstance(change, Create) else None


LABEL = "Course Content - add / edit / delete"
MODULE = CanvasKind(
    calls=(
        Call(r"GET courses/ID/modules(/[0-9]+)?", "see modules", '"Course Content - view" (read_course_content)'),
        Call(
            r"POST courses/ID/modules|PUT courses/ID/modules/[0-9]+",
            "make or change modules",
            f'"{LABEL}" (manage_content)',
        ),
    ),
    needs=(
        Need(
            "write_modules",
            (right("manage_content"), right("manage_course_content_add", "manage_course_content_edit")),
            "give the courses their modules and hide what they do not use",
            LABEL,
            is_mild=True,
        ),
    ),
    right=f"{LABEL} (manage_content, or manage_course_content_add and manage_course_content_edit)",
    create=_create,
    update=_update,
    read=_read,
    inside=_inside,
    left=_left,
    set_later=frozenset({"name", "published"}),
)

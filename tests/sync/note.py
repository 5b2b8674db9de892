"""A made-up kind of thing, in one file: a note in a course, its rule and how Canvas has it."""

from collections.abc import Sequence
from typing import Any

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.canvas.records import Row, by_number
from ilc_canvas.reconcile.change import Create, Remove, Update
from ilc_canvas.reconcile.kinds import NAMED, Count, Kind, Rule
from ilc_canvas.reconcile.state import Key, Record, course_of

NOTE = Kind("note")
GONE = frozenset({"deleted"})
RULE = Rule(
    kind=NOTE,
    rank=65,  # after the sections, before the people in them
    noun="note",
    counts=(Count("create", "new note", "new notes", turn=84), Count("update", "note changed", "notes changed", turn=85)),
    course=lambda id: id.rpartition(":")[0],
    live=frozenset({"active"}),
    over=GONE,
    lapsed=GONE,
    ended_as="deleted",
    remade_from=GONE,
    ends=lambda _id, state: state == "active",
    has_way_back=True,
    personal=NAMED | {"text"},
    folded=frozenset({"name"}),
    holds_back=False,
)


def note(course: Key, code: str, name: str, text: str = "") -> Record:
    """One that is wanted."""
    return Record(Key(NOTE, f"{course.id}:{code}"), {"name": name, "text": text, "state": "active"}, (course,))


def _record(row: Row, course: Key) -> Record:
    fields = {"name": row["name"], "text": row["text"], "state": row["workflow_state"]}
    return Record(Key(NOTE, row["key"] or by_number(row["id"])), fields, (course,), row["id"])


def _inside(reading: Reading, course: Record, _found: Sequence[Record]) -> list[Record]:
    return [_record(row, course.key) for row in whole_list(reading.transport, f"courses/{course.handle}/notes")]


def _read(access: Access, subject: Record) -> Record | None:
    rows = whole_list(access.transport, _path(access, subject.key))
    found = (_record(row, subject.parents[0]) for row in rows)
    return next((record for record in found if record.key == subject.key), None)


def _create(access: Access, change: Create) -> Answer:
    """The answer proves the key: a name is written as Canvas likes it."""
    after, path = change.after, _path(access, change.key)
    form: dict[str, Any] = {"name": after.fields["name"], "text": after.fields["text"], "key": after.key.id}
    if change.before:
        return access.transport.call("PUT", f"{path}/{change.before.handle}", note={**form, "state": "active"})
    return access.made(after, access.post(path, note=form), {"key": after.key.id})


def _update(access: Access, change: Update) -> Answer:
    return access.transport.call("PUT", f"{_path(access, change.key)}/{change.after.handle}", note=dict(change.fields))


def _end(access: Access, change: Remove) -> Answer:
    return access.transport.call("DELETE", f"{_path(access, change.key)}/{change.before.handle}")


def _path(access: Access, key: Key) -> str:
    return f"courses/{access.reach.path(course_of(key) or key)}/notes"


IN_CANVAS = CanvasKind(
    calls=(
        Call(
            r"(GET|POST) courses/ID/notes|(PUT|DELETE) courses/ID/notes/ID", "see, make or change notes", '"Notes - manage" (manage_notes)'
        ),
    ),
    right="Notes - manage (manage_notes)",
    create=_create,
    update=_update,
    end=_end,
    read=_read,
    inside=_inside,
)

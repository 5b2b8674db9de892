"""python -m tests.sync.sandbox_with_notes: the sandbox, and besides what it has, notes in courses."""

import sys
from typing import Any
from weakref import WeakKeyDictionary

from ilc_canvas.sandbox.__main__ import main
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.http.routes import TABLE, Rule
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.world import World

Note = dict[str, Any]
FORBIDDEN = {"status": "unauthorized", "errors": [{"message": "user not authorized to perform that action"}]}
NOTES: WeakKeyDictionary[World, list[Note]] = WeakKeyDictionary()


def of_course(call: Call) -> list[Note]:
    """All that there are, deleted ones too."""
    course = find.course(call, call.ids["course"])
    return [row for row in NOTES.setdefault(call.world, []) if row["course_id"] == course.id]


def index(call: Call) -> Answer:
    """The list; that of a course with a note named "hidden" is closed to everybody."""
    rows = of_course(call)
    if any(row["name"] == "HIDDEN" for row in rows):
        raise errors.refused(403, FORBIDDEN)
    return Answer(rows)


def create(call: Call) -> Answer:
    """A new one, its name in capital letters; what is named "refused" or "forbidden" is."""
    notes, course = NOTES.setdefault(call.world, []), find.course(call, call.ids["course"])
    asked = call.params.group("note")
    if asked.text("name") == "refused":
        raise errors.refused(400, {"errors": {"name": [{"attribute": "name", "type": "invalid", "message": "no"}]}})
    if asked.text("name") == "forbidden":
        raise errors.refused(403, FORBIDDEN)
    row: Note = {"id": 990_001 + len(notes), "course_id": course.id, "workflow_state": "active"}
    row |= {"key": asked.text("key"), "name": str(asked.text("name")).upper(), "text": asked.text("text")}
    notes.append(row)
    return Answer(row)


def update(call: Call) -> Answer:
    """What is sent is set."""
    (row,) = [row for row in of_course(call) if row["id"] == int(call.ids["note"])]
    asked = call.params.group("note")
    for sent, name in (("name", "name"), ("text", "text"), ("state", "workflow_state")):
        if sent in asked:
            row[name] = asked.text(sent)
    return Answer(row)


def delete(call: Call) -> Answer:
    """It stays in the list, as deleted."""
    (row,) = [row for row in of_course(call) if row["id"] == int(call.ids["note"])]
    row["workflow_state"] = "deleted"
    return Answer(row)


ROUTES: dict[str, Rule] = {
    "GET courses/:course/notes": index,
    "POST courses/:course/notes": create,
    "PUT courses/:course/notes/:note": update,
    "DELETE courses/:course/notes/:note": delete,
}

if __name__ == "__main__":
    for address, rule in ROUTES.items():
        method, pattern = address.split()
        TABLE.setdefault((method, pattern.count("/") + 1), []).insert(0, (pattern.split("/"), rule))
    sys.exit(main())

"""Discussions of a course, found by number, or by the marker in their text. They have no versions, so their text is written only once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind, Need, right
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.canvas.records import Row, by_number
from ilc_canvas.canvas.texts.generated_box import digest
from ilc_canvas.canvas.texts.links import linked
from ilc_canvas.canvas.texts.rich_text import marker
from ilc_canvas.canvas.write_check import check_echo
from ilc_canvas.reconcile.change import Change, Create, Update
from ilc_canvas.reconcile.errors import IncompleteError
from ilc_canvas.reconcile.kinds import DOUBLED, Kind
from ilc_canvas.reconcile.state import Fields, Key, Record

_TYPES = {True: "threaded", False: "side_comment"}


def _record(row: Row, key: Key, course: Key, *, host: str) -> Record:
    fields = {
        "name": str(row["title"]),
        "text": _text(row, host),
        "published": bool(row["published"]),
        "pinned": bool(row["pinned"]),
        "threaded": row["discussion_type"] == "threaded",
    }
    return Record(key, fields, (course,), row["id"])


def _text(row: Row, host: str) -> str:
    return f"is {digest(row['message'], host)}"


def _inside(reading: Reading, course: Record, _found: Sequence[Record]) -> list[Record]:
    if not reading.wants(Kind.TOPIC, course):
        return []
    rows = whole_list(reading.transport, f"courses/{course.handle}/discussion_topics")
    known, unknown = reading.numbered_in(Kind.TOPIC, course), reading.unknown_in(Kind.TOPIC, course)
    return _records(rows, known, unknown, course=course.key, host=reading.transport.origin)


def _records(rows: Iterable[Row], known: Mapping[int, Key], unknown: frozenset[Key], *, course: Key, host: str) -> list[Record]:
    """Ours by number, else by a marker that only one carries; all others by Canvas's number."""
    every = list(rows)
    marked = {row["id"]: Key(Kind.TOPIC, marker(row["message"])) for row in every if row["id"] not in known}
    counts = Counter(marked.values())
    keys = {**{number: key for number, key in marked.items() if key in unknown and counts[key] == 1}, **known}
    found = [_record(row, keys.get(row["id"]) or Key(Kind.TOPIC, by_number(row["id"])), course, host=host) for row in every]
    return [*found, *(Record(key, {"state": DOUBLED}, (course,)) for key in unknown if counts[key] > 1)]


def _read(access: Access, subject: Record) -> Record | None:
    """One by its number; one that was just made, and gave no answer, by its marker."""
    course, number = subject.parents[0], access.handles.get(subject.key)
    path = f"courses/{access.number_of(course)}/discussion_topics"
    rows = [access.transport.call("GET", f"{path}/{number}").row] if number else whole_list(access.transport, path)
    known = {number: subject.key} if number else {}
    found = _records(rows, known, frozenset({subject.key}), course=course, host=access.host)
    ours = next((record for record in found if record.key == subject.key), None)
    if ours and ours.fields.get("state") == DOUBLED:
        raise IncompleteError(f"Several discussions carry the marker of {subject.key.id}. Delete all but one of them in Canvas.")
    return _as_left(access, ours, subject) if ours else None


def _as_left(access: Access, found: Record, subject: Record) -> Record:
    """`text` is as wanted if the message is what is sent."""
    sent = linked(access.texts.html.get(subject.key, ""), subject.parents[0], access)
    text = subject.fields.get("text") if found.fields["text"] == f"is {digest(sent, access.host)}" else found.fields["text"]
    shown = {"shown_text": found.fields["text"], "shown_name": found.fields["name"]}
    return Record(found.key, {**found.fields, "text": text, **shown}, found.parents, found.handle)


def _create(access: Access, change: Create) -> Answer:
    """Published in the same call: in a course that is not open, nobody hears of it (live-content 14)."""
    after, course = change.after, change.after.parents[0]
    form = {"message": linked(access.texts.html[after.key], course, access), **_form(after.fields)}
    answer = access.post(f"courses/{access.number_of(course)}/discussion_topics", **form)
    return access.made(after, answer, {name: form[name] for name in ("title", "published")})


def _update(access: Access, change: Update) -> Answer:
    """What Canvas shows in the list of discussions; never the text."""
    course, number = change.after.parents[0], change.after.handle or access.number_of(change.key)
    form = _form(change.fields)
    answer = access.transport.call("PUT", f"courses/{access.number_of(course)}/discussion_topics/{number}", **form)
    check_echo(change.key, {name: form[name] for name in ("title", "published") if name in form}, answer.row)
    return answer


def _form(fields: Fields) -> dict[str, Any]:
    form: dict[str, Any] = {theirs: fields[ours] for ours, theirs in (("name", "title"), ("published", "published")) if ours in fields}
    if "pinned" in fields:
        form["pinned"] = fields["pinned"]
    if "threaded" in fields:
        form["discussion_type"] = _TYPES[bool(fields["threaded"])]
    return form


def _left(access: Access, _change: Change, answer: Answer) -> Fields:
    return {"shown_text": _text(answer.row, access.host), "shown_name": str(answer.row["title"])}


_LABEL = "Discussions - view, post, moderate"
TOPIC = CanvasKind(
    calls=(
        Call(
            r"GET courses/ID/discussion_topics|GET courses/ID/discussion_topics/ID", "see discussions", '"Discussions - view" (read_forum)'
        ),
        Call(
            r"POST courses/ID/discussion_topics|PUT courses/ID/discussion_topics/ID",
            "make or change discussions",
            f'"{_LABEL}" (read_forum, post_to_forum, moderate_forum)',
        ),
    ),
    needs=(
        Need(
            "write_discussions",
            (right("read_forum", "post_to_forum", "moderate_forum"),),
            "give the courses their discussions",
            _LABEL,
            is_mild=True,
        ),
    ),
    right=f"{_LABEL} (read_forum, post_to_forum, moderate_forum)",
    create=_create,
    update=_update,
    read=_read,
    inside=_inside,
    left=_left,
    is_left_as_seen=True,
)

"""What people say in a discussion, and whether it was read."""

from typing import Any

from ilc_canvas.sandbox.content import access, people, reading
from ilc_canvas.sandbox.content.topics import topic_json, topics
from ilc_canvas.sandbox.courses import markup
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.find import as_number
from ilc_canvas.sandbox.world.records import Course, Entry, Topic


def place(call: Call) -> tuple[Course, Topic]:
    course = access.readable(call, "read_forum")
    return course, topics.readable(call, course)


def index(call: Call) -> Answer:
    """The newest first, without replies to others."""
    course, topic = place(call)
    reading.note(call, course)
    rows = [entry for entry in call.world.topic_entries(topic.id) if entry.parent_id is None]
    return paging.counted(call, rows[::-1], lambda entry: as_json(call, topic, entry))


def view(call: Call) -> Answer:
    """The whole discussion in one piece."""
    course, topic = place(call)
    reading.note(call, course)
    entries = call.world.topic_entries(topic.id)
    numbers = {entry.user_id: None for entry in entries}
    return Answer(
        {
            "unread_entries": [entry.id for entry in entries if call.caller.id not in entry.read_by],
            "forced_entries": [],
            "entry_ratings": {},
            "participants": [people.shown(call, number, course.id) for number in numbers],
            "view": [branch(call, entry, entries) for entry in entries if entry.parent_id is None],
            "new_entries": [],
        }
    )


def branch(call: Call, entry: Entry, entries: list[Entry]) -> dict[str, Any]:
    replies = [branch(call, each, entries) for each in entries if each.parent_id == entry.id]
    return bare(call, entry) | ({"replies": replies} if replies else {})


def bare(call: Call, entry: Entry) -> dict[str, Any]:
    """What every form of an entry has."""
    return {
        "id": entry.id,
        "user_id": entry.user_id,
        "parent_id": entry.parent_id,
        "created_at": in_utc(entry.created_at),
        "updated_at": in_utc(entry.created_at),
        "rating_count": None,
        "rating_sum": None,
        "message": markup.shown(entry.message, call.base, themed=call.theme),
    }


def create(call: Call) -> Answer:
    """201; refused where the discussion is closed for the caller."""
    return said(call, None)


def reply(call: Call) -> Answer:
    return said(call, call.ids["entry"])


def said(call: Call, parent: str | None) -> Answer:
    course, topic = place(call)
    access.insist(call, topic_json.permissions(call, course, topic)["reply"])
    above = None if parent is None else call.world.entries.get(as_number(parent))
    if parent is not None and (above is None or above.topic_id != topic.id):
        raise errors.not_found()
    entry = call.world.add_entry(
        lambda n: Entry(
            id=n,
            created_at=call.now,
            state="active",
            topic_id=topic.id,
            user_id=call.caller.id,
            parent_id=above.id if above else None,
            message=markup.kept(call.params.text("message"), call.base),
            read_by={call.caller.id},
        )
    )
    topic.last_reply_at = call.now
    reading.note(call, course)
    return Answer(as_json(call, topic, entry), status=201)


def as_json(call: Call, topic: Topic, entry: Entry) -> dict[str, Any]:
    return bare(call, entry) | {
        "user_name": call.world.users[entry.user_id].name,
        "user": people.shown(call, entry.user_id, topic.course_id),
        "read_state": "read" if call.caller.id in entry.read_by else "unread",
        "forced_read_state": False,
    }


def mark_read(call: Call) -> Answer:
    """Only this makes a discussion read; 204 without a body."""
    _, topic = place(call)
    topic.read_by.add(call.caller.id)
    return Answer(None, status=204, text="", content_type="")


def mark_unread(call: Call) -> Answer:
    _, topic = place(call)
    topic.read_by.discard(call.caller.id)
    return Answer(None, status=204, text="", content_type="")

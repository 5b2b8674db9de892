"""The discussions and the news of a course, and what people say in them."""

from html import escape

from ilc_canvas.sandbox.calendar import times
from ilc_canvas.sandbox.content.topics.topic_states import is_posted
from ilc_canvas.sandbox.content.topics.topics import ordered
from ilc_canvas.sandbox.courses import markup
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.screens import layout
from ilc_canvas.sandbox.screens.layout import Seen
from ilc_canvas.sandbox.world.find import as_number
from ilc_canvas.sandbox.world.records import Entry, Instant, Topic


def index(call: Call) -> Answer:
    """Pinned ones first, as the screen of a Canvas has them, from the highest position down."""
    view = layout.seen(call)
    rows = listed(view, news=False)
    pinned, others = [row for row in rows if row.is_pinned], [row for row in rows if not row.is_pinned]
    parts = [("Pinned", pinned), ("Others", others)]
    body = "".join((f"<h2>{title}</h2>" if pinned else "") + lines(view, part) for title, part in parts if part)
    return layout.screen(
        view, f'<h2 class="title">Discussions</h2>{body or "<p>There are none yet.</p>"}', current="discussions", title="Discussions"
    )


def announcements(call: Call) -> Answer:
    view = layout.seen(call)
    return layout.screen(view, news(view), current="announcements", title="Announcements")


def news(view: Seen) -> str:
    """The announcements, the newest first."""
    rows = sorted(listed(view, news=True), key=lambda topic: topic.id, reverse=True)
    return f'<h2 class="title">Announcements</h2>{lines(view, rows) if rows else "<p>There are none yet.</p>"}'


def listed(view: Seen, *, news: bool) -> list[Topic]:
    rows = [topic for topic in view.call.world.course_topics(view.course.id) if topic.is_announcement is news]
    return ordered([topic for topic in rows if is_seen(view, topic)], None)


def is_seen(view: Seen, topic: Topic) -> bool:
    return not view.as_student or is_posted(view.call, topic)


def lines(view: Seen, rows: list[Topic]) -> str:
    return f'<ul class="rows">{"".join(line(view, topic) for topic in rows)}</ul>'


def line(view: Seen, topic: Topic) -> str:
    replies = len(view.call.world.topic_entries(topic.id))
    count = f' <span class="quiet">{counted(replies)}</span>' if replies else ""
    return f"<li>{view.link(f'/discussion_topics/{topic.id}', topic.title)}{count}{closed(topic)}{view.mark(topic.state)}</li>"


def counted(replies: int) -> str:
    return "1 reply" if replies == 1 else f"{replies} replies"


def closed(topic: Topic) -> str:
    return ' <span class="quiet">closed for comments</span>' if topic.is_locked else ""


def show(call: Call) -> Answer:
    view = layout.seen(call)
    topic = call.world.topics.get(as_number(call.ids["topic"]))
    if topic is None or topic.course_id != view.course.id or topic.state == "deleted" or not is_seen(view, topic):
        raise errors.not_found()
    current = "announcements" if topic.is_announcement else "discussions"
    return layout.screen(view, whole(view, topic), current=current, title=topic.title)


def whole(view: Seen, topic: Topic) -> str:
    """The discussion with who began it, and all that was said."""
    entries = view.call.world.topic_entries(topic.id)
    said = "".join(branch(view, entry, entries) for entry in entries if entry.parent_id is None)
    replies = f"<h2>{counted(len(entries)).capitalize()}</h2>{said}" if entries else '<p class="quiet">No replies yet.</p>'
    head = f'<h2 class="title">{escape(topic.title)}{closed(topic)}{view.mark(topic.state)}</h2>'
    return f"{head}{signed(view, topic.user_id, topic.posted_at)}{text(view, topic.message)}{replies}"


def branch(view: Seen, entry: Entry, entries: list[Entry]) -> str:
    replies = "".join(branch(view, each, entries) for each in entries if each.parent_id == entry.id)
    inside = f'<div class="reply">{replies}</div>' if replies else ""
    return f"<section>{signed(view, entry.user_id, entry.created_at)}{text(view, entry.message)}{inside}</section>"


def signed(view: Seen, user_id: int, when: Instant) -> str:
    """Who it is from, and when, in the time of the course."""
    zone = times.known_zone(view.course.time_zone, view.call.world.accounts[view.course.account_id].time_zone)
    local = times.local(when, zone)
    return f'<p class="quiet">{escape(view.call.world.users[user_id].name)}, {local:%B} {local.day}, {local:%Y, %-I:%M %p}</p>'


def text(view: Seen, message: str | None) -> str:
    return f'<div class="text">{markup.shown(message, view.call.base, themed=False) or ""}</div>'

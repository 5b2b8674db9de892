"""Discussions of a course. They show no stamp and no editor: an edit shows only in what was edited (live-content 8)."""

from dataclasses import replace

from ilc_canvas.sandbox.account.sis import too_long
from ilc_canvas.sandbox.content import access, reading
from ilc_canvas.sandbox.content.topics import topic_states
from ilc_canvas.sandbox.content.topics.topic_json import as_json, as_written, deleted
from ilc_canvas.sandbox.courses import markup
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params, loose_flag
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.collation import collated
from ilc_canvas.sandbox.world.find import as_number
from ilc_canvas.sandbox.world.records import Course, Topic

TYPES = {"side_comment", "threaded"}
UNTITLED = "No Title"


def index(call: Call) -> Answer:
    """Discussions, or announcements if those alone are asked for."""
    past = call.of_lists()
    course = access.readable(past, "read_forum")
    staff = access.is_staff(past, course)
    of_news = call.params.flag("only_announcements")
    rows = [topic for topic in past.world.course_topics(course.id) if topic.is_announcement is of_news]
    words = (call.params.text("search_term") or "").lower()
    rows = [topic for topic in rows if (staff or topic_states.is_posted(past, topic)) and words in topic.title.lower()]
    reading.note(call, course)
    return paging.counted(call, ordered(rows, call.params.text("order_by")), lambda topic: as_json(past, topic))


def ordered(rows: list[Topic], order_by: str | None) -> list[Topic]:
    """Unpinned ones, the newest first; then pinned ones, from the highest position down."""
    if order_by == "title":
        return sorted(rows, key=lambda topic: (collated(topic.title), topic.id))
    if order_by == "recent_activity":
        return sorted(rows, key=lambda topic: (topic.last_reply_at, topic.id), reverse=True)
    return sorted(rows, key=lambda topic: (topic.is_pinned, -(topic.position or 0) if topic.is_pinned else 0, -topic.id))


def wanted(call: Call, course: Course) -> Topic:
    found = call.world.topics.get(as_number(call.ids["topic"]))
    if found is None or found.course_id != course.id or found.state == "deleted":
        raise errors.not_found()
    return found


def readable(call: Call, course: Course) -> Topic:
    """A draft is refused to those who do not teach."""
    topic = wanted(call, course)
    access.insist(call, topic_states.is_posted(call, topic) or access.is_staff(call, course))
    return topic


def show(call: Call) -> Answer:
    course = access.readable(call, "read_forum")
    topic = readable(call, course)
    reading.note(call, course)
    return Answer(as_json(call, topic))


def create(call: Call) -> Answer:
    """A draft unless `published` is sent; of a student, who may begin discussions, published at once."""
    course = find.course(call, call.ids["course"])
    access.insist(call, access.reads(call, course) and access.may(call, course, "read_forum", "post_to_forum"))
    moderates = access.may(call, course, "moderate_forum")
    is_news = moderates and call.params.flag("is_announcement")
    topic = empty(call, course, is_announcement=is_news)
    fill(call, topic, call.params, moderates=moderates)
    made = call.world.add_topic(topic)
    if is_news:
        announce(call, made)
    elif not moderates or loose_flag(call.params.text("published")):
        topic_states.publish(call, made, True)
    arrange(call, made, moderates=moderates)
    return Answer(as_written(call, made))


def empty(call: Call, course: Course, *, is_announcement: bool) -> Topic:
    return Topic(
        id=0,
        created_at=call.now,
        posted_at=call.now,
        last_reply_at=call.now,
        updated_at=call.now,
        state="unpublished",
        course_id=course.id,
        user_id=call.caller.id,
        is_announcement=is_announcement,
        read_by={call.caller.id},
    )


def announce(call: Call, topic: Topic) -> None:
    """An announcement is never a draft, has a place of its own, and is closed to replies unless `locked=false` is sent."""
    others = [each.position or 0 for each in call.world.course_topics(topic.course_id) if each.is_announcement and each is not topic]
    topic.state, topic.was_published = "active", True
    topic.position = max(others, default=0) + 1
    topic.is_locked = loose_flag(call.params.text("locked")) is not False


def fill(call: Call, topic: Topic, asked: Params, *, moderates: bool) -> None:
    """Take over the text and what kind of discussion it is."""
    if "title" in asked or not topic.title:
        topic.title = asked.text("title") or UNTITLED
    topic.type = asked.text("discussion_type") or topic.type
    if "message" in asked:
        topic.message = markup.kept(asked.text("message"), call.base)
    if "delayed_post_at" in asked and moderates:
        topic.delayed_post_at = call.instant(asked, "delayed_post_at")
    flaws = too_long("title", topic.title)
    if topic.type not in TYPES:
        flaws["discussion_type"] = [("inclusion", "is not included in the list")]
    if topic.is_announcement and not topic.message:
        flaws["message"] = [("blank", "blank")]
    if flaws:
        raise errors.invalid(flaws)


def arrange(call: Call, topic: Topic, *, moderates: bool) -> None:
    """Pin, move and close it; only who moderates can."""
    if not moderates:
        return
    if "pinned" in call.params:
        topic_states.pin(call, topic, bool(loose_flag(call.params.text("pinned"))))
    if call.params.text("position_after"):
        topic_states.put_after(call, topic, as_number(call.params.text("position_after") or ""))
    if "locked" in call.params and not (topic.is_announcement and call.params.text("locked") == ""):
        topic.is_locked = bool(loose_flag(call.params.text("locked")))


def own(call: Call) -> tuple[Topic, bool]:
    """The topic that the caller may change, as one who moderates or as its author; and whether it is the former."""
    course = find.course(call, call.ids["course"])
    moderates = access.may(call, course, "read_forum", "moderate_forum")
    access.insist(call, moderates or access.reads(call, course))
    topic = wanted(call, course)
    access.insist(call, moderates or topic.user_id == call.caller.id)
    return topic, moderates


def update(call: Call) -> Answer:
    """By who moderates, or by the author, who may change the text alone."""
    topic, moderates = own(call)
    published = loose_flag(call.params.text("published")) if moderates else None
    if published is not None:
        topic_states.check(call, topic, published)
    draft = replace(topic)
    fill(call, draft, call.params, moderates=moderates)
    store(call, topic, draft)
    if published is not None:
        topic_states.publish(call, topic, published)
    arrange(call, topic, moderates=moderates)
    return Answer(as_written(call, topic))


def store(call: Call, topic: Topic, draft: Topic) -> None:
    """Another title shows in its items at once."""
    topic.title, topic.message, topic.type, topic.delayed_post_at = draft.title, draft.message, draft.type, draft.delayed_post_at
    topic.editor_id, topic.updated_at = call.caller.id, call.now
    for item in call.world.items_of("Discussion", topic.id):
        item.title = topic.title


def delete(call: Call) -> Answer:
    """It is gone for good, and so are its items."""
    topic, _ = own(call)
    topic.state, topic.updated_at = "deleted", call.now
    for item in call.world.items_of("Discussion", topic.id):
        item.state = "deleted"
    return Answer(deleted(call, topic))

"""What becomes of a discussion when it is published, taken back, pinned or moved."""

from ilc_canvas.sandbox.content import notices
from ilc_canvas.sandbox.content.modules import positions
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world.records import Topic

NEVER_DRAFT = "This topic cannot be set to draft state because it is an announcement."
IN_USE = "This topic cannot be set to draft state because it contains posts."
STUDYING = {"StudentEnrollment", "ObserverEnrollment"}


def is_posted(call: Call, topic: Topic) -> bool:
    """Whether everybody sees it: it is published, and if it is to be posted later that time has come."""
    return topic.state == "active" and (topic.delayed_post_at or call.now) <= call.now


def can_unpublish(call: Call, topic: Topic) -> bool:
    """Not an announcement, nor a discussion in which a student has spoken."""
    if topic.is_announcement:
        return False
    studying = {row.user_id for row in call.world.course_enrollments(topic.course_id) if row.type in STUDYING and row.state != "deleted"}
    return not any(entry.user_id in studying for entry in call.world.topic_entries(topic.id))


def check(call: Call, topic: Topic, published: bool) -> None:
    """Refuse to take back what people have seen and answered."""
    if not published and topic.state == "active" and not can_unpublish(call, topic):
        text = NEVER_DRAFT if topic.is_announcement else IN_USE
        flaw = {"attribute": "workflow_state", "type": text, "message": text}
        raise errors.refused(400, {"errors": {"published": [flaw]}})


def publish(call: Call, topic: Topic, published: bool) -> None:
    """The first publication moves the times of posting and of the last reply; each one is made known."""
    was_active = topic.state == "active"
    if published and not topic.was_published:
        topic.posted_at, topic.last_reply_at, topic.was_published = call.now, call.now, True
    topic.state = "active" if published else "unpublished"
    if is_posted(call, topic) and not was_active:
        notices.topic_posted(call, topic)


def pin(call: Call, topic: Topic, pinned: bool) -> None:
    """A pinned one goes to the top; unpinning leaves a gap."""
    if pinned and not topic.is_pinned:
        topic.position = positions.next_pinned(call, call.world.courses[topic.course_id])
    elif not pinned:
        topic.position = None
    topic.is_pinned = pinned


def put_after(call: Call, topic: Topic, number: int | None) -> None:
    """Below another pinned one, whose place it takes."""
    other = next((each for each in call.world.course_topics(topic.course_id) if each.id == number and each.is_pinned), None)
    if other is not None and other.position is not None and topic.is_pinned:
        pinned = [each for each in call.world.course_topics(topic.course_id) if each.is_pinned]
        positions.insert(topic, pinned, other.position)

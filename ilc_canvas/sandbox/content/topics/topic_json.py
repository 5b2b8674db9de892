"""How a discussion is shown: the keys of a Canvas of July 2022, in lists and single reads alike."""

from typing import Any

from ilc_canvas.sandbox.content import access, people
from ilc_canvas.sandbox.content.topics import topic_states
from ilc_canvas.sandbox.courses import markup
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import Course, Topic

CLOSED = "This topic is closed for comments."
NO_USE_HERE: dict[str, Any] = {
    "assignment_id": None,
    "root_topic_id": None,
    "podcast_has_student_posts": False,
    "lock_at": None,
    "allow_rating": False,
    "only_graders_can_rate": False,
    "sort_by_rating": False,
    "is_section_specific": False,
    "anonymous_state": None,
}


def as_json(call: Call, topic: Topic) -> dict[str, Any]:
    course, address = call.world.courses[topic.course_id], f"{call.base}/courses/{topic.course_id}/discussion_topics/{topic.id}"
    return {
        **NO_USE_HERE,
        "id": topic.id,
        "title": topic.title,
        "last_reply_at": in_utc(topic.last_reply_at),
        "created_at": in_utc(topic.created_at),
        "delayed_post_at": in_utc(topic.delayed_post_at),
        "posted_at": in_utc(topic.posted_at),
        "position": topic.position,
        "discussion_type": topic.type,
        "user_name": call.world.users[topic.user_id].name,
        "discussion_subentry_count": len(call.world.topic_entries(topic.id)),
        "permissions": permissions(call, course, topic),
        "require_initial_post": None,
        "user_can_see_posts": True,
        "podcast_url": None,
        **for_caller(call, topic),
        "attachments": [],
        "published": topic.state == "active",
        "can_unpublish": topic_states.can_unpublish(call, topic),
        "locked": topic.is_locked,
        "can_lock": True,
        "comments_disabled": False,
        "author": people.shown(call, topic.user_id, topic.course_id),
        "html_url": address,
        "url": address,
        "pinned": topic.is_pinned,
        "group_category_id": None,
        "can_group": not topic.is_announcement,
        "topic_children": [],
        "group_topic_children": [],
        **lock(call, course, topic),
        "message": markup.shown(topic.message, call.base, themed=call.theme),
        **({"subscription_hold": "topic_is_announcement"} if topic.is_announcement else {}),
        "todo_date": None,
    }


def as_written(call: Call, topic: Topic) -> dict[str, Any]:
    """The answer to a POST or PUT has one more key."""
    rows = call.world.course_enrollments(topic.course_id)
    return as_json(call, topic) | {"user_count": len({row.user_id for row in rows if row.state == "active"})}


def permissions(call: Call, course: Course, topic: Topic) -> dict[str, bool]:
    """Who moderates may do all, also reply in what is closed; others may change what they began themselves."""
    moderates = access.may(call, course, "read_forum", "moderate_forum")
    replies, own = access.may(call, course, "post_to_forum"), topic.user_id == call.caller.id
    return {
        "attach": moderates or replies,
        "update": moderates or own,
        "reply": moderates or (replies and not topic.is_locked),
        "delete": moderates or own,
    }


def for_caller(call: Call, topic: Topic) -> dict[str, Any]:
    """What it is to the person who asks; whoever began it has read it and follows it."""
    number = call.caller.id
    unread = [entry for entry in call.world.topic_entries(topic.id) if number not in entry.read_by]
    return {
        "read_state": "read" if number in topic.read_by else "unread",
        "unread_count": len(unread),
        "subscribed": not topic.is_announcement and topic.user_id == number,
    }


def lock(call: Call, course: Course, topic: Topic) -> dict[str, Any]:
    if not topic.is_locked or access.may(call, course, "read_forum", "moderate_forum"):
        return {"locked_for_user": False}
    info = {"asset_string": f"discussion_topic_{topic.id}", "can_view": True}
    return {"locked_for_user": True, "lock_info": info, "lock_explanation": CLOSED}


def deleted(call: Call, topic: Topic) -> dict[str, Any]:
    """The answer to a DELETE is the row itself, not the discussion as it is shown elsewhere."""
    empty = ("attachment_id", "cloned_item_id", "migration_id", "old_assignment_id", "subtopics_refreshed_at", "last_assignment_id")
    row = {
        **NO_USE_HERE,
        **dict.fromkeys((*empty, "external_feed_id", "group_category_id", "todo_date")),
        **dict.fromkeys(("could_be_locked", "podcast_enabled", "require_initial_post", "is_anonymous_author"), False),
        "id": topic.id,
        "context_id": topic.course_id,
        "context_type": "Course",
        "context_code": f"course_{topic.course_id}",
        "user_id": topic.user_id,
        "editor_id": topic.editor_id,
        "updated_at": in_utc(topic.updated_at),
        "deleted_at": in_utc(topic.updated_at),
        "workflow_state": topic.state,
        "delayed_post_at": in_utc(topic.delayed_post_at),
        "title": topic.title,
        "message": markup.shown(topic.message, call.base, themed=call.theme),
        "last_reply_at": in_utc(topic.last_reply_at),
        "created_at": in_utc(topic.created_at),
        "posted_at": in_utc(topic.posted_at),
        "position": topic.position,
        "discussion_type": topic.type,
        "pinned": topic.is_pinned,
        "locked": topic.is_locked,
        "root_account_id": call.world.root.id,
        "user": {"user": {"name": call.world.users[topic.user_id].name}},
    }
    return {"discussion_topic": row}

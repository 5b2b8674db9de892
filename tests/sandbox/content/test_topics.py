"""Discussions: drafts, places, locks, replies, and what a deletion leaves."""

from typing import Any

import pytest

from tests.sandbox.content.furniture import Furniture
from tests.sandbox.process import Sandbox


@pytest.mark.parametrize("who", ["admin", "teacher", "teacher_a", "ta_a", "student_a"])
def test_only_staff_begin_with_drafts(course: Furniture, who: str) -> None:
    """Without `published` a topic of an administrator, a teacher or a TA is a draft; a student's is published at once."""
    people = {
        "teacher": course.cast.teacher,
        "teacher_a": course.cast.teacher_a,
        "ta_a": course.cast.ta_a,
        "student_a": course.cast.student_a,
    }
    topic = course.topic(by=people.get(who))
    assert course.see_topic(topic)["published"] is (who == "student_a")


def test_students_see_no_drafts(course: Furniture) -> None:
    """A draft is not in a student's list, and reading it is 401."""
    topic, student = course.topic(), course.cast.student_a
    assert course.get("discussion_topics", by=student) == []
    assert course.ask("GET", f"discussion_topics/{topic}", by=student).status == 401


def test_locked_topic_closes_for_students(course: Furniture) -> None:
    """A locked topic says so to a student, who cannot reply; the administrator still can."""
    topic, student = course.topic(published="true", locked="true"), course.cast.student_a
    seen, own = course.see_topic(topic, by=student), course.see_topic(topic)
    assert (seen["locked_for_user"], seen["lock_explanation"]) == (True, "This topic is closed for comments.")
    assert (seen["permissions"]["reply"], own["permissions"]["reply"], own["lock_at"]) == (False, True, None)
    replies = [course.ask("POST", f"discussion_topics/{topic}/entries", {"message": "x"}, by=who).status for who in (student, None)]
    assert replies == [401, 201]


def test_lists_go_by_what_is_asked(watched_sandbox: Sandbox, course: Furniture) -> None:
    """Unpinned topics come newest first and pinned ones from the bottom up, unless titles or activity are asked for."""
    topics = []
    for title in ("Beta", "Alpha", "Gamma"):
        topics.append(course.topic(title, published="true"))
        watched_sandbox.forward(2)
    course.put_topic(topics[2], pinned="true")
    course.ask("POST", f"discussion_topics/{topics[0]}/entries", {"message": "x"})
    orders: tuple[dict[str, Any], ...] = ({}, {"order_by": "title"}, {"order_by": "recent_activity"})
    found = [[row["title"] for row in course.get("discussion_topics", **order)] for order in orders]
    assert found == [["Alpha", "Beta", "Gamma"], ["Alpha", "Beta", "Gamma"], ["Beta", "Gamma", "Alpha"]]


def test_student_reply_keeps_it_published(course: Furniture) -> None:
    """A topic in which a student has spoken cannot be made a draft again; a reply by staff is no hindrance."""
    topic = course.topic(published="true")
    course.ask("POST", f"discussion_topics/{topic}/entries", {"message": "x"}, by=course.cast.teacher)
    assert course.put_topic(topic, published="false").status == 200
    course.put_topic(topic, published="true")
    course.ask("POST", f"discussion_topics/{topic}/entries", {"message": "x"}, by=course.cast.student_a)
    refused = course.put_topic(topic, published="false")
    assert refused.body["errors"]["published"][0]["message"] == "This topic cannot be set to draft state because it contains posts."


def test_view_shows_replies_inside(course: Furniture) -> None:
    """The whole discussion comes in one piece, replies inside what they reply to, with its people."""
    topic, student = course.topic(published="true"), course.cast.student_a
    entry = course.ask("POST", f"discussion_topics/{topic}/entries", {"message": "<p>one</p>"}, by=student).body["id"]
    course.ask("POST", f"discussion_topics/{topic}/entries/{entry}/replies", {"message": "<p>two</p>"})
    view = course.get(f"discussion_topics/{topic}/view")
    assert view["view"][0]["replies"][0]["message"] == "<p>two</p>"
    assert {person["id"] for person in view["participants"]} == {1, student}
    assert [row["id"] for row in course.get(f"discussion_topics/{topic}/entries")] == [entry]


def test_deleted_topic_leaves_its_module(course: Furniture) -> None:
    """Its item leaves the list, and it cannot be made an item again."""
    topic, module = course.topic(), course.module()
    course.item(module, type="Discussion", content_id=topic)
    course.ask("DELETE", f"discussion_topics/{topic}")
    assert course.items(module) == []
    fields = {"module_item[type]": "Discussion", "module_item[content_id]": topic}
    refused = course.ask("POST", f"modules/{module}/items", fields)
    assert (refused.status, refused.body) == (400, {"message": "Could not find content"})


def test_students_change_their_own_alone(course: Furniture) -> None:
    """A student may change and delete what he or she began, and nothing else."""
    ours, student = course.topic(published="true"), course.cast.student_a
    own = course.topic("Mine", by=student)
    assert [course.put_topic(topic, by=student, title="x").status for topic in (own, ours)] == [200, 401]
    assert [course.ask("DELETE", f"discussion_topics/{topic}", by=student).status for topic in (own, ours)] == [200, 401]


def test_announcements_stand_apart(course: Furniture) -> None:
    """An announcement is published and closed, is in a list of its own, needs a message, and is never a draft."""
    news = course.topic("News", is_announcement="true")
    assert [row["id"] for row in course.get("discussion_topics", only_announcements="true")] == [news]
    assert (course.get("discussion_topics"), course.see_topic(news)["locked"]) == ([], True)
    empty = course.ask("POST", "discussion_topics", {"title": "x", "is_announcement": "true"})
    assert empty.body["errors"]["message"][0]["type"] == "blank"
    assert course.put_topic(news, published="false").status == 400


def test_later_news_are_not_active(course: Furniture) -> None:
    """An announcement of a later day is listed to those who teach at that day, but not as an active one; an unreadable day is 400."""
    news = course.topic("Later", is_announcement="true", delayed_post_at="2099-05-01T02:00:00Z")
    asked = {"context_codes[]": f"course_{course.cast.course}", "start_date": "2099-04-20", "end_date": "2099-05-10"}
    admin = course.cast.admin
    assert [row["id"] for row in admin.get("announcements", query=asked).body] == [news]
    assert admin.get("announcements", query=asked | {"active_only": "true"}).body == []
    assert admin.get("announcements", query=asked | {"as_user_id": str(course.cast.student_a)}).body == []
    refused = admin.get("announcements", query=asked | {"start_date": "soon"})
    assert (refused.status, refused.body) == (400, {"message": "Invalid start_date"})


def test_delayed_topic_waits(watched_sandbox: Sandbox, course: Furniture) -> None:
    """A topic that is to be posted later is seen by those who teach alone, and nobody is told; when its time has come all see it."""
    topic = course.topic(published="true", delayed_post_at="2099-05-01T02:00:00Z")
    student = course.cast.student_a
    assert [len(course.get("discussion_topics", by=by)) for by in (course.cast.teacher, student)] == [1, 0]
    assert course.ask("GET", f"discussion_topics/{topic}", by=student).status == 401
    assert watched_sandbox.messages() == []
    course.put_topic(topic, delayed_post_at="2021-05-01T02:00:00Z")
    assert len(course.get("discussion_topics", by=student)) == 1


@pytest.mark.parametrize(("codes", "status"), [([], 400), (["user_1"], 400), (["course_999"], 404)])
def test_announcements_need_courses(course: Furniture, codes: list[str], status: int) -> None:
    """The list over courses asks for codes of courses that are there."""
    assert course.cast.admin.get("announcements", query={"context_codes[]": codes}).status == status

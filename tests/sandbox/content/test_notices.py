"""What Canvas would queue for people because of pages and discussions: every recorded row."""

from collections.abc import Callable

import pytest

from tests.sandbox.content.furniture import Furniture
from tests.sandbox.process import Sandbox

Way = Callable[[Furniture, int, int, int], object]
PAGE, TOPIC = "Updated Wiki Page", "New Discussion Topic"
WAYS: dict[str, Way] = {
    "itself": lambda course, page, _, __: course.put_page(page, published="true"),
    "its item": lambda course, _, module, item: course.put_item(module, item, published="true"),
    "its module": lambda course, _, module, __: course.put_module(module, published="true"),
}


def told(sandbox: Sandbox) -> list[tuple[str, int]]:
    return sorted((row["notification"], row["user_id"]) for row in sandbox.messages())


def everyone(course: Furniture, notification: str, times: int = 1) -> list[tuple[str, int]]:
    cast = course.cast
    return sorted([(notification, number) for number in (cast.teacher, cast.teacher_a, cast.ta_a, cast.student_a, cast.student_b)] * times)


def test_publishing_a_course_is_silent(watched_sandbox: Sandbox, course: Furniture) -> None:
    """Nothing is queued when a course opens, whatever was made in it before."""
    course.change(event="claim")
    course.page(published="true")
    course.topic(published="true")
    course.change(event="offer")
    assert told(watched_sandbox) == []


def test_published_topic_tells_everyone(watched_sandbox: Sandbox, course: Furniture) -> None:
    """A topic made published is queued for everyone but its author; a draft and a new title for nobody."""
    draft = course.topic()
    course.put_topic(draft, title="Other")
    assert told(watched_sandbox) == []
    topic = course.topic(published="true")
    assert told(watched_sandbox) == everyone(course, TOPIC)
    assert {row["discussion_topic_id"] for row in watched_sandbox.messages()} == {topic}


def test_each_publication_tells_again(watched_sandbox: Sandbox, course: Furniture) -> None:
    """A draft that is published is queued each time, also by its module."""
    topic, module = course.topic(), course.module()
    course.item(module, type="Discussion", content_id=topic)
    for published in ("true", "false", "true", "false"):
        course.put_topic(topic, published=published)
    course.put_module(module, published="true")
    assert told(watched_sandbox) == everyone(course, TOPIC, 3)


def test_author_is_not_told(watched_sandbox: Sandbox, course: Furniture) -> None:
    """Whoever publishes is left out."""
    course.topic(by=course.cast.teacher, published="true")
    assert (TOPIC, course.cast.teacher) not in told(watched_sandbox)


@pytest.mark.parametrize("way", WAYS)
def test_old_page_tells_when_published(watched_sandbox: Sandbox, course: Furniture, way: str) -> None:
    """A page older than a minute is queued when it is published, in whichever way, and each time again."""
    page, module = course.page(), course.module()
    item = course.page_item(module, page)
    watched_sandbox.forward(61)
    for _ in range(2):
        WAYS[way](course, page, module, item)
        course.put_page(page, published="false")
    assert told(watched_sandbox) == everyone(course, PAGE, 2)
    assert {row["page_id"] for row in watched_sandbox.messages()} == {page}


@pytest.mark.parametrize("way", WAYS)
def test_young_page_tells_nobody(watched_sandbox: Sandbox, course: Furniture, way: str) -> None:
    """In the first minute of its life nothing is queued for a page, not even if that is asked for."""
    page, module = course.page(), course.module()
    item = course.page_item(module, page)
    WAYS[way](course, page, module, item)
    course.put_page(page, notify_of_update="true")
    assert told(watched_sandbox) == []


def test_notify_of_update_tells_everyone(watched_sandbox: Sandbox, course: Furniture) -> None:
    """notify_of_update queues a page older than a minute, also with nothing changed."""
    page = course.page(published="true")
    watched_sandbox.forward(61)
    course.put_page(page, notify_of_update="true")
    assert told(watched_sandbox) == everyone(course, PAGE)


def test_unpublished_course_tells_nobody(watched_sandbox: Sandbox, course: Furniture) -> None:
    """In an unpublished course nothing is queued for pages and topics."""
    course.change(event="claim")
    page = course.page()
    watched_sandbox.forward(61)
    course.put_page(page, published="true", notify_of_update="true")
    course.topic(published="true")
    assert told(watched_sandbox) == []


def test_quiet_changes_tell_nobody(watched_sandbox: Sandbox, course: Furniture) -> None:
    """Texts, titles, reverts, modules, items, menus, the front page and a page made published are queued for nobody."""
    page, module = course.page(published="true"), course.module()
    watched_sandbox.forward(61)
    course.put_page(page, title="Other", body="<p>x</p>")
    course.revert(page, 1)
    course.page_item(module, page)
    course.put_module(module, published="true")
    course.put_page(page, front_page="true")
    course.ask("PUT", "tabs/people", {"hidden": "true"})
    assert told(watched_sandbox) == []

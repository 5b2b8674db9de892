"""Who may do what to the content of a course, and who sees what of it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.conformance import Exchange
from tests.sandbox.conftest import Start
from tests.sandbox.content.furniture import Furniture
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

Deed = Callable[[Furniture, int | None], Exchange]
SYLLABUS: dict[str, Any] = {"include[]": "syllabus_body"}
EDITOR = ("manage_content", "read_course_content")
STAFF = ("teacher", "teacher_a", "ta_a")
DEEDS: dict[str, Deed] = {
    "make a page": lambda course, by: course.ask("POST", "pages", {"wiki_page[title]": "x"}, by=by),
    "publish a page": lambda course, by: course.put_page(course.page(), by=by, published="true"),
    "see versions": lambda course, by: course.ask("GET", f"pages/page_id:{course.page()}/revisions", by=by),
    "revert a page": lambda course, by: course.revert(course.page(), 1, by=by),
    "delete a page": lambda course, by: course.ask("DELETE", f"pages/page_id:{course.page()}", by=by),
    "make a module": lambda course, by: course.ask("POST", "modules", {"module[name]": "x"}, by=by),
    "publish a module": lambda course, by: course.put_module(course.module(), by=by, published="true"),
    "delete a module": lambda course, by: course.ask("DELETE", f"modules/{course.module()}", by=by),
    "change others' topics": lambda course, by: course.put_topic(course.topic(published="true"), by=by, title="x"),
    "hide a tab": lambda course, by: course.ask("PUT", "tabs/people", {"hidden": "true"}, by=by),
    "change the home": lambda course, by: course.change(by=by, default_view="feed"),
    "rename the course": lambda course, by: course.change(by=by, name="Other"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_staff_may_and_students_may_not(course: Furniture, deed: str) -> None:
    """Teachers and TAs may do all of it, limited to a section or not; a student is 401."""
    cast = course.cast
    people = {"teacher": cast.teacher, "teacher_a": cast.teacher_a, "ta_a": cast.ta_a}
    assert [DEEDS[deed](course, people[name]).status for name in STAFF] == [200] * 3
    assert DEEDS[deed](course, cast.student_a).status == 401


def test_renaming_takes(course: Furniture) -> None:
    """What a TA sends for the course is stored: its name and its home."""
    course.change(by=course.cast.ta_a, name="Hers", default_view="feed")
    assert (course.get("")["name"], course.home()) == ("Hers", "feed")


def test_content_admin_changes_no_course(course: Furniture) -> None:
    """An administrator with the content right alone is answered 200, and name and home are dropped; the syllabus is stored."""
    admin = course.cast.admin
    role = admin.ask("POST", "accounts/1/roles", {"label": "Editor", **{f"permissions[{name}][enabled]": "true" for name in EDITOR}}).body[
        "id"
    ]
    editor = admin.user("editor")
    admin.ask("POST", "accounts/1/admins", {"user_id": editor, "role_id": role})
    assert course.change(by=editor, name="Other", default_view="feed", syllabus_body="<p>x</p>").status == 200
    shown = course.get("", **SYLLABUS)
    assert (shown["name"], shown["default_view"], shown["syllabus_body"]) == ("Equity", "modules", "<p>x</p>")


@pytest.mark.parametrize("event", ["claim", "offer"])
def test_only_teachers_open_and_close(course: Furniture, event: str) -> None:
    """A teacher may publish a course and take it back, a TA may not."""
    assert course.change(by=course.cast.teacher, event=event).status == 200
    assert course.change(by=course.cast.ta_a, event=event).status == 401


def test_permissions_of_a_ta(course: Furniture) -> None:
    """A TA's permissions in the course have the rights for content, and neither those to publish nor those not in use here."""
    granted = ("manage_wiki_create", "manage_wiki_update", "manage_wiki_delete", "manage_content", "manage_calendar", "moderate_forum")
    lacking = ("manage_course_content_edit", "manage_courses_publish", "change_course_state")
    found = course.get("permissions", by=course.cast.ta_a)
    assert [found[name] for name in granted] == [True] * 6
    assert [found[name] for name in lacking] == [False] * 3


RIGHTS: dict[str, Deed] = {
    "manage_wiki_create": DEEDS["make a page"],
    "manage_wiki_update": lambda course, by: course.put_page(course.page(), by=by, title="x"),
    "manage_wiki_delete": DEEDS["delete a page"],
    "manage_content": DEEDS["make a module"],
    "manage_course_content_add": DEEDS["make a module"],
    "manage_course_content_edit": DEEDS["hide a tab"],
    "manage_course_content_delete": DEEDS["delete a module"],
    "read_forum": lambda course, by: course.ask("GET", "discussion_topics", by=by),
    "post_to_forum": lambda course, by: course.ask("POST", "discussion_topics", {"title": "x"}, by=by),
    "moderate_forum": lambda course, by: course.put_topic(course.topic(by=course.cast.student_a), by=by, title="x"),
    "read_course_content": lambda course, by: course.ask("GET", "pages", by=by),
    "change_course_state": lambda course, by: course.change(by=by, event="claim"),
}


@pytest.mark.parametrize("right", RIGHTS)
def test_missing_content_right_is_refused(watched_sandbox: Sandbox, course: Furniture, right: str) -> None:
    """Without the right the administrator is 401, and account permissions say that it is missing."""
    watched_sandbox.deny(right)
    answer = RIGHTS[right](course, None)
    assert (answer.status, answer.body["status"]) == (401, "unauthorized")
    assert course.cast.admin.get(f"accounts/self/permissions?permissions[]={right}").body == {right: False}


def test_later_canvas_refuses_with_403(start: Start) -> None:
    """A later Canvas answers 403 where this one answers 401."""
    admin = Person(start("--deny", "manage_wiki_create").url)
    assert admin.ask("POST", f"courses/{admin.course()}/pages", {"wiki_page[title]": "x"}).status == 403


def test_role_settings_count(course: Furniture) -> None:
    """A role of the school's own may take from its people what its base gives."""
    admin = course.cast.admin
    fields = {"label": "Reader", "base_role_type": "TaEnrollment", "permissions[manage_wiki_create][enabled]": "false"}
    role, reader = admin.ask("POST", "accounts/1/roles", fields).body["id"], admin.user("reader")
    admin.enroll(course.cast.course, reader, type="TaEnrollment", role_id=role)
    assert [DEEDS[deed](course, reader).status for deed in ("make a page", "make a module")] == [401, 200]


def test_strangers_see_nothing(course: Furniture) -> None:
    """Who is not in the course is 401 everywhere in it."""
    stranger = course.cast.admin.user("stranger")
    paths = ("", "pages", "modules", "discussion_topics", "tabs", "sections", "users", "front_page")
    assert {course.ask("GET", path, by=stranger).status for path in paths} == {401}


def test_topics_complete_nothing(course: Furniture) -> None:
    """Reading a discussion completes no requirement, neither by itself nor by its view."""
    topic, module, student = course.topic(published="true"), course.module(), course.cast.student_a
    course.item(module, type="Discussion", content_id=topic, **{"completion_requirement][type": "must_view"})
    course.put_module(module, published="true")
    course.see_topic(topic, by=student)
    course.get(f"discussion_topics/{topic}/view", by=student)
    assert course.items(module, by=student)[0]["completion_requirement"] == {"type": "must_view", "completed": False}


@pytest.mark.parametrize("path", ["pages", "modules", "discussion_topics", "users"])
def test_lists_count_as_activity(course: Furniture, path: str) -> None:
    """A list read by as_user_id counts as that person's activity, and as nobody else's."""
    course.get(path, by=course.cast.student_a)
    rows = course.get("enrollments", per_page=100)
    assert {row["user_id"] for row in rows if row["last_activity_at"]} == {course.cast.student_a}


def test_trail_is_not_configured(course: Furniture) -> None:
    """A Canvas on a school's own server may have no trail of its courses."""
    answer = course.cast.admin.get(f"audit/course/courses/{course.cast.course}")
    assert (answer.status, answer.body) == (404, {"message": "Audits module is not configured"})


def test_course_shows_no_stamp(course: Furniture) -> None:
    """A course has no stamp, and nothing tells when its syllabus was written."""
    course.change(syllabus_body="<p>x</p>")
    shown = course.get("", **SYLLABUS)
    assert ("updated_at" in shown, shown["syllabus_body"]) == (False, "<p>x</p>")

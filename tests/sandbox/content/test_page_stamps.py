"""Who is named on a page, what moves its stamp, and what makes a version of it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.content.furniture import Furniture
from tests.sandbox.process import Sandbox

Deed = Callable[[Furniture, int], Any]
BODIES: dict[str, Any] = {"include[]": "body"}
QUIET: dict[str, dict[str, Any]] = {
    "published=true": {"published": "true"},
    "published=false": {"published": "false"},
    "the same title": {"title": "Plan"},
    "editing_roles": {"editing_roles": "teachers,students"},
    "nothing known": {"foo": "bar"},
}


@pytest.mark.parametrize("what", QUIET)
def test_quiet_put_names_the_caller(watched_sandbox: Sandbox, course: Furniture, what: str) -> None:
    """A PUT that changes no text leaves stamp and versions, and makes the caller its last editor all the same."""
    page, teacher = course.page(), course.cast.teacher
    before = course.see_page(page)
    watched_sandbox.forward(2)
    after = course.put_page(page, by=teacher, **QUIET[what]).body
    assert (after["updated_at"], after["last_edited_by"]["id"]) == (before["updated_at"], teacher)
    assert [row["edited_by"]["id"] for row in course.revisions(page)] == [1]


def test_todo_date_makes_a_version(watched_sandbox: Sandbox, course: Furniture) -> None:
    """A to-do date makes a version by the caller whose time is that of the text; the same date again makes none."""
    page, teacher = course.page(), course.cast.teacher
    stamp = course.see_page(page)["updated_at"]
    watched_sandbox.forward(2)
    for _ in range(2):
        course.put_page(page, by=teacher, student_todo_at="2031-09-15T14:00:00Z")
    newest, oldest = course.revisions(page)
    assert (newest["edited_by"]["id"], newest["updated_at"], oldest["updated_at"]) == (teacher, stamp, stamp)


@pytest.mark.parametrize("published", ["true", "false"])
def test_publishing_in_modules_names_nobody(watched_sandbox: Sandbox, course: Furniture, published: str) -> None:
    """Publishing through an item or a module leaves stamp, versions and last editor."""
    page = course.page(published="true" if published == "false" else "false")
    module = course.module()
    item, before = course.page_item(module, page), course.see_page(page)
    watched_sandbox.forward(2)
    course.put_item(module, item, by=course.cast.teacher, published=published)
    course.put_module(module, by=course.cast.teacher, published="true")
    after = course.see_page(page)
    assert (after["updated_at"], after["last_edited_by"]["id"], after["published"]) == (before["updated_at"], 1, True)
    assert len(course.revisions(page)) == 1


def test_item_title_renames_the_page(watched_sandbox: Sandbox, course: Furniture) -> None:
    """A title sent to an item moves the page's stamp, names the caller, and makes a version by the caller."""
    page, teacher = course.page(), course.cast.teacher
    module = course.module()
    item, before = course.page_item(module, page), course.see_page(page)
    watched_sandbox.forward(2)
    course.put_item(module, item, by=teacher, title="Hers")
    after = course.see_page(page)
    assert (after["title"], after["url"], after["last_edited_by"]["id"]) == ("Hers", "hers", teacher)
    assert after["updated_at"] != before["updated_at"]
    assert [row["edited_by"]["id"] for row in course.revisions(page)] == [teacher, 1]


def test_revert_moves_stamp_and_editor(watched_sandbox: Sandbox, course: Furniture) -> None:
    """A revert to another text is a new version by the caller, with a new stamp."""
    page, teacher = course.page(), course.cast.teacher
    course.put_page(page, body="<p>other</p>")
    before = course.see_page(page)["updated_at"]
    watched_sandbox.forward(2)
    made = course.revert(page, 1, by=teacher).body
    after = course.see_page(page)
    assert (made["revision_id"], made["edited_by"]["id"], made["body"]) == (3, teacher, "<p>text</p>")
    assert (after["updated_at"] != before, after["last_edited_by"]["id"]) == (True, teacher)


def test_revert_to_equal_text_is_nothing(watched_sandbox: Sandbox, course: Furniture) -> None:
    """A revert to the present text answers the present version and moves nothing."""
    page = course.page()
    before = course.see_page(page)["updated_at"]
    watched_sandbox.forward(2)
    answer = course.revert(page, 1, by=course.cast.teacher)
    assert (answer.status, answer.body["revision_id"]) == (200, 1)
    assert course.see_page(page)["updated_at"] == before


def test_people_on_pages_have_addresses(course: Furniture) -> None:
    """Whoever is named on a page is shown by six keys, with the address in the course."""
    shown = course.see_page(course.page())["last_edited_by"]
    assert set(shown) == {"id", "anonymous_id", "display_name", "avatar_image_url", "html_url", "pronouns"}
    assert shown["html_url"].endswith(f"/courses/{course.cast.course}/users/1")


def test_revisions_are_paged_by_slug(course: Furniture) -> None:
    """The links between pages of versions name the slug, also if the page was asked for by page_id."""
    page = course.page()
    for text in ("a", "b", "c"):
        course.put_page(page, body=text)
    answer = course.ask("GET", f"pages/page_id:{page}/revisions", per_page=2)
    assert (len(answer.body), "/pages/plan/revisions?" in answer.links()["next"]) == (2, True)


def test_lists_have_no_bodies(course: Furniture) -> None:
    """The list of pages leaves bodies out, also if they are asked for."""
    course.page()
    assert all("body" not in row for row in course.get("pages", **BODIES))


def test_one_letter_searches_nothing(course: Furniture) -> None:
    """A search for one letter is 400 in a form of its own."""
    answer = course.ask("GET", "pages", search_term="x")
    flaw = {"field": "search_term", "code": "invalid", "message": "2 or more characters is required"}
    assert (answer.status, answer.body) == (400, {"errors": [flaw]})

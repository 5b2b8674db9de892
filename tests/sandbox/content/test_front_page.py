"""The front page, the home of a course, and how both are lost and found."""

from typing import Any

import pytest

from tests.sandbox.content.furniture import Furniture

FRONT: dict[str, Any] = {"published": "true", "front_page": "true"}


def reason(body: dict[str, dict[str, list[dict[str, str]]]], field: str) -> str:
    return body["errors"][field][0]["message"]


def test_home_needs_a_front_page(course: Furniture) -> None:
    """Without a front page the home cannot be one, and the other fields of the same PUT are not stored."""
    answer = course.change(default_view="wiki", name="Other")
    assert (answer.status, reason(answer.body, "default_view")) == (400, "A Front Page is required")
    assert course.get("")["name"] == "Equity"


def test_refused_home_publishes_all_the_same(course: Furniture) -> None:
    """event=offer in the same PUT is done although the answer is 400."""
    course.change(event="claim")
    assert course.change(event="offer", default_view="wiki").status == 400
    assert course.get("")["workflow_state"] == "available"


@pytest.mark.parametrize("first", ["offer", "front"])
def test_either_order_opens_a_course(course: Furniture, first: str) -> None:
    """Front page and home can come after publishing as well as before."""
    course.change(event="claim")
    if first == "offer":
        course.change(event="offer")
    course.page(**FRONT)
    course.change(default_view="wiki")
    assert course.change(event="offer").body["default_view"] == "wiki"


def test_front_and_published_in_one_put(course: Furniture) -> None:
    """A draft becomes the front page in the PUT that publishes it, and is refused without that."""
    page = course.page()
    refused = course.put_page(page, front_page="true")
    assert (refused.status, reason(refused.body, "front_page")) == (400, "The front page cannot be unpublished")
    assert course.put_page(page, **FRONT).body["front_page"] is True


def test_second_front_page_replaces_first(course: Furniture) -> None:
    """The first one is no longer the front page, and the home stays."""
    first = course.page("One", **FRONT)
    course.change(default_view="wiki")
    second = course.page("Two", **FRONT)
    assert (course.front(), course.see_page(first)["front_page"], course.home()) == (second, False, "wiki")


def test_giving_it_up_changes_home(course: Furniture) -> None:
    """front_page=false takes the mark off, and the home reads modules; on another page it changes nothing."""
    page, other = course.page("One", **FRONT), course.page("Two")
    course.change(default_view="wiki")
    course.put_page(other, front_page="false")
    assert (course.front(), course.home()) == (page, "wiki")
    course.put_page(page, front_page="false")
    assert (course.front(), course.home()) == (None, "modules")


def test_own_rename_keeps_it(course: Furniture) -> None:
    """A rename of the page itself keeps it the front page."""
    page = course.page(**FRONT)
    course.put_page(page, title="Other")
    assert course.front() == page


def test_rename_in_modules_loses_it(course: Furniture) -> None:
    """A rename through its item loses the front page, while the home still reads wiki; front_page=true repairs it."""
    page, module = course.page(**FRONT), course.module()
    item = course.page_item(module, page)
    course.change(default_view="wiki")
    course.put_item(module, item, title="Other")
    assert (course.front(), course.home(), course.see_page(page)["front_page"]) == (None, "wiki", False)
    course.put_page(page, front_page="true")
    assert course.front() == page


def test_lost_front_page_still_counts(course: Furniture) -> None:
    """After the loss the home can be set to wiki again, and the page can be unpublished by its item."""
    page, module = course.page(**FRONT), course.module()
    item = course.page_item(module, page)
    course.put_page(page, title="Other")
    course.revert(page, 1)
    assert course.change(default_view="wiki").status == 200
    assert course.put_item(module, item, published="false").body["published"] is False


def test_item_cannot_unpublish_it(course: Furniture) -> None:
    """While it is the front page its item leaves it published."""
    page, module = course.page(**FRONT), course.module()
    course.put_item(module, course.page_item(module, page), published="false")
    assert course.see_page(page)["published"] is True


@pytest.mark.parametrize("published", ["true", "false"])
def test_revert_keeps_the_state(course: Furniture, published: str) -> None:
    """A revert brings text back and leaves the page published or not."""
    page = course.page(published=published)
    course.put_page(page, body="<p>other</p>")
    course.revert(page, 1)
    assert course.see_page(page)["published"] is (published == "true")


def test_revert_to_a_taken_slug(course: Furniture) -> None:
    """If the former slug was taken meanwhile, title and slug get a number; an unknown version is 404."""
    page = course.page("Rev B")
    course.put_page(page, title="Rev C")
    course.page("Rev B")
    made = course.revert(page, 1)
    assert (made.status, made.body["title"], made.body["url"]) == (200, "Rev B-2", "rev-b-2")
    assert course.revert(page, 99).status == 404


def test_namesake_comes_back_published(course: Furniture) -> None:
    """A new page that is titled as the front page is gets a number, is published unasked, and is not the front page."""
    front = course.page("Welcome", **FRONT)
    page = course.see_page(course.page("Welcome"))
    assert (page["title"], page["published"], page["front_page"], course.front()) == ("Welcome-2", True, False, front)


def test_put_front_page_makes_one(course: Furniture) -> None:
    """Without a front page a PUT makes a published one, with one it changes that; it cannot be made a draft."""
    made = course.ask("PUT", "front_page", {"wiki_page[title]": "Welcome"}).body
    changed = course.ask("PUT", "front_page", {"wiki_page[body]": "<p>x</p>"}).body
    assert (made["published"], changed["page_id"], changed["body"]) == (True, made["page_id"], "<p>x</p>")
    refused = course.ask("PUT", "front_page", {"wiki_page[published]": "false"})
    assert (refused.status, reason(refused.body, "published")) == (400, "The front page cannot be unpublished")

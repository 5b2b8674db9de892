"""Modules and their items: what is published with what, and how places move."""

from typing import Any

import pytest

from tests.sandbox.content.furniture import Furniture

MUST_VIEW: dict[str, Any] = {"completion_requirement][type": "must_view"}


def filled(course: Furniture) -> tuple[int, int, int]:
    """A module with a draft page and a draft discussion: their numbers."""
    page, topic, module = course.page(), course.topic(), course.module()
    course.page_item(module, page)
    course.item(module, type="Discussion", content_id=topic)
    return module, page, topic


def states(course: Furniture, module: int) -> list[bool]:
    return [row["published"] for row in course.items(module)]


@pytest.mark.parametrize("more", [{}, {"skip_content_tags": "true"}, {"name": "Week one"}])
def test_publishing_publishes_all_behind(course: Furniture, more: dict[str, Any]) -> None:
    """Every item, page and discussion is published with the module; skip_content_tags makes no difference in this build."""
    module, page, topic = filled(course)
    answer = course.put_module(module, published="true", **more)
    assert (answer.body["publish_warning"], "unpublish_warning" in answer.body) == (False, False)
    assert states(course, module) == [True, True]
    assert (course.see_page(page)["published"], course.see_topic(topic)["published"]) == (True, True)


def test_publishing_again_undoes_hiding(course: Furniture) -> None:
    """What somebody has hidden is published again with the module, though the module was published already."""
    module, page, _ = filled(course)
    course.put_module(module, published="true")
    course.put_page(page, by=course.cast.teacher, published="false")
    course.put_module(module, name="Week one")
    assert states(course, module) == [False, True]
    course.put_module(module, published="true")
    assert states(course, module) == [True, True]


def test_unpublishing_leaves_all_behind(course: Furniture) -> None:
    """published=false unpublishes the module alone."""
    module, page, topic = filled(course)
    course.put_module(module, published="true")
    assert course.put_module(module, published="false").body["published"] is False
    assert states(course, module) == [True, True]
    assert (course.see_page(page)["published"], course.see_topic(topic)["published"]) == (True, True)


def test_heading_and_link_have_own_states(course: Furniture) -> None:
    """Headings and links begin unpublished, are published by a PUT of their own or with the module, and are renamed alone."""
    module = course.module()
    heading = course.item(module, type="SubHeader", title="Part")
    link = course.item(module, type="ExternalUrl", title="Site", external_url="https://example.org", new_tab="true")
    assert states(course, module) == [False, False]
    course.put_item(module, heading, published="true", title="Part one")
    assert [(row["title"], row["published"]) for row in course.items(module)] == [("Part one", True), ("Site", False)]
    course.put_module(module, published="true")
    assert course.get(f"modules/{module}/items/{link}")["published"] is True


@pytest.mark.parametrize("size", [None, 10, 30, 100, 500])
def test_items_come_whole_with_modules(course: Furniture, size: int | None) -> None:
    """All items of a module come with it, whatever per_page says."""
    module = course.module()
    for number in range(30):
        course.item(module, type="SubHeader", title=f"Part {number}")
    asked: dict[str, Any] = {"include[]": "items", **({"per_page": size} if size else {})}
    assert len(course.get("modules", **asked)[0]["items"]) == 30


def test_deleted_module_is_gone(course: Furniture) -> None:
    """GET, PUT, its items and new items are 404; the page and the discussion stay."""
    module, page, topic = filled(course)
    course.ask("DELETE", f"modules/{module}")
    paths = (("GET", f"modules/{module}"), ("PUT", f"modules/{module}"), ("GET", f"modules/{module}/items"))
    assert [course.ask(verb, path).status for verb, path in paths] == [404] * 3
    assert (course.see_page(page)["title"], course.see_topic(topic)["title"]) == ("Plan", "Talk")


def test_modules_without_places_tie(course: Furniture) -> None:
    """One after the other they all get the same place, unless something else touches the course in between."""
    first = [course.module(), course.module(), course.module()]
    course.page()
    last = course.module()
    places = {row["id"]: row["position"] for row in course.get("modules")}
    assert ([places[number] for number in first], places[last]) == ([1, 1, 1], 2)


def test_ties_are_repaired_in_order(course: Furniture) -> None:
    """Places sent one by one in order bring tied modules into order, though ties are left."""
    modules = [course.module() for _ in range(5)]
    for place, module in enumerate(modules, 1):
        course.put_module(module, position=place)
    assert [(row["id"], row["position"]) for row in course.get("modules")] == list(zip(modules, [1, 1, 1, 3, 5], strict=True))


def test_items_follow_their_order(course: Furniture) -> None:
    """Items made one after the other stand in that order, and one that is put in the middle moves those after it."""
    module = course.module()
    made = [course.item(module, type="SubHeader", title=name) for name in "abc"]
    middle = course.item(module, type="SubHeader", title="m", position=2)
    assert [row["id"] for row in course.items(module)] == [made[0], middle, *made[1:]]


def test_item_moves_to_another_module(course: Furniture) -> None:
    """Without a place it is the last there and has none; an unknown module is 400."""
    here, there = course.module("Here", position=1), course.module("There", position=2)
    item = course.item(here, type="SubHeader", title="Part")
    moved = course.put_item(here, item, module_id=there)
    assert (moved.body["module_id"], moved.body["position"]) == (there, None)
    assert [row["id"] for row in course.items(there)] == [item]
    refused = course.put_item(there, item, module_id=999)
    assert (refused.status, refused.body) == (400, {"message": "invalid module_id"})


def test_prerequisites_stand_before(course: Furniture) -> None:
    """Only modules that stand before it can come first; others are silently dropped."""
    first, second = course.module("One", position=1), course.module("Two", position=2)
    assert course.put_module(second, **{"prerequisite_module_ids][": first}).body["prerequisite_module_ids"] == [first]
    assert course.put_module(first, **{"prerequisite_module_ids][": second}).body["prerequisite_module_ids"] == []


def test_new_demands_warn_of_locking(course: Furniture) -> None:
    """Publishing a module with a requirement in an open course warns that people may be locked out."""
    module, page, _ = filled(course)
    course.put_item(module, course.items(module)[0]["id"], **MUST_VIEW)
    assert course.put_module(module, published="true").body["relock_warning"] is True
    assert "relock_warning" not in course.put_module(module, published="true").body
    assert course.see_page(page)["published"] is True

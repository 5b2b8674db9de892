"""By which address a page is read, and what a PUT to a wrong one makes."""

import pytest

from tests.sandbox.content.furniture import Furniture


@pytest.mark.parametrize("ref", ["nothing-here", "page_id:999999", "old-name"])
def test_put_to_unknown_makes_a_page(course: Furniture, ref: str) -> None:
    """A slug that is not there, a former one and an unknown number are 404 for GET, and a PUT makes a page of them."""
    renamed = course.page("Old name")
    course.put_page(renamed, title="New name")
    assert course.ask("GET", f"pages/{ref}").status == 404
    made = course.ask("PUT", f"pages/{ref}", {"wiki_page[body]": "x"})
    assert (made.status, made.body["title"].lower()) == (200, ref.replace("-", " ").replace("_", " "))
    assert made.body["page_id"] != renamed


def test_bare_number_is_the_page(course: Furniture) -> None:
    """A number alone reads and writes the page with that number."""
    page = course.page()
    course.ask("PUT", f"pages/{page}", {"wiki_page[title]": "Other"})
    assert course.get(f"pages/{page}")["title"] == "Other"


def test_deleted_page_is_refused(course: Furniture) -> None:
    """A deleted page is 401 by its number for reading, writing and versions, 404 by its slug, and a PUT makes nothing."""
    page = course.page()
    course.ask("DELETE", f"pages/page_id:{page}")
    assert [course.ask(verb, f"pages/page_id:{page}").status for verb in ("GET", "PUT", "DELETE")] == [401] * 3
    assert course.ask("GET", f"pages/page_id:{page}/revisions").status == 401
    assert (course.ask("GET", "pages/plan").status, course.ask("GET", f"pages/{page}").status) == (404, 404)
    assert course.get("pages") == []


def test_deletion_frees_the_slug(course: Furniture) -> None:
    """The same title gets the old slug back, with another number."""
    first = course.page()
    course.ask("DELETE", f"pages/page_id:{first}")
    second = course.see_page(course.page())
    assert (second["title"], second["url"], second["page_id"] != first) == ("Plan", "plan", True)


def test_item_title_is_overwritten(course: Furniture) -> None:
    """An item that was made with a title of its own leaves the page's, and the next rename of the page overwrites it."""
    page, module = course.page(), course.module()
    course.page_item(module, page, title="Own")
    assert (course.see_page(page)["title"], course.items(module)[0]["title"]) == ("Plan", "Own")
    course.put_page(page, title="Next")
    row = course.items(module)[0]
    assert (row["title"], row["page_url"], row["url"].rpartition("/")[2]) == ("Next", "next", "next")


@pytest.mark.parametrize("title", ["!!!", "x" * 256])
def test_odd_titles_are_refused(course: Furniture, title: str) -> None:
    """A title without a letter or a number, and one of more than 255 letters, are 400."""
    answer = course.ask("POST", "pages", {"wiki_page[title]": title})
    assert (answer.status, list(answer.body["errors"])) == (400, ["title"])


def test_huge_body_is_refused(course: Furniture) -> None:
    """A body of more than 500,000 bytes is 400, and no page is made."""
    answer = course.ask("POST", "pages", {"wiki_page[title]": "Huge", "wiki_page[body]": "x" * 500_001})
    assert (answer.status, answer.body["errors"]["body"][0]["type"]) == (400, "too_long")
    assert course.get("pages") == []


def test_unknown_editing_roles_are_refused(course: Furniture) -> None:
    """Roles are a list of four words; blanks after commas go, another word is 400."""
    page = course.page(editing_roles="teachers, students")
    assert course.see_page(page)["editing_roles"] == "teachers,students"
    assert course.put_page(page, editing_roles="everybody").status == 400

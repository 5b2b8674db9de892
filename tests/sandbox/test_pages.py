"""Pages, as far as the sandbox has them."""

import pytest

from tests.sandbox.conformance import Exchange
from tests.sandbox.person import Person


def paged(admin: Person, course: int, title: str) -> Exchange:
    return admin.ask("POST", f"courses/{course}/pages", {"wiki_page[title]": title})


@pytest.mark.parametrize(
    ("title", "named", "slug"),
    [
        ("Same title", "Same title-4", "same-title-4"),
        ("Same title-2", "Same title-4", "same-title-2-2"),
        ("same TITLE", "same TITLE", "same-title-4"),
        ("Same  title!", "Same  title!", "same-title-4"),
        ("C\u00f3mo trabajamos", "C\u00f3mo trabajamos", "como-trabajamos"),
    ],
)
def test_taken_titles_get_numbers(admin: Person, title: str, named: str, slug: str) -> None:
    """After three pages of one title, another of it is counted on; titles that only look alike get a number in the slug alone."""
    course = admin.course()
    for _ in range(3):
        paged(admin, course, "Same title")
    made = paged(admin, course, title)
    assert (made.status, made.body["title"], made.body["url"]) == (200, named, slug)


def test_blank_title_is_refused(admin: Person) -> None:
    """A blank title is 400 with an error of its field."""
    answer = paged(admin, admin.course(), "")
    flaw = {"attribute": "title", "type": "Title can't be blank", "message": "Title can't be blank"}
    assert (answer.status, answer.body) == (400, {"errors": {"title": [flaw]}})

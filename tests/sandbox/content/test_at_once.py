"""What several people do at the same moment. Requests take a while here, so that they do meet."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.sandbox.calendar.cast import settle
from tests.sandbox.conformance import Exchange
from tests.sandbox.content.furniture import Furniture
from tests.sandbox.person import Person
from tests.sandbox.process import start_sandbox

Send = Callable[[int], Exchange]
TABS = ("people", "pages", "files", "grades")


@pytest.fixture(scope="module")
def slow() -> Iterator[Furniture]:
    with start_sandbox("--canvas", "2022-07", "--latency-ms", "250") as sandbox:
        yield Furniture(settle(Person(sandbox.url)))


@pytest.fixture
def place(slow: Furniture) -> Furniture:
    """A new course in which every request takes a quarter of a second."""
    cast = slow.cast
    return Furniture(type(cast)(**{**vars(cast), "course": cast.admin.course()}))


def together(send: Send, size: int) -> list[Exchange]:
    """One request for each number, all begun at one moment."""
    gate = Barrier(size)

    def one(number: int) -> Exchange:
        gate.wait()
        return send(number)

    with ThreadPoolExecutor(size) as pool:
        return list(pool.map(one, range(size)))


def test_menus_lose_changes(place: Furniture) -> None:
    """Of four entries hidden at once two are not hidden afterwards, though each answer says that its own is."""
    answers = together(lambda number: place.ask("PUT", f"tabs/{TABS[number]}", {"hidden": "true"}), 4)
    assert [(answer.status, answer.body["hidden"]) for answer in answers] == [(200, True)] * 4
    assert len([row for row in place.get("tabs") if row.get("hidden")]) == 2


def test_menus_keep_changes_in_turn(place: Furniture) -> None:
    """One after the other all four are hidden."""
    for name in TABS:
        place.ask("PUT", f"tabs/{name}", {"hidden": "true"})
    assert {row["id"] for row in place.get("tabs") if row.get("hidden")} == set(TABS)


def test_equal_titles_share_a_slug(place: Furniture) -> None:
    """Three equal titles at once: all are made, with one slug, by which the lowest number is found; a rename gives one its own."""
    made = [answer.body for answer in together(lambda _: place.ask("POST", "pages", {"wiki_page[title]": "Twin"}), 3)]
    numbers = sorted(row["page_id"] for row in made)
    assert {row["url"] for row in made} == {"twin"}
    assert place.get("pages/twin")["page_id"] == numbers[0]
    assert place.put_page(numbers[2], title="Third").body["url"] == "third"


def test_front_pages_meet_a_deadlock(place: Furniture) -> None:
    """Three front pages at once: one is made, two are 500, and one of those leaves its page behind, published and not front."""
    fields = {"wiki_page[published]": "true", "wiki_page[front_page]": "true"}
    answers = together(lambda number: place.ask("POST", "pages", {"wiki_page[title]": f"Home {number}", **fields}), 3)
    assert sorted(answer.status for answer in answers) == [200, 500, 500]
    pages = place.get("pages")
    assert sorted((row["published"], row["front_page"]) for row in pages) == [(True, False), (True, True)]


def test_modules_tie(place: Furniture) -> None:
    """Modules made at once without a place tie."""
    together(lambda number: place.ask("POST", "modules", {"module[name]": f"W{number}"}), 4)
    assert max(Counter(row["position"] for row in place.get("modules")).values()) > 1


def test_items_tie(place: Furniture) -> None:
    """Items made at once without a place tie."""
    module = place.module()
    fields = {"module_item[type]": "SubHeader", "module_item[title]": "Part"}
    together(lambda _: place.ask("POST", f"modules/{module}/items", fields), 4)
    assert max(Counter(row["position"] for row in place.items(module)).values()) > 1


def test_pinned_topics_tie(place: Furniture) -> None:
    """Topics pinned at once tie."""
    together(lambda number: place.ask("POST", "discussion_topics", {"title": f"T{number}", "pinned": "true"}), 4)
    assert max(Counter(row["position"] for row in place.get("discussion_topics")).values()) > 1


def test_different_pages_are_no_trouble(place: Furniture) -> None:
    """Eight pages of different titles at once are eight pages with their own slugs."""
    answers = together(lambda number: place.ask("POST", "pages", {"wiki_page[title]": f"Page {number}"}), 8)
    assert {answer.status for answer in answers} == {200}
    assert len({row["url"] for row in place.get("pages")}) == 8

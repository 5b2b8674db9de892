"""Furnishing a course in bad weather: whatever becomes of a call, nothing is there twice, and nobody waits for a page."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

import pytest

from ilc_canvas.program.courses.content import Page
from ilc_canvas.reconcile.errors import IlcError
from tests.sampling import sampled
from tests.sandbox.process import Sandbox, start_sandbox
from tests.stores import copied, new_store
from tests.sync.crash import Crash, Forge
from tests.sync.furniture import EQ, SHELF, Furnished, marked
from tests.sync.roster import FIRST, SECOND
from tests.sync.world import NOW, World, approved

WRITES = 3 + 2 + 2 * 3 + 4 + 1 + 2
"""Pages, discussions, modules (made and named), items, a menu entry, the home page (front page and view)."""
FAULTS = ("503", "500", "reset-before", "reset-after", "429", "truncate")


@pytest.fixture(scope="module")
def canvas() -> Iterator[Sandbox]:
    """A Canvas whose courses have people and no content yet."""
    with start_sandbox("--now", NOW) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def built(canvas: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> World:
    """After the first fill, before courses had content: to be copied."""
    world = approved(canvas, new_store(tmp_path_factory.mktemp("built")))
    assert world.run().status == "applied"
    world.begun_with(canvas.state())
    canvas.keep()
    return world


@pytest.fixture
def world(built: World, tmp_path: Path) -> Furnished:
    """A course that is about to be furnished: its plan has been approved."""
    built.sandbox.go_back()
    world = Furnished(built.sandbox, copied(built.store, tmp_path / "world"), FIRST)
    held = world.run()
    assert [reason.code for reason in held.reasons] == ["content-first"]
    world.approve(held.digest)
    world.sandbox.forget_requests()
    return world


def doubles(world: Furnished) -> list[str]:
    """What is in the course more than once: pages, discussions and modules by title, items by module and title."""
    path = f"courses/{world.course()}"
    names = [f"{kind} {row[title]}" for kind, title in (("pages", "title"), ("discussion_topics", "title"), ("modules", "name"))
             for row in world.human().get(f"{path}/{kind}", query={"per_page": "100"}).body]  # fmt: skip
    names += [f"item {name} {item['title']}" for name, row in world.modules().items() for item in row["items"]]
    return [name for name, count in Counter(names).items() if count > 1]


def finished(world: Furnished) -> None:
    """In the end all of it is there once, and the next run writes nothing."""
    world.heal(3)
    assert doubles(world) == []
    assert {name: len(row["items"]) for name, row in world.modules().items()} == {"Start here": 2, "Our cycle": 1, "For facilitators": 1}
    assert (len(world.pages()), len(world.topics())) == (3, 2)
    assert world.human().get(f"courses/{world.course()}/front_page").body["title"] == "Home"
    assert (world.run().writes, world.audit(world.sandbox.state())) == (0, [])


def test_without_faults(world: Furnished) -> None:
    """One course takes as many writes as it has things, none of them about people."""
    report = world.run()
    assert (report.status, report.writes) == ("applied", WRITES)
    assert len(EACH) == WRITES
    finished(world)


EACH = [("POST", nth) for nth in range(1, 13)] + [("PUT", nth) for nth in range(1, 7)]


BAD = [(fault, *each) for fault in FAULTS for each in EACH]


@pytest.mark.parametrize(("fault", "method", "nth"), sampled("faults while a course is furnished", BAD, 24, kind=lambda case: case[:2]))
def test_fault_at_each_write(world: Furnished, fault: str, method: str, nth: int) -> None:
    """Whichever write meets a fault, everything is there once in the end."""
    world.sandbox.fault(fault, f"courses/{world.course()}", method=method, nth=nth)
    with suppress(IlcError):
        world.run()
    assert world.sandbox.faults_left() == []
    world.sandbox.mend()
    finished(world)


POINTS = (("send", "before", WRITES), ("send", "after", WRITES), ("intended", "after", 14), ("happened", "before", 14))
DEATHS = [Crash(point, side, n, in_flight=width) for point, side, most in POINTS for n in range(1, most + 1) for width in (1, 6)]


@pytest.mark.parametrize("crash", sampled("deaths while a course is furnished", DEATHS, 24, kind=attrgetter("point", "side")), ids=str)
def test_killed_run_heals(world: Furnished, forge: Forge, crash: Crash) -> None:
    """A run that is killed at any write is finished by the next ones, with everything there once."""
    assert forge.run(world.sandbox.url, world.store, crash, furnished=True) == -9
    finished(world)


@pytest.mark.parametrize("right", ["manage_wiki_create", "post_to_forum", "manage_content"])
def test_missing_right_delays_nobody(world: Furnished, right: str) -> None:
    """Without a right to write content that content waits, with one sentence; everybody joins and leaves as the roster asks."""
    world.finalize(SECOND)
    world.sandbox.deny(right)
    report = world.sync()
    world.sandbox.deny()
    assert (report.status, report.failed, set(report.deferred)) == ("partial", 0, {"no-right"})
    assert "for a right of the token in Canvas" in report.sentence
    assert world.complaints() == []
    world.sync()
    finished(world)


def test_broken_content_delays_nobody(world: Furnished) -> None:
    """Canvas refuses each page: after five in a row no more are tried, and everybody joins and leaves as the roster asks."""
    world.finalize(SECOND)
    world.sandbox.faults([{"do": "500", "path": f"courses/{world.course()}/pages", "method": "POST", "nth": 1, "times": 99}])
    more = tuple(Page(key=f"more-{n}", title=f"More {n}", html=marked(EQ, f"more-{n}", f"<p>{n}</p>")) for n in range(9))
    world.shelf = replace(SHELF, more=more)
    report = world.sync()
    world.sandbox.mend()
    assert {key.kind for key in report.failures} <= {"page", "item", "home"}
    assert world.complaints() == []


def test_unread_content_delays_nobody(world: Furnished) -> None:
    """If the pages of a course cannot be read, nothing is concluded about them, and nobody waits."""
    assert world.run().status == "applied"
    world.finalize(SECOND)
    world.sandbox.faults([{"do": "500", "path": f"courses/{world.course()}/pages", "method": "GET", "nth": 1, "times": 99}])
    report = world.sync()
    world.sandbox.mend()
    assert (report.drift, world.complaints()) == (0, [])
    finished(world)


def test_broken_templates_delay_nobody(world: Furnished) -> None:
    """If the texts cannot be used, that is said, the run is not green, and everybody joins and leaves as the roster asks."""
    world.finalize(SECOND)
    world.shelf = replace(SHELF, fault="The texts of the courses cannot be used.")
    report = world.sync()
    assert (report.status, report.warnings[0]) == ("partial", "The texts of the courses cannot be used.")
    assert world.complaints() == []

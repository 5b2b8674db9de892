"""Content that somebody has deleted, and content that was there before ours."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.content import page_saving
from ilc_canvas.canvas.records import Row
from ilc_canvas.reconcile.run.values import RunRequest
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.decisions import drift
from tests.sandbox.process import start_sandbox
from tests.stores import new_store
from tests.sync.furniture import EQ, SHELF, Furnished, Shelf
from tests.sync.roster import FIRST
from tests.sync.test_declines import decline
from tests.sync.world import NOW, SCOPE, again, now, opened

ARTS = EQ.replace(":EQ", ":AI")
BARE = Shelf(courses=())
BOTH = Shelf(courses=(EQ, ARTS))
HABITS = "How we work together"


@pytest.fixture
def world(kept_furnished: Furnished, tmp_path: Path) -> Furnished:
    """After the first fill; the log of requests is empty."""
    return again(kept_furnished, tmp_path / "world")


def put_back(world: Furnished) -> set[str]:
    """Somebody has all put back that the newest plan has found; of which kinds that was."""
    return decide(world, "put-back")


def decide(world: Furnished, choice: str) -> set[str]:
    """The same with another decision."""
    scope = CanvasScope(world.sandbox.url, SCOPE)
    with opened(world.store) as store:
        rows = [each.row for each in drift.found(store, scope)]
        drift.decide(store, scope, rows, choice=choice, actor="ana", reason="seen", at=now())
    return {str(row.key.kind) for row in rows}


def titles(world: Furnished, module: str) -> list[str]:
    """What a module holds."""
    return [item["title"] for item in world.modules()[module]["items"]]


@pytest.mark.parametrize("kind", ["page", "topic", "module"])
def test_comes_back_with_its_items(world: Furnished, kind: str) -> None:
    """Canvas deletes items along with their page, discussion or module; whoever has that put back gets the items back, in the same run."""
    address = {
        "page": f"pages/page_id:{world.pages()[HABITS]['page_id']}",
        "topic": f"discussion_topics/{world.topics()['Introduce yourself']['id']}",
        "module": f"modules/{world.modules()['Start here']['id']}",
    }
    assert world.human().ask("DELETE", f"courses/{world.course()}/{address[kind]}").status == 200
    assert world.run().drift == 1
    assert put_back(world) == {kind}
    report = world.sync()
    assert (report.status, report.drift, set(titles(world, "Start here"))) == ("applied", 0, {HABITS, "Introduce yourself"})
    again = world.run()
    assert (again.writes, again.drift) == (0, 0)


def test_kept_deletion_keeps_the_item_away(world: Furnished) -> None:
    """Somebody keeps the deletion of a page: neither the page nor its item comes back, or is listed again."""
    world.human().ask("DELETE", f"courses/{world.course()}/pages/page_id:{world.pages()[HABITS]['page_id']}")
    assert world.run().drift == 1
    decide(world, "keep")
    report = world.run()
    assert (report.writes, report.drift, titles(world, "Start here")) == (0, 0, ["Introduce yourself"])


def test_page_deleted_before_the_write_is_not_made(world: Furnished, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody deletes a page after the plan was made, or between our look and our write: no other page takes its number for a title."""
    look, done = page_saving.one, list[int]()

    def then_deleted(access: Access, course: Key, number: int) -> Row:
        row = look(access, course, number)
        if row["title"] == HABITS and not done:
            done.append(number)
            assert world.human().ask("DELETE", f"courses/{world.course()}/pages/page_id:{number}").status == 200
        return row

    monkeypatch.setattr(page_saving, "one", then_deleted)
    world.shelf = replace(SHELF, habits="Start from what works.")
    before = set(world.pages())
    report = world.run()
    assert (done != [], report.status) == (True, "partial")
    assert set(world.pages()) == before - {HABITS}
    assert world.run().writes == 0


@contextmanager
def bare_world(folder: Path) -> Iterator[Furnished]:
    """An installation that is in use, from before it had content."""
    with start_sandbox("--now", NOW) as sandbox:
        world = Furnished(sandbox, new_store(folder), FIRST, shelf=BARE)
        world.finalize(FIRST)
        assert world.sync().status == "applied"
        yield world


def test_furnished_by_hand_is_held_course_by_course(tmp_path: Path) -> None:
    """An installation in use takes up content: a course that others have furnished waits for a person, the other one too but for its own
    reason; people go on. Once approved, ours stands beside theirs, and nothing of theirs has changed.
    """
    with bare_world(tmp_path) as world:
        made = world.human().ask("POST", f"courses/{world.course()}/pages", {"wiki_page[title]": "Home", "wiki_page[body]": "<p>Ours.</p>"})
        time.sleep(1.1)
        world.shelf = BOTH
        held = world.run()
        assert (held.status, held.writes, {each.code for each in held.reasons}) == ("held", 0, {"content-by-hand", "content-first"})
        by_hand = next(each for each in held.reasons if each.code == "content-by-hand")
        assert {str(key.id).split(":cop:")[1][:2] for key in by_hand.keys} == {"EQ"}
        assert world.sync().status == "applied"
        mine = world.human().get(f"courses/{world.course()}/pages/page_id:{made.body['page_id']}").body
        assert (mine["title"], mine["body"], mine["updated_at"]) == ("Home", "<p>Ours.</p>", made.body["updated_at"])
        assert "Home-2" in world.pages()
        assert (world.run().writes, world.run().drift) == (0, 0)


def test_furnished_by_hand_is_left_once_declined(tmp_path: Path) -> None:
    """Somebody declines what ours would add to a course that others have furnished: it stays as it is, and the other course goes on."""
    with bare_world(tmp_path) as world:
        world.human().ask("POST", f"courses/{world.course()}/pages", {"wiki_page[title]": "Home", "wiki_page[body]": "<p>Ours.</p>"})
        world.shelf = BOTH
        decline(world, world.run(ask=RunRequest("ana", "look", "", only=("cop:EQ",))), "furnished by hand")
        held = world.run()
        assert (held.status, [each.code for each in held.reasons]) == ("held", ["content-first"])
        report = world.sync()
        assert (report.status, list(world.pages()), world.modules()) == ("applied", ["Home"], {})
        assert world.human().get(f"courses/{world.course(ARTS)}/front_page").status == 200
        assert world.run().writes == 0

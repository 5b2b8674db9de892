"""What a course holds beside its people: made once, refreshed where nobody has touched it, and left wherever somebody has."""

import re
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from ilc_canvas import clock
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.content import page_saving
from ilc_canvas.canvas.kinds.content.page_saving import SAVED_MEANWHILE
from ilc_canvas.canvas.records import Row
from ilc_canvas.program.courses.content import Page
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.values import RunRequest
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.decisions.drift import found
from ilc_canvas.store.runs.details import run as run_of
from ilc_canvas.store.runs.ledger import everything
from ilc_canvas.views.names import Names
from ilc_canvas.views.runs.plan import drift_line
from tests.sync.furniture import EQ, SHELF, Furnished, marked
from tests.sync.roster import SECOND
from tests.sync.test_two_years import NEXT, of_next
from tests.sync.world import SCOPE, again, opened

ADDED = 3 + 2 + 3 + 4  # pages, discussions, modules, items


@pytest.fixture
def world(kept_furnished: Furnished, tmp_path: Path) -> Furnished:
    """After the first fill; the log of requests is empty."""
    return again(kept_furnished, tmp_path / "world")


def drift(world: Furnished, run: int) -> set[tuple[str, str]]:
    """What the plan of a run found changed by hand: key and field."""
    with opened(world.store) as store:
        return {(str(key).replace(f"{EQ}:", ""), field) for key, field in run_of(store, run).drift}


def test_furnished_once_then_nothing(world: Furnished) -> None:
    """Pages, discussions, modules in their order, menu and home are as the templates say; the next run writes nothing."""
    pages, topics, modules = world.pages(), world.topics(), world.modules()
    assert {title: page["published"] for title, page in pages.items()} == {
        "Home": True,
        "How we work together": True,
        "Your course, your way": False,
    }
    assert {title: (row["published"], row["pinned"]) for title, row in topics.items()} == {
        "Introduce yourself": (True, False),
        "1 Strengths": (True, True),
    }
    shown = {name: (row["published"], [item["title"] for item in row["items"]]) for name, row in modules.items()}
    assert list(shown.items()) == [
        ("Start here", (True, ["How we work together", "Introduce yourself"])),
        ("Our cycle", (True, ["1 Strengths"])),
        ("For facilitators", (False, ["Your course, your way"])),
    ]
    course = world.human().get(f"courses/{world.course()}").body
    tabs = {row["id"]: row.get("hidden", False) for row in world.human().get(f"courses/{world.course()}/tabs").body}
    assert (pages["Home"]["front_page"], course["default_view"], tabs["grades"]) == (True, "wiki", True)
    report = world.run()
    assert (report.status, report.writes, report.drift) == ("converged", 0, 0)


def test_links_lead_into_the_course(world: Furnished) -> None:
    """A link to another page has its address, a link to a discussion its number; the stored form has no `ilc:` address."""
    number, topic = world.course(), world.topics()["Introduce yourself"]["id"]
    body = world.pages()["Home"]["body"]
    assert f"/courses/{number}/pages/how-we-work-together" in body
    assert f"/courses/{number}/discussion_topics/{topic}" in body
    assert "ilc:page" not in body


def test_untouched_page_is_refreshed(world: Furnished) -> None:
    """A corrected template reaches the page that nobody has touched, with one write; the next run writes nothing."""
    world.shelf = replace(SHELF, habits="Start from what works.")
    report = world.run()
    assert (report.status, report.writes, report.counts["update"]) == ("applied", 1, 1)
    assert "Start from what works." in world.pages()["How we work together"]["body"]
    assert world.run().writes == 0


def test_open_course_waits_for_a_person(world: Furnished) -> None:
    """In a course that is open nothing is refreshed or added before somebody has approved it; people are not held up by that."""
    assert world.human().ask("PUT", f"courses/{world.course()}", {"course[event]": "offer"}).status == 200
    world.shelf = replace(SHELF, habits="Start from what works.", leads="Grace")
    held = world.run()
    assert (held.status, held.writes, [reason.code for reason in held.reasons]) == ("held", 0, ["content-open"])
    assert world.sync().status == "applied"
    assert "Led by Grace." in world.pages()["Home"]["body"]


def test_edited_page_is_left(world: Furnished) -> None:
    """A page that somebody has edited stays as it is when the template changes, and is listed as such."""
    world.edit("How we work together", body="<p>Our own habits.</p>")
    world.shelf = replace(SHELF, habits="Start from what works.")
    report = world.run()
    assert (report.writes, drift(world, report.run)) == (0, {("page=how", "text")})
    assert world.pages()["How we work together"]["body"] == "<p>Our own habits.</p>"


def test_editor_of_a_page_is_asked_once(world: Furnished) -> None:
    """Who edited a page, and when, is kept by number with the edit; Canvas is asked once for each edit, and never about our own writes."""
    teacher = world.human().user("lead@example.org")
    world.human().enroll(world.course(), teacher, type="TeacherEnrollment")
    number = world.pages()["How we work together"]["page_id"]
    form = {"wiki_page[body]": "<p>Ours.</p>"}
    path = f"courses/{world.course()}/pages/page_id:{number}"
    edited = world.human().ask("PUT", path, form, query={"as_user_id": str(teacher)}).body
    world.edit("How we work together", published="false")
    world.run()
    world.sandbox.forget_requests()
    report = world.run()
    with opened(world.store) as store:
        (row,) = [each.row for each in found(store, CanvasScope(world.sandbox.url, SCOPE)) if each.row.field == "text"]
        assert f", edited on {clock.day(datetime.fromisoformat(edited['updated_at']))}" in drift_line(
            run_of(store, report.run), (row.key, row.field), Names({})
        )
    assert (row.editor, row.edited_at) == (teacher, edited["updated_at"])
    assert [each["path"] for each in world.sandbox.requests() if "revisions" in each["path"]] == []


def test_save_in_the_same_second_is_kept(world: Furnished) -> None:
    """Stamps have whole seconds: what somebody saves in the second in which we have written is not overwritten either."""
    world.shelf = replace(SHELF, habits="Start from what works.")
    assert world.run().status == "applied"
    world.edit("How we work together", body="<p>Our own habits.</p>")
    world.shelf = replace(SHELF, habits="Start from what is there.")
    world.run()
    assert world.pages()["How we work together"]["body"] == "<p>Our own habits.</p>"


def test_renamed_page_is_left(world: Furnished) -> None:
    """Title and text of a page that somebody has renamed stay; its item in the module stays where it is."""
    world.edit("How we work together", title="Our habits")
    world.shelf = replace(SHELF, habits="Start from what works.")
    report = world.run()
    assert (report.writes, drift(world, report.run)) == (0, {("page=how", "text"), ("page=how", "name")})
    assert "Our habits" in [item["title"] for item in world.modules()["Start here"]["items"]]


def test_deleted_page_stays_deleted(world: Furnished) -> None:
    """What somebody has deleted is never made again, and its item is not listed a second time."""
    number = world.pages()["How we work together"]["page_id"]
    assert world.human().ask("DELETE", f"courses/{world.course()}/pages/page_id:{number}").status == 200
    world.shelf = replace(SHELF, habits="Start from what works.")
    report = world.run()
    assert (report.writes, drift(world, report.run)) == (0, {("page=how", "state")})
    assert "How we work together" not in world.pages()


def test_box_is_refreshed_in_edited_page(world: Furnished) -> None:
    """Somebody has edited the page around the box: only the inside of the box is replaced, in their text."""
    body = world.pages()["Home"]["body"].replace("Welcome.", "Welcome, friends!")
    world.edit("Home", body=body)
    world.shelf = replace(SHELF, leads="Grace")
    report = world.sync()
    after = world.pages()["Home"]["body"]
    assert (report.status, report.applied) == ("applied", 1)
    assert ("Welcome, friends!" in after, "Led by Grace." in after, "Led by Ada." in after) == (True, True, False)
    assert world.run().writes == 0


def test_edited_box_is_left(world: Furnished) -> None:
    """Somebody has edited the box, or taken it out: it is left, and listed."""
    for body in ("<p>All mine.</p>", world.pages()["Home"]["body"].replace("Led by Ada.", "Led by all of us.")):
        world.edit("Home", body=body)
        world.shelf = replace(SHELF, leads="Grace")
        report = world.run()
        assert (report.writes, ("page=home", "part") in drift(world, report.run)) == (0, True)


def test_discussion_is_written_once(world: Furnished) -> None:
    """A corrected template does not reach a discussion that is there: it has no versions, and people may have answered."""
    world.shelf = replace(SHELF, question="What works?")
    report = world.run()
    assert (report.status, report.writes, report.drift) == ("converged", 0, 0)


def test_edited_discussion_is_listed(world: Furnished) -> None:
    """An edited discussion, or one that was unpinned, stays so and is listed."""
    topics = world.topics()
    world.put(f"discussion_topics/{topics['Introduce yourself']['id']}", message="<p>Who are you?</p>")
    world.put(f"discussion_topics/{topics['1 Strengths']['id']}", pinned="false", title="One: strengths")
    report = world.run()
    assert (report.writes, drift(world, report.run)) == (
        0,
        {("topic=intro", "text"), ("topic=strengths", "pinned"), ("topic=strengths", "name")},
    )


def test_renamed_and_hidden_modules_stay(world: Furnished) -> None:
    """A module that somebody has renamed, moved or unpublished stays so, and nothing behind it is published again."""
    modules = world.modules()
    world.put(f"modules/{modules['Start here']['id']}", **{"module[name]": "Begin here", "module[position]": "2"})
    world.put(f"modules/{modules['Our cycle']['id']}", **{"module[published]": "false"})
    report = world.run()
    assert (report.writes, drift(world, report.run)) == (0, {("module=start", "name"), ("module=cycle", "published")})


def test_published_module_is_not_put_back(world: Furnished) -> None:
    """Not even repair publishes a module again: all that somebody has hidden behind it would be published too."""
    number = world.modules()["Start here"]["id"]
    world.put(f"modules/{number}", **{"module[published]": "false"})
    report = world.run(ask=RunRequest("ana", "repair", "back as it was", only=("cop:EQ",)))
    assert (report.writes, ("module=start", "published") in drift(world, report.run)) == (0, True)


def test_moved_item_stays_moved(world: Furnished) -> None:
    """An item that somebody has put into another module stays there; one that was taken out is not put back."""
    modules = world.modules()
    items = {item["title"]: item["id"] for row in modules.values() for item in row["items"]}
    start, cycle = modules["Start here"]["id"], modules["Our cycle"]["id"]
    world.put(f"modules/{start}/items/{items['How we work together']}", **{"module_item[module_id]": str(cycle)})
    path = f"courses/{world.course()}/modules/{start}/items/{items['Introduce yourself']}"
    assert world.human().ask("DELETE", path).status == 200
    report = world.run()
    assert (report.writes, drift(world, report.run)) == (0, {("item=start|how", "module"), ("item=start|intro", "state")})


def test_shown_tab_and_other_home_stay(world: Furnished) -> None:
    """A menu entry that somebody shows again, and another home of the course, stay so."""
    world.put("tabs/grades", hidden="false")
    assert world.human().ask("PUT", f"courses/{world.course()}", {"course[default_view]": "modules"}).status == 200
    report = world.run()
    assert (report.writes, drift(world, report.run)) == (0, {("tab=grades", "hidden"), ("home=home", "view")})


def test_added_page_is_not_touched(world: Furnished) -> None:
    """A page that somebody has added is nobody's drift, and stays."""
    made = world.human().ask("POST", f"courses/{world.course()}/pages", {"wiki_page[title]": "Our slides", "wiki_page[published]": "true"})
    assert made.status == 200
    report = world.run()
    assert (report.status, report.writes, report.drift, "Our slides" in world.pages()) == ("converged", 0, 0, True)


def test_lost_ledger_adopts_by_marker(world: Furnished) -> None:
    """After the ledger has lost the content, pages and discussions are found by their markers, modules by name: held, and not doubled."""
    with opened(world.store) as store, store.write() as connection:
        for kind in (Kind.PAGE, Kind.TOPIC, Kind.MODULE, Kind.ITEM):
            connection.exec_driver_sql(f"DELETE FROM ledger WHERE key LIKE '{kind}=%'")  # noqa: S608
    held = world.run()
    assert (held.status, held.writes) == ("held", 0)
    assert "content-by-hand" in [reason.code for reason in held.reasons]
    assert world.sync().status == "applied"
    assert (len(world.pages()), len(world.topics()), len(world.modules())) == (3, 2, 3)
    assert world.run().writes == 0


def test_ledger_knows_each_number(world: Furnished) -> None:
    """Each page, discussion, module and item is in the ledger with Canvas's number."""
    with opened(world.store) as store:
        ledger = everything(store, CanvasScope(world.sandbox.url, SCOPE))
    numbered = {key.kind: 0 for key in ledger if key.rule.is_content}
    for key, owned in ledger.items():
        if key.rule.is_content and owned.handle:
            numbered[key.kind] += 1
    assert numbered == {Kind.PAGE: 3, Kind.TOPIC: 2, Kind.MODULE: 3, Kind.ITEM: 4, Kind.TAB: 0, Kind.HOME: 0}
    assert ledger[Key(Kind.PAGE, f"{EQ}:how")].handle == world.pages()["How we work together"]["page_id"]


def saving_between(world: Furnished, monkeypatch: pytest.MonkeyPatch, title: str, body: str) -> None:
    """Somebody saves this page just after the program has looked at it, and before it writes."""
    look, done = page_saving.one, list[int]()

    def then_saved(access: Access, course: Key, number: int) -> Row:
        row = look(access, course, number)
        if row["title"] == title and not done:
            done.append(number)
            time.sleep(1.1)
            world.edit(title, body=body)
        return row

    monkeypatch.setattr(page_saving, "one", then_saved)


def test_save_between_read_and_write_is_put_back(world: Furnished, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody saves between our look and our write is there again, the run says so, and the page is theirs from then on."""
    saving_between(world, monkeypatch, "How we work together", "<p>Our own habits.</p>")
    world.shelf = replace(SHELF, habits="Start from what works.")
    report = world.run()
    assert (report.status, list(report.failures.values())) == ("partial", [SAVED_MEANWHILE])
    assert world.pages()["How we work together"]["body"] == "<p>Our own habits.</p>"
    again = world.run()
    assert (again.writes, drift(world, again.run)) == (0, {("page=how", "text")})


def test_put_back_home_is_the_front_page(world: Furnished, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home page whose text is put back still is the front page, although it has been renamed meanwhile."""
    look, done = page_saving.one, list[int]()

    def then_renamed(access: Access, course: Key, number: int) -> Row:
        row = look(access, course, number)
        if row["title"] == "Home" and not done:
            done.append(number)
            time.sleep(1.1)
            world.edit("Home", title="Our home", body="<p>Ours.</p>")
        return row

    monkeypatch.setattr(page_saving, "one", then_renamed)
    world.shelf = replace(SHELF, welcome="Welcome back.")
    world.run()
    front = world.human().get(f"courses/{world.course()}/front_page").body
    assert (front["title"], front["body"]) == ("Our home", "<p>Ours.</p>")


def test_edits_live_through_roster_and_templates(world: Furnished) -> None:
    """Three facilitators' edits of each kind are there after another roster, corrected texts and one more page."""
    modules = world.modules()
    items = {item["title"]: item["id"] for row in modules.values() for item in row["items"]}
    start, cycle = modules["Start here"]["id"], modules["Our cycle"]["id"]
    path = f"courses/{world.course()}"
    world.edit("How we work together", title="Our habits", body="<p>Our own habits.</p>")
    world.human().ask("POST", f"{path}/pages", {"wiki_page[title]": "Our slides"})
    world.human().ask("DELETE", f"{path}/pages/page_id:{world.pages()['Your course, your way']['page_id']}")
    world.put(f"discussion_topics/{world.topics()['Introduce yourself']['id']}", message="<p>Who are you?</p>")
    world.put(f"modules/{start}", **{"module[name]": "Begin here", "module[position]": "2"})
    world.put(f"modules/{start}/items/{items['Introduce yourself']}", **{"module_item[module_id]": str(cycle)})
    world.put("tabs/grades", hidden="false")
    world.human().ask("PUT", path, {"course[default_view]": "modules"})
    before = snapshot(world)
    world.finalize(SECOND)
    added = Page(key="more", title="One more", html=marked(EQ, "more", "<p>More.</p>"))
    world.shelf = replace(SHELF, habits="Other words.", question="Other words?", welcome="Other welcome.", more=(added,))
    assert world.sync().status == "applied"
    after = snapshot(world)
    assert after.pop("page One more")
    changed = {name for name in after if after[name] != before.get(name)}
    assert (before.keys() - after.keys(), changed) == (set(), {"page Home", "items Our cycle"})
    assert world.run().writes == 0


def test_second_year_leaves_the_first(world: Furnished) -> None:
    """The next school year's course is furnished anew beside the old one, in which every edit stays and nothing is written."""
    world.edit("How we work together", title="Our habits", body="<p>Our own habits.</p>")
    before = snapshot(world)
    world.finalize(of_next())
    later = replace(SHELF, habits="Other words.", courses=(EQ.replace("2021-22", NEXT),))
    report = world.sync(year=NEXT, furnish=later)
    assert (report.status, snapshot(world)) == ("applied", before)
    assert len(world.human().get(f"courses/{world.course(later.courses[0])}/pages").body) == 3
    assert (world.run().writes, world.run(year=NEXT, furnish=later).writes, snapshot(world)) == (0, 0, before)


def snapshot(world: Furnished) -> dict[str, object]:
    """All that people see of the course."""
    found: dict[str, object] = {f"page {title}": (row["body"], row["published"]) for title, row in world.pages().items()}
    found |= {f"topic {title}": (row["message"], row["pinned"]) for title, row in world.topics().items()}
    found |= {f"module {name}": (row["position"], row["published"]) for name, row in world.modules().items()}
    found |= {f"items {name}": sorted(item["title"] for item in row["items"]) for name, row in world.modules().items()}
    tabs = world.human().get(f"courses/{world.course()}/tabs").body
    view = world.human().get(f"courses/{world.course()}").body["default_view"]
    return {**found, "hidden": [tab["id"] for tab in tabs if tab.get("hidden")], "view": view}


def test_refresh_is_undone_by_version(world: Furnished) -> None:
    """A run that refreshed a text and a box is taken back: both are as before, the front page stays it, and neither is written again."""
    before = {title: row["body"] for title, row in world.pages().items()}
    world.shelf = replace(SHELF, welcome="Hello.", habits="Other habits.", leads="Grace")
    run = world.run().run
    report = world.sync(ask=RunRequest("ana", "undo", "a mistake", undo=run))
    assert report.status == "applied", report.failures
    after = {title: row["body"] for title, row in world.pages().items()}
    assert {title: body for title, body in after.items() if without_stamp(body) != without_stamp(before[title])} == {}
    assert world.human().get(f"courses/{world.course()}/front_page").body["title"] == "Home"
    assert world.run().writes == 0


def without_stamp(body: str) -> str:
    """The text without what it says of its version."""
    return re.sub(r'data-ilc-text="[^"]*"', "", body)


def test_edits_are_put_back_when_asked(world: Furnished) -> None:
    """Repair, asked for in one course, puts back a text, a box, a deleted page, a discussion's name, a menu entry and the home."""
    world.edit("How we work together", title="Our habits", body="<p>Ours.</p>")
    world.edit("Home", body=world.pages()["Home"]["body"].replace("Led by Ada.", "Led by all."))
    world.human().ask("DELETE", f"courses/{world.course()}/pages/page_id:{world.pages()['Your course, your way']['page_id']}")
    world.put(f"discussion_topics/{world.topics()['1 Strengths']['id']}", title="One")
    world.put("tabs/grades", hidden="false")
    world.human().ask("PUT", f"courses/{world.course()}", {"course[default_view]": "modules"})
    report = world.sync(ask=RunRequest("ana", "repair", "as it was", only=("cop:EQ",)))
    assert report.failures == {}
    shown = snapshot(world)
    assert ("Start from strength." in str(shown["page How we work together"]), "Led by Ada." in str(shown["page Home"])) == (True, True)
    assert {"page Your course, your way", "topic 1 Strengths"} <= shown.keys()
    assert (shown["hidden"], shown["view"], world.run().writes) == (["grades"], "wiki", 0)

"""Who hears of a plan: what is said before it is approved is what Canvas queues once it is carried out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ilc_canvas.program.courses.content import Page, Topic
from ilc_canvas.program.courses.content_records import Furnishing, furnished
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.store.runs.details import run as run_of
from tests.sync.furniture import EQ, SHELF, Furnished
from tests.sync.meetings import ARTS, BOTH, EQUITY, HUB, MIDYEAR, ONE, TWO, Diary, kept_diary
from tests.sync.roster import FIRST, SECOND
from tests.sync.world import World, again, opened

LATER: dict[str, Any] = {"first_day": date(2021, 9, 21), "last_day": date(2021, 9, 21)}
NOTIFICATIONS = {
    "event-created": "New Event Created",
    "event-moved": "Event Date Changed",
    "topic-published": "New Discussion Topic",
    "page-updated": "Updated Wiki Page",
}
Told = dict[tuple[str, int], set[int]]
"""For notification and course the numbers of the people."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Diary]:
    """After the first fill, with the calendar's meetings in Canvas: to be copied."""
    with kept_diary(tmp_path_factory.mktemp("forecast")) as diary:
        yield diary


@pytest.fixture
def diary(kept: Diary, tmp_path: Path) -> Diary:
    """A copy of it, in which the course of one COP is open."""
    world = again(kept, tmp_path / "world")
    diary = Diary(world.sandbox, world.store)
    publish(diary, diary.number_of(EQUITY.id))
    return diary


def publish(world: World, course: int) -> None:
    """Somebody opens a course."""
    assert world.human().ask("PUT", f"courses/{course}", {"course[event]": "offer"}).status == 200


def forecast(world: World, report: Report) -> Told:
    """What the plan says, in Canvas's words and numbers."""
    state = world.sandbox.state()
    users = {row["sis_user_id"]: row["id"] for row in state["users"]}
    courses = {row["sis_course_id"]: row["id"] for row in state["courses"]}
    numbers = {key: users.get(key.id) or int(key.id.removeprefix("canvas:")) for each in report.forecast.audiences for key in each.people}
    return {
        (NOTIFICATIONS[each.reason], courses[each.course.id]): {numbers[key] for key in each.people} for each in report.forecast.audiences
    }


def queued(world: World) -> Told:
    """What Canvas has queued by now."""
    found: Told = {}
    for row in world.sandbox.messages():
        found.setdefault((row["notification"], row["course_id"]), set()).add(row["user_id"])
    return found


def applied(world: World, **change: Any) -> Told:
    """Run, approve, run again: what was forecast before the approval is what was queued afterwards, and nothing was queued until then."""
    report = world.run(**change)
    said = forecast(world, report)
    if report.status == "held":
        assert queued(world) == {}
        world.approve(report.digest)
        assert world.run(**change).status == "applied"
    assert queued(world) == said
    return said


def numbers(world: World, *people: str) -> set[int]:
    """Canvas's numbers of people of the roster."""
    return {row["id"] for row in world.sandbox.state()["users"] if row["sis_user_id"] in {f"ilc:p:{person}" for person in people}}


def test_moved_and_new_meetings(diary: Diary) -> None:
    """Everybody who is active in the open course hears of both; of the same changes in courses that are not open nobody does."""
    diary.sign(replace(ONE, **LATER), replace(TWO, title="Equity II"), replace(BOTH, **LATER), MIDYEAR, replace(ONE, meeting_id="NEW"))
    here, everybody = diary.number_of(EQUITY.id), numbers(diary, "P1", "P2", "P3", "P6")
    assert applied(diary) == {("New Event Created", here): everybody, ("Event Date Changed", here): everybody}


def test_meeting_that_returns_elsewhen(diary: Diary) -> None:
    """A cancelled meeting that is on again at another time waits for a person, since everybody hears of its new time."""
    diary.sign(replace(ONE, status="cancelled"), TWO, BOTH, MIDYEAR)
    assert applied(diary) == {}
    diary.sign(replace(ONE, **LATER), TWO, BOTH, MIDYEAR)
    report = diary.run()
    assert [reason.code for reason in report.reasons] == ["events-open"]
    assert applied(diary) == {("Event Date Changed", diary.number_of(EQUITY.id)): numbers(diary, "P1", "P2", "P3", "P6")}


def test_quiet_changes_of_meetings(diary: Diary) -> None:
    """Renamed, and called off: nobody hears."""
    diary.sign(replace(ONE, title="Equity one"), replace(TWO, status="cancelled"), BOTH, MIDYEAR)
    assert applied(diary) == {}


def test_people_come_and_go_quietly(diary: Diary) -> None:
    """New people, ends, a new address, another name of a section: in open courses, too, nobody hears."""
    for course in (ARTS, HUB):
        publish(diary, diary.number_of(course.id))
    diary.finalize(SECOND)
    assert applied(diary) == {}
    assert diary.complaints() == []


def test_first_fill_is_quiet(kept: Diary, tmp_path: Path) -> None:
    """Accounts, addresses, enrollments and meetings of a whole first fill were queued for nobody."""
    world = again(kept, tmp_path / "quiet")
    assert world.sandbox.messages() == []
    assert len(world.sandbox.state()["enrollments"]) > len(FIRST.people)


def test_people_added_by_hand_hear(diary: Diary) -> None:
    """Somebody of no roster hears as well; somebody who is only invited does not, nor does whose place has ended, nor the token's user."""
    here, human = diary.number_of(EQUITY.id), diary.human()
    added, invited, ended = (human.user(f"{name}@example.org") for name in ("added", "invited", "ended"))
    human.enroll(here, added)
    human.enroll(here, invited, enrollment_state="invited")
    row = human.enroll(here, ended).body["id"]
    human.enroll(here, human.get("users/self").body["id"], type="TeacherEnrollment")
    human.ask("DELETE", f"courses/{here}/enrollments/{row}")
    diary.sign(replace(ONE, **LATER), TWO, BOTH, MIDYEAR)
    assert applied(diary) == {("Event Date Changed", here): {added, *numbers(diary, "P1", "P2", "P3", "P6")}}


def test_people_who_go_ahead_count(diary: Diary) -> None:
    """People join and leave while a moved meeting still waits: then whoever is there by now hears, and that is what the plan says."""
    diary.sign(replace(ONE, **LATER), TWO, BOTH, MIDYEAR)
    diary.finalize(SECOND)
    assert applied(diary) == {("Event Date Changed", diary.number_of(EQUITY.id)): numbers(diary, "P1", "P2", "P3", "P5")}


def test_approved_before_anybody_moves(diary: Diary) -> None:
    """The same plan, approved as `plan` shows it, is done at once: meetings come first, so that whoever leaves by it hears."""
    diary.sign(replace(ONE, **LATER), TWO, BOTH, MIDYEAR)
    diary.finalize(SECOND)
    planned = diary.run(ask=RunRequest("ana", "plan", dry_run=True))
    diary.approve(planned.digest)
    assert diary.run().status == "applied"
    assert forecast(diary, planned) == queued(diary)
    assert numbers(diary, "P6") <= queued(diary)["Event Date Changed", diary.number_of(EQUITY.id)]


def test_cross_listed_people_hear_elsewhere(diary: Diary) -> None:
    """People whose section somebody has moved into another course hear of what happens there, and no more here."""
    for course in (ARTS, HUB):
        publish(diary, diary.number_of(course.id))
    guests = next(row["id"] for row in diary.sandbox.state()["sections"] if row["sis_section_id"] == f"{EQUITY.id}:GUEST")
    diary.human().ask("POST", f"sections/{guests}/crosslist/{diary.number_of(ARTS.id)}")
    diary.sign(replace(ONE, **LATER), TWO, replace(BOTH, **LATER), MIDYEAR)
    said = applied(diary)
    assert numbers(diary, "P6") & said["Event Date Changed", diary.number_of(EQUITY.id)] == set()
    assert numbers(diary, "P6") <= said["Event Date Changed", diary.number_of(ARTS.id)]


def test_undo_says_who_hears(diary: Diary) -> None:
    """Taking back a move moves the meeting again, and everybody hears again."""
    publish(diary, diary.number_of(HUB.id))
    diary.sign(replace(ONE, **LATER), TWO, BOTH, MIDYEAR)
    report = diary.sync()
    diary.human().ask("PUT", f"courses/{diary.number_of(EQUITY.id)}", {"course[event]": "claim"})
    undo = RunRequest("ana", "undo", "a mistake", undo=report.run)
    assert forecast(diary, diary.run(ask=replace(undo, dry_run=True))) == {}
    publish(diary, diary.number_of(EQUITY.id))
    back = diary.run(ask=replace(undo, dry_run=True))
    assert (back.forecast.notified, back.forecast.mailed, [each.reason for each in back.forecast.audiences]) == (4, 0, ["event-moved"])


def test_counts_are_kept_without_people(diary: Diary) -> None:
    """A held plan keeps how many people hear, by course and reason, and not who they are."""
    diary.sign(replace(ONE, **LATER), TWO, BOTH, MIDYEAR)
    report = diary.run()
    with opened(diary.store) as store:
        kept = run_of(store, report.run).report
    assert kept
    assert [(each.course, each.reason, each.count, each.people) for each in kept.forecast.audiences] == [(EQUITY, "event-moved", 4, ())]
    assert (kept.forecast.notified, kept.forecast.mailed) == (4, 0)


def more(page: Page | None = None, topic: Topic | None = None) -> Any:
    """What the templates say, with one page or discussion more."""

    def furnish(*_: object) -> Furnishing:
        content = SHELF.course(EQ)
        pages, topics = (page,) if page else (), (topic,) if topic else ()
        return furnished([replace(content, pages=(*content.pages, *pages), topics=(*content.topics, *topics))])

    return furnish


ANOTHER = Topic(key="more", title="One more question", html='<div data-ilc-key="ilc:2021-22:cop:EQ:more">Well?</div>')
SILENT_ONES: Mapping[str, Any] = {
    "a new page": more(page=Page(key="new", title="New", html='<div data-ilc-key="ilc:2021-22:cop:EQ:new">New.</div>')),
    "a draft": more(topic=replace(ANOTHER, published=False)),
    "a refreshed page": replace(SHELF, habits="Start from what works."),
    "a refreshed box": replace(SHELF, leads="Grace"),
}


@pytest.fixture
def open_course(kept_furnished: Furnished, tmp_path: Path) -> Furnished:
    """A furnished course that somebody has opened, a while later."""
    world = again(kept_furnished, tmp_path / "furnished")
    publish(world, world.course())
    world.sandbox.forward(120)
    return world


@pytest.mark.parametrize("what", SILENT_ONES)
def test_quiet_content(open_course: Furnished, what: str) -> None:
    """New pages, drafts and refreshed texts in an open course are told nobody."""
    assert applied(open_course, furnish=SILENT_ONES[what]) == {}


def test_new_discussion_is_told(open_course: Furnished) -> None:
    """A new discussion in an open course is told everybody there."""
    everybody = numbers(open_course, "P1", "P2", "P3", "P6")
    assert applied(open_course, furnish=more(topic=ANOTHER)) == {("New Discussion Topic", open_course.course()): everybody}


def test_who_joins_hears_of_discussions(open_course: Furnished) -> None:
    """Discussions are written after the people of the same plan: whoever joins by it hears, and whoever leaves by it does, too."""
    open_course.finalize(SECOND)
    planned = open_course.run(ask=RunRequest("ana", "plan", dry_run=True), furnish=more(topic=ANOTHER))
    open_course.approve(planned.digest)
    assert open_course.run(furnish=more(topic=ANOTHER)).status == "applied"
    assert forecast(open_course, planned) == queued(open_course)
    everybody = numbers(open_course, "P1", "P2", "P3", "P5", "P6")
    assert queued(open_course) == {("New Discussion Topic", open_course.course()): everybody}


def test_draft_that_is_published_is_told(open_course: Furnished) -> None:
    """A page that was a draft, and is published a while later, is told everybody in an open course."""
    draft = Page(key="new", title="New", html='<div data-ilc-key="ilc:2021-22:cop:EQ:new">New.</div>', published=False)
    assert applied(open_course, furnish=more(page=draft)) == {}
    open_course.sandbox.forward(120)
    everybody = numbers(open_course, "P1", "P2", "P3", "P6")
    said = applied(open_course, furnish=more(page=replace(draft, published=True)))
    assert said == {("Updated Wiki Page", open_course.course()): everybody}

"""Courses in the console: whether their people see them, what they hold, and asking to have them opened."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ilc_canvas.program.courses.readiness import CourseReadiness, Gap
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, Owned, Record, State
from ilc_canvas.settings import Settings
from ilc_canvas.store.audit import reader
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.openings import versions as openings
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.rosters import versions as rosters
from ilc_canvas.views.courses.holdings import holdings
from ilc_canvas.views.courses.meetings import meetings
from tests.console.cast import Browser, Office, text_of
from tests.console.conftest import serving
from tests.stores import copied, made_folder

YEAR = {"year": "2021-22"}


@pytest.fixture
def alvarez(office: Office) -> Browser:
    """A coordinator."""
    return office.browser("J. Alvarez", Role.COORDINATOR)


@pytest.fixture
def furnished(filled: str, settings: Settings, tmp_path: Path) -> Iterator[Office]:
    """A console of an office whose courses have content."""
    url = (made_folder() / "console-url").read_text()
    with_content = settings.model_copy(update={"url": url, "courses": settings.courses.model_copy(update={"content": True})})
    with closing(open_store(copied(filled, tmp_path / "furnished"))) as store, serving(with_content, store) as made:
        yield made


def _asked(office: Office) -> list[str]:
    return [key.id for key in openings.newest(office.store, "2021-22")]


def test_list_says_who_sees_them(office: Office, alvarez: Browser, furnished: Office) -> None:
    """Each course with sections and people by role, and whether it is ready, or what it lacks."""
    text = text_of(alvarez.get("/courses"))
    assert "COP EQ · Equity" in text
    assert "1 facilitator" in text
    assert "Ready to open" in text
    assert "3 courses are ready and closed" in text
    assert "Not ready" in text_of(furnished.browser("J. Bell", Role.VIEWER).get("/courses"))
    assert "ready and closed" not in text_of(office.browser("J. Bell", Role.VIEWER).get("/courses"))


def test_ready_course_is_asked_for(office: Office, alvarez: Browser) -> None:
    """With a reason; list, page and log have who has asked. Nothing is open by it: a plan has to be approved."""
    assert alvarez.post("/courses/cop:EQ/open", {**YEAR, "reason": " "}).status_code == 422
    answer = alvarez.post("/courses/cop:EQ/open", {**YEAR, "reason": "the year begins"})
    assert answer.headers.get("Location") == "/courses/cop:EQ?year=2021-22", text_of(answer)
    assert _asked(office) == ["ilc:2021-22:cop:EQ"]
    page = text_of(alvarez.get("/courses/cop:EQ"))
    assert "J. Alvarez asked on" in page
    assert "to have it opened: “the year begins”. Somebody has to approve the plan that has it" in page
    text = text_of(alvarez.get("/courses"))
    assert "To be opened: J. Alvarez has asked" in text
    assert "2 courses are ready and closed" in text
    event = reader.events(office.store, limit=10_000)[-1]
    assert (event.kind, event.actor, event.reason) == ("openings-finalized", "J. Alvarez", "the year begins")


def test_course_that_is_not_ready(furnished: Office) -> None:
    """Its page says what is missing and whose move it is; it is asked for only if somebody insists."""
    browser = furnished.browser("J. Alvarez", Role.COORDINATOR)
    text = text_of(browser.get("/courses/cop:EQ"))
    assert "1 thing keeps it from being ready As run 3 saw Canvas" in text
    assert "missing. The next sync does it, or its plan waits for approval: Ask for a plan" in text
    refused = browser.post("/courses/cop:EQ/open", {**YEAR, "reason": "the year begins"})
    assert (refused.status_code, "Not ready to open, by the last look at Canvas: cop:EQ" in text_of(refused)) == (422, True)
    assert _asked(furnished) == []
    assert browser.post("/courses/cop:EQ/open", {**YEAR, "reason": "the year begins", "anyway": "yes"}).status_code == 303
    assert "although something is missing: “the year begins”" in text_of(browser.get("/courses/cop:EQ"))


def test_all_that_is_ready_at_once(office: Office, alvarez: Browser, furnished: Office) -> None:
    """One request for every course that is ready and still closed; if none is, that is said."""
    assert alvarez.post("/courses/open", {}).status_code == 422
    assert alvarez.post("/courses/open", {"reason": "the year begins"}).headers["Location"] == "/courses"
    assert len(_asked(office)) == 3
    answer = furnished.browser("J. Alvarez", Role.COORDINATOR).post("/courses/open", {"reason": "the year begins"})
    assert (answer.status_code, "No course is ready and still closed" in text_of(answer)) == (422, True)
    assert _asked(furnished) == []


def test_request_is_taken_back(office: Office, alvarez: Browser) -> None:
    """With a reason, once; what was never asked for cannot be taken back."""
    alvarez.post("/courses/cop:EQ/open", {**YEAR, "reason": "now", "anyway": "yes"})
    assert alvarez.post("/courses/cop:EQ/withdraw", {**YEAR, "reason": " "}).status_code == 422
    assert alvarez.post("/courses/cop:EQ/withdraw", {**YEAR, "reason": "too early"}).status_code == 303
    assert _asked(office) == []
    again = alvarez.post("/courses/cop:EQ/withdraw", {**YEAR, "reason": "too early"})
    assert (again.status_code, "Nobody has asked to open cop:EQ" in text_of(again)) == (422, True)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/courses/cop:NO/open", YEAR),
        ("/courses/person:P1/open", YEAR),
        ("/courses/%3Cscript%3E/open", YEAR),
        ("/courses/cop:EQ/open", {"year": "2099-00"}),
        ("/courses/cop:EQ/open", {}),
    ],
)
def test_course_that_is_not_there(office: Office, alvarez: Browser, path: str, fields: dict[str, str]) -> None:
    """It is not asked for, and the page is not there, or says so."""
    assert alvarez.post(path, {**fields, "reason": "x", "anyway": "yes"}).status_code in (404, 422)
    assert _asked(office) == []


def test_viewers_read_who_may_ask(office: Office) -> None:
    """They see what is missing, and no form."""
    page = office.browser("J. Bell", Role.VIEWER).get("/courses/cop:EQ")
    assert "Asking is for coordinators and approvers; you are viewer" in text_of(page)
    assert "/courses/cop:EQ/open" not in page.text


def test_content_of_a_course(furnished: Office) -> None:
    """Pages, discussions and modules by name, each with whether it is in Canvas."""
    page = text_of(furnished.browser("J. Bell", Role.VIEWER).get("/courses/cop:EQ"))
    assert "Content By the texts of the office" in page
    assert "Pages: " in page
    assert "Not in Canvas yet" in page


COURSE = Key(Kind.COURSE, "ilc:2021-22:cop:EQ")
PAGES = [Key(Kind.PAGE, f"{COURSE.id}:{name}") for name in ("home", "help", "team", "faq")]


def test_holdings_stand_as_the_last_look_found_them() -> None:
    """In Canvas, still to come, not as asked for, or changed by hand; in a course that is not made yet all is to come."""
    desired = State.of([Record(key, {"name": key.id}, (COURSE,)) for key in PAGES])
    gaps = (Gap("missing", (PAGES[1],)), Gap("different", (PAGES[2],)))
    (pages,) = holdings(desired, CourseReadiness(COURSE, gaps, False, {}), {PAGES[0]: "Home"}, edited=[PAGES[3]])
    assert pages.noun == "pages"
    assert [(each.name, each.state) for each in pages.items] == [
        ("Home", "in"),
        ("help", "comes"),
        ("team", "differs"),
        ("faq", "by-hand"),
    ]
    absent = CourseReadiness(COURSE, (Gap("not-made", (COURSE,)),), False, {})
    assert {each.state for kind in holdings(desired, absent, {}, edited=[]) for each in kind.items} == {"comes"}


def test_meetings_are_what_has_a_time(office: Office, settings: Settings) -> None:
    """A page of a course, which is found by a mark in its text as meetings are, is none of them."""
    when = "2021-10-20T23:30:00Z/2021-10-21T01:00:00Z"
    meeting, content = Key(Kind.EVENT, f"{COURSE.id}:M-1"), Key(Kind.PAGE, f"{COURSE.id}:home")
    owned = {
        meeting: Owned(meeting, {"name": "Kickoff", "when": when}, "created", office.clock()),
        content: Owned(content, {"name": "Home"}, "created", office.clock()),
    }
    found, _ = meetings(settings, office.store, rosters.read(office.store, 2), course=COURSE, owned=owned)
    assert [(each.title, each.when) for each in found] == [("Kickoff", when)]

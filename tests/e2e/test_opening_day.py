"""Opening day of the sample, with calendar and course content: what keeps a course closed is named, and nobody is mailed."""

import csv
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.commands import Answer
from tests.console.browsing import barriers, chromium, needs_browser, overflow, window
from tests.e2e.office import SAMPLE, Office, Report
from tests.sandbox.person import Person

pytestmark = pytest.mark.timeout(600)  # a story is long where other things run beside it
CALENDAR = SAMPLE / "calendar_2021-22.csv"
PEOPLE_ALONE = 1_456
"""Writes of a fill of the sample without meetings and content."""
FACILITATOR = "Shirin Haddad"  # of COP ES
FOR_STAFF = "/pages/your-course-your-way"
LEAST_PLACES = 20
"""Home, modules, people, calendar, and what a COP's modules hold."""
Gaps = Mapping[str, list[str]]
"""By course, such as cop:EQ: what keeps it from being ready."""


class Story(NamedTuple):
    """What was seen on the way."""

    fill: Report
    resting: Report
    filled: Gaps
    broken: Gaps
    mended: Gaps
    plan: str
    but_one: set[str]
    named: Answer
    every: set[str]
    idle: Report
    messages: list[dict[str, Any]]
    course: str  # address of COP EQ in the browser


def gaps(office: Office) -> Gaps:
    """After a look at Canvas: the courses that are not ready, and why."""
    assert office.run("plan").code in (0, 2, 3)
    (year,) = office.json("ready").value
    assert (year["courses"], year["stale"]) == (19, "")
    return {course["course"].split(":", 2)[2]: [gap["text"] for gap in course["missing"]] for course in year["each"] if not course["ready"]}


def sign_calendar(office: Office, **meeting: str) -> None:
    """The calendar of the sample is signed, with one more meeting like the first of COP EQ."""
    with CALENDAR.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if meeting:
        rows.append({**next(row for row in rows if row["meeting_id"] == "COP-EQ-1"), **meeting})
    path = office.folder / "calendar.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    for words in (("import", str(path), "--school-year", "2021-22"), ("finalize", "--signed-by", "R. Alvarez")):
        answer = office.run("calendar", *words)
        assert answer.code == 0, answer


def number(office: Office, course: str) -> int:
    """Canvas's number of a course."""
    return int(office.get(f"courses/sis_course_id:ilc:2021-22:{course}")["id"])


def open_ones(office: Office) -> set[str]:
    """The courses of ours that people see."""
    rows = office.sandbox.state()["courses"]
    return {
        row["sis_course_id"].removeprefix("ilc:2021-22:") for row in rows if row["sis_course_id"] and row["workflow_state"] == "available"
    }


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The office fills Canvas, meets four defects in four courses, mends three, opens what is ready, and then the last one."""
    with Office(tmp_path_factory.mktemp("opening-day"), COURSES='{"content": true}') as office:
        office.sign("3")
        sign_calendar(office)
        fill, resting = office.approve(), office.json("sync")
        filled = gaps(office)
        facilitator, page, guest = broken_by_hand(office)
        broken = gaps(office)
        office.sandbox.mend()
        assert office.run("drift", "put-back", facilitator, page, "--reason", "a mistake").code == 0
        assert office.approve().value["status"] == "applied"
        mended = gaps(office)
        plan, but_one = opened(office)
        named = office.run("publish", "cop:NB", "--reason", "opening day")
        office.delete(guest, task="delete")
        office.run("plan")
        _, every = opened(office)
        course = f"{office.sandbox.url}/courses/{number(office, 'cop:EQ')}"
        yield Story(
            fill, resting, filled, broken, mended, plan, but_one, named, every, office.json("sync"), office.sandbox.messages(), course
        )


def broken_by_hand(office: Office) -> tuple[str, str, str]:
    """One facilitator is taken out, one page deleted, one person invited, one event cannot be made: two keys, and the address of the
    invitation.
    """
    human = Person(office.sandbox.url)
    studies, language, board = (number(office, f"cop:{code}") for code in ("ES", "ELD", "NB"))
    state = office.sandbox.state()
    (shirin,) = (row["id"] for row in state["users"] if row["name"] == FACILITATOR)
    (facilitator,) = (row for row in state["enrollments"] if (row["course_id"], row["user_id"]) == (studies, shirin))
    assert facilitator["type"] == "TeacherEnrollment"
    office.delete(f"courses/{studies}/enrollments/{facilitator['id']}", task="inactivate")
    page = next(row for row in office.get(f"courses/{language}/pages") if row["title"] == "How we work together")
    office.delete(f"courses/{language}/pages/page_id:{page['page_id']}")
    guest = human.enroll(board, human.user("guest@example.org"), enrollment_state="invited").body
    sign_calendar(office, meeting_id="COP-EQ-7", date="2022-04-26", title="Equity & Justice in Every Classroom: meeting 7")
    office.sandbox.fault("500", "/calendar_events$", method="POST", times=1000)
    tried = office.approve().value
    assert (tried["status"], tried["failed"]) == ("partial", 1)
    found = {row["key"].split("=")[0]: row["key"] for row in office.json("drift").value["changed"]}
    return found["enrollment"], found["page"], f"courses/{board}/enrollments/{guest['id']}"


def opened(office: Office) -> tuple[str, set[str]]:
    """All that is ready is asked for, and opened: what the plan says, and what is open then."""
    assert office.run("publish", "--ready", "--reason", "opening day").code == 0
    plan = office.run("plan")
    office.approve()
    return plan.out, open_ones(office)


def test_furnishing_has_a_budget(story: Story) -> None:
    """Meetings and content of the 19 courses take at most 1,100 writes; a full run with nothing to do takes at most 135 requests."""
    assert story.fill.value["status"] == "applied"
    assert story.fill.value["writes"] - PEOPLE_ALONE <= 1_100
    assert (story.resting.value["status"], story.resting.value["writes"]) == ("converged", 0)
    assert story.resting.value["requests"] <= 135


def test_ready_once_filled(story: Story) -> None:
    """After one run all 19 courses are ready."""
    assert story.filled == {}


def test_each_defect_is_named_in_its_line(story: Story) -> None:
    """A facilitator taken out, a deleted page, an invited person and an event that failed: each keeps its own course closed, by name."""
    assert {course: [text.split(". ")[0] for text in texts] for course, texts in story.broken.items()} == {
        "cop:ES": [f"1 person: {FACILITATOR}: ended, deleted or not accepted in Canvas"],
        "cop:ELD": ["1 page: How we work together: ended, deleted or not accepted in Canvas"],
        "cop:NB": ["somebody in it is only invited, and opening it would mail them"],
        "cop:EQ": ["1 meeting: Equity & Justice in Every Classroom: meeting 7: missing"],
    }


def test_put_back_is_ready_again(story: Story) -> None:
    """What was put back, a page with its place in its module, and what a later run could make, keeps nothing closed any more."""
    assert set(story.mended) == {"cop:NB"}


def test_course_with_invited_person_stays_closed(story: Story) -> None:
    """All that is ready is opened by one approval; the course of the invited person is not, and asking for it by name says so."""
    assert "18 courses would be opened to 324 people. Canvas mails nobody." in story.plan
    assert "~ opened: its people see it from then on" in story.plan
    assert (len(story.but_one), "cop:NB" in story.but_one) == (18, False)
    assert (story.named.code, "Not ready to open, by the last look at Canvas: cop:NB." in story.named.err) == (1, True)


def test_all_are_opened_and_nobody_is_mailed(story: Story) -> None:
    """Once nobody is only invited all 19 are open; Canvas has queued no message, and the next run writes nothing."""
    assert (len(story.every), story.messages) == (19, [])
    assert (story.idle.value["status"], story.idle.value["writes"], story.idle.value["drift"]) == ("converged", 0, 0)


@needs_browser
@pytest.mark.parametrize("width", [390, 1280])
def test_course_has_no_barriers(story: Story, width: int) -> None:
    """axe finds nothing on what people then open: home, modules, each page, a discussion, people and calendar, by teacher and student."""
    with chromium() as started, window(started, width=width) as page:
        page.goto(f"{story.course}/modules")
        inside = page.locator("main a").evaluate_all("links => links.map(link => link.pathname)")
        here = urlsplit(story.course).path
        places = dict.fromkeys(
            [here, f"{here}/modules", f"{here}/users", f"{here}/calendar", *(path for path in inside if path.startswith(here))]
        )
        for path in places:
            for view in ("", *([] if path.endswith(FOR_STAFF) else ["?view=student"])):
                answer = page.goto(f"{story.course.removesuffix(here)}{path}{view}")
                assert answer
                assert (answer.status, barriers(page), overflow(page)) == (200, [], 0), (path, view)
        assert len(places) >= LEAST_PLACES

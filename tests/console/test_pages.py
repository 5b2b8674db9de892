"""What each page shows, and that all of them stand on an empty store as well."""

import re

import pytest

from ilc_canvas.console.pages import PAGES
from ilc_canvas.reconcile.change import Create
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.runs import details
from ilc_canvas.store.worker import stats
from tests.console.cast import Browser, Office, text_of
from tests.store.cast import Clock, Desk, seat

_ONLY_WITHIN = {"/me/code"}  # nothing to see before something was begun
LISTS = [page.path for page in PAGES if page.method == "GET" and "{" not in page.path and Role.VIEWER in page.roles]
LISTS = [path for path in LISTS if path not in _ONLY_WITHIN]


@pytest.fixture
def viewer(office: Office) -> Browser:
    """Somebody who may look."""
    return office.browser("J. Bell", Role.VIEWER)


@pytest.mark.parametrize("path", LISTS)
def test_pages_of_an_empty_store(empty: Office, path: str) -> None:
    """Before there is a roster each page says so, with one heading and no error."""
    answer = empty.browser("J. Bell", Role.VIEWER).get(path)
    assert answer.status_code == 200, text_of(answer)
    assert len(re.findall("<h1", answer.text)) == 1


def test_who_uploads_the_first_roster(empty: Office) -> None:
    """A coordinator is led there; others read who does it."""
    assert "A coordinator uploads one" in text_of(empty.browser("J. Bell", Role.VIEWER).get("/courses"))
    assert 'class="button" href="/roster"' in empty.browser("J. Alvarez", Role.COORDINATOR).get("/courses").text


def test_first_page_names_next_step(viewer: Browser, office: Office) -> None:
    """Counts, the plan that waits as the next step, and the last runs."""
    digest = details.runs(office.store)[0].digest
    answer = viewer.get("/")
    text = text_of(answer)
    assert "Next: read the plan of run 3" in text
    assert f'href="/plans/{digest}"' in answer.text
    assert "1 plan waits for approval" in text
    assert text.index("Run 3") < text.index("Run 2")


def test_plan_is_a_letter(viewer: Browser) -> None:
    """Who leaves which course and why it is held; and a viewer is told who decides."""
    led = viewer.get("/plan")
    assert led.status_code == 303
    text = text_of(viewer.get(led.headers["Location"]))
    assert "Held for" in text
    assert "leaves Chloe Tran no longer participant" in text
    assert "Plan of run 3 Roster 2021-22, version 2, signed by R. Alvarez" in text
    assert "Approving is for the approver; you are viewer." in text


def test_approver_gets_a_box_for_each_change(office: Office) -> None:
    """All are ticked; each has a label of its own."""
    browser = office.browser("M. Ito", Role.APPROVER)
    page = browser.get(browser.get("/plan").headers["Location"]).text
    boxes = re.findall(r'type="checkbox" name="change" value="(\w+)" id="i-(\w+)" [^>]*checked', page)
    assert boxes
    assert all(f'for="i-{name}"' in page for _, name in boxes)


def test_run_tells_open_before_done(viewer: Browser) -> None:
    """The run that filled Canvas is done; the plan that waits is open, with the way to it."""
    assert "Done: " in text_of(viewer.get("/runs/2"))
    held = text_of(viewer.get("/runs/3"))
    assert "Waiting for a person: " in held
    assert "Read the plan" in held


def test_run_with_very_much_open_stays_small(viewer: Browser, office: Office) -> None:
    """Of 300 changes that wait twenty are shown at first, and all of them on request."""
    with take_lease(office.store, "worker-1", renewal=None) as lease:
        desk = Desk(office.store, lease, Clock(office.clock()))
        number = desk.run(*(Create(seat(person)) for person in range(1, 301)), status="partial")
    few, everything = viewer.get(f"/runs/{number}"), viewer.get(f"/runs/{number}?all=yes")
    assert [page.text.count('<li><div class="what">') for page in (few, everything)] == [20, 300]
    assert "Show all 300" in text_of(few)


def test_progress_of_a_run_that_is_over(viewer: Browser) -> None:
    """The answer ends the asking, and leads to the whole page."""
    answer = viewer.get("/runs/2/live")
    assert (answer.status_code, "The run is over" in text_of(answer)) == (286, True)


def test_courses_lead_to_people(viewer: Browser) -> None:
    """The list has the COP; its page the people by section, with who is to leave."""
    assert 'href="/courses/cop:EQ?year=2021-22"' in viewer.get("/courses").text
    answer = viewer.get("/courses/cop:EQ?year=2021-22")
    assert "COP EQ · Equity" in text_of(answer)
    assert 'href="/people/P5"' in answer.text


def test_person_tells_where_and_why(viewer: Browser) -> None:
    """Found by a part of the name; the page has each place with its rule, and whoever left is found as well."""
    found = viewer.post("/people", {"q": "chloe"})
    assert 'href="/people/P3"' in found.text
    text = text_of(viewer.get("/people/P2"))
    assert "Ben O." in text
    assert "Why " in text
    assert "No longer in the roster since version 2" in text_of(viewer.get("/people/P3"))


def test_people_of_a_course_or_team(viewer: Browser) -> None:
    """With or without a part of the name; who has left comes last, and a group that is none narrows nothing."""
    asked = viewer.get("/people")
    assert re.findall(r'<option value="([^"]*)"', asked.text) == ["", "cop:EQ", "hub", "net:R1", "team:T1"]
    assert "COP EQ · Equity ILC Virtual Hub" in text_of(asked)
    told = {
        ("", "cop:EQ"): "2 people in COP EQ · Equity Eve Lund P5: staff, in no team; COP EQ (facilitator),",
        ("ben", "cop:EQ"): "1 person with “ben” in COP EQ · Equity Ben O. P2: member of team",
        ("chl", "cop:EQ"): "0 people with “chl” in COP EQ · Equity Nobody. Type less of the name, or choose any course and team.",
        ("", "team:T1"): 'Chloe Tran P3: no longer in the roster; until then member of team "Alder Team" (T1) All times',
        ("", "<b>"): "Search All times",
    }
    for (text, group), words in told.items():
        assert words in text_of(viewer.post("/people", {"q": text, "group": group})), (text, group)


def test_nobody_found_suggests_names(viewer: Browser) -> None:
    """A name that is spelled almost right leads to the right one."""
    assert "Did you mean: Ana Reyes ?" in text_of(viewer.post("/people", {"q": "Anna Reyes"}))


def test_audit_shows_newest_first(viewer: Browser) -> None:
    """Decisions and ends of runs; by run and by person; what fits nothing says so."""
    text = text_of(viewer.get("/audit"))
    assert "signed a roster: “meant”, signed by R. Alvarez and B. Cho" in text
    assert text.index("ended a run, run 3") < text.index("ended a run, run 2")
    assert "No event fits." in text_of(viewer.get("/audit?run=99"))
    assert "was about to make a change" in text_of(viewer.get("/audit?kind=changes&about=person:P3"))


def test_roster_shows_its_differences(viewer: Browser) -> None:
    """Each version with who signed it; the newest with who left."""
    assert "Version 2, 2021-22" in text_of(viewer.get("/roster"))
    text = text_of(viewer.get("/roster/2"))
    assert "leaves Chloe Tran (P3)" in text
    assert "The first version of this school year" in text_of(viewer.get("/roster/1"))


def test_viewers_see_no_address(viewer: Browser, office: Office) -> None:
    """No page shows a viewer an address; others see it."""
    for path in [*LISTS, "/people/P2", "/roster/1", "/roster/2", "/courses/cop:EQ", "/runs/2", "/runs/3", "/audit?kind=all"]:
        assert "@example.org" not in viewer.get(path).text, path
    assert "@example.org" in office.browser("M. Ito", Role.APPROVER).get("/people/P2").text


@pytest.mark.parametrize("path", ["/audit?about=%00", "/runs?before=%00", "/courses/cop:EQ?year=2021-22%00", "/sync?only=%00"])
def test_nul_in_a_query_is_left_out(viewer: Browser, path: str) -> None:
    """A character that no database takes is no error."""
    assert viewer.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/runs/99", "/runs/0", "/runs/-1", "/runs/9999999999999999999999", "/runs/٣", "/roster/99", "/plans/0000-0000", "/plans/%00",
     "/courses/cop:NO", "/courses/person:P1", "/courses/%3Cscript%3E", "/courses/cop:EQ?year=2099-00", "/people/P99", "/people/Chloe",
     "/people/..%2f", "/static/nothing", "/runs/99/live"],
)  # fmt: skip
def test_unknown_things_are_not_found(viewer: Browser, path: str) -> None:
    """What is not there is a page that says so."""
    assert viewer.get(path).status_code == 404


def test_decided_plans_do_not_wait(office: Office) -> None:
    """A plan that was declined, or approved and not carried out yet, waits for nobody: neither here nor in the menu or the metrics."""
    ito, digest = office.browser("M. Ito", Role.APPROVER), details.runs(office.store)[0].digest
    assert "1 plan waits for approval" in text_of(ito.get("/"))
    assert ito.post(f"/plans/{digest}/decline", {"seen": "0", "reason": "not now"}).status_code == 303
    text = text_of(ito.get("/"))
    assert "0 plans wait for approval" in text
    assert "Nothing waits for a person" in text
    assert "Next: read the plan" not in text
    assert ito.get("/plan").status_code == 200
    assert "Declined Declined by M. Ito" in text_of(ito.get(f"/plans/{digest}"))
    assert stats.numbers(office.store, stats.EventTotals(), office.clock()).held == 0

"""The whole story in real browsers, with real workers: from files with an error to courses with the right people; and what may go wrong."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy import update

from ilc_canvas import process
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.opening import make_store
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions import identities
from ilc_canvas.store.worker.tables import HEARTBEAT
from tests.cli.people_cast import Office as ByHand
from tests.console.browsing import needs_browser, window
from tests.console.role import make_role
from tests.console.workplace import STALLED, Workplace, workplace
from tests.e2e.small_programme import Programme, first_programme
from tests.store.conftest import own_server
from tests.store.postgres import Server, new_database
from tests.stores import made_file
from tests.waiting import until

pytestmark = [needs_browser, pytest.mark.timeout(300)]
ALVAREZ, ITO, CHO = "R. Alvarez", "M. Ito", "B. Cho"
AWHILE = 60_000  # ms that a worker may take on a loaded machine


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL server that may be stopped."""
    with own_server() as running:
        yield running


@contextmanager
def _office(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Workplace]:
    """One worker on a file, or two on a server. Canvas takes its time for each enrollment."""
    if kind == "sqlite":
        url, workers = made_file(folder / "made"), 1
    else:
        found: Server = request.getfixturevalue("server")
        url, workers = new_database(found.url, folder.name.replace("-", "_").lower()), 2
        make_store(url).close()
        assert make_role(url).returncode == 0
    with workplace(folder, workers, STORE=url, IN_FLIGHT="4") as place:
        place.office.sandbox.fault("delay:0.7", method="POST", path="/enrollments", times=1000)
        yield place


def _upload(page: Page, programme: Programme, folder: Path) -> None:
    """Choose the three files, and have them checked."""
    words = programme.write(folder)
    for label, file in (("roster", words[2]), ("teams", words[4]), ("cops", words[6])):
        page.locator(f"input[type=file][name={label}]").set_input_files(file)
    page.get_by_label("School year").fill("2021-22")
    page.get_by_role("button", name="Check the files").click()


def _sign(page: Page) -> None:
    """Read it, say so, say why."""
    page.get_by_label("I have read").check()
    page.get_by_label("Why is this the roster now?").fill("as agreed in July")
    page.get_by_role("button", name="Sign as").click()


def _ask_for_plan(page: Page, url: str) -> None:
    page.goto(f"{url}/sync")
    page.get_by_label("A plan only").check()
    page.get_by_label("Why?").first.fill("the roster is signed")
    page.get_by_role("button", name="Ask for it").click()


def _wait_for(page: Page, url: str, path: str, text: str) -> None:
    """Look at a page until it says this."""

    def says() -> bool:
        page.goto(f"{url}{path}")
        return page.get_by_text(text).count() > 0

    until(says, AWHILE / 1000)


def _approve(page: Page) -> None:
    """From the plan: check it once more, say why, approve."""
    page.get_by_role("button", name="Check, then approve").click()
    page.get_by_label("Why may this go ahead?").fill("read course by course")
    page.get_by_role("button", name="Approve").click()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_from_files_to_courses(tmp_path: Path, request: pytest.FixtureRequest, browser: Chromium, kind: str) -> None:
    """Files with an error are corrected and signed; a plan is asked for, approved in part by somebody else, and carried out before
    their eyes; whoever comes second at the plan is told; Canvas has what was approved, and the log says who did what.
    """
    with _office(kind, tmp_path, request) as place, ExitStack() as stack:
        people = ByHand(lambda *_: (_ for _ in ()).throw(AssertionError), tmp_path, place.office.sandbox)
        other = people.account("Benjamin O.", "ben.okafor@example.org")
        alvarez = stack.enter_context(window(browser, place.token(ALVAREZ, Role.COORDINATOR)))
        ito = stack.enter_context(window(browser, place.token(ITO, Role.APPROVER)))
        cho = stack.enter_context(window(browser, place.token(CHO, Role.APPROVER)))
        _signed_after_correction(alvarez, place, tmp_path)
        _ask_for_plan(alvarez, place.url)
        _wait_for(ito, place.url, "/", "Read the plan")
        ito.get_by_role("link", name="Read the plan").first.click()
        cho.goto(ito.url)
        cho.get_by_role("button", name="Check, then approve").click()
        cho.get_by_label("Why may this go ahead?").fill("me too")
        ito.locator("article.course", has_text="Social-Emotional").locator("input[data-all]").uncheck()
        _approve(ito)
        expect(ito).to_have_url(f"{place.url}/sync")
        _told_to_be_second(cho)
        _watched(ito, place)
        courses = {course["id"]: course.get("sis_course_id") for course in place.office.sandbox.state()["courses"]}
        filled = {courses[row["course_id"]] for row in place.office.sandbox.state()["enrollments"]}
        assert {"ilc:2021-22:cop:EQ", "ilc:2021-22:net:R1"} <= filled
        assert "ilc:2021-22:cop:SEL" not in filled
        ito.goto(f"{place.url}/audit")
        expect(ito.get_by_text("read course by course").first).to_be_visible()
        _who_is_who(ito, place, other)


def _signed_after_correction(page: Page, place: Workplace, folder: Path) -> None:
    """What is wrong is shown by line; the corrected files become a version, which is signed."""
    programme = first_programme()
    page.goto(f"{place.url}/roster")
    _upload(page, programme.person("P03", team_id="T9"), folder / "wrong")
    expect(page.get_by_text("T9").first).to_be_visible()
    page.goto(f"{place.url}/roster")
    _upload(page, programme, folder / "right")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check, then sign version 1")
    _sign(page)
    expect(page.get_by_text(f"Signed by {ALVAREZ}").first).to_be_visible()


def _told_to_be_second(page: Page) -> None:
    """Who is at the last step by then is told that somebody was quicker, or that the plan is old if the worker has it already."""
    page.get_by_role("button", name="Approve").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("Somebody else was quicker|This plan cannot be decided about"))
    expect(page.get_by_text(re.compile("Nothing (of what you typed was kept|was changed)"))).to_be_visible()


def _watched(page: Page, place: Workplace) -> None:
    """The run that came of it counts on by itself, and ends with the way to how it ended."""
    until(lambda: details.running(place.store), AWHILE / 1000)
    number = details.newest(place.store)
    page.goto(f"{place.url}/runs/{number}")
    bar = page.get_by_role("progressbar")
    seen = set[str]()

    def is_over() -> bool:
        seen.add(bar.get_attribute("value") or "")
        return page.get_by_role("link", name="The run is over").count() > 0

    until(is_over, AWHILE / 1000)
    assert len(seen) > 2, seen
    page.get_by_role("link", name="The run is over").click()
    expect(page.get_by_role("heading", name="Done: ")).to_be_visible()


def _who_is_who(page: Page, place: Workplace, account: int) -> None:
    """Somebody who may have an account was left alone; who it is is said here, and kept."""
    page.goto(f"{place.url}/who")
    card = page.locator("section.card", has_text="Ben Okafor")
    card.get_by_label(f"Yes, account {account}").check()
    card.get_by_label("How do you know?").fill("Ben told me")
    card.get_by_role("button", name="Keep the answer").click()
    expect(page.get_by_text("Ben told me").first).to_be_visible()
    (answer,) = identities.decided(place.store, CanvasScope(place.office.sandbox.url, "ilc:2021-22")).values()
    assert (answer.decision, answer.handle) == ("adopt", account)


def _under_way(place: Workplace, folder: Path) -> int:
    """A signed roster, whose plan was approved, is being carried out; the run's number."""
    run = place.office.run
    assert run(*first_programme().write(folder / "files")).code == 0
    assert run("roster", "finalize", "--signed-by", ALVAREZ).code == 0
    assert run("approve", place.office.json("plan").value["digest"], "--reason", "seen").code == 0
    assert run("resync", "--reason", "go").code == 0
    until(lambda: details.running(place.store) and details.run_progress(place.store, details.newest(place.store)).done > 3)
    return details.newest(place.store)


def test_worker_dies_while_a_page_looks(tmp_path: Path, request: pytest.FixtureRequest, browser: Chromium) -> None:
    """The worker is killed (SIGKILL) in mid-run. The page says that nobody is at it, and when another worker has come, that the run is
    over; that worker does the rest.
    """
    with _office("sqlite", tmp_path, request) as place, window(browser, place.token("J. Bell", Role.VIEWER)) as page:
        page.goto(f"{place.url}/runs/{_under_way(place, tmp_path)}")
        expect(page.get_by_role("progressbar")).to_be_visible()
        place.workers[0].kill()
        place.workers[0].wait()
        with place.store.write() as connection:  # more than a minute goes by
            connection.execute(update(HEARTBEAT).values(at=process.now() - timedelta(minutes=5)))
        expect(page.get_by_text("No worker has given a sign of life")).to_be_visible(timeout=AWHILE)
        place.office.sandbox.mend()
        place.start_worker()
        page.get_by_role("link", name="The run is over").click(timeout=AWHILE)
        expect(page.get_by_text("Stopped").first).to_be_visible()
        until(lambda: details.runs(place.store)[0].status in ("applied", "converged"), AWHILE / 1000)


def test_database_goes_away_while_a_page_looks(tmp_path: Path, request: pytest.FixtureRequest, browser: Chromium) -> None:
    """PostgreSQL is stopped in mid-run. The page says that it hears nothing, other pages that the store does not answer; when it is back,
    the page goes on by itself to the end of the run, and the worker does the rest.
    """
    server: Server = request.getfixturevalue("server")
    with ExitStack() as stack:
        place = stack.enter_context(_office("postgresql", tmp_path, request))
        token = place.token("J. Bell", Role.VIEWER)
        page, other = (stack.enter_context(window(browser, token, expected=STALLED)) for _ in range(2))
        page.goto(f"{place.url}/runs/{_under_way(place, tmp_path)}")
        expect(page.get_by_role("progressbar")).to_be_visible()
        server.stop()
        expect(page.get_by_text("does not answer just now")).to_be_visible(timeout=AWHILE)
        other.goto(f"{place.url}/")
        expect(other.get_by_role("heading", level=1)).to_have_text("The store does not answer")
        place.office.sandbox.mend()
        server.start()
        expect(page.get_by_text("does not answer just now")).to_be_hidden(timeout=AWHILE)
        other.reload()
        expect(other.get_by_role("heading", level=1)).to_have_text("How things stand")
        page.get_by_role("link", name="The run is over").click(timeout=AWHILE)
        until(lambda: details.runs(place.store)[0].status in ("applied", "converged"), AWHILE / 1000)

"""The pages in a real browser: signing in, approving in part, without script, by keyboard alone, on paper, and without barriers."""

import pyotp
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import FilePayload, Page, expect

from ilc_canvas.console.security.tokens import form_token
from ilc_canvas.reconcile.change import Create
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions import approvals
from ilc_canvas.store.worker import sync_requests
from tests.cli.people_cast import Row, rows
from tests.console.browsing import barriers, faults, needs_browser, overflow, window
from tests.console.cast import PASSWORD, Office
from tests.console.test_pages import LISTS
from tests.console.uploads import check, files_of
from tests.roster.calendar.cast import table
from tests.store import cast
from tests.store.cast import Desk, plan_of, seat

pytestmark = needs_browser
ITO = "M. Ito"


def _token(office: Office, *roles: Role) -> str:
    return office.browser(ITO, *roles).token


def _plan(office: Office) -> str:
    return f"/plans/{details.runs(office.store)[0].digest}"


def _approve(page: Page) -> None:
    """From the page of the plan: check, give a reason and the number of places, approve."""
    page.get_by_role("button", name="Check, then approve").click()
    heading = page.locator("dt", has_text="Places that end").inner_text()
    page.get_by_label("Why may this go ahead?").fill("seen with R. Alvarez")
    page.get_by_label("How many places end?").fill(heading.rpartition("(")[2].rstrip(")"))


def test_sign_in_then_approve_in_part(office: Office, browser: Chromium) -> None:
    """Name, password and code; the plan by way of the first page; one tick less; approved with a reason, and a sync is asked for."""
    office.account(ITO, Role.APPROVER)
    with window(browser) as page:
        page.goto(f"{office.url}/runs")
        page.get_by_label("Name").fill(ITO)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("Code from your authenticator").fill(office.code(ITO))
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(f"{office.url}/runs")
        page.get_by_role("link", name="Today").click()
        page.get_by_role("link", name="Read the plan").click()
        total = page.locator("input[name=change]").count()
        page.locator("input[name=change]").last.uncheck()
        expect(page.locator("[data-ticked]")).to_have_text(str(total - 1))
        _approve(page)
        page.get_by_role("button", name="Approve").click()
        expect(page).to_have_url(f"{office.url}/sync")
        expect(page.get_by_text("seen with R. Alvarez")).to_be_visible()
    (decided,) = approvals.plan_decisions(office.store, 3)
    assert (decided.actor, decided.changes < len(details.run(office.store, 3).steps)) == (ITO, True)


def test_double_click_approves_once(office: Office, browser: Chromium) -> None:
    """However quickly the button is pressed, there is one approval and one request."""
    with window(browser, _token(office, Role.APPROVER)) as page:
        page.goto(f"{office.url}{_plan(office)}")
        _approve(page)
        page.get_by_role("button", name="Approve").dblclick()
        expect(page).to_have_url(f"{office.url}/sync")
    assert (len(approvals.plan_decisions(office.store, 3)), len(sync_requests.open_requests(office.store))) == (1, 1)


def test_course_box_ticks_its_changes(office: Office, browser: Chromium) -> None:
    """A course's box takes the ticks of all its changes away, and shows when some are left."""
    with window(browser, _token(office, Role.APPROVER)) as page:
        page.goto(f"{office.url}{_plan(office)}")
        course = page.locator("article.course", has=page.locator("input[name=change]")).last
        course.locator("input[data-all]").uncheck()
        assert course.locator("input[name=change]:checked").count() == 0
        course.locator("input[name=change]").first.check()
        assert course.locator("input[data-all]").evaluate("box => box.indeterminate || box.checked")


def test_plan_is_approved_without_script(office: Office, browser: Chromium) -> None:
    """The same way works in a browser that runs no script."""
    with window(browser, _token(office, Role.APPROVER), script=False) as page:
        page.goto(f"{office.url}{_plan(office)}")
        _approve(page)
        page.get_by_role("button", name="Approve").click()
        expect(page).to_have_url(f"{office.url}/sync")
    assert len(approvals.plan_decisions(office.store, 3)) == 1


def test_people_are_found_while_one_types(office: Office, browser: Chromium) -> None:
    """Letter by letter, without a button, and without a name in the address; whoever presses the button gets the same."""
    with window(browser, _token(office, Role.VIEWER)) as page:
        page.goto(f"{office.url}/people")
        page.get_by_role("searchbox").press_sequentially("chlo")
        expect(page.get_by_role("link", name="Chloe Tran")).to_be_visible()
        expect(page.get_by_role("heading", name="1 person with “chlo”")).to_be_visible()
        expect(page).to_have_url(f"{office.url}/people")
        page.get_by_role("searchbox").fill("")
        expect(page.get_by_role("link", name="Chloe Tran")).to_be_hidden()
        page.get_by_role("searchbox").fill("nobody at all")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_text("Nobody. Type less of the name.")).to_be_visible()
        page.get_by_role("searchbox").fill("")
        page.get_by_label("Course or team").select_option("COP EQ · Equity")
        expect(page.get_by_role("heading", name="2 people in COP EQ · Equity")).to_be_visible()


def test_people_are_found_without_script(office: Office, browser: Chromium) -> None:
    """The button searches in a browser that runs no script."""
    with window(browser, _token(office, Role.VIEWER), script=False) as page:
        page.goto(f"{office.url}/people")
        page.get_by_role("searchbox").fill("chlo")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("link", name="Chloe Tran")).to_be_visible()


def test_roster_from_files_to_second_signature(office: Office, browser: Chromium) -> None:
    """Files with an error, the page that says so, the corrected one alone chosen again, and two people who sign."""
    few = [rows()[0], rows()[-1]]
    wrong, right = _payloads([{**few[0], "team_id": "T9"}, few[1]]), _payloads(few)
    with window(browser, office.browser("J. Alvarez", Role.COORDINATOR).token) as page:
        page.goto(f"{office.url}/roster")
        for part in ("Roster", "Teams", "COP catalog"):
            page.get_by_label(part, exact=True).set_input_files(wrong[f"{part.split(' ')[0].lower().replace('cop', 'cops')}.csv"])
        page.get_by_label("School year").fill("2021-22")
        page.get_by_role("button", name="Check the files").click()
        expect(page).to_have_url(f"{office.url}/roster/checks/1")
        expect(page.get_by_text("T9", exact=True)).to_be_visible()
        page.get_by_label("Roster", exact=True).set_input_files(right["roster.csv"])
        page.get_by_role("button", name="Check the files").click()
        expect(page).to_have_url(f"{office.url}/roster/3")
        _sign(page, "Sign as J. Alvarez")
        expect(page.get_by_text("Waits for a second signature")).to_be_visible()
    with window(browser, office.browser("L. Cruz", Role.COORDINATOR).token) as page:
        page.goto(f"{office.url}/")
        page.get_by_role("link", name="Roster version 3, draft").click()
        _sign(page, "Sign as second person, L. Cruz")
        expect(page.get_by_text("In force")).to_be_visible()


def _payloads(people: list[Row]) -> dict[str, FilePayload]:
    """Files as a browser is given them, by name."""
    return {name: {"name": name, "mimeType": "text/csv", "buffer": data} for name, data in files_of(people).values()}


def _sign(page: Page, button: str) -> None:
    page.get_by_label("I have read the").check()
    page.get_by_label("Why ").fill("many left")
    page.get_by_role("button", name=button).click()


def test_problem_is_where_the_reader_is(office: Office, browser: Chromium) -> None:
    """A form that lacks something comes back with the focus on what is wrong, which leads to the field."""
    with window(browser, _token(office, Role.APPROVER)) as page:
        page.goto(f"{office.url}{_plan(office)}/decline")
        page.get_by_role("button", name="Decline").click()
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page).to_have_title("There is a problem: Decline the plan of run 3 · ILC courses")
        page.get_by_role("alert").get_by_role("link").click()
        expect(page.get_by_label("Why not?")).to_be_focused()


def test_keyboard_alone_reaches_everything(office: Office, browser: Chromium) -> None:
    """The first Tab leads past the menu; from there each stop shows where the focus is."""
    with window(browser, _token(office, Role.APPROVER)) as page:
        page.goto(f"{office.url}/sync")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
        page.keyboard.press("Enter")
        seen = list[str]()
        while "Pause" not in seen and len(seen) < 30:  # a time has a stop for each of its parts
            page.keyboard.press("Tab")
            seen.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", seen
        assert {"kind-sync", "only", "retry", "reason", "Ask for it", "until", "why", "Pause"} <= set(seen)


def test_paper_has_all_but_the_frame(office: Office, browser: Chromium) -> None:
    """A plan prints whole, without menu and buttons, with the time and who printed it."""
    with window(browser, _token(office, Role.APPROVER)) as page:
        page.goto(f"{office.url}{_plan(office)}")
        page.emulate_media(media="print")
        assert not page.locator(".side").is_visible()
        assert not page.locator("button, input, nav").filter(visible=True).count()
        assert page.get_by_text(f"by {ITO}.").is_visible()
        assert page.pdf().startswith(b"%PDF")


def test_progress_is_followed(office: Office, browser: Chromium) -> None:
    """The page of a run under way counts on by itself, and ends with the way to the whole."""
    with take_lease(office.store, "worker-1", renewal=None) as lease, window(browser, _token(office, Role.VIEWER)) as page:
        desk = Desk(office.store, lease, cast.Clock(office.clock()))
        changes = [Create(seat(1)), Create(seat(2))]
        number = desk.run(*changes)
        page.goto(f"{office.url}/runs/{number}")
        expect(page.get_by_text("0 of 2 changes done")).to_be_visible()
        desk.do(number, changes[0])
        expect(page.get_by_text("1 of 2 changes done")).to_be_visible(timeout=10_000)
        desk.do(number, changes[1])
        desk.close(number, "applied", plan_of(*changes).digest)
        page.get_by_role("link", name="The run is over").click()
        expect(page.get_by_text("Done: 2 changes")).to_be_visible()


def test_new_key_for_the_authenticator(office: Office, browser: Chromium) -> None:
    """By way of one's own page: the key as a picture and as text, then a code of it; nothing on the way is a barrier, or cut off."""
    with window(browser, _token(office, Role.APPROVER), width=320) as page:
        page.goto(f"{office.url}/me")
        page.get_by_role("button", name="Make a new key").click()
        expect(page.get_by_role("img", name="The key as a QR code")).to_be_visible()
        assert (barriers(page), overflow(page)) == ([], 0)
        secret = page.locator("b.mono").inner_text().replace(" ", "")
        page.get_by_label("Code from your authenticator").fill(pyotp.TOTP(secret).at(office.clock()))
        page.get_by_role("button", name="Use this key from now on").click()
        expect(page.get_by_role("status")).to_contain_text("Codes of the new key count from now on")
    assert office.account(ITO).secret == secret


def _kept_checks(office: Office) -> None:
    """Files with errors, a draft that waits for a second signature, and a calendar that waits for its first."""
    alvarez = office.browser("J. Alvarez", Role.COORDINATOR)
    check(alvarez, files_of(rows(P3={"team_id": "T9"})))
    check(alvarez, files_of([rows()[0], rows()[-1]]))
    fields = {"files": versions.info(office.store, 3).files_digest, "read": "yes", "reason": "many left"}
    assert alvarez.post("/roster/3/sign", fields).status_code == 303
    upload = {"calendar": ("calendar.csv", table({}).data)}
    fields = {"form_token": form_token(alvarez.token), "school_year": "2021-22"}
    assert alvarez.ask("POST", "/calendar/check", data=fields, files=upload).status_code == 303


def _boxes(office: Office) -> str:
    """All that the plan has, as its form sends it."""
    plan = details.run(office.store, details.runs(office.store)[0].number)
    return "&".join(f"change={step.fingerprint}" for step in plan.steps)


def test_result_of_a_look_comes_by_itself(office: Office, browser: Chromium) -> None:
    """Who has pressed for a look sees what came of it without asking again, and nothing in the browser complains."""
    with window(browser, _token(office, *Role)) as page:
        page.goto(f"{office.url}/people/P2")
        page.get_by_role("button", name="Look again in Canvas").click()
        expect(page.get_by_text("Waits for a worker")).to_be_visible()
        sync_requests.ended(office.store, 1, "done", run=None, result="Canvas has P2 in 3 places.", at=office.clock())
        expect(page.get_by_text("Canvas has P2 in 3 places.")).to_be_visible(timeout=20_000)
        expect(page.get_by_role("button", name="Look again in Canvas")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_pages_have_no_barriers(office: Office, browser: Chromium, width: int) -> None:
    """axe finds nothing on any page, in any width and both schemes; nothing is cut off; nothing comes from elsewhere."""
    plan = _plan(office)
    _kept_checks(office)
    some = [
        plan,
        f"{plan}/decline",
        "/roster/2",
        "/runs/2",
        "/runs/2/undo",
        "/runs/3",
        "/courses/cop:EQ",
        "/people/P2",
        "/accounts",
        "/roster/checks/1",
        "/roster/3",
        "/calendar/1",
        "/audit?kind=all&to=2021-01-01",
        f"{plan}/approve?{_boxes(office)}",
        f"{plan}/approve",
    ]
    with window(browser, _token(office, *Role), width=width) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for path in [*LISTS, *some, "/sign-in"]:
            _has_no_barriers(page, f"{office.url}{path}")
        assert not [url for url in asked if not url.startswith(office.url)]


def _has_no_barriers(page: Page, url: str) -> None:
    answer = page.goto(url)
    assert answer
    assert answer.status == 200, url
    assert faults(page) == [], url


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_questions_have_no_barriers(asking: Office, browser: Chromium, width: int) -> None:
    """The same goes for roster and Canvas side by side."""
    with window(browser, _token(asking, *Role), width=width) as page:
        _has_no_barriers(page, f"{asking.url}/who")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_decisions_have_no_barriers(drifted: Office, browser: Chromium, width: int) -> None:
    """And for what was changed by hand, with its forms."""
    with window(browser, _token(drifted, *Role), width=width) as page:
        _has_no_barriers(page, f"{drifted.url}/alone")

"""Ways in and a facilitator's pages in a real browser: without barriers, and back from elsewhere with a cookie that does not come along."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from pydantic import SecretStr

from ilc_canvas.program.names import user_key
from ilc_canvas.sandbox.people.sign_ins import KEY, SECRET
from ilc_canvas.settings import Settings
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.people import guests, identities
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.people.sessions import How, Origin
from tests.console.browsing import faults, needs_browser, window
from tests.console.cast import Office
from tests.console.conftest import serving
from tests.console.provider import CLIENT, Provider, provider
from tests.console.provider import SECRET as SCHOOLS
from tests.console.test_facilitators import EVE, Filled, filled
from tests.stores import copied

__all__ = ["filled"]  # a fixture
pytestmark = needs_browser
ITO = "M. Ito"


@pytest.fixture
def school() -> Iterator[Provider]:
    """The school's sign-in."""
    with provider() as made:
        yield made


@pytest.fixture
def office(filled: Filled, school: Provider, settings: Settings, tmp_path: Path) -> Iterator[Office]:
    """A console that staff reach by the school, and facilitators by Canvas."""
    given = {"url": filled.canvas.url, "console_canvas_client": KEY, "console_canvas_secret": SecretStr(SECRET)}
    # another site than the console's: by its number this machine is one for the browser, by its name another
    school.url = school.url.replace("127.0.0.1", "localhost")
    given |= {"console_oidc_issuer": school.url, "console_oidc_client": CLIENT, "console_oidc_secret": SecretStr(SCHOOLS)}
    with closing(open_store(copied(filled.store, tmp_path))) as store, serving(settings.model_copy(update=given), store) as made:
        made.account(ITO, Role.APPROVER)
        identities.link(store, ITO, school.subject, issuer=school.url, actor="root", at=made.clock())
        yield made


@pytest.mark.parametrize("asks", [True, False])
def test_school_account_in_a_browser(office: Office, school: Provider, browser: Chromium, *, asks: bool) -> None:
    """To the school, which is another site, and back; only from a page of the school's own is one reload needed for the cookie to come."""
    school.asks = asks
    with window(browser) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{office.url}/runs")
        page.get_by_role("link", name="With your school account").click()
        if asks:
            page.get_by_role("link", name="Go on").click()
        expect(page).to_have_url(f"{office.url}/runs")
        expect(page.get_by_text(f"{ITO}, approver")).to_be_visible()
    assert len([url for url in asked if url.endswith("&here=1")]) == asks


def test_canvas_in_a_browser(office: Office, browser: Chromium) -> None:
    """A facilitator agrees at Canvas and reads the own course; signing out ends it."""
    with window(browser) as page:
        page.goto(f"{office.url}/my")
        page.get_by_role("link", name="With Canvas").click()
        page.get_by_role("button", name="Eve Lund").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("COP EQ · Equity (2021-22)")
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_url(f"{office.url}/sign-in")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_ways_in_have_no_barriers(office: Office, browser: Chromium, width: int) -> None:
    """axe finds nothing on them, in any width and both schemes, and nothing is cut off."""
    guests.begin(office.store, user_key("ilc", EVE), "g" * 43, origin=Origin("127.0.0.1", "", How.CANVAS), at=office.clock())
    with window(browser, width=width, expected="403") as page:
        for path in ("/sign-in", "/sign-in/school/return?here=1"):
            page.goto(f"{office.url}{path}")
            assert faults(page) == [], path
    with window(browser, "g" * 43, width=width) as page:
        page.goto(f"{office.url}/my/cop:EQ")
        assert faults(page) == []
    with window(browser, office.browser("S. Okafor", *Role).token, width=width) as page:
        page.goto(f"{office.url}/accounts")
        page.locator("details summary").last.click()
        assert faults(page) == []

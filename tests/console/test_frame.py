"""What holds for every route: headers, host, origin, roles, methods, sizes."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from importlib.resources import files
from itertools import chain

import pytest
import structlog

from ilc_canvas.console.app import AT_ONCE, make_app
from ilc_canvas.console.pages import PAGES
from ilc_canvas.console.rendering import environment
from ilc_canvas.console.routes import Page
from ilc_canvas.console.security.headers import HEADERS
from ilc_canvas.console.security.pace import MOST, Pace
from ilc_canvas.console.security.place import place_of
from ilc_canvas.console.security.tokens import new_token
from ilc_canvas.console.visit import Console
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.settings import Settings
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.runs import details
from tests.console.cast import SAME, Browser, Office, text_of
from tests.console.conftest import serving

EVERY = tuple(Role)


def _path(office: Office, page: Page) -> str:
    """The route's path with things that are there."""
    digest = next(info.digest for info in details.runs(office.store) if info.status == "held")
    known = {"number": "1", "digest": digest, "word": "cop:EQ", "person": "P1", "name": "console.css"}
    return re.sub(r"\{(\w+)\}", lambda match: known[match[1]], page.path)


def test_every_route_by_every_role(office: Office) -> None:
    """Who has a role that a route names is let in, and nobody else: who is signed out is sent to sign in, or told that it is over."""
    for role in EVERY:
        office.account(role.value, role)
    for page in PAGES:
        path = _path(office, page)
        for role in EVERY:
            status = office.browser(role.value).ask(page.method, path).status_code  # without a form token: nothing is done
            refused = not page.public and role not in page.roles
            text = f"{page.method} {path} by {role}: {status}"
            assert (status == 403) == (refused or (page.method == "POST" and not page.public)), text
            assert status < 500, text
        answer = Browser(office.url).ask(page.method, path)
        if not page.public:
            assert answer.status_code == (303 if page.method == "GET" else 401), path


def test_headers_on_every_answer(office: Office) -> None:
    """Pages, refusals, redirects, files and errors all have them; only files may be kept."""
    viewer = office.browser("J. Bell", Role.VIEWER)
    paths = [*(_path(office, page) for page in PAGES), "/nothing", "/runs/x", "/static/../app.py"]
    pages = (browser.get(path) for path in paths for browser in (viewer, Browser(office.url)))
    answers = [viewer.ask("PUT", "/")]
    answers += [Browser(office.url, headers={"Host": "evil.example"}).get("/"), viewer.ask("POST", "/sign-in", data="x" * (2**20 + 1))]
    for answer in chain(pages, answers):  # one after the other: whoever keeps an answer keeps its connection
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, answer.url
        is_file = "/static/" in answer.url and answer.status_code == 200
        assert answer.headers["Cache-Control"] == ("private, max-age=300" if is_file else "no-store"), answer.url
        assert "server" not in answer.headers


def test_other_hosts_are_refused(office: Office) -> None:
    """A name that leads here without being ours (DNS rebinding) gets nothing; nor do two names at once."""
    browser = office.browser("J. Bell", Role.VIEWER)
    for host in ("evil.example", "127.0.0.1", "127.0.0.1:1", ""):
        browser.headers = {"Host": host}
        assert browser.get("/").status_code in (400, 421), host
    connection = HTTPConnection(office.url.removeprefix("http://"))
    connection.putrequest("GET", "/", skip_host=True)
    for host in (office.url.removeprefix("http://"), "evil.example"):
        connection.putheader("Host", host)
    connection.endheaders()
    assert connection.getresponse().status in (400, 421)
    connection.close()


ORIGINS = [
    ({}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"Sec-Fetch-Site": "none"}, 403),
    ({"Origin": "https://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "{own}"}, 403),
    ({"Origin": "{own}"}, 303),
    (SAME, 303),
]


@pytest.mark.parametrize(("headers", "status"), ORIGINS)
def test_changes_come_from_own_pages(office: Office, headers: dict[str, str], status: int) -> None:
    """A form of another site is refused even with cookie and form token; a browser that says nothing is not believed."""
    browser = office.browser("J. Bell", Role.VIEWER)
    browser.headers = {name: value.format(own=office.url) for name, value in headers.items()}
    assert browser.post("/sign-out").status_code == status
    browser.headers = SAME
    assert browser.get("/").status_code == (200 if status == 403 else 303)


@pytest.mark.parametrize("sent", [None, "", "0" * 64, "ünknown"])
def test_form_of_another_session(office: Office, sent: str | None) -> None:
    """Without the form token of its session a form is refused, and nothing is changed."""
    browser = office.browser("J. Bell", Role.VIEWER)
    answer = browser.ask("POST", "/sign-out", data={} if sent is None else {"form_token": sent})
    assert (answer.status_code, "Nothing was changed" in text_of(answer)) == (403, True)
    assert browser.get("/").status_code == 200


def test_form_token_of_somebody_else(office: Office) -> None:
    """The token of one session is none of another."""
    bell, ito = office.browser("J. Bell", Role.VIEWER), office.browser("M. Ito", Role.APPROVER)
    page = bell.get("/").text
    found = re.search(r'name="form_token" value="([0-9a-f]{64})"', page)
    assert found
    assert ito.ask("POST", "/sign-out", data={"form_token": found[1]}).status_code == 403
    assert bell.ask("POST", "/sign-out", data={"form_token": found[1]}).status_code == 303


def test_wrong_methods_are_refused(office: Office) -> None:
    """A route answers to its own method alone, and no GET changes anything."""
    browser = office.browser("J. Bell", Role.ADMIN)
    methods: dict[str, set[str]] = {}
    for page in PAGES:
        methods.setdefault(page.path, set()).add(page.method)
    for path, own in methods.items():
        there = _path(office, Page("GET", path, PAGES[0].handler, public=True))
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - own:
            assert browser.ask(method, there).status_code in (404, 405), (method, there)
    assert browser.get("/").status_code == 200


def test_dark_differs_in_colors_alone() -> None:
    """In the dark the style sheet sets its colors otherwise, and nothing else."""
    sheet = files("ilc_canvas.console").joinpath("static/console.css").read_text("utf-8")
    (inside,) = re.findall(r"@media \(prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}\s*\}", sheet, re.DOTALL)
    assert sheet.count("prefers-color-scheme") == 1
    assert re.fullmatch(r"(\s*--[\w-]+: #[0-9a-f]{6};)+\s*", inside)


def test_large_bodies_are_refused(office: Office) -> None:
    """More than a megabyte is not read, whether its length is said or not."""
    browser = office.browser("J. Bell", Role.VIEWER)
    large = "x" * (2**20 + 1)
    assert browser.ask("POST", "/sign-out", data=large).status_code == 413
    pieces = (large[start : start + 2**16].encode() for start in range(0, len(large), 2**16))
    browser.headers = {**SAME, "Content-Type": "application/x-www-form-urlencoded"}
    assert browser.ask("POST", "/sign-out", data=pieces).status_code == 413


def test_sixty_changes_a_minute() -> None:
    """A session that sends more has to wait until a minute is over; others do not."""
    pace, at = Pace(), datetime(2021, 8, 2, 12, 0, tzinfo=UTC)
    assert all(pace.allows("a", at + timedelta(milliseconds=number)) for number in range(MOST))
    assert not pace.allows("a", at + timedelta(seconds=59))
    assert pace.allows("b", at + timedelta(seconds=59))
    assert pace.allows("a", at + timedelta(seconds=61))


def test_mailed_link_finds_the_session(office: Office) -> None:
    """A link from elsewhere comes without the cookie: the page asks for itself once more, from here, and then it is there."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    answer = Browser(office.url, headers=headers).get("/")
    assert (answer.status_code, '<meta http-equiv="refresh" content="0; url=/">' in answer.text) == (200, True)
    assert office.browser("J. Bell", Role.VIEWER).get("/").status_code == 200


def test_way_over_the_sign_in_keeps_what_was_asked(office: Office) -> None:
    """Whoever must sign in first, or comes by a link in a mail, is led to the whole address, with what it looks for."""
    asked = "/audit?kind=people&run=2"
    assert Browser(office.url).get(asked).headers["Location"] == "/sign-in?next=/audit%3Fkind%3Dpeople%26run%3D2"
    mailed = Browser(office.url, headers={"Sec-Fetch-Site": "cross-site"}).get(asked)
    assert 'content="0; url=/audit?kind=people&amp;run=2"' in mailed.text
    office.account("M. Ito", Role.APPROVER)
    assert office.sign_in("M. Ito", {"next": asked}).headers["Location"] == asked


def test_route_without_role_fails_the_start(office: Office, settings: Settings) -> None:
    """A page that does not say who may ask for it keeps the console from starting; so does one that is there twice."""
    page = PAGES[0]
    silent = Page("GET", "/silent", page.handler)
    console = Console(settings, office.store, place_of("127.0.0.1", 80, ""), environment(), environment(), office.clock, new_token, "")
    with pytest.raises(SettingsError, match="GET /silent does not say who may ask for it"):
        make_app(console, [*PAGES, silent])
    with pytest.raises(SettingsError, match="is there twice"):
        make_app(console, [*PAGES, page])


def test_error_shows_a_number(office: Office, settings: Settings) -> None:
    """Whatever breaks, the visitor gets a number and no more; the log has the number, too."""

    def broken(_: object) -> None:
        raise ValueError("a secret")

    pages = [Page("GET", "/broken", broken, public=True)]  # type: ignore[arg-type]
    with serving(settings, office.store, pages=pages) as other, structlog.testing.capture_logs() as logs:
        answer = Browser(other.url).get("/broken")
    assert answer.status_code == 500
    assert "a secret" not in answer.text
    assert (logs[0]["event"], logs[0]["number"] in answer.text) == ("console.broken", True)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.0.2.1", ""),
        ("127.0.0.1", "http://console.example.org"),
        ("", "https://"),
        ("::", ""),
        ("x", "https://a@b"),
        ("x", "https://a/b"),
    ],
)
def test_plain_http_stays_on_this_machine(host: str, address: str) -> None:
    """Whoever serves others does so by https."""
    with pytest.raises(SettingsError, match="It was not started"):
        place_of(host, 8080, address)


def test_https_is_asked_for_again(office: Office, settings: Settings) -> None:
    """At a public address browsers are told to come by https alone, and the name there is the only host."""
    place = place_of("127.0.0.1", 8080, "https://Console.example.org")
    with serving(settings, office.store, place) as public:
        browser = Browser(public.url, headers={"Host": "console.example.org"})
        assert browser.get("/healthz").headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert Browser(public.url).get("/healthz").status_code == 421


def test_templates_trust_no_value() -> None:
    """No template switches escaping off, holds a script or a style, or names another site."""
    for file in files("ilc_canvas.console").joinpath("templates").iterdir():
        text = file.read_text("utf-8")
        assert not re.search(r"\|\s*safe|autoescape|Markup|<style|\sstyle=|\son\w+=|https?://|<script(?! src)", text), file.name


def test_script_library_is_as_published() -> None:
    """htmx is the file of its release 2.0.11, with its license beside it."""
    import hashlib

    static = files("ilc_canvas.console").joinpath("static")
    found = hashlib.sha256(static.joinpath("htmx.min.js").read_bytes()).hexdigest()
    assert found == "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
    assert static.joinpath("htmx.LICENSE.txt").read_text("utf-8").startswith("Zero-Clause BSD")


def test_many_visits_at_once(office: Office) -> None:
    """Five times as many requests as pages are made at once are all answered; one that waits in vain for the store would be a 503."""
    browser = office.browser("J. Bell", Role.VIEWER)
    with ThreadPoolExecutor(5 * AT_ONCE) as pool:
        answers = list(pool.map(browser.get, ["/", "/plan", "/runs/2", "/audit"] * (5 * AT_ONCE // 4)))
    assert {answer.status_code for answer in answers} == {200, 303}

"""Facilitators sign in with Canvas, by the account that the store holds, and see their own COPs: to look at, and nothing else."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
from pydantic import SecretStr

from ilc_canvas.console.pages import PAGES
from ilc_canvas.console.security.tokens import COOKIE, form_token
from ilc_canvas.console.ways.canvas import canvas_of
from ilc_canvas.program.names import user_key
from ilc_canvas.reconcile.errors import SettingsError, SignInError
from ilc_canvas.reconcile.people.identity import Question
from ilc_canvas.sandbox.people.sign_ins import KEY, SECRET
from ilc_canvas.settings import Settings
from ilc_canvas.store.audit import reader
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.people import guests
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.people.sessions import How, Origin
from ilc_canvas.store.runs import ledger
from ilc_canvas.store.runs.decisions import identities
from ilc_canvas.views import years
from tests.canvas import sockets
from tests.cli.conftest import CLOCK
from tests.cli.people_cast import Office as Roster
from tests.cli.people_cast import rows
from tests.console.cast import Browser, Office, live_things, text_of
from tests.console.conftest import environment, said, serving, with_role
from tests.console.visitor import Visitor
from tests.sandbox.process import TOKEN, Sandbox, start_sandbox
from tests.stores import copied, made_folder, made_store

EVE = "P5"
STRANGER = "We do not know you in this roster; write to the office."
ROWS = {"P2": {"cop_participant": "EQ"}, "P3": {"cop_participant": "EQ"}}


@dataclass
class Filled:
    """A Canvas that still answers, and the store of the runs that filled it."""

    canvas: Sandbox
    store: str


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """P5 facilitates COP EQ, in which P2 and P3 are."""
    store = made_store(made_folder() / "facilitators")
    given = {"STORE": store, "TOKEN": TOKEN, "SETTLE_SECONDS": "0", "REREAD_SECONDS": "0"}
    with start_sandbox(*CLOCK) as canvas, environment({**given, "URL": canvas.url}):
        roster = Roster(said, tmp_path_factory.mktemp("facilitators"), canvas)
        roster.sign(rows(**ROWS))
        roster.sync()
        yield Filled(canvas, with_role(store))


@pytest.fixture
def office(filled: Filled, settings: Settings, tmp_path: Path) -> Iterator[Office]:
    """A console with a developer key, on a copy of the store."""
    given = _with_key(settings, filled.canvas.url)
    with closing(open_store(copied(filled.store, tmp_path))) as store, serving(given, store) as made:
        yield made


def _with_key(settings: Settings, url: str) -> Settings:
    """The settings with the developer key of this Canvas."""
    return settings.model_copy(update={"url": url, "console_canvas_client": KEY, "console_canvas_secret": SecretStr(SECRET)})


def _told(settings: Settings, answer: dict[str, object]) -> int:
    """The account's number in this answer of a Canvas to a code."""
    with sockets.serving(sockets.answering({"access_token": "x", "token_type": "Bearer", **answer})) as port:
        canvas = canvas_of(_with_key(settings, f"http://127.0.0.1:{port}"))
        assert canvas
        return canvas.arrive("code", "http://127.0.0.1/back", verifier="v" * 43)


def _number(office: Office, settings: Settings, person: str, url: str) -> int:
    """Canvas's number of this person's account."""
    key = user_key(settings.prefix, person)
    held = ledger.people(office.store, years.newest(settings.model_copy(update={"url": url}), office.store))
    return next(number for number, each in held.items() if each == key)


def _agree(away: str, user: int | str) -> str:
    """At Canvas: whoever it is agrees; the way back."""
    page = requests.get(away, timeout=60).text
    form = {unescape(name): unescape(value) for name, value in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page)}
    address = f"{away.partition('/login/')[0]}/login/oauth2/accept"
    back = requests.post(address, {**form, "user": str(user)}, allow_redirects=False, timeout=60).headers["Location"]
    return f"{urlsplit(back).path}?{urlsplit(back).query}"


def _come(office: Office, user: int | str, *, target: str = "") -> tuple[Visitor, requests.Response]:
    """There and back, as somebody."""
    visitor = Visitor(office.url)
    away = visitor.get(f"/sign-in/canvas{target}").headers["Location"]
    return visitor, visitor.come(_agree(away, user))


@pytest.fixture
def eve(office: Office, settings: Settings, filled: Filled) -> Visitor:
    """The facilitator, signed in."""
    return _come(office, _number(office, settings, EVE, filled.canvas.url))[0]


def _last(office: Office) -> tuple[str, object, object]:
    event = reader.events(office.store)[-1]
    return event.kind, event.body.get("how"), event.body.get("why")


def test_facilitator_comes_in(office: Office, settings: Settings, filled: Filled) -> None:
    """By number, with the scope that grants nothing; the log has the person's key, and no name."""
    assert "With Canvas" in text_of(Visitor(office.url).get("/sign-in"))
    visitor, answer = _come(office, _number(office, settings, EVE, filled.canvas.url))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/my")
    assert visitor.get("/my").headers["Location"] == "/my/cop:EQ?year=2021-22"
    event = reader.events(office.store)[-1]
    assert (event.kind, event.actor, str(event.key), event.body["how"]) == ("signed-in", "facilitator", f"user=ilc:p:{EVE}", "canvas")
    assert "Lund" not in str(event)


def test_what_is_asked_of_canvas(office: Office, filled: Filled) -> None:
    """Who it is and nothing more, with state and PKCE, at the Canvas of the settings."""
    away = urlsplit(Visitor(office.url).get("/sign-in/canvas").headers["Location"])
    asked = dict(parse_qsl(away.query))
    assert (f"{away.scheme}://{away.netloc}{away.path}", asked["scope"]) == (f"{filled.canvas.url}/login/oauth2/auth", "/auth/userinfo")
    assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (KEY, "code", "S256")


@pytest.mark.parametrize("person", ["1", "100001", "P2"])
def test_strangers_are_told_to_write(office: Office, settings: Settings, filled: Filled, person: str) -> None:
    """The administrator of Canvas, somebody whom no roster names, a participant: none is a facilitator here."""
    number = _number(office, settings, person, filled.canvas.url) if person.startswith("P") else person
    if person == "100001":
        number = Roster(said, Path(), filled.canvas).account("Zoe Stranger", "zoe@example.org")
    visitor, answer = _come(office, number)
    assert (answer.status_code, STRANGER in text_of(answer)) == (403, True)
    assert (COOKIE in visitor.cookies, _last(office)) == (False, ("sign-in-refused", "canvas", "stranger"))


@pytest.mark.parametrize("how", ["person", "account"])
def test_open_question_keeps_out(office: Office, settings: Settings, filled: Filled, how: str) -> None:
    """While somebody must decide who a person is, or whose the account is, nobody comes in as that person, or sees more."""
    number = _number(office, settings, EVE, filled.canvas.url)
    inside, _ = _come(office, number)
    assert inside.get("/my/cop:EQ").status_code == 200
    scope = settings.model_copy(update={"url": filled.canvas.url}).canvas_scope("2021-22")
    key = user_key(settings.prefix, EVE if how == "person" else "P2")
    question = Question(key, "login", (number,) if how == "account" else ())
    with office.store.write() as connection:
        identities.keep_questions(connection, scope, [question], at=office.clock())
    visitor, answer = _come(office, number)
    assert (answer.status_code, STRANGER in text_of(answer), COOKIE in visitor.cookies) == (403, True, False)
    if how == "person":
        assert (inside.get("/my/cop:EQ").status_code, inside.get("/my").status_code) == (403, 403)
    with office.store.write() as connection:
        identities.keep_questions(connection, scope, [], at=office.clock())
    assert inside.get("/my/cop:EQ").status_code == 200


def test_own_course_is_shown(eve: Visitor, filled: Filled) -> None:
    """Counts, who is where, what is new since when, what comes, what stays theirs, and the way into Canvas."""
    answer = eve.get("/my/cop:EQ")
    text = text_of(answer)
    assert "Eve Lund, facilitator" in text
    assert "COP EQ · Equity" in text
    assert re.search(r"2 participants", text)
    assert "Ben Okafor, Chloe Tran" in text
    assert re.search(r"Ben Okafor joined as participant, Region I \d", text)
    assert "The office has not signed a calendar of meetings yet." in text
    assert "People whom you add in Canvas stay." in text
    assert f'href="{filled.canvas.url}/courses/' in answer.text
    assert live_things(answer.text) == []


HEADER = "meeting_id,audience_type,audience,title,date,end_date,start_time,end_time,all_day,timezone,mode,location,join_url,status,sequence"
MEETINGS = """\
M1,cop,EQ,Opening circle,2021-09-14,,16:30,18:00,no,America/Los_Angeles,virtual,,https://zoom.example/j/1?pwd=hush,scheduled,1,
M2,cop,EQ,Second circle,2021-10-12,,16:30,18:00,no,America/Los_Angeles,virtual,,https://zoom.example/j/2?pwd=hush,scheduled,1,a note
M3,cop,EQ,Third circle,2021-11-09,,16:30,18:00,no,America/Los_Angeles,virtual,,,cancelled,2,
M4,cop,EQ,Day together,2021-12-03,,,,yes,America/Los_Angeles,in_person,Fresno,,scheduled,1,
"""


def test_meetings_that_come(filled: Filled, office: Office, tmp_path: Path) -> None:
    """Those that are still ahead, with when, and which are cancelled; no link, place or note, which may hold a passcode."""
    (tmp_path / "calendar.csv").write_text(f"{HEADER},description\n{MEETINGS}", "utf-8")
    given = {"STORE": office.store.engine.url.render_as_string(hide_password=False), "URL": filled.canvas.url, "TOKEN": TOKEN}
    with environment(given):
        imported = said("calendar", "import", str(tmp_path / "calendar.csv"), "--school-year", "2021-22")
        assert (imported.code, said("calendar", "finalize", "1", "--signed-by", "R. Alvarez").code) == (0, 0), imported
    office.clock.later = datetime(2021, 10, 1, 12, 0, tzinfo=UTC) - datetime.now(UTC)
    guests.begin(office.store, user_key("ilc", EVE), "g" * 43, origin=Origin("127.0.0.1", "", How.CANVAS), at=office.clock())
    answer = Browser(office.url, "g" * 43).get("/my/cop:EQ")
    text = text_of(answer)
    assert "Opening circle" not in text
    assert "Second circle 12 Oct 2021, 16:30 Pacific to 18:00 Pacific Not in the course yet" in text
    assert "Third circle" in text
    assert "Cancelled" in text
    assert "Day together 3 Dec 2021, all day" in text
    assert not any(secret in answer.text for secret in ("zoom.example", "hush", "Fresno", "a note"))


def test_facilitator_sees_no_address(eve: Visitor) -> None:
    """No page of hers has an address of anybody."""
    assert "@" not in eve.get("/my/cop:EQ").text


@pytest.mark.parametrize(
    "path",
    ["/my/cop:NO", "/my/net:R1", "/my/hub", "/my/person:P2", "/my/cop:EQ?year=2020-21", "/my/%3Cscript%3E", "/my/cop:EQ/x", "/my/cop:eq"],
)
def test_other_courses_are_not_there(eve: Visitor, path: str) -> None:
    """A course of somebody else, another kind, another year: not found."""
    assert eve.get(path).status_code == 404


def test_staff_pages_are_not_there(office: Office, eve: Visitor) -> None:
    """Of all routes a facilitator reaches the own pages, the sign-in and its files, and nothing by POST but signing out."""
    for page in PAGES:
        if page.public or page.facilitators:
            continue
        browser = Browser(office.url, eve.cookies[COOKIE])
        status = browser.ask(page.method, re.sub(r"\{\w+\}", "1", page.path), data={"form_token": form_token(browser.token)}).status_code
        assert status == (303 if (page.method, page.path) == ("GET", "/") else 404), page.path
    assert {page.path for page in PAGES if page.facilitators and page.method != "GET"} == {"/sign-out"}
    assert eve.get("/").headers["Location"] == "/my"
    noted = [event for event in reader.events(office.store) if event.kind == "access-refused"]
    assert ("GET /accounts", f"user=ilc:p:{EVE}") in [(event.body["page"], str(event.key)) for event in noted]


def test_staff_have_no_such_page(office: Office) -> None:
    """Whoever has an account is told whose pages these are; who is signed out is sent to sign in."""
    bell = office.browser("J. Bell", *Role)
    assert [bell.get(path).status_code for path in ("/my", "/my/cop:EQ")] == [403, 403]
    assert Browser(office.url).get("/my/cop:EQ").headers["Location"] == "/sign-in?next=/my/cop%3AEQ"


def test_link_to_a_course_is_kept(office: Office, settings: Settings, filled: Filled) -> None:
    """Who came for a course is led to it after signing in; to pages of staff nobody is."""
    number = _number(office, settings, EVE, filled.canvas.url)
    for asked, led in (("/my/cop:EQ", "/my/cop:EQ"), ("/accounts", "/my"), ("//evil.example/my/", "/my")):
        _, answer = _come(office, number, target=f"?{urlencode({'next': asked})}")
        assert answer.headers["Location"] == led


def test_signing_out(office: Office, eve: Visitor) -> None:
    """The session is over; the log has the key."""
    token = eve.cookies[COOKIE]
    assert Browser(office.url, token).post("/sign-out").status_code == 303
    assert eve.get("/my").status_code == 303
    event = reader.events(office.store)[-1]
    assert (event.kind, str(event.key)) == ("signed-out", f"user=ilc:p:{EVE}")


def test_new_roster_counts_at_once(filled: Filled, office: Office, eve: Visitor, tmp_path: Path) -> None:
    """Who facilitates nothing any more by the roster that was just signed sees nothing from then on, though the session goes on."""
    given = {"STORE": office.store.engine.url.render_as_string(hide_password=False), "URL": filled.canvas.url, "TOKEN": TOKEN}
    with environment(given):
        Roster(said, tmp_path, filled.canvas).sign(rows(**ROWS), cop="cancelled")
    answer = eve.get("/my/cop:EQ")
    assert (answer.status_code, STRANGER in text_of(answer)) == (403, True)


def test_courses_of_two_years(filled: Filled, office: Office, eve: Visitor, tmp_path: Path) -> None:
    """Who facilitates in two school years chooses first; a course that Canvas does not have yet says so."""
    given = {"STORE": office.store.engine.url.render_as_string(hide_password=False), "URL": filled.canvas.url, "TOKEN": TOKEN}
    with environment(given):
        Roster(said, tmp_path, filled.canvas).sign(rows(**ROWS), school_year="2022-23")
    listed = eve.get("/my")
    assert re.findall(r'href="(/my/[^"]*)"', listed.text) == ["/my/cop:EQ?year=2022-23", "/my/cop:EQ?year=2021-22"]
    assert "2 COPs that you facilitate." in text_of(listed)
    assert "It is not in Canvas yet." in text_of(eve.get("/my/cop:EQ?year=2022-23"))
    assert "It is not in Canvas yet." not in text_of(eve.get("/my/cop:EQ?year=2021-22"))


def test_somebody_says_no_at_canvas(office: Office) -> None:
    """Then nobody is signed in, and the page says so."""
    visitor, answer = _come(office, "")
    assert (answer.status_code, "was canceled there" in text_of(answer), COOKIE in visitor.cookies) == (403, True, False)


def test_code_of_somebody_else(office: Office, settings: Settings, filled: Filled) -> None:
    """The way back of another browser signs nobody in, nor does its code in a trip of one's own."""
    number = _number(office, settings, EVE, filled.canvas.url)
    planted = _agree(Visitor(office.url).get("/sign-in/canvas").headers["Location"], number)
    victim = Visitor(office.url)
    assert victim.come(planted).status_code == 403
    mine = dict(parse_qsl(urlsplit(_agree(victim.get("/sign-in/canvas").headers["Location"], number)).query))
    code = dict(parse_qsl(urlsplit(planted).query))["code"]
    assert victim.come(f"/sign-in/canvas/return?{urlencode({**mine, 'code': code})}").status_code == 403
    assert COOKIE not in victim.cookies


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"user": None},
        {"user": {"id": None}},
        {"user": {"id": 0}},
        {"user": {"id": "7"}},
        {"user": {"id": 7}, "real_user": {"id": 1}},
    ],
    ids=["no-user", "null", "no-number", "zero", "text", "somebody-acts-for-them"],
)
def test_answers_that_name_nobody(settings: Settings, answer: dict[str, object]) -> None:
    """An answer without an account's number, or of an administrator who acts for somebody, signs nobody in."""
    with pytest.raises(SignInError) as caught:
        _told(settings, answer)
    assert caught.value.code == "odd"


def test_answer_that_names_somebody(settings: Settings) -> None:
    """The same answer with a number, and nobody who acts for somebody, signs in."""
    assert _told(settings, {"user": {"id": 7}}) == 7


def test_canvas_that_is_away(settings: Settings, office: Office) -> None:
    """Whoever comes back while Canvas does not answer is told so, and can try again."""
    with serving(_with_key(settings, "http://127.0.0.1:9"), office.store) as console:
        visitor = Visitor(console.url)
        state = dict(parse_qsl(urlsplit(visitor.get("/sign-in/canvas").headers["Location"]).query))["state"]
        answer = visitor.come(f"/sign-in/canvas/return?{urlencode({'code': 'x', 'state': state})}")
    assert (answer.status_code, "Canvas does not answer." in text_of(answer)) == (502, True)


def test_answer_of_one_way_in_another(office: Office, settings: Settings, filled: Filled) -> None:
    """What Canvas answers does not end a trip to the school."""
    visitor = Visitor(office.url)
    back = _agree(visitor.get("/sign-in/canvas").headers["Location"], _number(office, settings, EVE, filled.canvas.url))
    assert visitor.get(back.replace("/canvas/", "/school/")).status_code == 404


@pytest.mark.parametrize("missing", ["console_canvas_client", "console_canvas_secret", "url"])
def test_developer_key_in_part(settings: Settings, missing: str) -> None:
    """Without number, secret or Canvas the console does not start."""
    whole = {"url": "https://canvas.example.edu", "console_canvas_client": KEY, "console_canvas_secret": SecretStr(SECRET)}
    with pytest.raises(SettingsError, match="was not started"):
        canvas_of(settings.model_copy(update={**whole, missing: SecretStr("") if "secret" in missing else ""}))

"""In by the school's sign-in, over a real provider: who has an account comes in, and nothing forged, stale or somebody else's does."""

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import time
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from pydantic import SecretStr

from ilc_canvas.console.security.pace import MOST
from ilc_canvas.console.security.tokens import COOKIE
from ilc_canvas.console.ways.remote import AT_ONCE
from ilc_canvas.console.ways.school import school_of
from ilc_canvas.console.ways.trip import TRIP_COOKIE, trip_in
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.settings import Settings
from ilc_canvas.store.audit import reader
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.people import attempts, identities
from ilc_canvas.store.people.accounts import Role
from tests.console.cast import Browser, Office, text_of, token_in
from tests.console.conftest import serving, with_role
from tests.console.provider import CLIENT, OTHER_KEY, SECRET, Provider, provider
from tests.console.visitor import Visitor
from tests.stores import made_store
from tests.waiting import until

ITO = "M. Ito"


@pytest.fixture
def school() -> Iterator[Provider]:
    """The school's sign-in."""
    with provider() as made:
        yield made


@pytest.fixture
def office(school: Provider, settings: Settings, tmp_path: Any) -> Iterator[Office]:
    """A console whose staff come by it; M. Ito has an account, and the school knows her under a number."""
    store = open_store(with_role(made_store(tmp_path)))
    with serving(_settings(settings, school), store) as made:
        made.account(ITO, Role.APPROVER)
        identities.link(store, ITO, school.subject, issuer=school.url, actor="root", at=made.clock())
        yield made
    store.close()


def _settings(settings: Settings, school: Provider) -> Settings:
    given = {"console_oidc_issuer": school.url, "console_oidc_client": CLIENT, "console_oidc_secret": SecretStr(SECRET)}
    return settings.model_copy(update=given)


@pytest.fixture
def visitor(office: Office) -> Visitor:
    """A browser that was never here."""
    return Visitor(office.url, {})


def _last(store: Store) -> tuple[str, Any]:
    event = reader.events(store)[-1]
    return event.kind, event.body.get("why")


def test_school_account_comes_in(office: Office, school: Provider, visitor: Visitor) -> None:
    """There with PKCE, state and nonce, back over one reload, and on to the page that was asked for; the log says how."""
    assert "With your school account" in text_of(visitor.get("/sign-in"))
    answer = visitor.come(visitor.leave("?next=/runs"))
    assert (answer.status_code, answer.headers["Location"], visitor.is_in) == (303, "/runs", True)
    (asked,) = school.asked
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 20
    event = reader.events(office.store)[-1]
    assert (event.kind, event.actor, event.body["how"]) == ("signed-in", ITO, "school")
    assert TRIP_COOKIE not in visitor.cookies


def test_unknown_subject_is_told_so(office: Office, school: Provider, visitor: Visitor) -> None:
    """Who has no account gets none: a sentence with the name to hand on, and an event; no session."""
    school.subject = "unheard-of"
    answer = visitor.come(visitor.leave())
    text = text_of(answer)
    assert (answer.status_code, "nobody has given you an account here" in text, "unheard-of" in text) == (403, True, True)
    assert (_last(office.store), visitor.is_in) == (("sign-in-refused", "unknown"), False)


def _forged(school: Provider, alg: str) -> str:
    """A token that anybody could make: unsigned, or signed with what the client and all the world know."""
    at, nonce = int(time()), school.asked[-1]["nonce"]
    claims = {"iss": school.url, "sub": school.subject, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": nonce}
    if alg == "none":
        return ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "none"}, claims)) + "."
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET.encode() * 2))


WRONG: list[dict[str, Any]] = [
    {"claims": {"nonce": "another"}},
    {"claims": {"nonce": None}},
    {"claims": {"aud": "another-client"}},
    {"claims": {"aud": ["another-client"], "azp": CLIENT}},
    {"claims": {"aud": None}},
    {"claims": {"iss": "https://evil.example"}},
    {"claims": {"iss": None}},
    {"claims": {"exp": 1_600_000_000}},
    {"claims": {"exp": None}},
    {"claims": {"iat": 4_000_000_000}},
    {"claims": {"sub": None}},
    {"claims": {"sub": 248289761001}},
    {"claims": {"sub": ""}},
    {"claims": {"azp": "another-client"}},
    {"key": OTHER_KEY},
    {"token": "none"},
    {"token": "HS256"},
    {"token": "not a token"},
    {"metadata": {"issuer": "https://evil.example"}},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: "key of somebody else" if "key" in wrong else str(wrong))
def test_tokens_that_are_not_believed(office: Office, school: Provider, visitor: Visitor, wrong: dict[str, Any]) -> None:
    """Nonce, audience, issuer, time, subject, key and kind of signature: one that is wrong or missing, and nobody comes in."""
    back = visitor.leave()
    for name, value in wrong.items():
        setattr(school, name, _forged(school, value) if value in ("none", "HS256") else value)
    answer = visitor.come(back)
    said = "cannot be trusted" in text_of(answer) or "another issuer" in text_of(answer)
    assert (answer.status_code, token_in(answer), said) == (403, "", True)
    assert (_last(office.store), visitor.is_in) == (("sign-in-refused", "odd"), False)


@pytest.mark.parametrize("state", ["", "another", "ünknown"])
def test_answer_with_another_state(office: Office, school: Provider, visitor: Visitor, state: str) -> None:
    """An answer that this browser has not asked for ends its trip, and the code is not even tried."""
    query = {**dict(parse_qsl(urlsplit(visitor.leave()).query)), "state": state}
    answer = visitor.come(f"/sign-in/school/return?{urlencode(query)}")
    assert (answer.status_code, "was not begun in this browser" in text_of(answer)) == (403, True)
    assert (_last(office.store), school.exchanges, visitor.is_in) == (("sign-in-refused", "foreign"), 0, False)


def test_code_of_somebody_else_is_not_taken(office: Office, school: Provider, visitor: Visitor) -> None:
    """Who leads another browser to the own way back signs nobody in there; nor does the own code in a trip of the other one."""
    attacker = Visitor(office.url, {})
    planted = attacker.leave()
    answer = visitor.come(planted)
    assert (answer.status_code, visitor.is_in) == (403, False)
    mine = dict(parse_qsl(urlsplit(visitor.leave()).query))
    code = dict(parse_qsl(urlsplit(planted).query))["code"]
    answer = visitor.come(f"/sign-in/school/return?{urlencode({**mine, 'code': code})}")
    assert (answer.status_code, school.exchanges, visitor.is_in) == (403, 1, False)  # the verifier is not that of the code


def test_way_back_is_good_once(office: Office, visitor: Visitor) -> None:
    """The same way back again, with or without its cookie, begins no session: the trip is over, and the school takes no code twice."""
    back = visitor.leave()
    kept = dict(visitor.cookies)
    assert visitor.come(back).status_code == 303
    for cookies in ({}, kept):
        again = Visitor(office.url, dict(cookies))
        assert (again.come(back).status_code, again.is_in) == (403, False)


@pytest.mark.parametrize("error", ["access_denied", "<script>alert(1)</script>"])
def test_error_answers_are_told(office: Office, school: Provider, visitor: Visitor, error: str) -> None:
    """The school says no: so does the page, without a word of what the address says."""
    state = dict(parse_qsl(urlsplit(visitor.leave()).query))["state"]
    answer = visitor.come(f"/sign-in/school/return?{urlencode({'error': error, 'error_description': 'call 555-0100', 'state': state})}")
    assert (answer.status_code, "was canceled there" in text_of(answer)) == (403, True)
    assert not any(text in answer.text for text in ("alert(1)", "555-0100"))
    assert (_last(office.store), school.exchanges) == (("sign-in-refused", "broken-off"), 0)


def test_answer_of_another_issuer(office: Office, visitor: Visitor) -> None:
    """An answer that names another issuer than was asked (a mix-up) is refused."""
    answer = visitor.come(f"{visitor.leave()}&iss=https%3A%2F%2Fevil.example")
    assert (answer.status_code, _last(office.store)) == (403, ("sign-in-refused", "odd"))


def test_school_that_is_down(office: Office, settings: Settings) -> None:
    """Whether it is away before or after, the page says so, and the password still lets staff in."""
    with provider() as school:
        gone = school.url
        with serving(_settings(settings, school), office.store) as console:
            visitor = Visitor(console.url, {})
            identities.link(office.store, ITO, school.subject, issuer=gone, actor="root", at=office.clock())
            back = visitor.leave()
            school.metadata = {"token_endpoint": "http://127.0.0.1:9/token"}
            answer = visitor.come(back)
            assert (answer.status_code, "does not answer" in text_of(answer)) == (502, True)
    with serving(_settings(settings, school), office.store) as console:
        answer = Visitor(console.url, {}).get("/sign-in/school")
        assert (answer.status_code, "The school's sign-in does not answer." in text_of(answer)) == (502, True)
        assert office.sign_in(ITO, browser=Browser(console.url)).status_code == 303


def test_school_that_hangs(office: Office, school: Provider, visitor: Visitor) -> None:
    """While a few wait for it, the next one is told at once to try again, and all other pages are made as ever."""
    school.hung = threading.Event()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(Visitor(office.url).get, "/sign-in/school") for _ in range(AT_ONCE)]
        until(lambda: school.waiting == AT_ONCE)
        answer = visitor.get("/sign-in/school")
        assert (answer.status_code, "others wait for it already" in text_of(answer)) == (503, True)
        assert office.browser(ITO).get("/").status_code == 200
        school.hung.set()
        assert {each.result().status_code for each in waiting} == {303}
    assert visitor.come(visitor.leave()).status_code == 303


def test_metadata_leads_nowhere_unsafe(school: Provider, visitor: Visitor) -> None:
    """What the school publishes cannot send the secret over plain http, nor change how its answers are checked."""
    school.metadata = {"token_endpoint": "http://evil.example/token", "verify": False, "proxy": "http://evil.example"}
    answer = visitor.get("/sign-in/school")
    assert (answer.status_code, "without https" in text_of(answer), len(school.asked)) == (403, True, 0)
    school.metadata = {"verify": "/nothing", "proxy": "http://evil.example", "headers": {"Host": "evil"}, "base_url": "http://evil.example"}
    assert visitor.come(visitor.leave()).status_code == 303


def test_approving_asks_the_school_once_more(office: Office, school: Provider, visitor: Visitor) -> None:
    """A sign-in that the school gave without asking is not a fresh one; asked to prove it again, it is, if the school says when."""
    visitor.come(visitor.leave())
    browser = Browser(office.url, visitor.cookies[COOKIE])
    account = identities.account_of(office.store, school.url, school.subject)
    assert account
    assert browser.get("/me/code").headers["Location"] == "/sign-in?next=/me/code"
    school.claims = {"auth_time": int(time()) - 3600}
    answer = visitor.come(visitor.leave("?next=/me/code"))
    assert (answer.status_code, _last(office.store)) == (403, ("sign-in-refused", "stale"))
    school.claims = {}
    assert visitor.come(visitor.leave("?next=/me/code")).headers["Location"] == "/me/code"
    assert (school.asked[-1]["prompt"], school.asked[-1]["max_age"]) == ("login", "0")
    assert visitor.get("/me/code").headers["Location"] == "/me"  # nothing waits there, and nothing is in the way any more


def test_unlinked_account_is_out(office: Office, school: Provider, visitor: Visitor) -> None:
    """Taken away from its subject, an account's sessions by way of the school are over; those with a password go on."""
    visitor.come(visitor.leave())
    other = office.browser(ITO)
    identities.unlink(office.store, ITO, issuer=school.url, actor="S. Okafor", at=office.clock())
    assert (visitor.is_in, other.get("/").status_code) == (False, 200)
    assert visitor.come(visitor.leave()).status_code == 403


def test_return_is_not_tried_forever(office: Office, school: Provider, visitor: Visitor) -> None:
    """Twenty ways back that lead to nothing from one address, then no more are looked at for a quarter of an hour."""
    for _ in range(attempts.MOST_BY_ADDRESS):
        assert visitor.get("/sign-in/school/return?code=x&state=x&here=1").status_code == 403
    back = visitor.leave()
    assert visitor.come(back).status_code == 429
    assert school.exchanges == 0
    office.clock.later = attempts.WINDOW + timedelta(seconds=1)
    assert visitor.come(visitor.leave()).status_code == 303


def test_sixty_ways_there_a_minute(office: Office, visitor: Visitor) -> None:
    """Who begins more from one address has to wait, so that nobody has the console ask the school without end."""
    settled = office.clock()
    office.clock.fixed = settled
    assert {visitor.get("/sign-in/school").status_code for _ in range(MOST)} == {303}
    assert visitor.get("/sign-in/school").status_code == 429
    office.clock.fixed = settled + timedelta(minutes=2)
    assert visitor.get("/sign-in/school").status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "e30=", "bnVsbA==", "W10=", "eyJob3ciOiAxfQ==", "\u00e4", "A" * 9000])
def test_cookies_that_hold_no_trip(cookie: str) -> None:
    """Whatever a cookie holds, it is a trip of ours or none."""
    assert trip_in(cookie) is None


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_way_back_leads_nowhere_else(visitor: Visitor, elsewhere: str) -> None:
    """Whatever page was asked for, the school's sign-in ends at one of ours."""
    assert visitor.come(visitor.leave(f"?{urlencode({'next': elsewhere})}")).headers["Location"] == "/"


def test_school_that_is_not_set(empty: Office) -> None:
    """Without settings there is no such way, and no word of it."""
    assert Browser(empty.url).get("/sign-in/school").status_code == 404
    assert "school" not in text_of(Browser(empty.url).get("/sign-in"))


@pytest.mark.parametrize(
    "given",
    [
        {"console_oidc_issuer": "https://school.example"},
        {"console_oidc_client": "x", "console_oidc_secret": SecretStr("x")},
        {"console_oidc_issuer": "http://school.example", "console_oidc_client": "x", "console_oidc_secret": SecretStr("x")},
        {"console_oidc_issuer": "school.example", "console_oidc_client": "x", "console_oidc_secret": SecretStr("x")},
    ],
)
def test_settings_in_part_are_refused(settings: Settings, given: dict[str, Any]) -> None:
    """An issuer without client or secret, or by plain http, keeps the console from starting."""
    with pytest.raises(SettingsError, match="was not started"):
        school_of(settings.model_copy(update=given))

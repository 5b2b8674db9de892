"""The page about oneself: own sessions, a new password, a new key for the authenticator. Each change is an event of the log."""

import re
from datetime import timedelta

import pyotp
import pytest

from ilc_canvas.console.pages.own.code import picture
from ilc_canvas.console.security import codes
from ilc_canvas.console.security.browsers import browser_of
from ilc_canvas.store.audit import reader
from ilc_canvas.store.people import accounts, attempts, sessions
from ilc_canvas.store.people.accounts import Role
from tests.console.cast import PASSWORD, Browser, Office, live_things, text_of

ITO, BELL = "M. Ito", "J. Bell"
NEW = "eleven green herons wade"


@pytest.fixture
def ito(empty: Office) -> Browser:
    """M. Ito, signed in."""
    return empty.browser(ITO, Role.APPROVER)


def _kinds(office: Office) -> list[str]:
    return [event.kind for event in reader.events(office.store)]


def _handles(browser: Browser) -> list[str]:
    return re.findall(r'name="which" value="([0-9a-f]{16})"', browser.get("/me").text)


def _change(**changed: str) -> dict[str, str]:
    return {"old": PASSWORD, "new": NEW, "again": NEW, **changed}


def test_own_sessions_are_listed(empty: Office, ito: Browser) -> None:
    """Each with browser, address and since when; the one that looks is marked; those of others are not there."""
    empty.browser(ITO)
    empty.browser(BELL, Role.VIEWER)
    text = text_of(ito.get("/me"))
    assert text.count("Firefox on Linux from 127.0.0.1, with password and code, since ") == 2
    assert (text.count("This session"), len(_handles(ito))) == (1, 1)


def test_one_session_is_ended(empty: Office, ito: Browser) -> None:
    """Only the one that was named is over; the log says who ended it."""
    others = [empty.browser(ITO) for _ in range(2)]
    answer = ito.post("/me/sessions", {"which": _handles(ito)[0]})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me?done=session")
    assert sorted(browser.get("/").status_code for browser in others) == [200, 303]
    assert ito.get("/").status_code == 200
    last = reader.events(empty.store)[-1]
    assert (last.kind, last.actor, last.body["sessions"]) == ("sessions-ended", ITO, 1)


def test_ending_a_session_needs_a_recent_sign_in(empty: Office, ito: Browser) -> None:
    """Who finds a session open for a while does not lock its owner out elsewhere."""
    other = empty.browser(ITO)
    empty.clock.later = timedelta(minutes=16)
    answer = ito.post("/me/sessions", {"which": "others"})
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/sign-in")
    assert other.get("/").status_code == 200


def test_all_others_are_ended(empty: Office, ito: Browser) -> None:
    """Every other session of the account is over, and nobody else's."""
    others, bell = [empty.browser(ITO) for _ in range(3)], empty.browser(BELL, Role.VIEWER)
    assert ito.post("/me/sessions", {"which": "others"}).status_code == 303
    assert [browser.get("/").status_code for browser in (*others, bell, ito)] == [303, 303, 303, 200, 200]


@pytest.mark.parametrize("which", ["", "%" * 16, "_" * 16, "0" * 16, "f"])
def test_sessions_that_are_not_there(empty: Office, ito: Browser, which: str) -> None:
    """A handle of nothing, a pattern or a part of one ends no session."""
    other = empty.browser(ITO)
    assert ito.post("/me/sessions", {"which": which}).status_code == 422
    assert (other.get("/").status_code, ito.get("/").status_code) == (200, 200)


def test_sessions_of_others_are_out_of_reach(empty: Office, ito: Browser) -> None:
    """The handle of somebody else's session ends nothing; nor does one's own, for which there is signing out."""
    bells = [empty.browser(BELL, Role.VIEWER) for _ in range(2)]
    for handle in (*_handles(bells[0]), sessions.handle_of(ito.token)):
        assert ito.post("/me/sessions", {"which": handle}).status_code == 422
    assert [browser.get("/").status_code for browser in (*bells, ito)] == [200, 200, 200]


def test_password_is_changed(empty: Office, ito: Browser) -> None:
    """With the present one, twice the new one: it signs in from now on, the former one does not, other sessions are over."""
    other = empty.browser(ITO)
    answer = ito.post("/me/password", _change())
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me?done=password")
    assert "You have a new password." in text_of(ito.get("/me?done=password"))
    assert other.get("/").status_code == 303
    assert empty.sign_in(ITO).status_code == 422
    assert empty.sign_in(ITO, {"password": NEW}).status_code == 303
    event = next(event for event in reader.events(empty.store) if event.kind == "password-changed")
    assert (event.actor, event.body["sessions"], NEW in str(event)) == (ITO, 1, False)


WRONG = [
    ({"old": ""}, "old", "Type your present password"),
    ({"old": "another one entirely, no"}, "old", "This is not your present password"),
    ({"again": "eleven green herons fly"}, "again", "are not the same"),
    ({"new": PASSWORD, "again": PASSWORD}, "new", "is the present one"),
    ({"new": "short", "again": "short"}, "new", "at least 15 characters"),
    ({"new": "passwordpassword", "again": "passwordpassword"}, "new", "easy to guess"),
    ({"new": "qwertyuiopasdfghjkl", "again": "qwertyuiopasdfghjkl"}, "new", "easy to guess"),
    ({"new": "Passw0rdPassw0rd!", "again": "Passw0rdPassw0rd!"}, "new", "easy to guess"),
    ({"new": "m. ito m. ito m. ito", "again": "m. ito m. ito m. ito"}, "new", "easy to guess"),
    ({"new": "instructional leadership", "again": "instructional leadership"}, "new", "easy to guess"),
    ({"new": "x" * 1001, "again": "x" * 1001}, "new", "at least 15 characters"),
]


@pytest.mark.parametrize(("changed", "field", "said"), WRONG)
def test_passwords_that_are_refused(empty: Office, ito: Browser, changed: dict[str, str], field: str, said: str) -> None:
    """Wrong, unlike, short, known, patterned, or one's own name: the form comes back, leads to the field, and nothing is changed."""
    answer = ito.post("/me/password", _change(**changed))
    assert (answer.status_code, said in text_of(answer), f'href="#{field}"' in answer.text) == (422, True, True)
    assert not any(text in answer.text for text in (NEW, PASSWORD))
    assert empty.sign_in(ITO).status_code == 303


def test_present_password_is_not_tried_forever(empty: Office, ito: Browser) -> None:
    """Who has found an open session cannot guess on: five wrong ones, then even the right one waits. The log has each."""
    for _ in range(attempts.MOST_BY_NAME):
        assert ito.post("/me/password", _change(old="another one entirely, no")).status_code == 422
    assert ito.post("/me/password", _change()).status_code == 429
    assert _kinds(empty).count("sign-in-refused") == attempts.MOST_BY_NAME


def _new_key(browser: Browser) -> str:
    """Begin a new key; what the page shows of it as text."""
    assert browser.post("/me/code").headers["Location"] == "/me/code"
    found = re.search(r"The key as text: ((?:[A-Z2-7]{4} ?){8})", text_of(browser.get("/me/code")))
    assert found
    return found[1].replace(" ", "")


def test_new_key_counts_once_confirmed(empty: Office, ito: Browser) -> None:
    """Until a code of it was typed the former key counts; then the new one does, and that code is used up."""
    other, secret = empty.browser(ITO), _new_key(ito)
    before = accounts.find(empty.store, ITO)
    assert before
    assert before.secret != secret
    code = pyotp.TOTP(secret).at(empty.clock())
    answer = ito.post("/me/code/confirm", {"code": code})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me?done=code")
    after = accounts.find(empty.store, ITO)
    assert after
    assert after.secret == secret
    assert (other.get("/").status_code, ito.get("/me/code").headers["Location"]) == (303, "/me")
    assert empty.sign_in(ITO, {"code": code}).status_code == 422
    assert empty.sign_in(ITO, {"code": empty.code(ITO, 1)}).status_code == 303
    event = next(event for event in reader.events(empty.store) if event.kind == "code-renewed")
    assert (event.actor, secret in str(event)) == (ITO, False)


@pytest.mark.parametrize("code", ["", "000000", "not a code", "former"])
def test_new_key_without_its_code(empty: Office, ito: Browser, code: str) -> None:
    """A wrong code, or one of the former key, changes nothing: the same key is shown once more."""
    secret = _new_key(ito)
    answer = ito.post("/me/code/confirm", {"code": empty.code(ITO) if code == "former" else code})
    assert (answer.status_code, "The former key still counts" in text_of(answer)) == (422, True)
    assert secret[:4] in answer.text
    assert empty.sign_in(ITO).status_code == 303


def test_new_key_needs_a_recent_sign_in(empty: Office, ito: Browser) -> None:
    """Who finds a session open for a while sees no key, begins none, and confirms none."""
    _new_key(ito)
    empty.clock.later = timedelta(minutes=16)
    asked = [ito.get("/me/code"), ito.post("/me/code"), ito.post("/me/code/confirm", {"code": "000000"})]
    assert [answer.headers["Location"].partition("?")[0] for answer in asked] == ["/sign-in"] * 3


def test_key_of_another_session_is_not_shown(empty: Office, ito: Browser) -> None:
    """A key that waits belongs to the session that began it, and is gone with it."""
    secret = _new_key(ito)
    other = empty.browser(ITO)
    assert other.get("/me/code").headers["Location"] == "/me"
    assert other.post("/me/code/confirm", {"code": pyotp.TOTP(secret).at(empty.clock())}).headers["Location"] == "/me"
    account = accounts.find(empty.store, ITO)
    assert account
    assert account.secret != secret


def test_picture_is_the_same_key() -> None:
    """The QR code is plain SVG, without script, style or anything from elsewhere, and as large as its text asks for."""
    drawn = picture(codes.uri_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ITO))
    assert drawn.startswith("<svg ")
    assert live_things(str(drawn)) == []
    assert drawn != picture(codes.uri_of("BBCDEFGHIJKLMNOPQRSTUVWXYZ234567", ITO))


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Safari/537.36 Edg/139.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15", "Safari on a Mac"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1.15 CriOS/139.0 Mobile Safari/604.1",
            "Chrome on an iPhone",
        ),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/139.0 Safari/537.36", "Chrome on a Chromebook"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_browsers_in_a_few_words(agent: str, said: str) -> None:
    """Of what a browser says nothing is kept but words of ours."""
    assert browser_of(agent) == said

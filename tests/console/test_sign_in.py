"""Signing in and out: name, password and code; sessions that end; attempts that are too many."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from ilc_canvas.console.security import passwords
from ilc_canvas.reconcile.errors import AccountError
from ilc_canvas.store.audit import reader
from ilc_canvas.store.people import accounts, attempts, sessions
from ilc_canvas.store.people.accounts import Role
from tests.console.cast import PASSWORD, Browser, Office, text_of, token_in

MITO = "M. Ito"


@pytest.fixture
def ito(empty: Office) -> Office:
    """There is an account for M. Ito."""
    empty.account(MITO, Role.APPROVER)
    return empty


def _kinds(office: Office) -> list[str]:
    return [event.kind for event in reader.events(office.store)]


def test_sign_in_begins_a_session(ito: Office) -> None:
    """Name, password and code lead to the page that was asked for, with a cookie that neither scripts nor other sites get."""
    answer = ito.sign_in(MITO, {"next": "/runs"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/runs")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-ilc=")
    assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert f"{MITO}, approver" in text_of(Browser(ito.url, token_in(answer)).get("/"))
    assert _kinds(ito) == ["account-made", "signed-in"]


@pytest.mark.parametrize(
    "wrong", [{"password": "seven purple otters sink"}, {"code": "000000"}, {"name": "J. Bell"}, {"code": "", "password": ""}]
)
def test_any_wrong_part_is_one_answer(ito: Office, wrong: dict[str, str]) -> None:
    """Whatever is wrong, the answer is the same, and begins no session: nobody learns which names there are."""
    answer = ito.sign_in(MITO, wrong)
    assert (answer.status_code, token_in(answer)) == (422, "")
    assert "Name, password and code do not match." in text_of(answer)
    assert _kinds(ito)[-1] == "sign-in-refused"


@pytest.mark.parametrize("password", ["", "nobody has this password"])
def test_account_without_password_has_none(ito: Office, password: str) -> None:
    """Who comes with a school account alone cannot come with a password, however empty password and key are matched."""
    accounts.add(ito.store, "J. Bell", [Role.VIEWER], password="", secret="", actor="root", at=ito.clock())
    accounts.add(ito.store, "R. Cruz", [Role.VIEWER], password=passwords.hashed(PASSWORD, ""), secret="", actor="root", at=ito.clock())
    for name, typed in (("J. Bell", password), ("R. Cruz", PASSWORD)):
        assert Browser(ito.url).post("/sign-in", {"name": name, "password": typed, "code": "000000"}).status_code == 422


def test_typed_password_is_never_stored(ito: Office) -> None:
    """A password that was typed as the name stands nowhere in the log."""
    ito.sign_in(MITO, {"name": PASSWORD})
    assert PASSWORD not in str(reader.events(ito.store))


def test_code_is_good_once(ito: Office) -> None:
    """Who has seen a code being typed cannot use it again, nor an older one; the next one is good."""
    assert ito.sign_in(MITO).status_code == 303
    assert ito.sign_in(MITO).status_code == 422
    assert ito.sign_in(MITO, {"code": ito.code(MITO, -1)}).status_code == 422
    assert ito.sign_in(MITO, {"code": ito.code(MITO, 1)}).status_code == 303


def test_session_is_new_at_sign_in(ito: Office) -> None:
    """A session that somebody has put into a browser is not the one that a sign-in there begins, and ends with it."""
    planted = ito.browser(MITO)
    token = token_in(ito.sign_in(MITO, browser=planted))
    assert token not in ("", planted.token)
    assert planted.get("/").status_code == 303
    assert Browser(ito.url, token).get("/").status_code == 200


def test_unknown_token_is_not_adopted(ito: Office) -> None:
    """A cookie that no sign-in has set is worth nothing before and after one."""
    chosen = Browser(ito.url, "chosen-by-somebody-else")
    assert chosen.get("/").status_code == 303
    ito.sign_in(MITO, browser=chosen)
    assert chosen.get("/").status_code == 303


def test_signing_out_ends_the_session(ito: Office) -> None:
    """The cookie is dropped, and whoever has kept it finds the session over."""
    browser = ito.browser(MITO)
    answer = browser.post("/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert 'ilc=""' in answer.headers["Set-Cookie"]
    assert browser.get("/").headers["Location"] == "/sign-in?next=/"
    assert _kinds(ito)[-1] == "signed-out"


def test_idle_session_is_over(ito: Office) -> None:
    """Half an hour without a request ends it; a request in between keeps it."""
    browser = ito.browser(MITO)
    for minutes, status in ((29, 200), (58, 200), (88, 303)):
        ito.clock.later = timedelta(minutes=minutes)
        assert browser.get("/").status_code == status


def test_longest_session_is_half_a_day(ito: Office) -> None:
    """However busy, it ends after twelve hours."""
    browser = ito.browser(MITO)
    for quarters in range(1, 48):
        ito.clock.later = timedelta(minutes=15 * quarters)
        assert browser.get("/").status_code == 200
    ito.clock.later = timedelta(hours=12, seconds=1)
    assert browser.get("/").status_code == 303


def test_five_failures_of_a_name(ito: Office) -> None:
    """After five, even the right password must wait a quarter of an hour; others are not held up."""
    for _ in range(attempts.MOST_BY_NAME):
        assert ito.sign_in(MITO, {"password": "seven purple otters sink"}).status_code == 422
    answer = ito.sign_in(MITO, {"name": f" {MITO.upper()} "})
    assert (answer.status_code, "Wait a quarter of an hour" in text_of(answer)) == (429, True)
    ito.account("R. Alvarez", Role.COORDINATOR)
    assert ito.sign_in("R. Alvarez").status_code == 303
    ito.clock.later = attempts.WINDOW + timedelta(seconds=1)
    assert ito.sign_in(MITO).status_code == 303


def test_twenty_failures_of_an_address(ito: Office) -> None:
    """Many names from one address are too many as well; the log has that once."""
    for number in range(attempts.MOST_BY_ADDRESS):
        assert ito.sign_in(MITO, {"name": f"name {number}"}).status_code == 422
    assert ito.sign_in(MITO).status_code == 429
    assert _kinds(ito).count("sign-in-limited") == 1


def test_success_clears_failures_of_the_name(ito: Office) -> None:
    """Four mistakes, then the right password: the next mistake is the first again."""
    for _ in range(attempts.MOST_BY_NAME - 1):
        ito.sign_in(MITO, {"code": "000000"})
    assert ito.sign_in(MITO).status_code == 303
    for _ in range(attempts.MOST_BY_NAME):
        assert ito.sign_in(MITO, {"code": "000000"}).status_code == 422


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "runs", "\t//x"])
def test_sign_in_leads_nowhere_else(ito: Office, elsewhere: str) -> None:
    """Whatever the address of the form names, it leads to a page of the console."""
    assert ito.sign_in(MITO, {"next": elsewhere}).headers["Location"] == "/"
    assert 'name="next" value="/"' in Browser(ito.url).get(f"/sign-in?next={quote(elsewhere)}").text


def test_changed_roles_end_sessions(ito: Office) -> None:
    """Whoever gets other roles signs in again; the log says who changed them."""
    ito.account("J. Bell", Role.APPROVER)
    browser = ito.browser(MITO)
    accounts.set_roles(ito.store, MITO, [Role.VIEWER], actor="S. Okafor", at=ito.clock())
    assert browser.get("/").status_code == 303
    assert reader.events(ito.store)[-1].body["after"] == ["viewer"]


@pytest.mark.parametrize("role", accounts.KEPT)
def test_last_of_a_role_stays(empty: Office, role: Role) -> None:
    """The last administrator and the last approver keep their role."""
    empty.account("S. Okafor", role)
    with pytest.raises(AccountError, match=f"S. Okafor is the last {role}"):
        accounts.set_roles(empty.store, "s. okafor", [Role.VIEWER], actor="root", at=empty.clock())
    empty.account("J. Bell", role)
    assert accounts.set_roles(empty.store, "S. Okafor", [Role.VIEWER], actor="root", at=empty.clock()).roles == {Role.VIEWER}


def test_names_alike_are_one_account(ito: Office) -> None:
    """A second account of a name that looks the same is refused: the log and four eyes go by the name."""
    with pytest.raises(AccountError, match=r"There is an account m\. ITO already"):
        accounts.add(ito.store, "m.  ITO", [Role.VIEWER], password="", secret="", actor="root", at=ito.clock())


def test_store_has_no_token(ito: Office) -> None:
    """What a cookie holds is stored as its digest alone."""
    browser = ito.browser(MITO)
    assert sessions.find_session(ito.store, browser.token, ito.clock()) is not None
    assert sessions.find_session(ito.store, sessions.digest_of(browser.token), ito.clock()) is None

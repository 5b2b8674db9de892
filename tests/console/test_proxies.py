"""Behind proxies: where a visit comes from, and whom they have signed in, is taken from them and from nobody else."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.datastructures import Headers

from ilc_canvas.console.security.proxies import Proxies
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.settings import Settings, read_settings
from ilc_canvas.store.audit import reader
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.people import attempts, identities
from ilc_canvas.store.people.accounts import Role
from tests.console.cast import SAME, Browser, Office, text_of, token_in
from tests.console.conftest import serving, with_role
from tests.stores import made_store

ITO, HEADER = "M. Ito", "X-Forwarded-User"
OURS = ("127.0.0.1/32", "10.0.3.0/24", "2001:db8:1::/48")


@pytest.fixture
def office(settings: Settings, tmp_path: Path) -> Iterator[Office]:
    """A console behind a proxy on this machine, which signs people in."""
    given = {"console_proxies": OURS, "console_proxy_header": HEADER}
    with closing(open_store(with_role(made_store(tmp_path)))) as store, serving(settings.model_copy(update=given), store) as made:
        made.account(ITO, Role.APPROVER)
        yield made


HOPS = [
    ("127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
    ("127.0.0.1", ["1.2.3.4, 203.0.113.7"], "203.0.113.7"),  # what the visitor has written stands before it
    ("127.0.0.1", ["1.2.3.4, 203.0.113.7, 10.0.3.9"], "203.0.113.7"),
    ("127.0.0.1", ["1.2.3.4", "203.0.113.7,10.0.3.9"], "203.0.113.7"),  # in several lines
    ("127.0.0.1", ["203.0.113.7:51000"], "203.0.113.7"),
    ("127.0.0.1", ["[2001:db8:9::1]:51000"], "2001:db8:9::1"),
    ("127.0.0.1", ["2001:DB8:9::1"], "2001:db8:9::1"),
    ("::ffff:127.0.0.1", ["::ffff:203.0.113.7"], "203.0.113.7"),
    ("2001:db8:1::5", ["203.0.113.7"], "203.0.113.7"),
    ("127.0.0.1", ["1.2.3.4, unknown"], "127.0.0.1"),
    ("127.0.0.1", ["1.2.3.4, unknown, 10.0.3.9"], "10.0.3.9"),
    ("127.0.0.1", [""], "127.0.0.1"),
    ("127.0.0.1", [], "127.0.0.1"),
    ("127.0.0.1", ["10.0.3.8, 10.0.3.9"], "10.0.3.8"),
    ("203.0.113.7", ["1.2.3.4"], "203.0.113.7"),  # a visitor without a proxy
    ("203.0.113.7", ["127.0.0.1"], "203.0.113.7"),
    ("", ["1.2.3.4"], ""),
]


@pytest.mark.parametrize(("peer", "lines", "client"), HOPS)
def test_last_hop_that_is_no_proxy(settings: Settings, peer: str, lines: list[str], client: str) -> None:
    """Of all whom X-Forwarded-For names the last one counts that our proxies did not add themselves; from anybody else none does."""
    proxies = Proxies.of(settings.model_copy(update={"console_proxies": OURS}))
    headers = Headers(raw=[(b"x-forwarded-for", line.encode()) for line in lines])
    assert proxies.client(peer, headers) == client


def _failing(office: Office, forwarded: str, number: int) -> int:
    browser = Browser(office.url, headers={**SAME, "X-Forwarded-For": forwarded})
    return office.sign_in(ITO, {"name": f"name {number}"}, browser).status_code


def test_limit_counts_visitors_not_proxies(office: Office) -> None:
    """Twenty failures of one visitor hold up that visitor, however others are named before; somebody else comes in."""
    for number in range(attempts.MOST_BY_ADDRESS):
        assert _failing(office, f"198.51.100.{number}, 203.0.113.7", number) == 422
    assert _failing(office, "198.51.100.99, 203.0.113.7", 99) == 429
    other = Browser(office.url, headers={**SAME, "X-Forwarded-For": "203.0.113.8"})
    assert office.sign_in(ITO, browser=other).status_code == 303
    assert reader.events(office.store)[-1].personal["address"] == "203.0.113.8"


def test_limit_cannot_be_dodged(empty: Office) -> None:
    """Without proxies in the settings, whatever a visitor writes into the header is not even read."""
    empty.account(ITO, Role.APPROVER)
    for number in range(attempts.MOST_BY_ADDRESS):
        assert _failing(empty, f"203.0.113.{number}", number) == 422
    assert _failing(empty, "203.0.113.99", 99) == 429


def test_household_is_one_address(office: Office) -> None:
    """In IPv6 all addresses of one network of 64 bits count together: whoever has one has them all."""
    for number in range(attempts.MOST_BY_ADDRESS):
        assert _failing(office, f"2001:db8:9:9::{number + 1:x}", number) == 422
    assert _failing(office, "2001:db8:9:9:ffff::1", 99) == 429
    assert _failing(office, "2001:db8:9:8::1", 99) == 422


def _by_proxy(office: Office, name: str, token: str = "") -> Browser:
    return Browser(office.url, token, {**SAME, HEADER: name})


def test_proxy_signs_somebody_in(office: Office) -> None:
    """Whom it names comes in by one press; the log says how; what needs a recent sign-in still asks for one."""
    identities.link(office.store, ITO, "mito@school", issuer=identities.PROXY, actor="root", at=office.clock())
    browser = _by_proxy(office, "mito@school")
    assert "As mito@school" in text_of(browser.get("/sign-in"))
    answer = browser.post("/sign-in/network", {"next": "/runs"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/runs")
    signed_in = _by_proxy(office, "mito@school", token_in(answer))
    assert signed_in.get("/").status_code == 200
    assert reader.events(office.store)[-1].body["how"] == "proxy"
    assert signed_in.get("/me/code").headers["Location"] == "/sign-in?next=/me/code"


WAYS = ["/sign-in/school", "/sign-in/canvas", "/sign-in/network", 'id="password"']


@pytest.mark.parametrize("there", [(), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)])
def test_ways_that_are_set_in_their_order(settings: Settings, empty: Office, there: tuple[int, ...]) -> None:
    """School, Canvas, network, password: those that the settings have, in this order, and no word of others; the password last, always."""
    secret = SecretStr("x")
    ways = (
        {"console_oidc_issuer": "https://school.example", "console_oidc_client": "x", "console_oidc_secret": secret},
        {"url": "https://canvas.example.edu", "console_canvas_client": "1", "console_canvas_secret": secret},
        {"console_proxies": OURS, "console_proxy_header": HEADER},
    )
    given = {name: value for number in there for name, value in ways[number].items()}
    with serving(settings.model_copy(update=given), empty.store) as console:
        page = _by_proxy(console, "mito").get("/sign-in").text
    places = [page.index(WAYS[number]) for number in (*there, 3)]
    assert places == sorted(places)
    assert not [WAYS[number] for number in {0, 1, 2} - set(there) if WAYS[number] in page]
    assert ("<details" in page) == bool(there)


def test_session_goes_with_the_name(office: Office) -> None:
    """Somebody else at the same browser, or nobody, has no use of a session that the proxy began."""
    for name, subject in ((ITO, "mito"), ("J. Bell", "jbell")):
        office.account(name, Role.APPROVER)
        identities.link(office.store, name, subject, issuer=identities.PROXY, actor="root", at=office.clock())
    token = token_in(_by_proxy(office, "mito").post("/sign-in/network"))
    assert [_by_proxy(office, name, token).get("/").status_code for name in ("mito", "jbell", "")] == [200, 303, 303]
    assert Browser(office.url, token).get("/").status_code == 303


def test_unknown_name_is_told_so(office: Office) -> None:
    """Whom nobody has linked gets no account: a sentence, and an event."""
    answer = _by_proxy(office, "stranger").post("/sign-in/network")
    assert (answer.status_code, token_in(answer), "stranger" in text_of(answer)) == (403, "", True)
    event = reader.events(office.store)[-1]
    assert (event.kind, event.body["how"], event.body["why"]) == ("sign-in-refused", "proxy", "unknown")


def test_header_of_anybody_else_is_ignored(settings: Settings, tmp_path: Path) -> None:
    """From an address that is no proxy the header is nothing, and so is one that comes twice, or where the settings name none."""
    given = {"console_proxies": ("10.0.3.0/24",), "console_proxy_header": HEADER}
    with closing(open_store(with_role(made_store(tmp_path)))) as store, serving(settings.model_copy(update=given), store) as made:
        made.account(ITO, Role.APPROVER)
        identities.link(store, ITO, "mito", issuer=identities.PROXY, actor="root", at=made.clock())
        assert _by_proxy(made, "mito").post("/sign-in/network").status_code == 404
        assert "As mito" not in text_of(_by_proxy(made, "mito").get("/sign-in"))
    twice = Headers(raw=[(b"x-forwarded-user", b"mito"), (b"x-forwarded-user", b"okafor")])
    assert Proxies.of(settings.model_copy(update={**given, "console_proxies": OURS})).user("127.0.0.1", twice) == ""
    assert Proxies.of(settings.model_copy(update={"console_proxies": OURS})).user("127.0.0.1", twice) == ""


def test_form_from_elsewhere_signs_nobody_in(office: Office) -> None:
    """Another site cannot press the button for somebody."""
    identities.link(office.store, ITO, "mito", issuer=identities.PROXY, actor="root", at=office.clock())
    browser = Browser(office.url, headers={"Sec-Fetch-Site": "cross-site", HEADER: "mito"})
    assert browser.post("/sign-in/network").status_code == 403


@pytest.mark.parametrize("networks", ['["0.0.0.0/0"]', '["::/0"]', '["10.0.3.1/24"]', '["proxy.example"]'])
def test_networks_that_are_none(monkeypatch: pytest.MonkeyPatch, networks: str) -> None:
    """Everybody, a host within a network, or a name: the settings say which."""
    monkeypatch.setenv("ILC_CANVAS_CONSOLE_PROXIES", networks)
    with pytest.raises(SettingsError, match="console_proxies"):
        read_settings()


def test_header_without_networks(settings: Settings) -> None:
    """A header that anybody could write keeps the console from starting."""
    with pytest.raises(SettingsError, match="was not started"):
        Proxies.of(settings.model_copy(update={"console_proxy_header": HEADER}))

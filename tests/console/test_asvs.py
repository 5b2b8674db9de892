"""OWASP ASVS 5.0.0, level 2: each requirement has an answer, each test that answers one exists; and what no other test here claims."""

import ast
import re
from functools import cache
from importlib.resources import files

import pytest

from ilc_canvas.console.pages import PAGES
from ilc_canvas.console.security import codes, passwords
from ilc_canvas.console.security.headers import POLICY
from ilc_canvas.console.security.pace import MOST
from ilc_canvas.console.security.tokens import new_token
from ilc_canvas.store.audit import reader
from ilc_canvas.store.people import accounts
from ilc_canvas.store.people.accounts import Role
from tests.console import asvs
from tests.console.cast import SAME, Browser, Office
from tests.console.test_pages import LISTS
from tests.sandbox.process import ROOT

ANSWERS = (asvs.SHOWN, asvs.WRITTEN, asvs.BY_DESIGN, asvs.NOT_HERE, asvs.UNMET)


@pytest.fixture
def bell(office: Office) -> Browser:
    """Somebody who may look."""
    return office.browser("J. Bell", Role.VIEWER)


def test_each_requirement_has_one_answer() -> None:
    """All 253 of levels 1 and 2: shown, written, by design, not applicable, or unmet; none twice, and none that does not exist."""
    numbers = {f"{section}.{number}" for section, count in asvs.COUNTS.items() for number in range(1, count + 1)}
    given = [number for answers in ANSWERS for number in answers]
    assert (len(numbers), sorted(given)) == (253, sorted(numbers))


@cache
def _tests_in(name: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / f"{name}.py").read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("number", asvs.SHOWN)
def test_named_tests_exist(number: str) -> None:
    """What shows a requirement is a test that there is."""
    for text in asvs.SHOWN[number].split():
        file, _, name = text.partition("::")
        assert name in _tests_in(file), text


@pytest.mark.parametrize("number", asvs.WRITTEN)
def test_quoted_words_stand_there(number: str) -> None:
    """What is said to be written down is."""
    file, words = asvs.WRITTEN[number]
    assert " ".join(words.split()) in " ".join((ROOT / file).read_text("utf-8").split())


def test_no_answer_is_for_other_sites(bell: Browser) -> None:
    """No answer, to whatever origin, permits another site to read it; nobody is asked beforehand (preflight) with success."""
    bell.headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for answer in (bell.get("/"), bell.get("/static/console.js"), bell.ask("OPTIONS", "/sync"), bell.ask("OPTIONS", "/sign-in")):
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_policy_names_all_that_it_must() -> None:
    """Nothing is loaded, run, embedded or sent but from here; no word permits a script in a page."""
    policy = dict(part.split(" ", 1) for part in POLICY.split("; "))
    none = {name for name, value in policy.items() if value == "'none'"}
    assert (none, set(policy.values())) == ({"default-src", "object-src", "base-uri", "frame-ancestors"}, {"'none'", "'self'"})


def test_every_body_says_what_it_is(office: Office, bell: Browser) -> None:
    """Each answer with a body has its type, and texts the way they are written."""
    paths = [
        *LISTS,
        "/nothing",
        "/sign-in",
        "/readyz",
        *(f"/static/{name}" for name in ("console.css", "console.js", "htmx.min.js", "icon.svg")),
    ]
    answers = [*(bell.get(path) for path in paths), Browser(office.url, headers={"Host": "x"}).get("/"), bell.ask("PUT", "/")]
    for answer in (each for each in answers if each.content):
        assert re.fullmatch(r"(text/(html|plain|css|javascript)|image/svg\+xml); charset=utf-8", answer.headers["Content-Type"]), answer.url


@pytest.mark.parametrize(
    "password", ["wander marble otter quilt", "Ω≈ç√∫˜µ≤≥÷ and some fish", "q" + "fjord vex nymph " * 8, "7305 9182 4410 6627 318"]
)
def test_passwords_of_any_composition(password: str) -> None:
    """No kind of character is wanted or unwanted, and long ones are taken whole."""
    stored = passwords.hashed(password, "M. Ito")
    assert (passwords.matches(password, stored), passwords.matches(password[:-1], stored)) == (True, False)


def test_passwords_are_taken_whole() -> None:
    """Nothing is cut off a password, at whatever length; only how a keyboard composes letters (NFKC) makes no difference."""
    whole = ("otter quilt marble wander " * 40)[: passwords.LONGEST]
    stored = passwords.hashed(whole, "M. Ito")
    assert [passwords.matches(each, stored) for each in (whole, f"{whole}x", whole.upper(), whole[:-1])] == [True, False, False, False]


def test_password_fields_are_masked_and_pasteable(office: Office) -> None:
    """Each field for a password hides it, and tells a password manager what it is for."""
    office.account("M. Ito", Role.APPROVER)
    for page in (Browser(office.url).get("/sign-in").text, office.browser("M. Ito").get("/me").text):
        fields = re.findall(r'<input [^>]*id="(?:password|old|new|again)"[^>]*>', page)
        assert fields
        assert all('type="password"' in field and re.search(r'autocomplete="(current|new)-password"', field) for field in fields)
        assert "onpaste" not in page


def test_new_store_has_no_account(empty: Office) -> None:
    """Nobody can sign in before an operator has made an account."""
    assert accounts.listing(empty.store) == []


def test_passwords_are_hashed_slowly() -> None:
    """Argon2id with 19 MiB and two passes, as OWASP advises; each with a salt of its own."""
    first, second = (passwords.hashed("seven purple otters swim", "M. Ito") for _ in range(2))
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


def test_tokens_cannot_be_guessed() -> None:
    """A session's token has 256 bits, an authenticator's key 160, and no two are alike."""
    tokens, keys = {new_token() for _ in range(100)}, {codes.new_secret() for _ in range(100)}
    assert {len(token) * 6 // 8 for token in tokens} == {32}
    assert ({len(key) * 5 for key in keys}, len(tokens), len(keys)) == ({160}, 100, 100)


def test_every_page_leads_out(bell: Browser) -> None:
    """Whoever is signed in finds the way out on every page."""
    for path in set(LISTS) - {"/plan"}:  # it leads to the plan that waits
        assert re.search(r'<form[^>]* action="/sign-out"', bell.get(path).text), path


def test_trace_is_not_answered(bell: Browser) -> None:
    """Nor any other method that no page has."""
    assert {bell.ask(method, "/").status_code for method in ("TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND")} <= {400, 403, 404, 405}
    bell.headers = {**SAME, "X-Secret": "hush"}
    assert "hush" not in bell.ask("TRACE", "/").text


def test_nothing_is_public_but_this() -> None:
    """Without a sign-in there are the ways in, the files of the pages, and whether the console is alive and ready: a word each."""
    ways_in = {"/sign-in", "/sign-in/school", "/sign-in/school/return", "/sign-in/canvas", "/sign-in/canvas/return", "/sign-in/network"}
    assert {page.path for page in PAGES if page.public} == ways_in | {"/healthz", "/readyz", "/static/{name}"}


def test_browser_keeps_nothing_but_cookies() -> None:
    """No script of ours stores anything, and htmx keeps no page for the way back."""
    console = files("ilc_canvas.console")
    assert '"historyCacheSize": 0' in console.joinpath("templates", "base.html").read_text("utf-8")
    assert not re.search(
        "localStorage|sessionStorage|indexedDB|document.cookie", console.joinpath("static", "console.js").read_text("utf-8")
    )


def test_refusals_are_in_the_log(office: Office, bell: Browser) -> None:
    """A page that is not for somebody's role, and a form of another session, with who, which page and why; a flood stands there in part."""
    bell.get("/accounts")
    bell.ask("POST", "/sign-out", data={"form_token": "0" * 64})
    refused = [each for each in reader.events(office.store) if each.kind == "access-refused"]
    found = [(each.actor, each.body["page"], each.body["why"]) for each in refused]
    assert found == [("J. Bell", "GET /accounts", "role"), ("J. Bell", "POST /sign-out", "form")]
    for _ in range(MOST + 5):
        bell.get("/accounts")
    assert len([each for each in reader.events(office.store) if each.kind == "access-refused"]) <= MOST

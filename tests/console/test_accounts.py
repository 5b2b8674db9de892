"""Who may do what: an administrator gives roles, and signs others out."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from ilc_canvas.settings import Settings
from ilc_canvas.store.audit import reader
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.people import accounts, identities
from ilc_canvas.store.people.accounts import Role
from tests.console.cast import Browser, Office, text_of
from tests.console.conftest import serving, with_role
from tests.stores import made_store


@pytest.fixture
def okafor(empty: Office) -> Browser:
    """The only administrator; M. Ito is the only approver."""
    empty.account("M. Ito", Role.APPROVER)
    return empty.browser("S. Okafor", Role.ADMIN)


def _roles(office: Office, name: str) -> frozenset[Role]:
    found = accounts.find(office.store, name)
    assert found
    return found.roles


def test_roles_are_given(empty: Office, okafor: Browser) -> None:
    """The roles that are ticked take the place of the former ones, end the account's sessions, and stand in the log."""
    ito = empty.browser("M. Ito")
    assert okafor.post("/accounts/roles", {"name": "M. Ito", "role": ["approver", "coordinator"]}).status_code == 303
    assert _roles(empty, "M. Ito") == {Role.APPROVER, Role.COORDINATOR}
    assert ito.get("/").status_code == 303
    last = reader.events(empty.store)[-1]
    assert (last.kind, last.actor, last.body["after"]) == ("roles-changed", "S. Okafor", ["approver", "coordinator"])
    assert "approver, coordinator" in text_of(okafor.get("/accounts"))


WRONG = [
    ("S. Okafor", ["viewer"], "is the last admin"),
    ("M. Ito", ["viewer"], "is the last approver"),
    ("M. Ito", [], "at least one role"),
    ("M. Ito", ["king"], "at least one role"),
    ("Nobody", ["viewer"], "no such account"),
]


@pytest.mark.parametrize(("name", "roles", "said"), WRONG)
def test_roles_that_cannot_be_given(empty: Office, okafor: Browser, name: str, roles: list[str], said: str) -> None:
    """The last of a role stays, nobody is without one, and roles that do not exist are none: the page says which."""
    answer = okafor.post("/accounts/roles", {"name": name, "role": roles})
    assert (answer.status_code, said in text_of(answer)) == (422, True)
    assert _roles(empty, "S. Okafor") == {Role.ADMIN}
    assert _roles(empty, "M. Ito") == {Role.APPROVER}


def test_roles_need_a_recent_sign_in(empty: Office, okafor: Browser) -> None:
    """After a quarter of an hour the way leads over the sign-in, and nothing is changed."""
    empty.clock.later = timedelta(minutes=16)
    answer = okafor.post("/accounts/roles", {"name": "M. Ito", "role": ["approver", "admin"]})
    assert answer.headers["Location"] == "/sign-in?next=/accounts"
    assert _roles(empty, "M. Ito") == {Role.APPROVER}


def test_account_is_signed_out_everywhere(empty: Office, okafor: Browser) -> None:
    """Every session of the account is over at once; others go on."""
    browsers = [empty.browser("M. Ito") for _ in range(2)]
    assert "Sign M. Ito out everywhere" in text_of(okafor.get("/accounts"))
    assert okafor.post("/accounts/sign-out", {"name": "M. Ito"}).status_code == 303
    assert [browser.get("/").status_code for browser in browsers] == [303, 303]
    assert okafor.get("/accounts").status_code == 200
    assert okafor.post("/accounts/sign-out", {"name": "Nobody"}).status_code == 422


def test_administrator_alone_decides_nothing(office: Office) -> None:
    """Who is administrator and nothing else neither signs, nor approves, nor asks for a sync; and sees no account's secrets."""
    admin = office.browser("S. Okafor", Role.ADMIN)
    for path in ("/roster/check", "/roster/2/sign", "/plans/0000/approve", "/plans/0000/decline", "/sync", "/pause", "/resume", "/who"):
        assert admin.post(path).status_code == 403, path
    account = accounts.find(office.store, "S. Okafor")
    assert account
    page = admin.get("/accounts").text
    assert account.secret not in page
    assert "argon2" not in page


SCHOOL = "https://school.example"


@pytest.fixture
def linked(settings: Settings, tmp_path: Path) -> Iterator[Office]:
    """A console with a school's sign-in."""
    given = {"console_oidc_issuer": SCHOOL, "console_oidc_client": "x", "console_oidc_secret": SecretStr("x")}
    with closing(open_store(with_role(made_store(tmp_path)))) as store, serving(settings.model_copy(update=given), store) as made:
        yield made


def test_school_account_is_linked(linked: Office) -> None:
    """An administrator says whom the school means: from then on that subject is the account; nothing typed ends it."""
    okafor, _ = linked.browser("S. Okafor", Role.ADMIN), linked.account("M. Ito", Role.APPROVER)
    for subject in ("101", "102"):
        assert okafor.post("/accounts/school", {"name": "M. Ito", "subject": subject}).status_code == 303
    assert identities.subjects(linked.store, SCHOOL) == {"m. ito": "102"}
    page = okafor.get("/accounts")
    assert 'value="102"' in page.text
    assert "school account, password and code" in text_of(page)
    assert okafor.post("/accounts/school", {"name": "M. Ito", "subject": ""}).status_code == 303
    assert identities.subjects(linked.store, SCHOOL) == {}
    kinds = [(event.kind, event.actor) for event in reader.events(linked.store)][-3:]
    assert kinds == [("identity-linked", "S. Okafor"), ("identity-linked", "S. Okafor"), ("identity-unlinked", "S. Okafor")]


@pytest.mark.parametrize(
    ("name", "subject", "said"),
    [
        ("S. Okafor", "101", "leads to another account already"),
        ("Nobody", "101", "no such account"),
        ("S. Okafor", "x" * 256, "1 to 255 characters"),
        ("S. Okafor", "", "is not linked"),
    ],
)
def test_school_account_that_cannot_be_linked(linked: Office, name: str, subject: str, said: str) -> None:
    """A subject is one account's alone: the page says why not, and nothing is changed."""
    okafor, _ = linked.browser("S. Okafor", Role.ADMIN), linked.account("M. Ito", Role.APPROVER)
    assert okafor.post("/accounts/school", {"name": "M. Ito", "subject": "101"}).status_code == 303
    answer = okafor.post("/accounts/school", {"name": name, "subject": subject})
    assert (answer.status_code, said in text_of(answer)) == (422, True)
    assert identities.subjects(linked.store, SCHOOL) == {"m. ito": "101"}


def test_linking_needs_a_recent_sign_in(linked: Office) -> None:
    """After a quarter of an hour the way leads over the sign-in, and nobody is linked."""
    okafor = linked.browser("S. Okafor", Role.ADMIN)
    linked.clock.later = timedelta(minutes=16)
    assert okafor.post("/accounts/school", {"name": "S. Okafor", "subject": "101"}).headers["Location"] == "/sign-in?next=/accounts"
    assert identities.subjects(linked.store, SCHOOL) == {}


def test_console_without_school_links_nobody(empty: Office, okafor: Browser) -> None:
    """There is no form for it, and one that is sent all the same is refused."""
    assert "School account" not in text_of(okafor.get("/accounts"))
    answer = okafor.post("/accounts/school", {"name": "M. Ito", "subject": "101"})
    assert (answer.status_code, "name no school sign-in" in text_of(answer)) == (422, True)
    assert "identity-linked" not in [event.kind for event in reader.events(empty.store)]

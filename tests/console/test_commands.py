"""ilc-canvas console: accounts that are made at a terminal, and a server that starts and stops."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from sqlalchemy import text

from ilc_canvas.cli.console.health import problem
from ilc_canvas.console.security import codes, passwords
from ilc_canvas.console.security.place import Place
from ilc_canvas.console.security.tokens import new_token
from ilc_canvas.settings import Settings
from ilc_canvas.store.audit import reader
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.people import accounts, sessions
from ilc_canvas.store.people.accounts import Account, Role
from ilc_canvas.store.people.sessions import Origin
from tests.cli.conftest import Cli
from tests.console.cast import PASSWORD, Office
from tests.console.conftest import serving
from tests.stores import in_a_file
from tests.waiting import until

EVERYWHERE = "0.0.0.0"  # noqa: S104 - within a container


def _at_terminal(*words: str, typed: Iterable[str]) -> tuple[int, str]:
    """A command at a terminal of its own, in which somebody types a line whenever it asks for one."""
    process, terminal = pty.fork()
    if process == 0:
        os.execv(sys.executable, [sys.executable, "-m", "ilc_canvas", *words])  # noqa: S606
    shown, lines = b"", iter(typed)
    with suppress(OSError):  # the other end is gone
        while select.select([terminal], [], [], 30)[0] and (piece := os.read(terminal, 4096)):
            shown += piece
            if shown.endswith(b": "):
                os.write(terminal, f"{next(lines)}\n".encode())
    os.close(terminal)
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status), shown.decode()


def _account() -> Account | None:
    """What the store has of S. Okafor."""
    with closing(open_store(os.environ["ILC_CANVAS_STORE"])) as store:
        return accounts.find(store, "s. okafor")


@pytest.mark.usefixtures("cli")
def test_first_administrator_is_made() -> None:
    """The password is asked twice and not shown; the key of the authenticator is shown once; the name can sign in."""
    code, shown = _at_terminal("console", "admin", "S. Okafor", typed=[PASSWORD, PASSWORD])
    assert code == 0, shown
    assert "S. Okafor can sign in as admin." in shown
    found = re.search(r"^ +([A-Z2-7]{32})\r?$", shown, re.MULTILINE)
    account = _account()
    assert account
    assert found
    assert (account.secret, account.roles) == (found[1], frozenset({Role.ADMIN}))
    assert codes.uri_of(found[1], "S. Okafor") in shown.replace("\r\n", "")


@pytest.mark.usefixtures("cli")
def test_lost_password_is_renewed() -> None:
    """Both factors are renewed together, by the operator: the former password and key count no more, sessions end, and the log says who."""
    _at_terminal("console", "admin", "S. Okafor", typed=[PASSWORD, PASSWORD])
    before, new = _account(), "eleven quiet tractors hum"
    assert before
    with closing(open_store(os.environ["ILC_CANVAS_STORE"])) as store:
        now = datetime.now(UTC)
        sessions.begin(store, before, new_token(), origin=Origin("127.0.0.1", "Firefox"), at=now)
        code, shown = _at_terminal("console", "renew", "S. Okafor", typed=[new, new])
        after = _account()
        assert after
        assert (code, passwords.matches(new, after.password), passwords.matches(PASSWORD, after.password)) == (0, True, False)
        assert after.secret != before.secret
        assert after.secret in shown
        assert not sessions.signed_in(store, now)
        assert "credentials-renewed" in [event.kind for event in reader.events(store)]


@pytest.mark.usefixtures("cli")
def test_nobody_is_renewed_who_is_not_there() -> None:
    """A name without an account is refused before a password is asked for."""
    code, shown = _at_terminal("console", "renew", "J. Bell", typed=[])
    assert (code, "There is no such account. Nothing was changed." in shown) == (1, True)


@pytest.mark.usefixtures("cli")
@pytest.mark.parametrize("password", ["too short", "aaaaaaaaaaaaaaaaaaaa", "S. Okafor S. Okafor", "x" * 1001])
def test_weak_passwords_are_refused(password: str) -> None:
    """Short, endless, monotonous, or the name itself: no account is made."""
    code, shown = _at_terminal("console", "admin", "S. Okafor", typed=[password, password])
    assert code == 1
    assert "Nothing was changed." in " ".join(shown.split())
    assert _account() is None


def test_account_in_unknown_role(cli: Cli) -> None:
    """A role that does not exist is wrong usage, and the roles are named."""
    said = cli("console", "account", "J. Bell", "--role", "king")
    assert (said.code, "viewer, coordinator, approver, admin" in said.err) == (64, True)


@pytest.mark.usefixtures("cli")
def test_console_starts_and_stops(tmp_path: Path) -> None:
    """It says where it is, answers there, and ends at SIGTERM with 0; a second one at the same port says so."""
    start = [sys.executable, "-m", "ilc_canvas", "console", "--port", "18473"]
    with (tmp_path / "said").open("w") as said, subprocess.Popen(start, stdout=said, stderr=said) as console:
        until(lambda: "The console is at http://127.0.0.1:18473." in (tmp_path / "said").read_text())
        assert requests.get("http://127.0.0.1:18473/readyz", timeout=60).text == "ready"
        second = subprocess.run(start, capture_output=True, text=True, check=False, timeout=60)
        assert (second.returncode, "18473 is not available" in second.stderr) == (1, True)
        console.send_signal(signal.SIGTERM)
        assert console.wait(60) in (0, -signal.SIGTERM)


def test_container_asks_whether_it_answers(cli: Cli, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a store that fits it is healthy; under another name, or if nobody listens, it is not, and says why."""
    monkeypatch.setenv("ILC_CANVAS_CONSOLE_PORT", office.url.rpartition(":")[2])
    well = cli("console", "health")
    assert (well.code, well.out.startswith(f"Healthy: the console at {office.url} answers")) == (0, True)
    monkeypatch.setenv("ILC_CANVAS_CONSOLE_ADDRESS", "https://console.example.org")
    monkeypatch.setenv("ILC_CANVAS_CONSOLE_HOST", EVERYWHERE)
    other = cli("console", "health")
    assert (other.code, "answers with 421" in other.out) == (1, True)
    monkeypatch.setenv("ILC_CANVAS_CONSOLE_PORT", "1")
    silent = cli("console", "health")
    assert (silent.code, "no console answers at 127.0.0.1:1 " in silent.out) == (1, True)


def test_public_console_is_asked_by_its_name(office: Office, settings: Settings) -> None:
    """The check of a container goes to the port within it, and calls the console by its public name; a store that is away is no health."""
    listening = Place("127.0.0.1", 8080, ("https://console.example.org",))
    with serving(settings, office.store, listening) as public:
        asked = Place(EVERYWHERE, int(public.url.rpartition(":")[2]), listening.origins)
        assert problem(asked) == ""
        with office.store.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        assert "answers with 503" in problem(asked)


@pytest.mark.usefixtures("cli")
def test_secrets_leave_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither its settings nor its environment hold a token, a key or a password, however they were given."""
    from ilc_canvas.cli.console.console import without_secrets
    from ilc_canvas.settings import read_settings

    (tmp_path / "token").write_text("1~abcdefghijklmnopqrstuvwxyz")
    monkeypatch.setenv("ILC_CANVAS_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("ILC_CANVAS_SMTP_PASSWORD", "hush")
    settings = without_secrets(read_settings())
    assert (settings.newest_token, settings.smtp_password.get_secret_value()) == ("", "")
    assert not {"ILC_CANVAS_TOKEN_FILE", "ILC_CANVAS_SMTP_PASSWORD"} & set(os.environ)


@in_a_file
def test_public_console_reads_no_key(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A console that others reach does not start if it could read the key beside the store."""
    key = Path(os.environ["ILC_CANVAS_STORE"].removeprefix("sqlite:///") + ".key")
    key.write_text("a key")
    monkeypatch.setenv("ILC_CANVAS_CONSOLE_ADDRESS", "https://console.example.org")
    said = cli("console")
    assert (said.code, f"must not be able to read {key}" in said.err) == (1, True)


def test_account_by_the_school_alone(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account without a password is made for whom the school means, linked to somebody else, and unlinked; the log has each."""
    monkeypatch.setenv("ILC_CANVAS_CONSOLE_OIDC_ISSUER", "https://school.example")
    said = cli("console", "account", "S. Okafor", "--role", "approver", "--school", "101")
    assert (said.code, "S. Okafor can sign in as approver, with the school account 101." in said.out) == (0, True)
    account = _account()
    assert account
    assert (account.password, account.secret) == ("", "")
    assert cli("console", "link", "S. Okafor", "102").code == 0
    assert cli("console", "unlink", "S. Okafor").code == 0
    again = cli("console", "unlink", "S. Okafor")
    assert (again.code, "is not linked to any name there" in again.err) == (1, True)


def test_linking_without_a_school(cli: Cli) -> None:
    """Without a school's sign-in in the settings nobody is linked, and no account is made."""
    said = cli("console", "account", "S. Okafor", "--role", "viewer", "--school", "101")
    assert (said.code, "name no school sign-in" in said.err, _account()) == (1, True, None)

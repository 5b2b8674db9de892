"""What somebody tries who wants the console to do his work: payloads in every text, guesses, and files that kill their reader."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Dialog

from ilc_canvas.console import reading
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.columns import TEAMS
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.rosters import versions
from tests.cli.people_cast import row, rows
from tests.console.browsing import needs_browser, window
from tests.console.cast import PASSWORD, Browser, Office
from tests.console.test_pages import LISTS
from tests.console.test_rosters import SCRIPTS
from tests.console.uploads import TEAM, check, files_of, table

ITO = "M. Ito"
CALLS = "<img src=/x onerror=alert(1)><svg onload=alert(1)><script>alert(1)</script>"


@needs_browser
def test_no_payload_runs(office: Office, browser: Chromium) -> None:
    """With payloads as names, schools, team, file name and reasons no page opens a dialog or asks for anything elsewhere."""
    alvarez, texts = office.browser("J. Alvarez", *Role), [*SCRIPTS, CALLS]
    made = [row(f"X{number}", f"{text} {number}", school=text, district=text) for number, text in enumerate(texts)]
    people = [{**each, "email": f"x{number}@example.org"} for number, each in enumerate(made)]
    team = table(TEAMS.required, [{**TEAM, "team_name": CALLS}])
    assert check(alvarez, {**files_of([*rows(), *people]), "teams": (f"{CALLS.replace('/', '')}.csv", team)}).status_code in (303, 422)
    sound = [{**each, "display_name": each["display_name"].replace("\0", "").replace("\u202e", "")} for each in people]
    sound = [{**each, **dict.fromkeys(("given_name", "family_name", "sortable_name"), "x")} for each in sound]
    sound = [{**each, "school": CALLS, "district": CALLS} for each in sound]
    answer = check(alvarez, {**files_of([*rows(), *sound]), "teams": ("teams.csv", team)})
    assert answer.status_code == 303, answer.text
    (draft,) = [info for info in versions.listing(office.store) if info.state == "draft"]
    signed = alvarez.post(f"/roster/{draft.number}/sign", {"files": draft.files_digest, "read": "yes", "reason": CALLS})
    assert signed.status_code == 303
    alvarez.post("/sync", {"kind": "sync", "reason": CALLS})
    _visited(office, browser, [*LISTS, f"/roster/{draft.number}", "/people/X0", f"/people/X{len(texts) - 1}", "/courses/cop:EQ"])


def _visited(office: Office, browser: Chromium, paths: list[str]) -> None:
    dialogs: list[str] = []
    elsewhere: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    with window(browser, office.browser(ITO, *Role).token) as page:
        page.on("dialog", note)
        page.on("request", lambda request: elsewhere.append(request.url) if not request.url.startswith(office.url) else None)
        shown = [page.goto(f"{office.url}{path}") and page.content() for path in paths]
    assert (dialogs, elsewhere) == ([], [])
    assert sum("onerror" in (text or "") for text in shown) >= 3  # the payloads are there to be read


GUESSES = {
    "no such name": {"name": "nobody"},
    "no name": {"name": ""},
    "wrong password": {"password": "another long password"},
    "no password": {"password": ""},
    "wrong code": {"code": "000000"},
    "no code": {"code": ""},
}


@pytest.mark.parametrize("without", [False, True], ids=["field", "no field"])
@pytest.mark.parametrize("guess", GUESSES.values(), ids=GUESSES)
def test_every_guess_costs_the_same(office: Office, monkeypatch: pytest.MonkeyPatch, guess: dict[str, str], *, without: bool) -> None:
    """Whatever is wrong or missing, one password is compared: the time that an answer takes does not say which names there are."""
    office.account(ITO, Role.VIEWER)
    compared: list[int] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, *given: Any) -> bool:
        compared.append(1)
        return bool(verify(self, *given))

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    typed = {"name": ITO, "password": PASSWORD, "code": office.code(ITO), "next": "/"} | guess
    sent = {name: text for name, text in typed.items() if text or not without}
    assert Browser(office.url).post("/sign-in", sent).status_code == 422
    assert len(compared) == 1


def _greedy(_: object) -> int:
    return len(bytes(2**31))


def _killed(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _writing(_: object) -> None:
    with open("/dev/shm/ilc-canvas-test", "wb") as file:  # noqa: S108 - it must not be possible
        file.write(b"x")


@pytest.mark.parametrize("take", [_greedy, _killed], ids=["memory", "killed"])
def test_reader_of_an_upload_dies_alone(office: Office, take: Callable[[object], object]) -> None:
    """If what reads a file runs out of memory or is killed, a sentence says so, and the next upload is read."""
    with pytest.raises(RosterError, match=r"^These files could not be read: they need more time or memory.*Nothing was stored\.$"):
        reading._in_child(take, None)
    assert check(office.browser("J. Alvarez", Role.COORDINATOR), files_of(rows(P2={"cop_participant": "EQ"}))).status_code in (303, 422)


def test_reader_of_an_upload_writes_nothing() -> None:
    """Whatever is in a file, its reader can write no byte to a disk."""
    with pytest.raises((RosterError, OSError)):
        reading._in_child(_writing, None)

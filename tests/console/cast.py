"""People who use the console, and their browsers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser

import pyotp
import requests

from ilc_canvas.console.security import codes, passwords
from ilc_canvas.console.security.tokens import COOKIE, form_token, new_token
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.people import accounts, sessions
from ilc_canvas.store.people.accounts import Account, Role
from ilc_canvas.store.people.sessions import Origin

PASSWORD = "seven purple otters swim"
SAME = {"Sec-Fetch-Site": "same-origin"}
_HASHED = passwords.hashed(PASSWORD, "nobody")


@dataclass
class Clock:
    """The time, and as much later as a test wants; or one at which it stands still."""

    later: timedelta = timedelta()
    fixed: datetime | None = None

    def __call__(self) -> datetime:
        return self.fixed or datetime.now(UTC) + self.later


@dataclass
class Office:
    """A console that runs, and its store."""

    url: str
    store: Store
    clock: Clock

    def account(self, name: str, *roles: Role) -> Account:
        """This account; it is made if it is not there."""
        found = accounts.find(self.store, name)
        secret = codes.new_secret()
        return found or accounts.add(self.store, name, roles, password=_HASHED, secret=secret, actor="root", at=self.clock())

    def browser(self, name: str, *roles: Role) -> "Browser":
        """A browser in which somebody has signed in."""
        token = new_token()
        sessions.begin(self.store, self.account(name, *roles), token, origin=Origin("127.0.0.1", "Firefox on Linux"), at=self.clock())
        return Browser(self.url, token)

    def code(self, name: str, ahead: int = 0) -> str:
        """What the authenticator of this account shows, so many half minutes ahead."""
        account = self.account(name)
        return str(pyotp.TOTP(account.secret).at(self.clock(), counter_offset=ahead))

    def sign_in(self, name: str, changed: Mapping[str, str] | None = None, browser: "Browser | None" = None) -> requests.Response:
        """Send the form as this person fills it in."""
        fields = {"name": name, "password": PASSWORD, "code": self.code(name), **(changed or {})}
        return (browser or Browser(self.url)).post("/sign-in", fields)


@dataclass
class Browser:
    """It sends what a browser sends."""

    url: str
    token: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: dict(SAME))

    def ask(self, method: str, path: str, **more: object) -> requests.Response:
        """One request, without following where it leads."""
        given = {"Connection": "close", **self.headers, **({"Cookie": f"{COOKIE}={self.token}"} if self.token else {})}
        return requests.request(method, f"{self.url}{path}", headers=given, allow_redirects=False, timeout=30, **more)  # type: ignore[arg-type]

    def get(self, path: str) -> requests.Response:
        """A page."""
        return self.ask("GET", path)

    def post(self, path: str, fields: Mapping[str, str | Iterable[str]] | None = None, **more: object) -> requests.Response:
        """A form of this session."""
        return self.ask("POST", path, data={"form_token": form_token(self.token), **(fields or {})}, **more)


def text_of(answer: requests.Response) -> str:
    """What a reader sees of a page, in one line."""
    inside = re.sub(r"</?b>", "", answer.text)
    inside = re.sub(r"<(head|style|script)\b.*?</\1>|<[^>]+>", " ", inside, flags=re.DOTALL)
    return " ".join(unescape(inside).split())


def token_in(answer: requests.Response) -> str:
    """The session that an answer begins; empty if it begins none."""
    found = re.search(rf"{COOKIE}=([^;]+)", answer.headers.get("Set-Cookie", ""))
    return found[1] if found else ""


class _Reader(HTMLParser):
    """Collects what does not belong on a page of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        leads = [given.get(name) or "" for name in ("href", "src", "action", "formaction") if name in given]
        elsewhere = [url for url in leads if not url.startswith(("/", "#", "?", "http://127.0.0.1:")) or url.startswith("//")]
        own_script = tag != "script" or (given.get("src") or "").startswith("/static/")
        if tag in _NEVER or elsewhere or not own_script or any(name.startswith("on") or name == "style" for name in given):
            self.found.append(self.get_starttag_text() or tag)


_NEVER = ("img", "iframe", "object", "embed", "base", "style", "audio", "video", "math")


def live_things(page: str) -> list[str]:
    """Elements and attributes that could do or load something, and are not ours."""
    reader = _Reader()
    reader.feed(page)
    return reader.found

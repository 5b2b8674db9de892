"""Signing in to other programs with Canvas: OAuth2 with the scope that says who somebody is, and grants nothing."""

import secrets
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as NoBase64Error
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from ilc_canvas.sandbox.canvas import Canvas, Request
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.screens import layout
from ilc_canvas.sandbox.world.collation import collated
from ilc_canvas.sandbox.world.records import User

KEY, SECRET = "10000000000001", "sandbox"
"""The one developer key, which may only ask who somebody is."""
SCOPE = "/auth/userinfo"
_SHARD = 10_000_000_000_000
_ERRORS = {
    "unknown client": ("invalid_client", 401),
    "invalid client": ("invalid_client", 401),
    "redirect_uri does not match client settings": ("invalid_request", 400),
    "authorization_code not found": ("invalid_grant", 400),
    "The grant_type you requested is not currently supported": ("unsupported_grant_type", 400),
}
_HERE = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Given:
    """What a code stands for."""

    user: int
    challenge: str


class SignIns:
    """Who asks, who agrees, and the codes that were not used yet."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._codes: dict[str, Given] = {}

    def answer(self, request: Request) -> Answer | None:
        """The page or token that is asked for, or None for any other address."""
        way = (request.method, request.path.rstrip("/"))
        if way == ("GET", "/login/oauth2/auth"):
            return self._ask(dict(parse_qsl(request.query, keep_blank_values=True)))
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        if way == ("POST", "/login/oauth2/accept"):
            return self._accept(form)
        return self._token(form, request.headers.get("authorization", "")) if way == ("POST", "/login/oauth2/token") else None

    def _ask(self, asked: dict[str, str]) -> Answer:
        """The page on which somebody agrees. In place of a login it asks who it is."""
        if asked.get("client_id") != KEY:
            return _refused("unknown client")
        if urlsplit(asked.get("redirect_uri", "")).hostname not in _HERE:
            return _refused("redirect_uri does not match client settings")
        if asked.get("response_type") != "code":
            return _back(asked, error="unsupported_response_type", error_description="Only response_type=code is permitted")
        if asked.get("scope") != SCOPE:
            return _back(asked, error="invalid_scope", error_description="A requested scope is invalid, unknown or malformed.")
        kept = "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in asked.items())
        with self._canvas.lock:
            users = sorted(self._canvas.view("").world.users, key=lambda user: (collated(user.sortable_name), user.id))
        names = "".join(_button(user) for user in users if user.state == "registered")
        body = f'<main><h1>Who are you?</h1><form method="post" action="/login/oauth2/accept">{kept}<ul class="rows">{names}</ul>'
        return layout.as_answer("Sign in", f'{body}<button name="user" value="">Cancel</button></form></main>')

    def _accept(self, form: dict[str, str]) -> Answer:
        if urlsplit(form.get("redirect_uri", "")).hostname not in _HERE:
            return _refused("redirect_uri does not match client settings")
        if not form.get("user", "").isdigit():
            return _back(form, error="access_denied")
        code = secrets.token_hex(64)
        self._codes[code] = Given(int(form["user"]), form.get("code_challenge", ""))
        return _back(form, code=code)

    def _token(self, form: dict[str, str], authorization: str) -> Answer:
        """Who it is, once for each code, and without a token."""
        key, secret = _client(form, authorization)
        if form.get("grant_type") != "authorization_code":
            return _refused("The grant_type you requested is not currently supported")
        if key != KEY:
            return _refused("unknown client")
        if not secrets.compare_digest(secret.encode(), SECRET.encode()):
            return _refused("invalid client")
        given = self._codes.pop(form.get("code", ""), None)
        if given is None or (given.challenge and given.challenge != _challenge(form.get("code_verifier", ""))):
            return _refused("authorization_code not found")
        with self._canvas.lock:
            user = self._canvas.view("").world.users.get(given.user)
            if user is None:
                return _refused("authorization_code not found")
            said = {"id": user.id, "name": user.name, "global_id": str(_SHARD + user.id), "effective_locale": "en"}
        return Answer({"access_token": None, "token_type": "Bearer", "user": said}, metered=False)


def _button(user: User) -> str:
    return f'<li><button name="user" value="{user.id}">{escape(user.name)}</button></li>'


def _client(form: dict[str, str], authorization: str) -> tuple[str, str]:
    """By the form, or by the header."""
    if form.get("client_id"):
        return form["client_id"], form.get("client_secret", "")
    try:
        name, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
    except (NoBase64Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


def _back(asked: dict[str, str], **more: str) -> Answer:
    """The browser goes back to the program that asked, with its state."""
    query = urlencode({**more, **({"state": asked["state"]} if "state" in asked else {})})
    place = {"Location": f"{asked['redirect_uri']}{'&' if '?' in asked['redirect_uri'] else '?'}{query}"}
    return Answer(None, status=302, text="", content_type="text/html; charset=utf-8", headers=place, metered=False)


def _refused(why: str) -> Answer:
    error, status = _ERRORS[why]
    headers = {"WWW-Authenticate": "Canvas OAuth 2.0"} if status == 401 else {}
    return Answer({"error": error, "error_description": why}, status=status, headers=headers, metered=False)

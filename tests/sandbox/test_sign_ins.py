"""Signing in to another program with Canvas: the page that asks, the code, and an answer that grants nothing."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from re import findall
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from ilc_canvas.sandbox.people.sign_ins import KEY, SCOPE, SECRET
from tests.sandbox.process import Sandbox, start_sandbox

BACK = "http://127.0.0.1:9/back"
VERIFIER = "v" * 43
ASKED = {"client_id": KEY, "response_type": "code", "redirect_uri": BACK, "scope": SCOPE, "state": "s & t"}


@pytest.fixture(scope="module")
def canvas() -> Iterator[Sandbox]:
    """A Canvas with its administrator alone."""
    with start_sandbox() as started:
        yield started


def _ask(canvas: Sandbox, **changed: str) -> requests.Response:
    return requests.get(f"{canvas.url}/login/oauth2/auth", params={**ASKED, **changed}, allow_redirects=False, timeout=60)


def _agree(canvas: Sandbox, user: str, **changed: str) -> dict[str, str]:
    """Fill in the page that asks; what comes back in the address."""
    page = _ask(canvas, **changed).text
    form = {unescape(name): unescape(value) for name, value in findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)}
    answer = requests.post(f"{canvas.url}/login/oauth2/accept", {**form, "user": user}, allow_redirects=False, timeout=60)
    assert (answer.status_code, answer.headers["Location"].startswith(f"{BACK}?")) == (302, True)
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def _token(canvas: Sandbox, **form: str) -> tuple[int, Any]:
    given = {"grant_type": "authorization_code", "client_id": KEY, "client_secret": SECRET, **form}
    answer = requests.post(f"{canvas.url}/login/oauth2/token", given, timeout=60)
    return answer.status_code, answer.json()


def test_code_says_who_it_is(canvas: Sandbox) -> None:
    """Name and number, and no token; the state comes back as it was sent; the code works only once."""
    back = _agree(canvas, "1")
    assert back["state"] == "s & t"
    status, said = _token(canvas, code=back["code"])
    assert (status, said["access_token"], said["user"]["id"]) == (200, None, 1)
    assert _token(canvas, code=back["code"]) == (400, {"error": "invalid_grant", "error_description": "authorization_code not found"})


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "17"}, 401, "invalid_client"),
        ({"code": "unknown"}, 400, "invalid_grant"),
        ({"code_verifier": "x" * 43}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_codes_that_are_not_taken(canvas: Sandbox, changed: dict[str, str], status: int, error: str) -> None:
    """Another program, secret, code or verifier gets the refusal that Canvas gives."""
    challenge = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    code = _agree(canvas, "1", code_challenge=challenge, code_challenge_method="S256")["code"]
    found, said = _token(canvas, **{"code": code, "code_verifier": VERIFIER, **changed})
    assert (found, said["error"]) == (status, error)


def test_somebody_does_not_agree(canvas: Sandbox) -> None:
    """Then the program hears that, with its state."""
    assert _agree(canvas, "") == {"error": "access_denied", "state": "s & t"}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"client_id": "17"}, 401),
        ({"redirect_uri": "https://evil.example/"}, 400),
        ({"response_type": "token"}, 302),
        ({"scope": "all"}, 302),
    ],
)
def test_programs_that_may_not_ask(canvas: Sandbox, changed: dict[str, str], status: int) -> None:
    """An unknown program, or one that wants to be answered elsewhere, is refused at once; one that wants more, on the way back."""
    assert _ask(canvas, **changed).status_code == status

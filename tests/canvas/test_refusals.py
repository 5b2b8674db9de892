"""Refusals told apart: a missing right, a firewall, a redirect, a token that is over."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import responses

from ilc_canvas.canvas.http.transport import Timing, Transport
from ilc_canvas.canvas.kinds import all_calls
from ilc_canvas.reconcile.errors import CanvasError, InDoubtError, MissingRightError, TokenError, UnavailableError
from tests.canvas.cast import HOST, ONE, Waits

Canvas = responses.RequestsMock


def sent(canvas: Canvas) -> int:
    return len(canvas.calls)


def test_json_refusal_not_repeated(canvas: Canvas, transport: Transport) -> None:
    """A 403 in JSON is a missing right, said once."""
    canvas.add("GET", ONE, json={"status": "unauthorized"}, status=403)
    with pytest.raises(MissingRightError):
        transport.call("GET", "accounts/1")
    assert sent(canvas) == 1


WALL: dict[str, Any] = {"status": 403, "body": "<html>Request blocked</html>", "content_type": "text/html"}


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_firewall_is_told_apart(canvas: Canvas, transport: Transport, waits: Waits, method: str) -> None:
    """A 403 with a page comes from a firewall: neither a missing right nor a throttle; it is said so, and not tried again."""
    canvas.add(method, ONE, **WALL)
    with pytest.raises(UnavailableError, match=r"firewall .*refuses (GET|PUT) accounts/1: .*let this program through") as caught:
        transport.call(method, "accounts/1")
    assert "blocked" not in str(caught.value)
    assert (sent(canvas), waits, transport.traffic.throttled) == (1, [], 0)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"body": "<html>Rate Limit</html>", "content_type": "text/html"}, UnavailableError),
        ({"body": "", "content_type": "text/plain"}, UnavailableError),
        ({"body": '{"status": "unauthorized"}', "content_type": "application/json; charset=utf-8"}, MissingRightError),
        ({"body": "{}", "content_type": "application/json"}, MissingRightError),
    ],
)
def test_three_kinds_of_403(canvas: Canvas, transport: Transport, answer: dict[str, Any], error: type[CanvasError]) -> None:
    """JSON is a missing right, Canvas's own words of its limit a throttle (waited out above), anything else a firewall."""
    canvas.add("GET", ONE, status=403, **answer)
    with pytest.raises(error) as caught:
        transport.call("GET", "accounts/1")
    assert ("firewall" in str(caught.value)) == (error is UnavailableError)
    assert sent(canvas) == 1


def test_firewall_leaves_create_in_doubt(canvas: Canvas, transport: Transport) -> None:
    """A firewall may stop the answer as well as the question: a create is in doubt."""
    canvas.add("POST", f"{ONE}/courses", **WALL)
    with pytest.raises(InDoubtError, match="firewall"):
        transport.call("POST", "accounts/1/courses", repeatable=False)
    assert sent(canvas) == 1


def test_breaker_counts_firewall(canvas: Canvas, transport: Transport) -> None:
    """Five calls that a firewall refuses, and Canvas is left alone."""
    canvas.add("GET", ONE, **WALL)
    for _ in range(5):
        with pytest.raises(UnavailableError, match="firewall"):
            transport.call("GET", "accounts/1")
    with pytest.raises(UnavailableError, match="left alone"):
        transport.call("GET", "accounts/1")
    assert sent(canvas) == 5


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 399])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_every_redirect_is_refused(canvas: Canvas, transport: Transport, method: str, status: int) -> None:
    """Whatever its number, and whether it stays on our host or not, no redirect is followed."""
    canvas.add(method, ONE, status=status, headers={"Location": f"{HOST}/login"})
    canvas.add(method, f"{HOST}/login", json={"id": 1})
    with pytest.raises(UnavailableError if method == "GET" else InDoubtError, match="redirects"):
        transport.call(method, "accounts/1")
    assert {call.request.url for call in canvas.calls} == {ONE}


def test_no_redirect_is_followed(canvas: Canvas, transport: Transport) -> None:
    """A redirected POST would become a GET elsewhere: it is an error, and the other place is never asked."""
    canvas.add("POST", f"{ONE}/courses", status=302, headers={"Location": "https://elsewhere.test/"})
    with pytest.raises(InDoubtError, match="redirects"):
        transport.call("POST", "accounts/1/courses")
    assert {call.request.url for call in canvas.calls} == {f"{ONE}/courses"}


CHALLENGE: dict[str, Any] = {"status": 401, "json": {"errors": []}, "headers": {"WWW-Authenticate": "Bearer"}}


DEAD = [
    {"json": {"errors": [{"message": "Invalid access token."}]}, "headers": {"WWW-Authenticate": 'Bearer realm="canvas-lms"'}},
    {"json": {"errors": [{"message": "Expired access token.", "expired_at": "2021-08-01T00:00:00Z"}]}},
    {"json": {"errors": [{"message": "Revoked access token."}]}},
    {"body": "<html>Log in</html>", "content_type": "text/html"},
    {"body": "<html>Log in</html>", "content_type": "text/html", "headers": {"WWW-Authenticate": "Basic"}},
]


@pytest.mark.parametrize("answer", DEAD)
@pytest.mark.parametrize(("method", "path"), [("GET", "accounts/1"), ("PUT", "accounts/1"), ("POST", "accounts/1/courses")])
def test_dead_token_ends_at_once(canvas: Canvas, transport: Transport, *, method: str, path: str, answer: dict[str, Any]) -> None:
    """Invalid, expired, revoked (newer Canvases say it without a challenge), or a page that asks for a sign-in: said at once."""
    canvas.add(method, f"{HOST}/api/v1/{path}", status=401, **answer)
    with pytest.raises(TokenError):
        transport.call(method, path, repeatable=method != "POST")
    assert sent(canvas) == 1


RIGHTLESS: list[object] = [{"errors": [{"message": "user not authorized to perform that action"}]}, {}, [], {"errors": "access token."}]
RIGHTLESS += [{"errors": [{"message": "Insufficient scopes on access token."}]}]


@pytest.mark.parametrize("body", RIGHTLESS)
def test_missing_right_is_no_dead_token(canvas: Canvas, transport: Transport, body: object) -> None:
    """A 401 in JSON that says nothing of the token is a right that is missing."""
    canvas.add("GET", ONE, status=401, json=body)
    with pytest.raises(MissingRightError):
        transport.call("GET", "accounts/1")


def test_refused_token_is_final(canvas: Canvas, transport: Transport) -> None:
    """401 with a challenge is the token's fault, and is said at once; without one it is a missing right."""
    canvas.add("GET", ONE, **CHALLENGE)
    canvas.add("GET", f"{HOST}/api/v1/users/self", status=401, json={"status": "unauthorized"})
    with pytest.raises(TokenError):
        transport.call("GET", "accounts/1")
    with pytest.raises(MissingRightError):
        transport.call("GET", "users/self")
    assert sent(canvas) == 2


def tokens(*values: str) -> Callable[[], str]:
    given: Iterator[str] = iter(values)
    return lambda: next(given, values[-1])


def test_replaced_token_read_anew(canvas: Canvas, waits: Waits) -> None:
    """A refused token that was replaced meanwhile is read anew, and the call sent again with the new one."""
    transport = Transport(HOST, tokens("old", "new"), all_calls(), timing=Timing(sleep=waits.append))
    canvas.add("POST", f"{ONE}/courses", **CHALLENGE)
    canvas.add("POST", f"{ONE}/courses", json={"id": 7})
    assert transport.call("POST", "accounts/1/courses", repeatable=False).json == {"id": 7}
    assert [call.request.headers["Authorization"] for call in canvas.calls] == ["Bearer old", "Bearer new"]


def test_lost_token_keeps_refusal(canvas: Canvas) -> None:
    """Where no other token can be read, the refusal stands."""
    given = iter(["old", ""])
    canvas.add("GET", ONE, **CHALLENGE)
    with pytest.raises(TokenError):
        Transport(HOST, lambda: next(given), all_calls()).call("GET", "accounts/1")


def test_two_bad_tokens_end(canvas: Canvas, waits: Waits) -> None:
    """Once is enough: a new token that is refused as well ends the call."""
    transport = Transport(HOST, tokens("a", "b", "c", "d"), all_calls(), timing=Timing(sleep=waits.append))
    canvas.add("GET", ONE, **CHALLENGE)
    with pytest.raises(TokenError):
        transport.call("GET", "accounts/1")
    assert sent(canvas) == 2

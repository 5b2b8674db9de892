"""What the transport does with answers, refusals, silence and time."""

import inspect
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from canvasapi.requester import Requester

from ilc_canvas.canvas.http.failures import NotFoundError, TakenError
from ilc_canvas.canvas.http.throttle import Throttle
from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.kinds import all_calls
from ilc_canvas.canvas.sis_ids import sis
from ilc_canvas.reconcile.errors import CanvasError, InDoubtError, SettingsError, UnavailableError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.values import Traffic
from ilc_canvas.reconcile.state import Key
from tests.canvas.cast import HOST, ONE, Waits

Canvas = responses.RequestsMock
ILL: dict[str, Any] = {"status": 500, "body": "", "content_type": "text/html"}
LOGIN: dict[str, Any] = {"status": 200, "body": "<html>Log in</html>", "content_type": "text/html"}
CUT: dict[str, Any] = {"status": 200, "body": '{"id": 1, "na', "content_type": "application/json"}
LIMIT: dict[str, Any] = {"body": "403 Forbidden (Rate Limit Exceeded)\n", "content_type": "text/plain"}
BROKEN: dict[str, Any] = {"body": requests.ConnectionError("reset by peer")}


def sent(canvas: Canvas) -> int:
    return len(canvas.calls)


@pytest.mark.parametrize("status", [429, 403])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_throttle_waited_out(canvas: Canvas, transport: Transport, waits: Waits, method: str, status: int) -> None:
    """429, and the text 403 of older Canvas, are waited out and count as no attempt."""
    canvas.add(method, ONE, **LIMIT, status=status)
    canvas.add(method, ONE, json={"id": 1})
    answer = transport.call(method, "accounts/1")
    assert (answer.json, answer.attempts, waits) == ({"id": 1}, 1, [30])
    assert (transport.traffic.throttled, transport.traffic.retries) == (1, 0)


def test_ends_of_requests_are_counted(canvas: Canvas, transport: Transport, throttle: Throttle) -> None:
    """Each request counts by how it ended, and what Canvas allows is known from its last answer."""
    for answer in (ILL, BROKEN, {**LIMIT, "status": 429}, {"json": {}, "status": 404, "headers": {"X-Rate-Limit-Remaining": "411.5"}}):
        canvas.add("GET", ONE, **answer)
    assert throttle.remaining is None
    with pytest.raises(NotFoundError):
        transport.call("GET", "accounts/1")
    assert transport.traffic == Traffic(requests=4, retries=2, throttled=1, refused=1, unavailable=2)
    assert throttle.remaining == 411.5


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 12),
        ({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, 5),
        ({"Retry-After": "soon", "X-Rate-Limit-Remaining": "-100"}, 45),
        ({"X-Rate-Limit-Remaining": "599.5"}, 5),
        ({"Retry-After": "86400"}, 65),
    ],
)
def test_throttle_waits_as_told(canvas: Canvas, transport: Transport, waits: Waits, headers: dict[str, str], seconds: float) -> None:
    """Retry-After, or else what is left in the bucket, says how long to wait; never much over a minute."""
    canvas.add("PUT", ONE, **LIMIT, status=429, headers=headers)
    canvas.add("PUT", ONE, json={"id": 1})
    transport.call("PUT", "accounts/1")
    assert waits[0] == seconds


def test_throttled_create_sent_again(canvas: Canvas, transport: Transport) -> None:
    """A throttled create was not done, so it alone of all failed creates is sent again."""
    canvas.add("POST", f"{ONE}/courses", **LIMIT, status=429)
    canvas.add("POST", f"{ONE}/courses", json={"id": 7})
    assert transport.call("POST", "accounts/1/courses", repeatable=False).json == {"id": 7}


def test_throttle_allowance_runs_out(canvas: Canvas, transport: Transport, waits: Waits) -> None:
    """A run waits a quarter of an hour in all for a throttled token, then stops at once."""
    canvas.add("GET", ONE, **LIMIT, status=429)
    with pytest.raises(UnavailableError, match="quarter of an hour"):
        transport.call("GET", "accounts/1")
    assert sum(waits) == 900


def test_long_throttle_keeps_deadline(canvas: Canvas, transport: Transport) -> None:
    """Time waited while throttled is no part of a call's minute: a failure after it is still repeated."""
    for _ in range(4):
        canvas.add("GET", ONE, **LIMIT, status=429)
    canvas.add("GET", ONE, **ILL)
    canvas.add("GET", ONE, json={"id": 1})
    assert transport.call("GET", "accounts/1").attempts == 2


@pytest.mark.parametrize("answer", [ILL, LOGIN, CUT, BROKEN, {"status": 502, "json": {}}])
def test_read_repeated_five_times(canvas: Canvas, transport: Transport, waits: Waits, answer: dict[str, Any]) -> None:
    """A read without a usable answer is tried five times with growing waits, then Canvas is unavailable."""
    canvas.add("GET", ONE, **answer)
    with pytest.raises(UnavailableError):
        transport.call("GET", "accounts/1")
    assert (sent(canvas), waits) == (5, [1, 2, 4, 8])


def test_read_recovers_after_failure(canvas: Canvas, transport: Transport) -> None:
    """A read that fails once is answered by the second attempt, and says so."""
    canvas.add("GET", ONE, **ILL)
    canvas.add("GET", ONE, json={"id": 1})
    answer = transport.call("GET", "accounts/1")
    assert (answer.json, answer.attempts, transport.traffic.retries) == ({"id": 1}, 2, 1)


@pytest.mark.parametrize("answer", [ILL, LOGIN, CUT, BROKEN, {"status": 302, "headers": {"Location": HOST}}])
def test_unclear_create_sent_once(canvas: Canvas, transport: Transport, answer: dict[str, Any]) -> None:
    """A create without a clear answer may have happened: in doubt, and never sent again."""
    canvas.add("POST", f"{ONE}/courses", **answer)
    with pytest.raises(InDoubtError):
        transport.call("POST", "accounts/1/courses", repeatable=False, course={"name": "EQ"})
    assert sent(canvas) == 1


def test_refused_repeat_is_in_doubt(canvas: Canvas, transport: Transport) -> None:
    """A first attempt without an answer may have been done, whatever its repeat is told."""
    canvas.add("PUT", ONE, **BROKEN)
    canvas.add("PUT", ONE, status=400, json={"errors": {}})
    with pytest.raises(InDoubtError):
        transport.call("PUT", "accounts/1", account={"name": "ILC"})


def test_refused_change_is_no_doubt(canvas: Canvas, transport: Transport) -> None:
    """What was refused at once was not done."""
    canvas.add("PUT", ONE, status=400, json={"errors": {}})
    with pytest.raises(TakenError):
        transport.call("PUT", "accounts/1", account={"name": "ILC"})


def test_foreign_post_sent_once(canvas: Canvas, transport: Transport) -> None:
    """What canvasapi itself posts counts as a create."""
    canvas.add("POST", f"{ONE}/courses", **ILL)
    with pytest.raises(InDoubtError):
        transport.request("POST", "accounts/1/courses", _kwargs=[("course[name]", "EQ")])
    assert sent(canvas) == 1


@pytest.mark.parametrize("answer", [ILL, BROKEN])
def test_change_sent_four_times(canvas: Canvas, transport: Transport, answer: dict[str, Any]) -> None:
    """A PUT says the same each time, so it is sent up to four times; without a clear answer even then it is in doubt."""
    canvas.add("PUT", ONE, **answer)
    with pytest.raises(InDoubtError):
        transport.call("PUT", "accounts/1", account={"name": "ILC"})
    assert sent(canvas) == 4


def test_token_only_in_header(canvas: Canvas, transport: Transport) -> None:
    """The token goes in the header, to our host; English is asked for, since the language sticks to the token's user."""
    canvas.add("GET", ONE, json={})
    transport.call("GET", "accounts/1", include=["sis"])
    request = canvas.calls[0].request
    assert request.headers["Authorization"] == "Bearer secret-token"
    assert request.headers["Accept-Language"] == "en"
    assert "secret" not in str(request.url)


def test_foreign_page_asked_here(canvas: Canvas, transport: Transport) -> None:
    """Of an address that canvasapi follows only path and query are used, so the token never leaves for another host."""
    canvas.add("GET", ONE, json={})
    transport.request("GET", _url="https://elsewhere.test/api/v1/accounts/1?page=2")
    assert canvas.calls[0].request.url == f"{ONE}?page=2"


def test_netrc_entry_is_ignored(canvas: Canvas, transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A .netrc entry for our host does not replace the token."""
    (tmp_path / "netrc").write_text("machine canvas.test login ada password pw\n")
    os.chmod(tmp_path / "netrc", 0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    canvas.add("GET", ONE, json={})
    transport.call("GET", "accounts/1")
    assert canvas.calls[0].request.headers["Authorization"] == "Bearer secret-token"


@pytest.mark.parametrize(
    "address",
    [
        "http://canvas.test",
        "ftp://canvas.test",
        "canvas.test",
        "http://127.0.0.1.canvas.test",
        "https://",
        "https:///x",
        "https://[::1",
        "https://canvas.test:x",
    ],
)
def test_plain_http_is_refused(address: str) -> None:
    """A token is sent over TLS only."""
    with pytest.raises(SettingsError, match="https"):
        Transport(address, lambda: "t", all_calls())


@pytest.mark.parametrize("address", ["http://127.0.0.1:80", "http://localhost:80", "http://[::1]:80"])
def test_plain_http_to_oneself(address: str) -> None:
    """On this machine itself http is allowed, for the sandbox."""
    assert Transport(address, lambda: "t", all_calls()).origin == address


@pytest.mark.parametrize("token", ["", " ", "a b", "a\nb", "é"])
def test_odd_token_is_refused(token: str) -> None:
    """A token that no header could hold is refused without being repeated."""
    with pytest.raises(SettingsError, match="token is empty, or holds characters") as caught:
        Transport(HOST, lambda: token, all_calls())
    assert not token.strip() or token not in str(caught.value)


def test_sis_ids_quoted_whole(canvas: Canvas, transport: Transport) -> None:
    """Slash, question mark, hash and percent sign of a SIS id reach Canvas as part of the id."""
    path = sis(Key(Kind.COURSE, "a/b?c#d%"))
    canvas.add("GET", f"{HOST}/api/v1/courses/sis_course_id:a%2Fb%3Fc%23d%25", json={"id": 3})
    assert path == "sis_course_id:a%2Fb%3Fc%23d%25"
    assert transport.call("GET", f"courses/{path}").json == {"id": 3}


def test_time_without_offset_refused(canvas: Canvas, transport: Transport) -> None:
    """Canvas would read it in the caller's zone; one with an offset is sent as it is."""
    canvas.add("PUT", ONE, json={})
    with pytest.raises(ValueError, match="without an offset"):
        transport.call("PUT", "accounts/1", at=datetime(2021, 8, 16))  # noqa: DTZ001
    transport.call("PUT", "accounts/1", at=datetime(2021, 8, 16, tzinfo=UTC), on=True, off=None)
    assert canvas.calls[0].request.body == "at=2021-08-16T00%3A00%3A00%2B00%3A00&on=true&off="


@pytest.mark.parametrize(("left", "wait"), [("300", []), ("299.9", [0.5]), ("100", [0.5]), ("99", [5]), ("odd", [])])
def test_pace_follows_the_bucket(canvas: Canvas, transport: Transport, waits: Waits, left: str, wait: list[float]) -> None:
    """Requests go slower below 300 remaining and pause below 100."""
    canvas.add("GET", ONE, json={}, headers={"X-Rate-Limit-Remaining": left})
    transport.call("GET", "accounts/1")
    transport.call("GET", "accounts/1")
    assert waits == wait


@pytest.mark.parametrize("answer", [ILL, BROKEN])
def test_breaker_leaves_canvas_alone(canvas: Canvas, transport: Transport, waits: Waits, answer: dict[str, Any]) -> None:
    """After five failed reads in a row nothing is sent for a minute; then it is tried again."""
    canvas.add("GET", ONE, **answer)
    transport._traffic = Traffic(requests=10_000)
    for _ in range(5):
        with pytest.raises(UnavailableError):
            transport.call("GET", "accounts/1")
    with pytest.raises(UnavailableError, match="left alone"):
        transport.call("GET", "accounts/1")
    assert sent(canvas) == 25
    waits.extra = 61
    with pytest.raises(UnavailableError):
        transport.call("GET", "accounts/1")
    assert sent(canvas) == 30


def test_repeats_have_an_allowance(canvas: Canvas, transport: Transport) -> None:
    """A run repeats ten requests and a fifth of those it has sent, and no more."""
    canvas.add("GET", ONE, **ILL)
    errors = []
    for _ in range(5):
        with pytest.raises(UnavailableError) as caught:
            transport.call("GET", "accounts/1")
        errors.append("too often" in str(caught.value))
    assert errors == [False, False, False, True, True]


def test_call_ends_within_minute(canvas: Canvas, transport: Transport, waits: Waits) -> None:
    """A call that has taken a minute is not repeated."""

    def slow(request: Any) -> tuple[int, dict[str, str], str]:
        del request
        waits.extra += 40
        return 500, {}, ""

    canvas.add_callback("GET", ONE, slow, content_type="text/html")
    with pytest.raises(UnavailableError, match="longer than 60 seconds for GET accounts/1"):
        transport.call("GET", "accounts/1")
    assert sent(canvas) == 2


def test_late_create_in_doubt(canvas: Canvas, transport: Transport, waits: Waits) -> None:
    """An answer that is still coming after a minute is not waited for; a create is then in doubt."""

    def late(request: Any) -> tuple[int, dict[str, str], str]:
        del request
        waits.extra += 61
        return 200, {}, '{"id": 7}'

    canvas.add_callback("POST", f"{ONE}/courses", late, content_type="application/json")
    with pytest.raises(InDoubtError):
        transport.call("POST", "accounts/1/courses", repeatable=False)


@pytest.mark.parametrize("date", ["yesterday", "Mon, 16 Aug 2021 16:00:00 -0000", ""])
def test_odd_date_is_ignored(canvas: Canvas, transport: Transport, date: str) -> None:
    """A Date header that is none leaves the clock as it is."""
    canvas.add("GET", ONE, json={"id": 1}, headers={"Date": date})
    assert transport.call("GET", "accounts/1").json == {"id": 1}
    assert transport.offset is None


def test_endless_body_is_refused(canvas: Canvas, transport: Transport) -> None:
    """More than 20 MB is no answer of the API; 20 MB are."""
    canvas.add("GET", ONE, body=b'"%s"' % (b"a" * 19_999_998), content_type="application/json")
    assert len(transport.call("GET", "accounts/1").json) == 19_999_998
    canvas.remove("GET", ONE)
    canvas.add("GET", ONE, body=b" " * 20_000_001, content_type="application/json")
    with pytest.raises(UnavailableError, match="larger"):
        transport.call("GET", "accounts/1")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "courses/1"),
        ("DELETE", "users/1"),
        ("DELETE", "accounts/1/users/1"),
        ("POST", "accounts/1/sis_imports"),
        ("PUT", "users/1/merge_into/2"),
        ("GET", "courses/1/students/submissions"),
        ("POST", "conversations"),
        ("GET", "users/self?as_user_id=5"),
        ("GET", "users/self?a=b&as%5Fuser_id=5"),
    ],
)
def test_other_calls_are_refused(canvas: Canvas, transport: Transport, method: str, path: str) -> None:
    """A call that this program has no need of is not sent."""
    with pytest.raises(ValueError, match="not a call of this program"):
        transport.call(method, path)
    assert sent(canvas) == 0


def test_acting_as_another_refused(canvas: Canvas, transport: Transport) -> None:
    """Nor is one that would act as somebody else, by parameter."""
    with pytest.raises(ValueError, match="not a call of this program"):
        transport.call("PUT", "users/1", as_user_id=5, user={"name": "x"})
    assert sent(canvas) == 0


def test_requester_is_as_expected() -> None:
    """What we override and use of canvasapi is there, with these names: a new release that differs is noticed here."""
    asked = ["self", "method", "endpoint", "headers", "use_auth", "_url", "_kwargs", "json", "kwargs"]
    assert list(inspect.signature(Requester.request).parameters) == asked
    assert list(inspect.signature(Transport.request).parameters) == asked
    plain = Requester("https://canvas.test", "t")
    assert (plain.original_url, plain.base_url) == (HOST, f"{HOST}/api/v1/")
    assert isinstance(plain._session, requests.Session)


@pytest.mark.usefixtures("transport")
def test_canvasapi_logs_no_addresses() -> None:
    """It would log addresses at INFO and bodies at DEBUG."""
    assert not logging.getLogger("canvasapi.requester").isEnabledFor(logging.INFO)


@pytest.mark.parametrize("answer", [{"status": 400, "json": {"errors": {"pseudonym": {"unique_id": ["ada@example.org"]}}}}, ILL, BROKEN])
def test_nothing_personal_is_said(
    canvas: Canvas, transport: Transport, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], answer: dict[str, Any]
) -> None:
    """No log record and no error text holds the token, a name or an address."""
    caplog.set_level(logging.DEBUG)
    canvas.add("PUT", f"{HOST}/api/v1/users/1", **LIMIT, status=429)
    canvas.add("PUT", f"{HOST}/api/v1/users/1", **answer)
    with pytest.raises(CanvasError) as caught:
        transport.call("PUT", "users/1", user={"name": "Ada Lovelace", "email": "ada@example.org"})
    said = caplog.text + "".join(capsys.readouterr()) + str(caught.value) + repr(caught.value)
    assert not [word for word in ("secret-token", "Lovelace", "ada@", "example.org") if word in said]

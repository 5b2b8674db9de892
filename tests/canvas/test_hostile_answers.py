"""A Canvas that answers anything: one answer of a recorded run is changed, and whoever asked gets an error of ours or goes on."""

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import responses

from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.reconcile.change import Outcome
from ilc_canvas.reconcile.errors import CanvasError, IncompleteError, InDoubtError, UnavailableError
from tests.canvas.cast import HOST, ONE
from tests.canvas.recorded import Deed, Reply, Tape, playing, quick, tapes
from tests.sampling import drawn
from tests.sandbox.process import TOKEN, Sandbox

FEW, MANY, SHARES = 1_000, 10_000, 10
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 7, 2**80, float("inf"), float("nan"), "", "x", "7", "\ud800", "\0", "2021-13-45T99:99:99Z"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2021-08-16T16:00:00", "canvas:x", "ilc:p:1|", [], {}, [[]], [None]),
    *([{"id": 1}], {"id": None}, {"id": "1"}, {"errors": [{"message": None}]}, [[{"id": 1}]], "\u202eA\nB"),
)
HEADERS: tuple[tuple[str, str], ...] = (
    *(
        ("Content-Type", value)
        for value in ("", "text/html", "text/plain", "application/json; charset=utf-7", "application/json; charset=nope")
    ),
    *(
        ("Link", value)
        for value in ("x", "<>; rel=next", "<http://[>; rel=next", "</api/v1/accounts/1/files>; rel=next", ";;;,,,", "<a>; rel")
    ),
    ("Link", "</api/v1/accounts/1/roles?as_user_id=1>; rel=next"),
    *(("Date", value) for value in ("", "soon", "Thu, 01 Jan 99999999999 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 -0000")),
    *(("X-Rate-Limit-Remaining", value) for value in ("", "nan", "-inf", "1e999", "\u00b2")),
    *(("Retry-After", value) for value in ("\u00b2", "-5", "nan", "Thu, 99 Jan", "9" * 400)),
    *(("Content-Encoding", value) for value in ("gzip", "gzip, gzip", "deflate", "br", "nonsense")),
)
BODIES = (
    b"",
    b"null",
    b"[",
    b"{",
    b'{"id": 1, "na',
    b"[" * 100_000,
    b"\xff\xfe\x00",
    b"<html>",
    b'"text"',
    b"9" * 5_000,
    b"NaN",
    b"\xef\xbb\xbf{}",
)
STATUSES = (200, 201, 202, 204, 206, 301, 302, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503, 599, 999)


@pytest.fixture(scope="module")
def recorded(running: Sandbox) -> dict[str, tuple[Deed, Tape]]:
    running.reset()
    return tapes(running)


def spots(value: Any) -> list[tuple[Any, ...]]:
    """The paths of everything in a JSON value, itself first."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((key, *rest) for key, each in inner for rest in spots(each))]


def put(value: Any, spot: tuple[Any, ...], new: Any) -> Any:
    """The JSON value with something else at one place; left out altogether if that is `put` itself."""
    if not spot:
        return None if new is put else new
    copy = dict(value) if isinstance(value, dict) else list(value)
    if len(spot) == 1 and new is put:
        del copy[spot[0]]
    else:
        copy[spot[0]] = put(copy[spot[0]], spot[1:], new)
    return copy


def of_shape(reply: Reply, chance: random.Random) -> Reply:
    """One value in it is another, missing, wrapped in a list, or a string instead of a number."""
    whole = reply.json
    spot = chance.choice(spots(whole))
    old = whole
    for step in spot:
        old = old[step]
    return reply.holding(put(whole, spot, chance.choice([*VALUES, put, put, [old], str(old), {"0": old}, [old] * 101])))


def of_header(reply: Reply, chance: random.Random) -> Reply:
    """One header is another."""
    name, value = chance.choice(HEADERS)
    return Reply(reply.status, {**reply.headers, name: value}, reply.body)


def of_body(reply: Reply, chance: random.Random) -> Reply:
    """The body is no JSON, or cut."""
    return Reply(reply.status, reply.headers, chance.choice([*BODIES, reply.body[: chance.randrange(len(reply.body) + 1)]]))


def of_status(reply: Reply, chance: random.Random) -> Reply:
    """It has another status."""
    return Reply(chance.choice(STATUSES), reply.headers, reply.body)


WAYS: tuple[Callable[[Reply, random.Random], Reply], ...] = (of_shape, of_shape, of_shape, of_shape, of_header, of_body, of_status)


def shares(chance: random.Random) -> random.Random:
    return chance


def answered(deed: Deed, tape: Tape) -> str:
    """How the deed ended with these answers: the kind of its error, or of its outcome. Any error but ours comes through."""
    with playing(tape):
        canvas = quick(HOST, TOKEN)
        try:
            canvas.tenant()
            found = deed(canvas)
        except CanvasError as error:
            nameless = "could not be read" in str(error)
            return "nameless" if nameless else type(error).__name__
    return found.result if isinstance(found, Outcome) else "found"


@pytest.mark.parametrize("chance", drawn("hostile answers (in tens)", shares, FEW // SHARES, MANY // SHARES))
def test_any_answer_is_no_traceback(recorded: dict[str, tuple[Deed, Tape]], chance: random.Random) -> None:
    """Whatever one answer of a run is, whoever asked goes on or gets an error of ours that names the request."""
    ends = Counter[str]()
    for _ in range(SHARES):
        name = chance.choice(sorted(recorded))
        deed, tape = recorded[name]
        place = chance.choice(tape.places)
        reply = tape.answers[place[0]][place[1]]
        changed = chance.choice(WAYS if reply.json is not None else WAYS[4:])(reply, chance)
        try:
            ends[answered(deed, tape.with_reply(place, changed))] += 1
        except Exception as error:  # to say which answer it was
            raise AssertionError(f"{name}: {place} answered {changed.status} {dict(changed.headers)} {changed.body[:2000]!r}") from error
    assert "nameless" not in ends


def test_recorded_answers_play_back(recorded: dict[str, tuple[Deed, Tape]]) -> None:
    """Unchanged, every recorded answer is understood, and every change of the recording is applied or looked at."""
    ends = {name: answered(deed, tape) for name, (deed, tape) in recorded.items()}
    assert {end for name, end in ends.items() if name.startswith("apply")} == {"applied"}, ends
    assert {end for name, end in ends.items() if not name.startswith(("apply", "look"))} == {"found"}


@pytest.mark.parametrize("body", [[], None, "x", 5, [{"id": 1}]], ids=json.dumps)
def test_no_object_names_the_request(canvas: responses.RequestsMock, transport: Transport, body: object) -> None:
    """Where one object is due, anything else is an error that names method and path."""
    canvas.add("GET", ONE, body=json.dumps(body), content_type="application/json")
    with pytest.raises(IncompleteError, match=re.escape("Canvas's answer to GET accounts/1 cannot be used: it is not an object")):
        _ = transport.call("GET", "accounts/1").row


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({}, "id is missing"),
        ({"id": None}, "id: should be a valid integer"),
        ({"id": "7x"}, "id: should be a valid integer"),
        ({"id": 1.5}, "id: should be a valid integer"),
        ({"id": True}, "id: is true or false, and no number"),
        ({"id": -1}, "id: should be greater than or equal to 0"),
        ({"id": 1, "start_at": "soon"}, "start_at: is not a moment"),
        ({"id": 1, "start_at": "2021-08-16T16:00:00"}, "start_at: is a moment without an offset"),
        ({"id": 1, "name": ["Ada"]}, "name: should be a valid string"),
        ({"id": 1, "name": "A\0"}, "name: holds a character that no database takes"),
        ({"id": 1, "user": None}, "user is not an object"),
    ],
)
def test_odd_field_names_the_request(canvas: responses.RequestsMock, transport: Transport, row: dict[str, Any], why: str) -> None:
    """A field that is missing, or is something else, is named with its request; its value, which may be a name, is not."""
    canvas.add("PUT", ONE, json=row)
    with pytest.raises(InDoubtError, match=re.escape(f"PUT accounts/1 cannot be used: {why}")) as raised:
        _ = transport.call("PUT", "accounts/1").row["id"]
    assert "Ada" not in str(raised.value)


@pytest.mark.parametrize("number", ["7", 7, 7.0])
def test_string_ids_are_ids(canvas: responses.RequestsMock, transport: Transport, number: object) -> None:
    """A Canvas that writes numbers as strings, as it does when asked to, has the same numbers."""
    canvas.add("GET", f"{ONE}/roles", json=[{"id": number, "user": {"id": number}}], headers={"Link": ""})
    assert whole_list(transport, "accounts/1/roles") == [{"id": 7, "user": {"id": 7}}]


@pytest.mark.parametrize(
    "link", ["<http://[>; rel=next", "</api/v1/accounts/1/files>; rel=next", "</api/v1/accounts/1/roles?as_user_id=1>; rel=next"]
)
def test_odd_next_page_is_an_error(canvas: responses.RequestsMock, transport: Transport, link: str) -> None:
    """A next page at no address, or that would be a call which this program never makes, is an error and is not asked for."""
    canvas.add("GET", f"{ONE}/roles", json=[{"id": 1}], headers={"Link": link})
    with pytest.raises(IncompleteError, match="accounts/1/roles"):
        whole_list(transport, "accounts/1/roles")
    assert len(canvas.calls) == 1


def test_endless_nesting_is_an_error(canvas: responses.RequestsMock, transport: Transport) -> None:
    """JSON that is nested a hundred thousand deep is no answer."""
    canvas.add("GET", ONE, body=b"[" * 100_000, content_type="application/json")
    with pytest.raises(UnavailableError, match="cut or no JSON"):
        transport.call("GET", "accounts/1")

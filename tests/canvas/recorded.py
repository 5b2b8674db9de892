"""Answers of the sandbox, recorded once, and played back to a client without a network: as they were, or with one of them changed."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from typing import Any

import pytest
import requests
from urllib3 import HTTPHeaderDict, HTTPResponse

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.canvas.http.connection import ConnectingAdapter
from ilc_canvas.canvas.http.transport import Timing
from ilc_canvas.reconcile.change import Change, Create, Remove
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key
from tests.canvas.cast import (
    ACCOUNT,
    ADA,
    EQ,
    SMALL,
    address,
    changed,
    client,
    course,
    enrollment,
    numbered,
    owners,
    person,
    section,
    sought,
    write,
)
from tests.sandbox.process import Sandbox

Deed = Callable[[CanvasClient], object]


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """What it holds; None if that is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def holding(self, value: Any) -> "Reply":
        """The same answer with another body."""
        return replace(self, body=json.dumps(value).encode())


@dataclass
class Tape:
    """The answers to one deed, in the order of what was asked; the same question may be asked several times."""

    answers: dict[str, list[Reply]] = field(default_factory=dict)

    def keep(self, asked: str, reply: Reply) -> None:
        """One more answer to this."""
        self.answers.setdefault(asked, []).append(reply)

    @property
    def places(self) -> list[tuple[str, int]]:
        """Each answer by what was asked and how often before."""
        return [(asked, turn) for asked, replies in self.answers.items() for turn in range(len(replies))]

    def with_reply(self, place: tuple[str, int], reply: Reply) -> "Tape":
        """The same answers but one."""
        asked, turn = place
        replies = self.answers[asked]
        return Tape({**self.answers, asked: [*replies[:turn], reply, *replies[turn + 1 :]]})


@contextmanager
def recording(tape: Tape) -> Iterator[None]:
    """Keep every answer that comes meanwhile."""
    send = ConnectingAdapter.send

    def kept(self: ConnectingAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        response = send(self, request, **options)
        body = response.raw.read(decode_content=True)
        response.raw = HTTPResponse(BytesIO(body), headers=_bare(response.headers), status=response.status_code, preload_content=False)
        tape.keep(_asked(request), Reply(response.status_code, _bare(response.headers), body))
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ConnectingAdapter, "send", kept)
        yield


@contextmanager
def playing(tape: Tape) -> Iterator[None]:
    """Answer every request from the tape; what was never asked is not found."""
    turns: dict[str, int] = {}

    def played(self: ConnectingAdapter, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        asked = _asked(request)
        replies = tape.answers.get(asked) or [Reply(404, {"Content-Type": "application/json"}, b"{}")]
        turn = turns[asked] = turns.get(asked, -1) + 1
        reply = replies[min(turn, len(replies) - 1)]
        headers = HTTPHeaderDict(reply.headers)
        raw = HTTPResponse(BytesIO(reply.body), headers=headers, status=reply.status, preload_content=False)
        return self.build_response(request, raw)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ConnectingAdapter, "send", played)
        yield


def _asked(request: requests.PreparedRequest) -> str:
    return f"{request.method} {request.path_url}"


def _bare(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in ("content-length", "content-encoding", "connection")}


def quick(sandbox_url: str, token: str) -> CanvasClient:
    """A client that has asked nothing yet, and never waits."""
    return CanvasClient(base_url=sandbox_url, token=token, school_year="2021-22", timing=Timing(sleep=lambda _: None), in_flight=1)


def deeds(sandbox: Sandbox) -> dict[str, Deed]:
    """All that a run or a person asks a client for, in a sandbox that holds the small program."""
    write(client(sandbox), SMALL)
    ours, keys = owners(sandbox), {record.key: None for record in SMALL}
    ada = next(number for number, key in ours.items() if key == ADA)
    made = [person(9, "Emmy Noether"), section(Key(Kind.SECTION, f"{EQ.id}:R9"), "Region IX")]
    with_number = [changed(person(1), name="Ada King", sortable_name="King, Ada"), changed(person(1), login="other@example.org")]
    changes: list[Change] = [
        *(Create(record) for record in made),
        Create(enrollment(person(2).key)),
        *(numbered(sandbox, change) for change in with_number),
        Create(address("next", "new@example.org", ada)),
        *(changed(record, name="Another name") for record in (ACCOUNT, course(), section())),
        Remove(numbered(sandbox, changed(enrollment(), limited=True)).before),
    ]
    asked: dict[str, Deed] = {
        "observe": lambda canvas: canvas.observe(ours, keys),
        "find": lambda canvas: canvas.find_people([sought(1, ada), *(sought(number) for number in range(2, 12))]),
        "find few": lambda canvas: canvas.find_people([sought(3), sought(2)], also=[ada]),
        "show": lambda canvas: canvas.show_accounts([ada]),
        "places": lambda canvas: canvas.enrollments_of(ADA, ada),
    }
    known = {key: number for number, key in ours.items()}
    for number, change in enumerate(changes):
        asked |= {f"look {number}": partial(_look, change, known), f"apply {number}": partial(_apply, change, known)}
    return asked


def _look(change: Change, known: dict[Key, int], canvas: CanvasClient) -> object:
    canvas.know(known)
    return canvas.look(change)


def _apply(change: Change, known: dict[Key, int], canvas: CanvasClient) -> object:
    canvas.know(known)
    return canvas.apply(change)


def tapes(sandbox: Sandbox) -> dict[str, tuple[Deed, Tape]]:
    """Each deed with the answers that it had, the look at the tenant before it among them."""
    done = {}
    for name, deed in deeds(sandbox).items():
        tape = Tape()
        sandbox.keep()
        with recording(tape):
            canvas = quick(sandbox.url, sandbox.token)
            canvas.tenant()
            deed(canvas)
        sandbox.go_back()
        done[name] = (deed, tape)
    return done

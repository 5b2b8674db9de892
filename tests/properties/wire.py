"""Canvas without sockets: a `requests` adapter that hands each request to the sandbox's Canvas in the same process, or breaks it."""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from ilc_canvas.sandbox.account.rights import Rights
from ilc_canvas.sandbox.canvas import Canvas, Request
from ilc_canvas.sandbox.http import faults, inspect
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world.clock import Clock, http_date
from tests.sandbox.process import TOKEN

URL = "https://canvas.example.org"
READ = "GET"
State = dict[str, list[dict[str, Any]]]


class Hands(Clock):
    """A clock that stands still until somebody moves its hands."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The instant that it shows."""
        return self._now

    def move(self, by: timedelta) -> None:
        """Forwards, or backwards."""
        self._now += by


@dataclass
class Sent:
    """One request of the program's: what it asked for, whether Canvas did it, and the status that came back (None: no answer)."""

    method: str
    path: str
    form: Mapping[str, str]
    done: bool = False
    status: int | None = None
    fault: str = ""
    body: Any = None
    about: Any = None  # what the watcher of writes has found out before it was done


def nothing(sent: Sent) -> None:
    """No watcher."""


@dataclass
class Inside:
    """The sandbox's Canvas in this process: its clock, the requests that came, and what shall go wrong with the next ones.

    `reads` and `writes` hold one word for each coming request, "" for those that go well; `watch` is called at the
    instant of a write, before anything is done, and `seen` after it.
    """

    clock: Hands
    canvas: Canvas
    sent: list[Sent] = field(default_factory=list)
    reads: deque[str] = field(default_factory=deque)
    writes: deque[str] = field(default_factory=deque)
    on_progress: Callable[[Sent], None] = nothing
    seen: Callable[[Sent], None] = nothing
    url: str = URL

    def state(self) -> State:
        """All that it holds, as the sandbox's own address for it tells."""
        with self.canvas.lock:
            found: State = inspect.state(self.canvas.view(URL))
        return found

    def no_faults(self) -> None:
        """From here on all goes well."""
        self.reads.clear()
        self.writes.clear()

    def by_hand(self, method: str, path: str, form: Mapping[str, Any] | None = None) -> tuple[int, Any]:
        """A person's request in the browser: status and JSON. It is no request of the program's, and nothing goes wrong with it."""
        answer = self._answer(method, f"/api/v1/{path}", urlencode(dict(form or {})).encode())
        text = answer.payload().decode()
        return answer.status, json.loads(text) if text.startswith(("{", "[")) else None

    def take(self, request: requests.PreparedRequest) -> requests.Response:
        """One request of the program's from its arrival to its answer."""
        sent = _read(request)
        self.sent.append(sent)
        words = self.reads if sent.method == READ else self.writes
        sent.fault = words.popleft() if words else ""
        instead = faults.in_place_of_answer(sent.fault)
        if instead is None:
            if sent.method != READ:
                self.on_progress(sent)
            body = request.body.encode() if isinstance(request.body, str) else request.body or b""
            instead = self._answer(sent.method, sent.path, body)
            sent.done = instead.status < 400
            sent.body = instead.body
            if sent.method != READ:
                self.seen(sent)
        if sent.fault in faults.CUTS:
            raise requests.ConnectionError("reset", request=request)
        sent.status = instead.status
        return self._response(request, instead, sent.fault)

    def _answer(self, method: str, path: str, body: bytes) -> Answer:
        bare, _, query = path.partition("?")
        headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/x-www-form-urlencoded"}
        return self.canvas.answer(Request(method=method, path=bare, query=query, headers=headers, body=body, base=URL))

    def _response(self, request: requests.PreparedRequest, answer: Answer, fault: str) -> requests.Response:
        payload = answer.payload()
        headers = {"Date": http_date(self.clock.now()), "Content-Type": answer.content_type, **answer.headers}
        if fault == "drop-link":
            headers.pop("Link", None)
        headers["Content-Length"] = str(len(payload))
        shown = payload[: len(payload) // 2] if fault == "truncate" else payload
        response = requests.Response()
        response.status_code, response.url, response.request = answer.status, str(request.url), request
        response.headers.update(headers)
        response.encoding = "utf-8"
        given: dict[str, Any] = {"headers": headers, "status": answer.status, "request_method": request.method}
        response.raw = HTTPResponse(BytesIO(shown), preload_content=False, **given)
        return response


def _read(request: requests.PreparedRequest) -> Sent:
    parts = urlsplit(str(request.url))
    body = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return Sent(str(request.method), path, dict(parse_qsl(body, keep_blank_values=True)))


class Wire(BaseAdapter):
    """What a session has in place of sockets."""

    def __init__(self, inside: Inside) -> None:
        super().__init__()
        self.inside = inside

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        """Hand it over."""
        return self.inside.take(request)

    def close(self) -> None:
        """Nothing is open."""


def new_inside(start: datetime) -> Inside:
    """An empty Canvas at this instant."""
    clock = Hands(start)
    return Inside(clock, Canvas(token=TOKEN, clock=clock, rights=Rights(frozenset(), refusal=403), newer=True, lag=0.0))

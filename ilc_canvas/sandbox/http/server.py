"""The HTTP server: reads requests, lets Canvas answer, and breaks what a test has ordered to be broken."""

import os
import socket
import struct
import sys
import time
import traceback
from contextlib import nullcontext
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore
from urllib.parse import parse_qs
from uuid import uuid4

from ilc_canvas.sandbox.canvas import Canvas, Request, bearer
from ilc_canvas.sandbox.http import browser, errors, faults, inspect
from ilc_canvas.sandbox.http.faults import Faults
from ilc_canvas.sandbox.http.inspect import Inspector, Log
from ilc_canvas.sandbox.http.responses import Answer, etag
from ilc_canvas.sandbox.http.throttle import Throttle
from ilc_canvas.sandbox.people.sign_ins import SignIns
from ilc_canvas.sandbox.world.moments import Moment, is_menu

CUT_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset, not a farewell
LONGEST_QUERY = 10_000
AT_ONCE = 2  # changes of menus: of four at the same moment, two were lost


@dataclass(frozen=True, kw_only=True)
class Site:
    """All that the handlers share."""

    canvas: Canvas
    throttle: Throttle
    faults: Faults
    log: Log
    latency: float
    menus: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))


class Server(ThreadingHTTPServer):
    """Loopback only; a thread for each connection, none of which keeps the process alive."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, site: Site) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.site = site
        self.inspector = Inspector(site.canvas, site.log, site.faults)
        self.sign_ins = SignIns(site.canvas)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is not an error; anything else is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    """One connection, kept alive between requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def handle_any(self) -> None:
        request = self._read()
        if request.path.startswith(inspect.PREFIX):
            self._send(request, self.server.inspector.answer(request))
        elif page := self.server.sign_ins.answer(request) or browser.answer(self.server.site.canvas, request):
            self._send(request, page)
        elif len(request.query) > LONGEST_QUERY:
            self._send(request, Answer(None, status=400, text="", content_type="text/plain", metered=False))
        else:
            self._serve(request)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = handle_any  # noqa: N815

    def _read(self) -> Request:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = int(headers.get("content-length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionAbortedError("the client went away in the middle of its request")
        base = f"{headers.get('x-forwarded-proto', 'http')}://{headers.get('x-forwarded-host') or headers.get('host', '')}"
        return Request(method=self.command, path=path, query=query, headers=headers, body=body, base=base)

    def _serve(self, request: Request) -> None:
        """From arrival to answer, with the fault that strikes this request."""
        site, began, caller = self.server.site, time.monotonic(), bucket_of(request, self.client_address[0])
        entry = site.log.begin(request)
        fault = site.faults.strike(request.method, request.url)
        if not site.throttle.arrive(caller):
            inspect.finish(entry, began, 403, done=False)
            self._send(request, metered(faults.throttled(), site.throttle, caller))
            return
        answer, done, cost = self._work_on(request, fault)
        time.sleep(faults.seconds(fault))
        site.throttle.leave(caller, cost)
        cut = fault in faults.CUTS
        inspect.finish(entry, began, None if cut else answer.status, done=done)
        if cut:
            self._cut()
        else:
            self._send(request, metered(answer, site.throttle, caller, cost=cost), fault)

    def _work_on(self, request: Request, fault: str | None) -> tuple[Answer, bool, float]:
        """Begin, take the time that a request takes, and carry it out by what was found at the beginning."""
        site = self.server.site
        with site.menus if is_menu(request.method, request.path) else nullcontext():
            moment = site.canvas.begin(request)
            time.sleep(site.latency)
            return self._carry_out(request, fault, moment)

    def _carry_out(self, request: Request, fault: str | None, moment: Moment | None) -> tuple[Answer, bool, float]:
        """The answer, whether anything was carried out, and what that cost in seconds of work."""
        instead = faults.in_place_of_answer(fault)
        if instead is not None:
            return instead, False, 0.0
        began = time.thread_time()
        try:
            answer = self.server.site.canvas.answer(request, moment)
        except Exception:  # noqa: BLE001 - a mistake of ours is an answer too, so that the connection lives and the log shows it
            traceback.print_exc()
            answer = errors.occurred(500, "internal_server_error", report=1).answer
        return answer, answer.status < HTTPStatus.BAD_REQUEST, time.thread_time() - began

    def _send(self, request: Request, answer: Answer, fault: str | None = None) -> None:
        if fault == "500-after":
            answer = errors.occurred(500, "internal_server_error", report=1).answer
        payload = answer.payload(string_ids="canvas-string-ids" in request.headers.get("accept", ""))
        status = answer.status
        kind = {"Content-Type": answer.content_type} if answer.content_type else {}
        headers = {**kind, "X-Request-Context-Id": uuid4().hex, **answer.headers}
        if date := self.server.site.canvas.clock.date():
            headers = {"Date": date, **headers}
        if status == 200 and request.method in {"GET", "HEAD"} and answer.metered:
            headers["ETag"] = etag(payload)
            status, payload = (304, b"") if request.headers.get("if-none-match") == headers["ETag"] else (status, payload)
        if fault == "drop-link":
            headers.pop("Link", None)
        headers["Content-Length"] = str(len(payload))
        shown = b"" if request.method == "HEAD" else payload[: len(payload) // 2] if fault == "truncate" else payload
        self.close_connection = self.close_connection or fault == "truncate"
        self._write(status, headers, shown)

    def _write(self, status: int, headers: dict[str, str], payload: bytes) -> None:
        """Head and body in one piece; a client that has gone away does not concern us."""
        reason = self.responses.get(status, ("",))[0]
        lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
        if self.close_connection:
            lines.append("Connection: close")
        try:
            self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + payload)
        except OSError:
            self.close_connection = True

    def _cut(self) -> None:
        """Reset the connection in the face of the client."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CUT_AT_ONCE)
        os.close(self.connection.detach())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the log is at /_sandbox/requests."""


def bucket_of(request: Request, address: str) -> str:
    """Whose bucket it is: that of the token in the header or the query, else that of the address."""
    token = bearer(request) or parse_qs(request.query).get("access_token", [""])[0]
    return sha256(token.encode()).hexdigest() if token else address


def metered(answer: Answer, throttle: Throttle, caller: str, *, cost: float = 0.0) -> Answer:
    """The answer with what it cost and what is left, where Canvas got as far as counting."""
    if answer.metered:
        answer.headers["X-Rate-Limit-Remaining"] = repr(throttle.remaining(caller))
    if answer.metered and not answer.costless:
        answer.headers["X-Request-Cost"] = repr(cost)
    return answer

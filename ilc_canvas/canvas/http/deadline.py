"""The end of one request: name look-up, connection, first byte and whole body within so many seconds, whatever it waits for.

Time-outs of sockets start counting again from each byte, and nothing interrupts a name look-up: so a thread of its own does the work.
"""

import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError

Out = TypeVar("Out")


class TooLongError(Exception):
    """It took too long; `sent`: whether the request may have been sent."""

    def __init__(self, *, sent: bool) -> None:
        super().__init__()
        self.sent = sent


class _Attempt(threading.local):
    """What the thread of a request is at."""

    now: "_Watched | None" = None


_attempt = _Attempt()


class _Watched:
    """One request: it is not sent any more when its time is over, and its connection is cut then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: HTTPConnection | None = None
        self._over = False

    def begin_sending(self, connection: HTTPConnection) -> None:
        with self._lock:
            if self._over:
                raise NewConnectionError(connection, "too late") from TimeoutError()
            self._connection = connection

    def end(self) -> bool:
        """Cut it; whether it may have been sent."""
        with self._lock:
            self._over, connection = True, self._connection
        if connection is not None and connection.sock is not None:
            with suppress(OSError):  # SSLSocket's own shutdown would pull the session from under the thread that reads
                socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
        return connection is not None


def begin_sending(connection: HTTPConnection) -> None:
    """Before the first byte goes out: NewConnectionError if the time of this request is over."""
    if _attempt.now is not None:
        _attempt.now.begin_sending(connection)


def within(seconds: float, act: Callable[[], Out]) -> Out:
    """What this gives, or its error; TooLongError after so many seconds."""
    watched, done = _Watched(), Future[Out]()

    def work() -> None:
        _attempt.now = watched
        try:
            done.set_result(act())
        except BaseException as error:  # noqa: BLE001  # it is the caller's
            done.set_exception(error)

    threading.Thread(target=work, daemon=True, name="canvas-request").start()
    try:
        return done.result(max(0.0, seconds))
    except TimeoutError:
        if done.done():  # just now, or the error is its own
            return done.result()
        raise TooLongError(sent=watched.end()) from None

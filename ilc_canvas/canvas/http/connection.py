"""Connections whose failures tell what was never sent: all that goes wrong before a connection stands is one type of error.

urllib3 raises the same SSLError, or read timeout, for a handshake that failed and for a connection that broke under an answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from ilc_canvas.canvas.http.deadline import begin_sending


class ConnectingAdapter(HTTPAdapter):
    """Sends as requests does; NewConnectionError, or ConnectTimeoutError, is the reason of whatever was never sent."""

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}


class _Named(HTTPConnection):
    """A connection that says by its errors what was never sent, and sends nothing after the deadline of its call."""

    def connect(self) -> None:
        with _connecting(self):
            super().connect()

    def request(self, *given: Any, **named: Any) -> None:
        begin_sending(self)
        super().request(*given, **named)


class _NamedSecure(_Named, HTTPSConnection):
    """The same over TLS."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Named


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _NamedSecure


@contextmanager
def _connecting(connection: HTTPConnection) -> Iterator[None]:
    """Address, connection, handshake and certificate: nothing has been sent yet, whatever fails."""
    try:
        yield
    except ConnectTimeoutError:  # NewConnectionError and NameResolutionError are of its kind
        raise
    except (HTTPError, OSError) as error:
        raise NewConnectionError(connection, type(error).__name__) from error

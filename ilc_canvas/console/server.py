"""The server: uvicorn with the app, on one socket. What it refuses by itself carries our headers as well."""

import socket
from collections.abc import Callable, Iterable
from datetime import datetime

import h11
import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from ilc_canvas import process
from ilc_canvas.console.app import make_app
from ilc_canvas.console.pages import PAGES
from ilc_canvas.console.rendering import environment
from ilc_canvas.console.routes import Page
from ilc_canvas.console.security.headers import headers_of
from ilc_canvas.console.security.place import Place
from ilc_canvas.console.security.tokens import new_token
from ilc_canvas.console.visit import Console
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store

log = structlog.get_logger(__name__)
_BACKLOG = 128


def app_of(
    settings: Settings,
    store: Store,
    place: Place,
    *,
    now: Callable[[], datetime] = process.now,
    pages: Iterable[Page] = PAGES,
    notice: str = "",
) -> ASGIApp:
    """All pages of the console, or these; `notice` stands at the top of each."""
    templates = (environment(), environment(addresses=False))
    console = Console(with_four_eyes(settings), store, place, *templates, now, new_token, process.holder(), notice=notice)
    return make_app(console, pages)


def with_four_eyes(settings: Settings) -> Settings:
    """The settings as the console goes by them: another person approves, unless they say that this is not asked for."""
    if not settings.console_four_eyes:
        log.warning("console.without_four_eyes", text="In the console whoever signed a roster may approve its plans.")
        return settings
    return settings.model_copy(update={"guard": settings.guard.model_copy(update={"four_eyes": True})})


class Protocol(H11Protocol):
    """uvicorn's, which answers what is no HTTP without the headers that all other answers have."""

    def send_400_response(self, msg: str) -> None:
        """Refuse it in uvicorn's few fixed words, with our headers, and hang up."""
        fixed = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), (b"connection", b"close")]
        answer = h11.Response(status_code=400, headers=[*self.server_state.default_headers, *fixed], reason=b"Bad Request")
        for event in (answer, h11.Data(data=msg.encode()), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def server_of(app: ASGIApp, place: Place) -> uvicorn.Server:
    """What serves it: our headers throughout, no trust in forwarded addresses, no log of addresses that name people."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            access_log=False,
            backlog=_BACKLOG,
            forwarded_allow_ips="",
            headers=[*headers_of(secure=place.is_secure)],
            http=Protocol,
            interface="asgi3",
            lifespan="off",
            limit_concurrency=100,
            log_config=None,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=10,
            ws="none",
        )
    )


def listen(place: Place) -> socket.socket:
    """The socket at this place. OSError if it is taken."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio leaves it to wait for more to send
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((place.host, place.port))
        found.listen(_BACKLOG)
    except OSError:
        found.close()
        raise
    return found

"""The server: uvicorn with the app, on one socket."""

import socket
from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
import uvicorn
from starlette.types import ASGIApp

from ilc_canvas import process
from ilc_canvas.console.app import make_app
from ilc_canvas.console.pages import PAGES
from ilc_canvas.console.rendering import environment
from ilc_canvas.console.routes import Page
from ilc_canvas.console.security.place import Place
from ilc_canvas.console.security.tokens import new_token
from ilc_canvas.console.visit import Console
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store

log = structlog.get_logger(__name__)
_BACKLOG = 128


def app_of(
    settings: Settings, store: Store, place: Place, *, now: Callable[[], datetime] = process.now, pages: Iterable[Page] = PAGES
) -> ASGIApp:
    """All pages of the console."""
    console = Console(with_four_eyes(settings), store, place, environment(), environment(addresses=False), now, new_token, process.holder())
    return make_app(console, pages)


def with_four_eyes(settings: Settings) -> Settings:
    """The settings as the console goes by them: another person approves, unless they say that this is not asked for."""
    if not settings.console_four_eyes:
        log.warning("console.without_four_eyes", text="In the console whoever signed a roster may approve its plans.")
        return settings
    return settings.model_copy(update={"guard": settings.guard.model_copy(update={"four_eyes": True})})


def server_of(app: ASGIApp) -> uvicorn.Server:
    """What serves it: no trust in forwarded addresses, no log of addresses that name people."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            access_log=False,
            backlog=_BACKLOG,
            forwarded_allow_ips="",
            http="h11",
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
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((place.host, place.port))
        found.listen(_BACKLOG)
    except OSError:
        found.close()
        raise
    return found

"""The app: from a request to the page that answers it, past everything that may refuse it."""

import secrets
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from http import HTTPStatus

import anyio.to_thread
import structlog
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ilc_canvas.console import refusals
from ilc_canvas.console.links import plain_text
from ilc_canvas.console.rendering import message
from ilc_canvas.console.routes import Page, checked
from ilc_canvas.console.security.browsers import browser_of
from ilc_canvas.console.security.gate import SAFE, Gate
from ilc_canvas.console.security.headers import NotKept
from ilc_canvas.console.security.tokens import COOKIE
from ilc_canvas.console.visit import Console, MissingPageError, Visit
from ilc_canvas.console.ways.trip import TRIP_COOKIE
from ilc_canvas.reconcile.errors import IlcError, StoreError
from ilc_canvas.store.people import identities, sessions
from ilc_canvas.store.people.sessions import Guest, How, Session

log = structlog.get_logger(__name__)
AT_ONCE = 8
"""So many pages are made at once: each takes a connection to the store, and a sign-in 19 MiB."""
_LONGEST_TOKEN = 100
_MOST_FIELDS, _MOST_FILES = 5000, 4


def make_app(console: Console, pages: Iterable[Page]) -> ASGIApp:
    """Everything that answers. SettingsError if a page does not say who may ask for it."""
    limiter = anyio.CapacityLimiter(AT_ONCE)
    routes = [
        Route(each.path, _endpoint(console, each, limiter), methods=[each.method], max_body_size=each.most_bytes) for each in checked(pages)
    ]
    inner = Starlette(routes=routes, exception_handlers={HTTPException: _on_http_error(console)})
    inner.router.redirect_slashes = False
    return NotKept(Gate(inner, console.place))


def _endpoint(console: Console, page: Page, limiter: anyio.CapacityLimiter) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if request.method in SAFE:
            return await anyio.to_thread.run_sync(partial(_answer, console, page, request, form=FormData()), limiter=limiter)
        async with request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS) as form:
            return await anyio.to_thread.run_sync(partial(_answer, console, page, request, form=form), limiter=limiter)

    return endpoint


def _answer(console: Console, page: Page, request: Request, *, form: FormData) -> Response:
    """The page, or why not; an error is a page as well."""
    visit = Visit(console, console.now(), request.url.path)
    try:
        visit = _visit(console, page, request, form=form)
        return refusals.refused(visit, page, request.headers) or page.handler(visit)
    except MissingPageError:
        return message(visit, "There is no such page", "Nothing was changed.", status=HTTPStatus.NOT_FOUND)
    except StoreError as error:
        return message(visit, "The store does not answer", plain_text(str(error)), status=HTTPStatus.SERVICE_UNAVAILABLE)
    except IlcError as error:
        return message(visit, "This cannot be done", plain_text(str(error)), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except Exception as error:  # noqa: BLE001 - whatever it is, the visitor gets a number, and the log all else
        return _broken(visit, page, error)


def _visit(console: Console, page: Page, request: Request, *, form: FormData) -> Visit:
    """MissingPageError for a path with NUL, which no database takes."""
    if any("\0" in str(value) for value in request.path_params.values()):
        raise MissingPageError
    at, token = console.now(), request.cookies.get(COOKIE, "")[:_LONGEST_TOKEN]
    peer = request.client.host if request.client else ""
    network_user = console.proxies.user(peer, request.headers)
    visitor = sessions.find_visitor(console.store, token, at) if token and page.asks_store else None
    return Visit(
        console,
        at,
        request.url.path,
        request.path_params,
        request.query_params,
        form,
        address=console.proxies.client(peer, request.headers),
        token=token,
        session=_session(console, visitor, network_user),
        guest=visitor if isinstance(visitor, Guest) else None,
        agent=browser_of(request.headers.get("user-agent", "")),
        network_user=network_user,
        trip=request.cookies.get(TRIP_COOKIE, ""),
    )


def _session(console: Console, visitor: Session | Guest | None, network_user: str) -> Session | None:
    """The session of somebody with an account. One that a proxy began is there only as long as the proxy says the same person."""
    if not isinstance(visitor, Session):
        return None
    if visitor.how is not How.PROXY:
        return visitor
    account = identities.account_of(console.store, identities.PROXY, network_user)
    return visitor if account and account.login == visitor.account.login else None


def _broken(visit: Visit, page: Page, error: Exception) -> Response:
    digits = secrets.token_hex(4)
    number = f"{digits[:4]}-{digits[4:]}"
    log.error("console.broken", number=number, page=f"{page.method} {page.path}", exc_info=error)
    text = f"It is kept as {number}. Tell the operator this number. This page itself has changed nothing."
    return message(visit, "Something broke", text, status=HTTPStatus.INTERNAL_SERVER_ERROR)


_HTTP = {
    400: ("This cannot be read", "What your browser sent is not a form of the console. Nothing was changed."),
    404: ("There is no such page", "Nothing was changed."),
    405: ("This page cannot be asked for like that", "Nothing was changed."),
    413: ("That is too large", "A file has at most 10 MB, and all files together at most 32 MB. Nothing was changed."),
}


def _on_http_error(console: Console) -> Callable[[Request, Exception], Response]:
    def on_error(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        title, text = _HTTP.get(status, ("This cannot be done", "Nothing was changed."))
        answer = message(Visit(console, console.now(), request.url.path), title, text, status=status)
        answer.headers.update((error.headers or {}) if isinstance(error, HTTPException) else {})
        return answer

    return on_error

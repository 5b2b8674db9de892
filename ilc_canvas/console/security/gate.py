"""The first look at a request: whether it is meant for us, and whether a page of ours sent it."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ilc_canvas.console.security.place import Place

SAFE = frozenset({"GET", "HEAD"})


class Gate:
    """An app that only requests for this place reach, and changes only from its own pages."""

    def __init__(self, app: ASGIApp, place: Place) -> None:
        self._app, self._place = app, place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, or refuse it in a sentence."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.getlist("host") != [headers.get("host")] or headers["host"].lower() not in self._place.hosts:
            await PlainTextResponse("This is not the address of the console.", 421)(scope, receive, send)
        elif scope["method"] not in SAFE and not is_own(headers, self._place.origins):
            await PlainTextResponse("This was not sent by a page of the console. Nothing was changed.", 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def is_own(headers: Headers, origins: Collection[str]) -> bool:
    """Whether the browser says that a page of ours sent this. A request that says nothing is not believed."""
    site = headers.get("sec-fetch-site")
    return site == "same-origin" if site is not None else headers.get("origin") in origins

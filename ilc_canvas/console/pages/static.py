"""The style sheet, scripts and icon; and whether the console is alive and ready."""

from functools import cache
from http import HTTPStatus
from importlib.resources import files

from starlette.responses import PlainTextResponse, Response

from ilc_canvas.console.visit import MissingPageError, Visit
from ilc_canvas.store.db.schema import require_head

_TYPES = {
    "console.css": "text/css",
    "console.js": "text/javascript",
    "htmx.min.js": "text/javascript",
    "icon.svg": "image/svg+xml; charset=utf-8",
}


def file(visit: Visit) -> Response:
    """One of the files that pages need."""
    name = visit.where["name"]
    if name not in _TYPES:
        raise MissingPageError
    return Response(_content(name), media_type=_TYPES[name], headers={"Cache-Control": "private, max-age=300"})


@cache
def _content(name: str) -> bytes:
    return files("ilc_canvas.console").joinpath("static", name).read_bytes()


def alive(_visit: Visit) -> Response:
    """This process answers."""
    return PlainTextResponse("alive")


def ready(visit: Visit) -> Response:
    """The store answers, and has this program's schema."""
    require_head(visit.store)
    return PlainTextResponse("ready", HTTPStatus.OK)

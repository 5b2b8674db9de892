"""Whole lists, page by page, or an error; never a shorter list."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from requests.utils import parse_header_links

from ilc_canvas.canvas.http.failures import SpentError
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.reconcile.errors import IncompleteError, UnavailableError

PER_PAGE = 100
MOST_PAGES = 2000
Row = Mapping[str, Any]


def whole_list(transport: Transport, path: str, **query: Any) -> list[Row]:
    """All rows of a list. Only path and query of a `next` Link are followed, on our own origin; page numbers are never used.

    IncompleteError where a page is full and says nothing of a next one (a lost Link header), where Links go in a circle,
    or where an answer is not a list.
    """
    rows: list[Row] = []
    try:
        _read_pages(transport, path, query, rows=rows)
    except SpentError:
        raise
    except UnavailableError:
        if not rows:
            raise
        rows.clear()  # a mark in the middle of a list may be stale: once more, from its first page
        _read_pages(transport, path, query, rows=rows)
    return rows


def pages_up_to(transport: Transport, path: str, *, most_pages: int, **query: Any) -> list[Row] | None:
    """As `whole_list`, or None as soon as it takes more pages."""
    rows: list[Row] = []
    return rows if _read_pages(transport, path, query, rows=rows, most_pages=most_pages) else None


def _read_pages(transport: Transport, path: str, query: Mapping[str, Any], *, rows: list[Row], most_pages: int = MOST_PAGES) -> bool:
    """Whether that was all."""
    seen: set[str] = set()
    answer = transport.call("GET", path, per_page=PER_PAGE, **query)
    while True:
        rows += _page(path, answer)
        following = _next(path, answer)
        if following is None:
            return True
        if most_pages < MOST_PAGES and len(seen) + 1 >= most_pages:
            return False
        if following in seen or len(seen) >= MOST_PAGES:
            raise IncompleteError(f"The pages of {path} go in a circle after {len(rows)} rows. Nothing was concluded from them.")
        seen.add(following)
        answer = _followed(transport, path, following)


def _page(path: str, answer: Answer) -> list[Row]:
    rows = answer.rows
    if len(rows) >= PER_PAGE and "Link" not in answer.headers:
        raise IncompleteError(f"A full page of {path} came without its Link header. Nothing was concluded from it.")
    return [*rows]


def _next(path: str, answer: Answer) -> str | None:
    """Path and query of the next page: behind a proxy the host in a Link may be another, and must not get our token (live-server 6.1)."""
    try:
        links = {link.get("rel"): link["url"] for link in parse_header_links(answer.headers.get("Link", ""))}
        parts = urlsplit(links.get("next", ""))
    except ValueError as error:
        raise IncompleteError(f"The Link header of {path} cannot be read. Nothing was concluded from it.") from error
    if "next" not in links or not answer.json:
        return None
    if not parts.path.startswith("/api/v1/"):
        raise IncompleteError(f"The next page of {path} is said to lie outside Canvas's API. Nothing was concluded from it.")
    return f"{parts.path}?{parts.query}"


def _followed(transport: Transport, path: str, following: str) -> Answer:
    try:
        return transport.call("GET", following)
    except ValueError as error:  # no call of this program
        raise IncompleteError(f"The next page of {path} is said to be another call. Nothing was concluded from it.") from error

"""Whole lists or an error."""

from typing import Any

import pytest
import responses

from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.reconcile.errors import IncompleteError, UnavailableError
from tests.canvas.cast import HOST, ONE

Canvas = responses.RequestsMock
ROLES = f"{ONE}/roles"
ILL: dict[str, Any] = {"status": 500, "body": "", "content_type": "text/html"}


def rows(first: int, count: int) -> list[dict[str, int]]:
    return [{"id": number} for number in range(first, first + count)]


def link(page: str, host: str = HOST, rel: str = "next") -> dict[str, str]:
    return {"Link": f'<{host}/api/v1/accounts/1/roles?page={page}&per_page=100>; rel="{rel}"'}


def ids(transport: Transport) -> list[int]:
    return [row["id"] for row in whole_list(transport, "accounts/1/roles")]


def page(canvas: Canvas, mark: str | None, **answer: Any) -> None:
    """What Canvas answers to this page; once more is what it answers the next time."""
    query = {"per_page": "100"} | ({"page": mark} if mark else {})
    canvas.add("GET", ROLES, match=[responses.matchers.query_param_matcher(query)], **answer)


@pytest.mark.parametrize("host", [HOST, "https://vanity.example.org", "http://canvas.test"])
def test_next_page_asked_here(canvas: Canvas, transport: Transport, host: str) -> None:
    """The next page is asked for on our own host, whatever host the Link names: that one never gets the token."""
    page(canvas, None, json=rows(1, 100), headers=link("bookmark:x", host))
    page(canvas, "bookmark:x", json=rows(101, 2), headers=link("first", host, "first"))
    assert ids(transport) == list(range(1, 103))
    assert all(str(call.request.url).startswith(HOST) for call in canvas.calls)


def test_page_elsewhere_is_refused(canvas: Canvas, transport: Transport) -> None:
    """A next page outside the API is no page."""
    page(canvas, None, json=rows(1, 100), headers={"Link": f'<{HOST}/login?x=1>; rel="next"'})
    with pytest.raises(IncompleteError, match="outside"):
        ids(transport)


def test_pages_in_circle_detected(canvas: Canvas, transport: Transport) -> None:
    """Pages that lead back to one another end as an error, not as an endless loop."""
    page(canvas, None, json=rows(1, 100), headers=link("2"))
    page(canvas, "2", json=rows(101, 100), headers=link("3"))
    page(canvas, "3", json=rows(201, 100), headers=link("2"))
    with pytest.raises(IncompleteError, match="circle"):
        ids(transport)


def test_lost_link_is_noticed(canvas: Canvas, transport: Transport) -> None:
    """A full page that says nothing of pages may not be the last; one that is short by a row is."""
    page(canvas, None, json=rows(1, 99))
    assert len(ids(transport)) == 99
    page(canvas, None, json=rows(1, 100))
    with pytest.raises(IncompleteError, match="without its Link"):
        ids(transport)


def test_last_full_page_ends(canvas: Canvas, transport: Transport) -> None:
    """A full page whose Link names no next one is the last."""
    page(canvas, None, json=rows(1, 100), headers=link("1", rel="first"))
    assert len(ids(transport)) == 100


@pytest.mark.parametrize("body", [{"id": 1}, "text", 5, [1], [[]]])
def test_other_than_list_refused(canvas: Canvas, transport: Transport, body: object) -> None:
    """An answer that is not a list of objects is no page."""
    page(canvas, None, json=body)
    with pytest.raises(IncompleteError, match=r"GET accounts/1/roles .* is not (a list|an object)"):
        ids(transport)


def test_empty_page_is_last(canvas: Canvas, transport: Transport) -> None:
    """An empty page that names a next one ends the list, as Canvas's own client has it."""
    page(canvas, None, json=rows(1, 1), headers=link("2"))
    page(canvas, "2", json=[], headers=link("3"))
    assert ids(transport) == [1]


def test_failed_first_page_fails(canvas: Canvas, transport: Transport) -> None:
    """Where the first page fails after its five attempts, so does the list."""
    page(canvas, None, **ILL)
    with pytest.raises(UnavailableError):
        ids(transport)
    assert len(canvas.calls) == 5


def test_failed_page_fails_list(canvas: Canvas, transport: Transport) -> None:
    """A page that cannot be had, even when the list was begun anew, fails the whole list."""
    page(canvas, None, json=rows(1, 100), headers=link("2"))
    page(canvas, "2", **ILL)
    with pytest.raises(UnavailableError):
        ids(transport)
    assert len(canvas.calls) == 12


def test_list_begun_anew_once(canvas: Canvas, transport: Transport) -> None:
    """A list that fails in its middle is read once more from page one, and holds no row twice."""
    page(canvas, None, json=rows(1, 100), headers=link("stale"))
    page(canvas, "stale", **ILL)
    page(canvas, None, json=rows(1, 100), headers=link("fresh"))
    page(canvas, "fresh", json=rows(101, 1))
    assert ids(transport) == list(range(1, 102))

"""Lists in pages, each kind as Canvas pages it, with the Link header built from the host that was called."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer

T = TypeVar("T")
Show = Callable[[T], Any]
Key = Callable[[T], tuple[str, str, int]]
ORDER = ("current", "next", "prev", "first", "last")
KEPT_FIRST = ("next", "last", "prev", "current", "first")
ROOM = 3500  # characters of links
DEFAULT_SIZE, LARGEST = 10, 100
DROPPED = {"page", "per_page", "access_token"}


def page_size(call: Call) -> int:
    """per_page, silently held between 1 and 100; what is not a number counts as 1."""
    asked = call.params.text("per_page")
    if asked is None:
        return DEFAULT_SIZE
    digits = asked.partition(".")[0]
    return min(max(int(digits), 1), LARGEST) if digits.isdecimal() else 1


def page_number(call: Call) -> int:
    """The page of a numbered list; zero, negatives, words and nothing are 404."""
    asked = call.params.text("page") if "page" in call.params else "1"
    if not asked or not asked.isdecimal() or int(asked) < 1:
        raise errors.odd_page()
    return int(asked)


def counted(call: Call, rows: Sequence[T], show: Show[T], *, wrapper: str | None = None) -> Answer:
    """A numbered list that knows its length: always `last`, but past the end it gets lost, as Canvas does."""
    number, size = page_number(call), page_size(call)
    last = max(-(-len(rows) // size), 1)
    pages: dict[str, Any] = {"current": number, "first": 1, "last": last}
    if number > last:
        pages, size = {"current": number, "next": number + 1, "first": 1}, 30
    if number > 1:
        pages["prev"] = number - 1
    if number < last:
        pages["next"] = number + 1
    return answer(call, [show(row) for row in cut(rows, number, page_size(call))], pages, size=size, wrapper=wrapper)


def uncounted(call: Call, rows: Sequence[T], show: Show[T], *, foresees_last: bool = False) -> Answer:
    """A numbered list of unknown length: `last` comes only on the last page; some lists foresee it one page earlier."""
    number, size = page_number(call), page_size(call)
    pages: dict[str, Any] = {"current": number, "first": 1}
    if number > 1:
        pages["prev"] = number - 1
    pages |= {"next": number + 1} if len(rows) > number * size else {"last": number}
    if foresees_last and number * size < len(rows) <= (number + 1) * size:
        pages["last"] = number + 1
    return answer(call, [show(row) for row in cut(rows, number, size)], pages, size=size)


def thin(call: Call, rows: Sequence[T], show: Show[T]) -> Answer:
    """The list of all accounts below: odd pages are the first, and the only link ever is `next`."""
    asked, size = call.params.text("page") or "", page_size(call)
    number = max(int(asked), 1) if asked.isdecimal() else 1
    pages = {"next": number + 1} if len(rows) > number * size else {}
    return answer(call, [show(row) for row in cut(rows, number, size)], pages, size=size)


def bookmarked(call: Call, rows: Sequence[T], show: Show[T], *, key: Key[T]) -> Answer:
    """A list that remembers the last row seen, not a number; `last` comes on the last page only, `prev` never."""
    asked, size = call.params.text("page") or "", page_size(call)
    if call.newer and asked.isdecimal() and int(asked) > 1:
        text = "Invalid page; please restart iteration and follow `next` links"
        raise errors.refused(400, {"status": "bad_request", "errors": [{"page": text}]})
    after = read_bookmark(asked)
    rest = sorted((row for row in rows if after is None or key(row) > after), key=key)
    current = "first" if after is None else asked
    pages = {"current": current, "first": "first"}
    pages |= {"next": bookmark(key(rest[size - 1]))} if len(rest) > size else {"last": current}
    return answer(call, [show(row) for row in rest[:size]], pages, size=size)


def cut(rows: Sequence[T], number: int, size: int) -> Sequence[T]:
    return rows[(number - 1) * size : number * size]


def bookmark(key: tuple[str, str, int]) -> str:
    return "bookmark:" + urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read_bookmark(asked: str) -> tuple[str, str, int] | None:
    """The key that a bookmark holds; None, the first page, for whatever is none."""
    prefix, _, code = asked.partition(":")
    try:
        kind, name, number = json.loads(urlsafe_b64decode(code + "=" * (-len(code) % 4)))
    except (ValueError, TypeError):
        return None
    return (str(kind), str(name), int(number)) if prefix == "bookmark" else None


def answer(call: Call, shown: list[Any], pages: dict[str, Any], *, size: int, wrapper: str | None = None) -> Answer:
    link = links(call, pages, size)
    return Answer({wrapper: shown} if wrapper else shown, headers={"Link": link} if link else {})


def links(call: Call, pages: dict[str, Any], size: int) -> str:
    """The links in Canvas's order; when they grow too long some are dropped, `next` last of all."""
    kept = [(key, value) for key, value in call.query if key not in DROPPED]
    written: dict[str, str] = {}
    for rel in (rel for rel in KEPT_FIRST if rel in pages):
        link = f'<{call.base}{call.path}?{urlencode([*kept, ("page", pages[rel]), ("per_page", size)])}>; rel="{rel}"'
        if not written or sum(map(len, written.values())) + len(link) <= ROOM:
            written[rel] = link
    return ",".join(written[rel] for rel in ORDER if rel in written)

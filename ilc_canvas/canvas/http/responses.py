"""What came back from Canvas, judged by status, keys and headers, never by its text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from ilc_canvas.canvas.rows import Row, row_of, rows_of

LARGEST = 20_000_000  # bytes of a body
_DEAD = ("Invalid access token.", "Expired access token.", "Revoked access token.")


@dataclass(frozen=True, slots=True)
class Answer:
    """One usable answer: JSON, with what the journal keeps of it."""

    status: int
    json: Any
    headers: Mapping[str, str]
    attempts: int = 1
    asked: str = "GET"  # method and path, without the query: that may hold an address

    @property
    def row(self) -> Row:
        """The one object that it is; CanvasError if it is something else."""
        return row_of(self.asked, self.json)

    @property
    def rows(self) -> list[Row]:
        """The objects of the list that it is; CanvasError if it is something else."""
        return rows_of(self.asked, self.json)

    @property
    def request_id(self) -> str | None:
        """Canvas's own number of the request."""
        return self.headers.get("X-Request-Context-Id")


def json_of(response: requests.Response) -> Any:
    """The body; ValueError for what is none, be it cut or nested without end."""
    try:
        return response.json()
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def is_throttle(response: requests.Response) -> bool:
    """429, or the text 403 of the bucket (live-server 1.1). A throttled write was never carried out."""
    if response.status_code == 429:
        return True
    return response.status_code == 403 and not is_json(response) and b"Rate Limit Exceeded" in response.content[:200]


def is_dead_token(response: requests.Response) -> bool:
    """401 with a challenge, with Canvas's own words for a token that is over (which may come without one: contract-core 13), or with
    a page that asks for a sign-in. Any other 401 is a missing right."""
    if response.status_code != 401:
        return False
    return "WWW-Authenticate" in response.headers or not is_json(response) or _message(response) in _DEAD


def _message(response: requests.Response) -> str:
    """The first message of a refusal; those about the token are never translated (live-server 2.1)."""
    try:
        return str(json_of(response)["errors"][0]["message"])
    except (ValueError, LookupError, TypeError):
        return ""


def is_json(response: requests.Response) -> bool:
    """Whether it says that it is JSON; an error page, a login page and an ill Canvas say text/html."""
    return "json" in response.headers.get("Content-Type", "")


def error_keys(body: Any) -> tuple[str, ...]:
    """The attributes that a refusal names, sorted: sis_source_id, unique_id, ...; () where it names none."""
    return tuple(sorted(set(_keys(body.get("errors") if isinstance(body, dict) else None))))


def _keys(errors: Any) -> Iterator[str]:
    if isinstance(errors, list):
        yield from (str(entry.get("field") or entry.get("attribute") or "") for entry in errors if isinstance(entry, dict))
    if isinstance(errors, dict):
        for name, inner in errors.items():
            nested = inner if isinstance(inner, dict) else {}
            yield from nested or ([name] if inner else [])

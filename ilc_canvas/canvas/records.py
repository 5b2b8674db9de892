"""Raw JSON of Canvas into records; no object of canvasapi's is made for a row."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ilc_canvas.reconcile.errors import IncompleteError
from ilc_canvas.reconcile.state import Key, Record

Row = Mapping[str, Any]


@contextmanager
def legible() -> Iterator[None]:
    """IncompleteError for a row that cannot be understood, however it looks. What is missing, or no number, is named before (`rows`)."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise IncompleteError(f"A row of Canvas's could not be read ({type(error).__name__}). Nothing was concluded from it.") from error


def called(record: Record, name: str | None, key: Key | None = None) -> Record:
    """One of ours by its number, and what it is called by now, if that is something else."""
    ours = key or record.key
    return replace(record, key=ours) if name == ours.id else replace(record, key=ours, fields={**record.fields, "known_as": name})


def by_number(number: int) -> str:
    """The id of what has no SIS id."""
    return f"canvas:{number}"


def instant(text: str | None) -> str | None:
    """ISO 8601 in UTC with Z: users' and roles' times carry the account's offset, all others are UTC (live-server 6)."""
    if not text:
        return None
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

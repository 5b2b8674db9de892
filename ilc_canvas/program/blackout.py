"""Blackout: spans of local time in which nothing is written."""

from collections.abc import Iterable
from datetime import datetime, timedelta


def closed_until(spans: Iterable[str], local: datetime) -> datetime | None:
    """The local time (without zone) until which nothing may be written at this local moment; None if writing is allowed.

    A span is `from/to`; if `to` is a date, that whole day counts.
    """
    moment = local.replace(tzinfo=None)
    ends = [end for start, end in map(_span, spans) if start <= moment < end]
    return max(ends, default=None)


def _span(text: str) -> tuple[datetime, datetime]:
    first, _, last = text.partition("/")
    end = datetime.fromisoformat(last)
    return datetime.fromisoformat(first), end + timedelta(days=1) if len(last) == len("2021-12-20") else end

"""Blackout: spans of local time in which nothing is written."""

from collections.abc import Iterable
from datetime import datetime, timedelta


def closed_until(spans: Iterable[str], local: datetime) -> datetime | None:
    """Until when (local time, without zone) nothing is written at this local moment; None where something may be.

    A span is `from/to`; where both are dates the last day counts whole.
    """
    moment = local.replace(tzinfo=None)
    ends = [end for start, end in map(_span, spans) if start <= moment < end]
    return max(ends, default=None)


def _span(text: str) -> tuple[datetime, datetime]:
    first, _, last = text.partition("/")
    end = datetime.fromisoformat(last)
    return datetime.fromisoformat(first), end + timedelta(days=1) if len(last) == len("2021-12-20") else end

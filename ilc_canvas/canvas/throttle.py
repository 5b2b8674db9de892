"""How fast Canvas lets us go: what is left of its allowance, and how long to wait (contract-core 3)."""

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FULL, LEAK = 600.0, 10  # units, and units a second
SLOW, PAUSE = 300, 100  # X-Rate-Limit-Remaining: slower below, pause below


@dataclass
class Throttle:
    """For whoever watches a worker: what the last answer said that is left; None: nothing was asked yet."""

    remaining: float | None = None


def told_to_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds by Retry-After (a number or a date; a proxy may send it), or until the bucket has leaked to where we need not go slowly."""
    after = headers.get("Retry-After", "")
    if after.isdigit():
        return float(after)
    with suppress(ValueError, TypeError):
        return max(0.0, (parsedate_to_datetime(after) - datetime.now(UTC)).total_seconds())
    remaining = number(headers.get("X-Rate-Limit-Remaining"), float("nan"))
    return None if math.isnan(remaining) else max(0.0, (SLOW - remaining) / LEAK)


def number(text: str | None, otherwise: float) -> float:
    """A header's number, or otherwise this."""
    try:
        return float(text) if text is not None else otherwise
    except ValueError:
        return otherwise

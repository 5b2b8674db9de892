"""How fast Canvas lets us go: what is left of its allowance, and how long to wait (contract-core 3)."""

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FULL, LEAK = 600.0, 10  # units, and units a second
SLOW, PAUSE = 300, 100  # slower below, pause below: of what is left when nothing is under way
LOAN = 50  # units that each request borrows while it runs


@dataclass
class Throttle:
    """For whoever watches a worker: what the last answer said that is left; None: nothing was asked yet."""

    remaining: float | None = None


def told_to_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds by Retry-After (a number or a date; a proxy may send it), or until the bucket has leaked to where we need not go slowly."""
    after = headers.get("Retry-After", "")
    if after.isdecimal():
        return float(after)
    with suppress(ValueError, TypeError, OverflowError):
        return max(0.0, (parsedate_to_datetime(after) - datetime.now(UTC)).total_seconds())
    remaining = number(headers.get("X-Rate-Limit-Remaining"), float("nan"))
    return None if math.isnan(remaining) else max(0.0, (SLOW - remaining) / LEAK)


def left_at_rest(shown: float, *, others: int) -> float:
    """What is left when nothing is under way: Canvas counts what others of ours have borrowed as used up (live-server 1.2)."""
    return max(shown, min(shown + LOAN * others, FULL))


def breather(left: float, *, flying: int) -> tuple[float, float] | None:
    """How long to wait before one request more, in seconds from and to: while little is left, or others have borrowed all that is."""
    if left < PAUSE:
        return 2, 5
    return (0.1, 0.5) if left < SLOW or left < LOAN * (flying + 1) else None


def number(text: str | None, otherwise: float) -> float:
    """A header's number, or otherwise this."""
    try:
        return float(text) if text is not None else otherwise
    except ValueError:
        return otherwise

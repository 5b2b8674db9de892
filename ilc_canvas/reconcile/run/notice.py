"""Notices: messages that nobody asked for, and when to repeat them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

REMINDER = timedelta(hours=22)
"""How long until the same reason is reported again: under a day, so that a nightly run never misses it, even on the shortest day."""
DELAYS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
"""The wait after each failed attempt in turn; the last one applies from then on."""
KEPT_TRYING = timedelta(days=7)
"""An older notice is no longer sent; it is kept, and listed as failed."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. It contains keys, counts and where to look, never a person's name or address."""

    kind: str  # result, held, quarantine, silence, digest, test
    about: str  # the reason, as kind:what; reported once, however often it occurs
    subject: str  # one line
    lines: tuple[str, ...]
    data: Mapping[str, object]  # the same content as JSON, for programs
    lasting: bool = False  # whether it is repeated daily while its reason lasts


@dataclass(frozen=True, slots=True)
class Changed:
    """How many objects of one kind were changed in one course, and how."""

    course: str  # the course's SIS id; empty for objects outside courses
    kind: str  # user, course, section, enrollment, ...
    verb: str  # create, update, adopt, remove
    count: int


def next_try(attempts: int) -> timedelta:
    """How long to wait after this many failed attempts."""
    return DELAYS[min(attempts, len(DELAYS)) - 1]

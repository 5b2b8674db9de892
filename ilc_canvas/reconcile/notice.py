"""Notices: what somebody is told without having asked, and when it is told again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

REMINDER = timedelta(hours=22)
"""After so long the same reason is told again: a nightly run comes a little early, rather than a day late, on the shortest day too."""
DELAYS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
"""After each failed attempt in turn; the last one from then on."""
KEPT_TRYING = timedelta(days=7)
"""A notice that is older is not sent any more; it is kept, and listed as failed."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. It holds keys and counts, and where to look: never a name or an address of a person."""

    kind: str  # result, held, quarantine, silence, digest, test
    about: str  # the reason, as kind:what: told once, however often it is met
    subject: str  # one line
    lines: tuple[str, ...]
    data: Mapping[str, object]  # the same for programs: JSON
    lasting: bool = False  # whether it is told again, once a day, while its reason lasts


@dataclass(frozen=True, slots=True)
class Changed:
    """How many objects of one kind were changed in one course by one verb."""

    course: str  # the course's SIS id; empty for what lies in no course
    kind: str  # user, course, section, enrollment, ...
    verb: str  # create, update, adopt, remove
    count: int


def next_try(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts."""
    return DELAYS[min(attempts, len(DELAYS)) - 1]

"""Courses that only their teachers can see: publishing them is up to the facilitators."""

from collections.abc import Iterable

from ilc_canvas.reconcile.change import Change, Create, Update
from ilc_canvas.reconcile.state import Key, Record, State

UNPUBLISHED = "unpublished"
INVITED = frozenset({"invited", "creation_pending"})
"""States of people whom Canvas mails once the course is published (contract-notifications)."""


def unpublished(desired: Iterable[Record], observed: State) -> frozenset[Key]:
    """The courses among these that exist in Canvas and are not published."""
    courses = (observed.get(record.key) for record in desired if record.rule.is_container)
    return frozenset(course.key for course in courses if course and course.fields.get("state") == UNPUBLISHED)


def made_unpublished(changes: Iterable[Change]) -> frozenset[Key]:
    """Courses that these changes create or reopen: Canvas leaves them unpublished."""
    courses = (change for change in changes if change.key.rule.is_container)
    opened = (c for c in courses if isinstance(c, Create) or (isinstance(c, Update) and c.fields.get("state") == UNPUBLISHED))
    return frozenset(change.key for change in opened)


def invited(observed: State) -> frozenset[Key]:
    """The courses in which anybody, ours or not, is only invited or is waiting for the course to be published."""
    waiting = (row for row in observed.placements() if row.fields.get("state") in INVITED)
    return frozenset(row.course for row in waiting if row.course)

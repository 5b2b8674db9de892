"""Courses that nobody but their teachers can see: opening them is for the facilitators."""

from collections.abc import Iterable

from ilc_canvas.reconcile.change import Change, Create, Update
from ilc_canvas.reconcile.state import Key, Record, State

UNPUBLISHED = "unpublished"


def unpublished(wanted: Iterable[Record], observed: State) -> frozenset[Key]:
    """Courses among these that are in Canvas and not published."""
    courses = (observed.get(record.key) for record in wanted if record.rule.is_container)
    return frozenset(seen.key for seen in courses if seen and seen.fields.get("state") == UNPUBLISHED)


def made_unpublished(changes: Iterable[Change]) -> frozenset[Key]:
    """Courses that these changes make, or open again: Canvas makes them unpublished."""
    courses = (change for change in changes if change.key.rule.is_container)
    made = (c for c in courses if isinstance(c, Create) or (isinstance(c, Update) and c.fields.get("state") == UNPUBLISHED))
    return frozenset(change.key for change in made)

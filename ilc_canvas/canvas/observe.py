"""Reading the scope: complete, or an exception; one course that could not be read is marked so, and the others are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from ilc_canvas.canvas.failures import NotFoundError, SpentError
from ilc_canvas.canvas.kinds import in_order
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.records import legible
from ilc_canvas.reconcile.errors import CanvasError, IncompleteError, MissingRightError, UnavailableError
from ilc_canvas.reconcile.kinds import HIDDEN
from ilc_canvas.reconcile.state import Key, Record, State

log = structlog.get_logger(__name__)

Ours = Mapping[Key, int | None]
"""What is ours by the ledger and must be there, and Canvas's number of each."""


def read_all(reading: Reading, at: Callable[[], datetime]) -> State:
    """Everything in scope but the people: what each kind lists, then what is in each course, then what is ours and in none of these."""
    for kind in in_order():
        reading.found += kind.listed(reading)
    courses = [record for record in reading.found if record.rule.is_container]
    standing = [course for course in courses if course.fields["state"] not in ("deleted", HIDDEN)]
    reading.found += whole(reading.each(lambda course: tried(course, lambda: _inside(reading, course)), standing))
    for kind in in_order():
        reading.found += kind.beside(reading)
    return State.of(reading.found, at())


def _inside(reading: Reading, course: Record) -> list[Record]:
    found: list[Record] = []
    for kind in in_order():
        found += kind.inside(reading, course, found)
    return found


Tried = tuple[list[Record], CanvasError | None]


def tried(course: Record, read: Callable[[], list[Record]]) -> Tried:
    """What is in a course; or the course, marked as unread, and why: it alone may be closed to this token, or broken."""
    try:
        with legible():
            return read(), None
    except SpentError:
        raise
    except (MissingRightError, NotFoundError, UnavailableError, IncompleteError) as error:
        code = "unread-failed" if isinstance(error, UnavailableError | IncompleteError) else "unread-right"
        log.warning("canvas.course_unread", key=str(course.key), reason=str(error))
        return [replace(course, fields={**course.fields, "unread": code})], error


def whole(found: Sequence[Tried]) -> list[Record]:
    """All that was read; the error if no course could be."""
    errors = [error for _, error in found if error]
    if errors and len(errors) == len(found):
        raise errors[0]
    return [record for rows, _ in found for record in rows]

"""Reading the scope: complete, or an exception; one course that could not be read is marked so, and the others are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from ilc_canvas.canvas.http.failures import NotFoundError, SpentError
from ilc_canvas.canvas.kinds import KINDS, in_order
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.records import legible
from ilc_canvas.reconcile.compare.unread import FIELD, field_of
from ilc_canvas.reconcile.errors import CanvasError, IncompleteError, MissingRightError, UnavailableError
from ilc_canvas.reconcile.kinds import HIDDEN, Kind, kinds
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


def read_person(reading: Reading, rows: Sequence[Record], *, standing: Mapping[Key, Record], at: Callable[[], datetime]) -> State | None:
    """What one person's places stand in, and these (`rows`). A section in which the person is seen is there; of others, the course is
    read. None if any of it could not be read.
    """
    for kind in in_order():
        reading.found += kind.listed(reading)
    reading.found = [record for record in reading.found if not record.rule.is_container or record.key in reading.ours]
    seen = {row.section for row in rows}
    lacking = {section.parents[0] for key, section in standing.items() if key not in seen}
    courses = [record for record in reading.found if record.rule.is_container]
    if any(course.fields["state"] in ("deleted", HIDDEN) for course in courses):
        return None
    look = KINDS[Kind.SECTION].inside
    read = reading.each(lambda course: tried(course, lambda: look(reading, course, ())), [each for each in courses if each.key in lacking])
    if any(error for _, error in read):
        return None
    reading.found += [record for records, _ in read for record in records]
    reading.found += [section for section in standing.values() if section.key in seen and section.parents[0] not in lacking]
    for name in kinds(lambda rule: rule.kind in KINDS and rule.holds_back):  # a person has no part in the others
        reading.found += KINDS[name].beside(reading)
    others = {record.key for record in rows}
    return State.of([*(record for record in reading.found if record.key not in others), *rows], at())


def _inside(reading: Reading, course: Record) -> list[Record]:
    """What each kind shows of a course. One that holds back nothing else is marked by itself if it could not be read."""
    found, marked = list[Record](), course
    for kind in kinds(lambda rule: rule.kind in KINDS):
        read = partial(KINDS[kind].inside, reading, marked, tuple(found))
        rows, error = (read(), None) if kind.rule.holds_back else tried(marked, read, field=field_of(kind))
        if error:
            (marked,) = rows
        else:
            found += rows
    return found if marked is course else [*found, marked]


Tried = tuple[list[Record], CanvasError | None]


def tried(course: Record, read: Callable[[], list[Record]], *, field: str = FIELD) -> Tried:
    """What is in a course; or the course, marked as unread, and why: it alone may be closed to this token, or broken."""
    try:
        with legible():
            return read(), None
    except SpentError:
        raise
    except (MissingRightError, NotFoundError, UnavailableError, IncompleteError) as error:
        code = "unread-failed" if isinstance(error, UnavailableError | IncompleteError) else "unread-right"
        log.warning("canvas.course_unread", key=str(course.key), reason=str(error))
        return [replace(course, fields={**course.fields, field: code})], error


def whole(found: Sequence[Tried]) -> list[Record]:
    """All that was read; the error if no course could be."""
    errors = [error for _, error in found if error]
    if errors and len(errors) == len(found):
        raise errors[0]
    return [record for rows, _ in found for record in rows]

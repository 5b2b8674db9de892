"""Versions of the list of courses that somebody wants opened: in force as soon as they are recorded, and held in the next plan."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from ilc_canvas.program.basis import OPENINGS
from ilc_canvas.program.courses.opening import Opening, Openings
from ilc_canvas.reconcile.errors import DecisionError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents import recording, versions
from ilc_canvas.store.documents.document import Document
from ilc_canvas.store.documents.recorded import recorded_content
from ilc_canvas.store.documents.versions import Draft

_DOCUMENT = Document(OPENINGS, DecisionError, in_force="recorded")


def newest(store: Store, school_year: str, version: int | None = None) -> Openings:
    """Those of a school year: of this version, or as they are now. Empty if nobody wants any course opened."""
    with store.read() as connection:
        return _read(connection, school_year, version)


def _read(connection: Connection, school_year: str, version: int | None) -> Openings:
    row = versions.newest(connection, OPENINGS, school_year) if version is None else versions.one(connection, OPENINGS, version)
    rows = loads(recorded_content(connection, row)) if row else []
    return {each.course: each for each in map(_opening, rows)}


def _opening(row: Sequence[Any]) -> Opening:
    course, anyway, actor, reason, at, *day = row
    return Opening(Key(Kind.COURSE, course), anyway, actor, reason, datetime.fromisoformat(at), *map(date.fromisoformat, day))


def record(store: Store, school_year: str, change: Callable[[Openings], Openings], *, actor: str, reason: str, at: datetime) -> Openings:
    """Keep what `change` makes of those of this school year, in one transaction, so that nobody's are lost; those before.

    The audit event counts them.
    """
    with store.write() as connection:
        before = _read(connection, school_year, None)
        rows = [_row(each) for each in change(before).values()]
        draft = Draft(school_year=school_year, content=dumps(rows), entries=len(rows), rows={}, hashes={})
        recording.keep(connection, _DOCUMENT, draft, counts={"courses": len(rows)}, recorded_by=actor, at=at, reason=reason)
    return before


def _row(opening: Opening) -> list[object]:
    day = [opening.day.isoformat()] if opening.day else []
    return [opening.course.id, opening.anyway, opening.actor, opening.reason, opening.at.isoformat(), *day]

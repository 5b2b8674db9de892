"""What ended with its course: in a real Canvas, concluding a course completes everybody in it, and reopening it brings nobody back
(contract-core 6.3).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from ilc_canvas.reconcile.change import Create
from ilc_canvas.reconcile.state import Key, Ledger, Record, State

_TOGETHER = timedelta(seconds=60)
"""How far apart Canvas writes the rows that end with one course, at most."""


def everybody_live(observed: State) -> list[Record]:
    """The enrollments that would end with this course."""
    return [row for row in observed.placements() if row.is_live]


def lost(observed: State, ledger: Ledger) -> frozenset[Key]:
    """Our placements that ended when people concluded their course: it has ended, or had when last read, or, if nobody read it in
    between, they all ended at the same moment as the course.
    """
    rows: dict[Key, list[Record]] = defaultdict(list)
    for row in observed.placements():
        owned = ledger.get(row.key)
        if row.course and owned and owned.stands:
            rows[row.course].append(row)
    return frozenset(row.key for course, placed in rows.items() for row in _lost_in(observed.get(course), placed, ledger))


def _lost_in(course: Record | None, rows: list[Record], ledger: Ledger) -> Iterator[Record]:
    ended = [row for row in rows if row.fields.get("state") == "completed"]
    moments = [row.written for row in ended if row.written]
    together = [row for row in ended if moments and _near(row, max(moments))]
    of_course = bool(course) and (is_over(course) or (len(together) > 1 and not any(row.is_live for row in rows)))
    for row in ended:
        recorded = ledger[row.key].fields.get("state") == "completed"
        if recorded or _near(row, _end_of(course)) or (of_course and (row in together or not row.written)):
            yield row


def _near(row: Record, moment: datetime | None) -> bool:
    return moment is not None and row.written is not None and abs(row.written - moment) <= _TOGETHER


def _end_of(course: Record | None) -> datetime | None:
    """When it was concluded, if it has no dates of its own: Canvas then sets an empty end date to that moment and keeps it."""
    end = course and not course.fields.get("restricted") and course.fields.get("end_at")
    return datetime.fromisoformat(end) if isinstance(end, str) else None


def is_over(course: Record | None) -> bool:
    """Whether this course takes nobody any more."""
    return course is not None and course.is_over


def back_by_hand(by_hand: Iterable[Record], ledger: Ledger) -> Iterator[Record]:
    """Placements added by hand that ended when we ended the course and that people have restored themselves: nothing is left to do."""
    for row in by_hand:
        if row.key in ledger and ledger[row.key].how == "theirs":
            yield replace(row, fields={"state": row.fields.get("state")})


def theirs_back(desired: State, observed: State, ledger: Ledger) -> Iterator[Create]:
    """Placements added by hand that ended when we ended the course: they come back with it."""
    for row in observed.placements():
        owned, course = ledger.get(row.key), row.course
        if owned is None or owned.how != "theirs" or course is None or row.key in desired.records or row.fields.get("state") != "completed":
            continue
        reopens = course in desired.records and course in ledger and not ledger[course].stands
        if reopens or not is_over(observed.get(course)):
            yield Create(replace(row, fields={**row.fields, "state": owned.fields.get("state", "active")}), before=row)

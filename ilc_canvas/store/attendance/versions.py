"""Versions of the attendance: in force as soon as they are recorded, since nothing in Canvas follows from them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from ilc_canvas.program.basis import ATTENDANCE
from ilc_canvas.program.reports.attendance import Attendance
from ilc_canvas.reconcile.errors import AttendanceError
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.attendance.content import content_from_json, content_to_json
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents import recording, versions
from ilc_canvas.store.documents.document import Document
from ilc_canvas.store.documents.recorded import recorded_content
from ilc_canvas.store.documents.versions import Draft, VersionInfo

ATTENDANCES = Document(ATTENDANCE, AttendanceError, in_force="recorded")


def record(
    store: Store,
    attendance: Attendance,
    *,
    rows: Mapping[str, int],
    hashes: Mapping[str, str],
    findings: Sequence[Mapping[str, object]],
    recorded_by: str,
    at: datetime,
    reason: str = "",
) -> int:
    """Keep an attendance in place of the former one of its school year; its number. AttendanceError if the same file is in force."""
    draft = Draft(
        school_year=attendance.school_year,
        content=content_to_json(attendance),
        entries=len(attendance.rows),
        rows=rows,
        hashes=hashes,
        findings=findings,
    )
    return recording.record(store, ATTENDANCES, draft, counts=_counts(attendance), recorded_by=recorded_by, at=at, reason=reason)


def _counts(attendance: Attendance) -> dict[str, int]:
    """For the audit log, which names nobody."""
    outside = sum(row.outside for row in attendance.rows)
    return {"meetings": len(attendance.meetings), "people": len(attendance.people), "entries": len(attendance.rows), "outside": outside}


def newest(store: Store, school_year: str) -> Attendance | None:
    """The attendance of this school year; None if there is none."""
    with store.read() as connection:
        row = versions.newest(connection, ATTENDANCE, school_year)
        return _attendance(connection, row) if row else None


def read(store: Store, number: int | None = None) -> Attendance:
    """One version, or the one that was recorded last. AttendanceError if there is none."""
    with store.read() as connection:
        row = versions.newest(connection, ATTENDANCE) if number is None else versions.one(connection, ATTENDANCE, number)
        if row is None:
            raise AttendanceError(_absent(number))
        return _attendance(connection, row)


def info(store: Store, number: int) -> VersionInfo:
    """One version without its content. AttendanceError if there is none with this number."""
    with store.read() as connection:
        version = versions.info(connection, ATTENDANCE, number)
    if version is None:
        raise AttendanceError(_absent(number))
    return version


def listing(store: Store) -> list[VersionInfo]:
    """All versions, newest number first."""
    with store.read() as connection:
        return versions.listing(connection, ATTENDANCE)


def _attendance(connection: Connection, row: Row[Any]) -> Attendance:
    rows = content_from_json(recorded_content(connection, row))
    return Attendance(row.school_year, row.number, rows, row.signed_at)


def _absent(number: int | None) -> str:
    if number is not None:
        return f"There is no attendance version {number}. See: {Next.ATTENDANCES}"
    return f"No attendance is recorded yet. Load it: {Next.IMPORT_DOCUMENT.of(ATTENDANCE)}"

"""Versions of the calendar: imported as a draft, signed, read again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from ilc_canvas.program.basis import CALENDAR
from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.reconcile.errors import CalendarError
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.calendars.content import content_from_json, content_to_json
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents import signing, versions
from ilc_canvas.store.documents.document import Document
from ilc_canvas.store.documents.recorded import recorded_content
from ilc_canvas.store.documents.signing import Signing
from ilc_canvas.store.documents.versions import Draft, VersionInfo

CALENDARS = Document(CALENDAR, CalendarError)


def add_draft(
    store: Store,
    calendar: Calendar,
    *,
    rows: Mapping[str, int],
    hashes: Mapping[str, str],
    findings: Sequence[Mapping[str, object]],
    imported_by: str,
    at: datetime,
    reason: str = "",
) -> int:
    """Keep a calendar as the draft, in place of an older draft; its version number. CalendarError if the same files are loaded already."""
    draft = Draft(
        school_year=calendar.school_year,
        content=content_to_json(calendar),
        entries=len(calendar.meetings),
        rows=rows,
        hashes=hashes,
        findings=findings,
    )
    with store.write() as connection:
        return versions.keep_draft(connection, CALENDARS, draft, imported_by=imported_by, at=at, reason=reason)


def finalize(store: Store, given: Signing) -> int:
    """Sign off the draft; its number. It supersedes the finalized version of its school year.

    CalendarError where there is no draft, another one than was seen, or no meeting in it.
    """
    with store.write() as connection:
        draft = signing.signable(connection, CALENDARS, given)
        if not draft.entries:
            raise CalendarError(f"Calendar version {draft.number} has no meeting in it. It cannot be finalized, whoever signs.")
        body = {"meetings": draft.entries, **versions.hashed(connection, CALENDAR, draft.number)}
        signing.sign(connection, CALENDARS, draft, signing=given, body=body)
    return int(draft.number)


def read(store: Store, number: int | None = None) -> Calendar:
    """One version, or the newest finalized one. CalendarError if there is none."""
    with store.read() as connection:
        row = versions.newest(connection, CALENDAR) if number is None else versions.one(connection, CALENDAR, number)
        if row is None:
            raise CalendarError(_absent(number))
        return _calendar(connection, row)


def info(store: Store, number: int) -> VersionInfo:
    """One version without its content. CalendarError if there is none with this number."""
    with store.read() as connection:
        version = versions.info(connection, CALENDAR, number)
    if version is None:
        raise CalendarError(_absent(number))
    return version


def _calendar(connection: Connection, row: Row[Any]) -> Calendar:
    meetings, undated = content_from_json(recorded_content(connection, row))
    return Calendar(row.school_year, row.number, meetings, undated, signed_by=row.signed_by, signed_at=row.signed_at)


def _absent(number: int | None) -> str:
    if number is not None:
        return f"There is no calendar version {number}. See: {Next.CALENDARS}"
    steps = f"{Next.IMPORT_DOCUMENT.of(CALENDAR)}, then {Next.FINALIZE_DOCUMENT.of(CALENDAR)}"
    return f"No calendar is finalized yet. Load one and sign it off: {steps}"


def listing(store: Store) -> list[VersionInfo]:
    """All versions, newest number first."""
    with store.read() as connection:
        return versions.listing(connection, CALENDAR)

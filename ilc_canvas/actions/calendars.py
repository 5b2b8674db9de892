"""Importing and signing calendars."""

from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.calendars.calendar_diff import MeetingChange, calendar_diff
from ilc_canvas.roster.calendar.intake import CalendarIntake, take_calendar
from ilc_canvas.roster.files.rules import STANDARD, ReadingRules
from ilc_canvas.roster.reading import File
from ilc_canvas.store.calendars import versions
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.signing import ReviewedDraft, Signing
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.views.documents.calendars import roster_of


@dataclass(frozen=True)
class ImportResult:
    """What was read, and the draft that was stored; None if there are errors."""

    intake: CalendarIntake
    draft: VersionInfo | None


def import_draft(
    store: Store,
    file: File,
    *,
    school_year: str,
    zone: str,
    actor: str,
    reason: str,
    at: datetime,
    rules: ReadingRules = STANDARD,
) -> ImportResult:
    """Check a file against the roster of its school year, and store it as the draft unless there are errors."""
    intake = take_calendar(file, school_year=school_year, zone=zone, roster=roster_of(store, school_year), rules=rules)
    return keep_draft(store, intake, actor=actor, reason=reason, at=at)


def keep_draft(store: Store, intake: CalendarIntake, *, actor: str, reason: str, at: datetime) -> ImportResult:
    """Store what was read as the draft, unless there are errors."""
    if intake.errors:
        return ImportResult(intake, None)
    number = versions.add_draft(
        store,
        intake.calendar,
        rows=intake.rows,
        hashes=intake.hashes,
        findings=[finding.as_json() for finding in intake.findings],
        imported_by=actor,
        at=at,
        reason=reason,
    )
    return ImportResult(intake, versions.info(store, number))


@dataclass(frozen=True)
class FinalizeResult:
    """The version that was signed, and how it differs from the previous version of its school year, if there was one."""

    info: VersionInfo
    before: Calendar | None
    changes: tuple[MeetingChange, ...]


def finalize(store: Store, reviewed: ReviewedDraft, *, signed_by: str, actor: str, reason: str, at: datetime) -> FinalizeResult:
    """Sign the draft that was reviewed. It supersedes the previous version of its school year."""
    former = {info.school_year: info.number for info in versions.listing(store) if info.state == "finalized"}
    info = versions.info(store, versions.finalize(store, Signing(signed_by, at, actor=actor, seen=reviewed, reason=reason)))
    before = versions.read(store, former[info.school_year]) if info.school_year in former else None
    return FinalizeResult(info, before, calendar_diff(before, versions.read(store, info.number)) if before else ())

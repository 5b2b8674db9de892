"""Recording who came to which meeting."""

from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.reconcile.errors import AttendanceError
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.roster.attendance.intake import AttendanceIntake, Known, take_attendance
from ilc_canvas.roster.files.rules import STANDARD, ReadingRules
from ilc_canvas.roster.reading import File
from ilc_canvas.store.attendance import versions
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.rosters import versions as rosters
from ilc_canvas.views.documents.calendars import calendar_of


@dataclass(frozen=True)
class ImportResult:
    """What was read, and the version that was recorded; None if there are errors."""

    intake: AttendanceIntake
    recorded: VersionInfo | None


def import_file(
    store: Store,
    file: File,
    *,
    school_year: str,
    actor: str,
    reason: str,
    at: datetime,
    replace: bool = False,
    rules: ReadingRules = STANDARD,
) -> ImportResult:
    """Check a file against roster and calendar of its school year, and record it unless there are errors.

    With `replace`, which needs a reason, it may lack meetings of the version before. RosterError or AttendanceError if no roster or no
    calendar of that year is finalized.
    """
    if replace and not reason.strip():
        raise AttendanceError("Say why meetings are to go: --reason TEXT. Nothing was stored.")
    known = _known(store, school_year, at)
    intake = take_attendance(file, known, rules, replace=replace)
    if intake.error_count:
        return ImportResult(intake, None)
    number = versions.record(
        store,
        intake.attendance,
        rows=intake.rows,
        hashes=intake.hashes,
        findings=[finding.as_json() for finding in intake.findings],
        recorded_by=actor,
        at=at,
        reason=reason,
    )
    return ImportResult(intake, versions.info(store, number))


def _known(store: Store, school_year: str, at: datetime) -> Known:
    roster = rosters.newest_finalized(store, school_year)
    signed = [info for info in rosters.listing(store) if info.signed_at and info.school_year == school_year]
    former = frozenset(person_id for info in signed for person_id in rosters.read(store, info.number).person_by_id)
    return Known(roster, _calendar(store, school_year), former, versions.newest(store, school_year), at)


def _calendar(store: Store, school_year: str) -> Calendar:
    calendar = calendar_of(store, school_year)
    if calendar is None:
        raise AttendanceError(
            f"No calendar of {school_year} is finalized, so it is not known which meetings there were. Nothing was stored. "
            f"Load one and sign it off: {Next.IMPORT_DOCUMENT.of('calendar')}, then {Next.FINALIZE_DOCUMENT.of('calendar')}"
        )
    return calendar

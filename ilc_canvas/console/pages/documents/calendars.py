"""Versions of the calendar: the list, one of them with its meetings, checking a file, and signing."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas.actions import calendars
from ilc_canvas.console.pages.documents.signing import missing, quicker
from ilc_canvas.console.pages.documents.uploads import YEAR_MISSING, chosen_file
from ilc_canvas.console.reading import CalendarUpload, read_calendar
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import MissingPageError, Visit
from ilc_canvas.program.basis import CALENDAR
from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.calendars.calendar_diff import calendar_diff, when, whom
from ilc_canvas.program.calendars.passcodes import without_passcodes
from ilc_canvas.reconcile.errors import CalendarError, IlcError
from ilc_canvas.roster.calendar.intake import CalendarIntake
from ilc_canvas.roster.reading import File
from ilc_canvas.store.calendars import versions
from ilc_canvas.store.documents import checks
from ilc_canvas.store.documents.checks import Check, CheckedFile
from ilc_canvas.store.documents.signing import ReviewedDraft
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.views.documents import calendars as views
from ilc_canvas.views.documents import findings
from ilc_canvas.views.documents.calendar_words import CHANGES, COURSES, WHY_NOT_PLACED, by_kind, sides
from ilc_canvas.views.documents.document_versions import former

_SIGNS = {"new": ("plus", "new"), "reinstated": ("plus", "new"), "gone": ("minus", "ends"), "cancelled": ("minus", "ends")}


def listing(visit: Visit) -> Response:
    """All versions, newest first."""
    return page(visit, "calendars.html", _listing_values(visit))


def _listing_values(visit: Visit, *, errors: Mapping[str, str] | None = None, school_year: str = "") -> dict[str, object]:
    return {
        "versions": versions.listing(visit.store),
        "checks": checks.listing(visit.store, CALENDAR, visit.at),
        "errors": errors or {},
        "school_year": school_year,
        "again": "",
    }


def check(visit: Visit) -> Response:
    """Check the file. Without errors it becomes the draft; otherwise the findings are kept, and not the file, which may hold passcodes."""
    file, year = chosen_file(visit, "calendar"), visit.typed("school_year")
    errors = {} if file else {"calendar": "Choose the calendar file."}
    if not year:
        errors["school_year"] = YEAR_MISSING
    if errors or file is None:
        return _again(visit, errors)
    rules, zone = visit.settings.roster.rules, visit.settings.time_zone
    try:
        upload = CalendarUpload(file, year, zone, views.roster_of(visit.store, year), rules)
        result = calendars.keep_draft(visit.store, read_calendar(upload), actor=visit.actor, reason="", at=visit.at)
    except IlcError as error:
        return _again(visit, {"": str(error)})
    if result.draft is None:
        return RedirectResponse(f"/calendar/checks/{_keep(visit, result.intake, file)}", HTTPStatus.SEE_OTHER)
    return RedirectResponse(f"/calendar/{result.draft.number}", HTTPStatus.SEE_OTHER)


def _again(visit: Visit, errors: Mapping[str, str]) -> Response:
    values = _listing_values(visit, errors=errors, school_year=visit.typed("school_year"))
    return page(visit, "calendars.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _keep(visit: Visit, intake: CalendarIntake, file: File) -> int:
    found = Check(
        document=CALENDAR,
        school_year=intake.calendar.school_year,
        at=visit.at,
        actor=visit.actor,
        errors=intake.error_count,
        warnings=intake.warning_count,
        counts={"meetings": len(intake.calendar.meetings)},
        findings=[findings.whole(each) for each in intake.findings],
        forms=intake.forms,
        files=[CheckedFile("calendar", file.name, file.sha256)],
    )
    return checks.keep(visit.store, found)


def one(visit: Visit) -> Response:
    """One version."""
    return page(visit, "calendar.html", _values(visit, _info(visit)))


def _info(visit: Visit) -> VersionInfo:
    """The version that the path names. MissingPageError if there is none."""
    try:
        return versions.info(visit.store, visit.number("number"))
    except CalendarError as error:
        raise MissingPageError from error


def _values(visit: Visit, info: VersionInfo) -> dict[str, object]:
    found = views.view(visit.store, info.number)
    earlier = former(versions.listing(visit.store), info)
    changes = calendar_diff(versions.read(visit.store, earlier.number), found.calendar) if earlier else ()
    told = [(*_SIGNS.get(each.kind, ("tilde", "changes")), each.title, CHANGES[each.kind], sides(each)) for each in changes]
    return {
        "info": info,
        "errors": {},
        "reason": "",
        "before": earlier.number if earlier else None,
        "changes": told,
        "figures": _figures(found.calendar),
        "placed": {COURSES[kind]: number for kind, number in by_kind(found.placed).items()} if found.placed else {},
        "unplaced": [(each, WHY_NOT_PLACED[each.why]) for each in found.placed.unplaced] if found.placed else [],
        "roster_version": found.roster_version,
        "meetings": [_meeting(each) for each in found.calendar.meetings],
    }


def _figures(calendar: Calendar) -> list[tuple[int, str]]:
    cancelled = sum(each.cancelled for each in calendar.meetings)
    return [(len(calendar.meetings), "meetings"), (cancelled, "cancelled"), (len(calendar.undated), "without a date yet")]


def _meeting(meeting: Meeting) -> tuple[str, str, str]:
    """Its title, when and for whom, and its state; without place, link and notes, which may hold passcodes."""
    return without_passcodes(meeting.title), f"{when(meeting)}, {whom(meeting)}", meeting.status


def sign(visit: Visit) -> Response:
    """Sign the draft whose file was shown."""
    info, reason, files = _info(visit), visit.typed("reason"), visit.typed("files")
    errors = missing(visit)
    try:
        if not errors:
            seen = ReviewedDraft(info.number, files)
            calendars.finalize(visit.store, seen, signed_by=visit.actor, actor=visit.actor, reason=reason, at=visit.at)
            return RedirectResponse(f"/calendar/{info.number}", HTTPStatus.SEE_OTHER)
    except IlcError as error:
        if answer := quicker(visit, _now(visit, info), files):
            return answer
        errors = {"": str(error)}
    values = {**_values(visit, info), "errors": errors, "reason": reason}
    return page(visit, "calendar.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _now(visit: Visit, shown: VersionInfo) -> VersionInfo | None:
    try:
        return versions.info(visit.store, shown.number)
    except CalendarError:
        return None

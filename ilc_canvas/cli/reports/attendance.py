"""attendance import, show, list"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas import clock
from ilc_canvas.cli.documents import documents
from ilc_canvas.cli.options import All, Json, Reason
from ilc_canvas.cli.output import EXIT_ERROR, cut, say, say_json
from ilc_canvas.reconcile.words.wording import count, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ilc_canvas.actions.attendance import ImportResult
    from ilc_canvas.store.documents.versions import VersionInfo
    from ilc_canvas.views.reports.attendance import AttendanceView, MeetingAttendance


def import_(
    attendance: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="All attendance of the year so far: CSV or an Excel workbook.")
    ],
    *,
    school_year: Annotated[str, typer.Option(help="Such as 2021-22.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the file although it lacks meetings of the version before. Needs a reason.")
    ] = False,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Read who came to which meeting, check every row, and record it for the reports. Nothing in Canvas follows from it."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import attendance as actions
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.roster.reading import read_file

    settings = begin()
    rules = settings.roster.rules
    file = read_file(attendance, rules.most_bytes)
    with bootstrap.open_store(settings) as store:
        done = actions.import_file(
            store,
            file,
            school_year=school_year,
            actor=process.actor(),
            reason=reason,
            at=process.now(),
            replace=replace,
            rules=rules,
        )
    if as_json:
        say_json(_imported_json(done))
    else:
        say(*done.intake.forms, *(line for finding in done.intake.findings for line in finding.lines), *_imported(done))
    if done.recorded is None:
        raise typer.Exit(EXIT_ERROR)


def _imported(done: "ImportResult") -> list[str]:
    info, intake = done.recorded, done.intake
    warnings = count(intake.warning_count, "warning")
    if info is None:
        return [documents.refused(count(intake.error_count, "error"), warnings)]
    attendance = intake.attendance
    outside = sum(row.outside for row in attendance.rows)
    people = f"{count(len(attendance.people), 'person', 'people')} by id and {count(outside, 'outside educator')}"
    head = f"Attendance version {info.number} is recorded: {count(len(attendance.meetings), 'meeting')}, {people}, {warnings}."
    return [head, *documents.files(info), "Next: ilc-canvas report reach"]


def _imported_json(done: "ImportResult") -> dict[str, object]:
    intake, info = done.intake, done.recorded
    kept = {"version": info.number if info else None, "files_digest": info.files_digest if info else ""}
    levels = {"errors": intake.error_count, "warnings": intake.warning_count}
    return {**kept, **levels, "findings": [finding.as_json() for finding in intake.findings], "rows": intake.rows}


def show(
    version: Annotated[int | None, typer.Argument(help="Default: the one recorded last.")] = None,
    all_rows: All = False,
    as_json: Json = False,
) -> None:
    """One version, meeting by meeting: how many people came, and who recorded it."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.views.reports import attendance as views

    with bootstrap.open_store(begin()) as store:
        found = views.view(store, version)
    if as_json:
        say_json(_view_json(found))
        return
    info = found.info
    say(f"Attendance {info.school_year}, version {info.number}: {_state(info)}.", *([f"Reason: {info.reason}"] if info.reason else []))
    say(
        *documents.files(info), f"{count(len(found.meetings), 'meeting')}, {count(len(found.attendance.people), 'person', 'people')} by id."
    )
    say(*(f"{entry['level']}: {entry['file']}, line {entry['line']}, {entry['column']}: {entry['text']}" for entry in info.findings))
    say(*cut(_meetings(found), all_rows=all_rows))


def _meetings(found: "AttendanceView") -> "Iterator[str]":
    for each in found.meetings:
        by = f", recorded by {listed(each.recorded_by)}" if each.recorded_by else ""
        yield f"  {each.meeting_id}  {each.day or 'not in the calendar'}  {came(each)}{by}"


def came(meeting: "MeetingAttendance") -> str:
    """12 people, 1 outside educator"""
    outside = [count(meeting.outside, "outside educator")] if meeting.outside else []
    return ", ".join([count(meeting.people, "person", "people"), *outside])


def _state(info: "VersionInfo") -> str:
    """In force, recorded by ana, 4 Oct 2021, 09:14 Pacific"""
    state = "in force" if info.state == "finalized" else info.state
    return f"{state}, recorded by {info.imported_by}, {clock.at(info.imported_at)}"


def _version_json(info: "VersionInfo") -> dict[str, object]:
    names = ("school_year", "entries", "warnings", "reason", "rows", "files", "files_digest")
    state = {"state": "in force" if info.state == "finalized" else info.state}
    return {"version": info.number, **state, "recorded_by": info.imported_by, "recorded_at": info.imported_at} | {
        name: getattr(info, name) for name in names
    }


def _view_json(found: "AttendanceView") -> dict[str, object]:
    meetings = [
        {
            "meeting": each.meeting_id,
            "day": each.day,
            "people": each.people,
            "outside_educators": each.outside,
            "recorded_by": each.recorded_by,
        }
        for each in found.meetings
    ]
    return {**_version_json(found.info), "meetings": meetings}


def list_(as_json: Json = False) -> None:
    """All versions, newest first."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.attendance import versions

    with bootstrap.open_store(begin()) as store:
        infos = versions.listing(store)
    if as_json:
        say_json([_version_json(info) for info in infos])
    elif not infos:
        say("There is no attendance yet. Begin with: ilc-canvas attendance import FILE.csv --school-year 2021-22")
    else:
        say(*(f"{info.number:>3}  {info.school_year}  {count(info.entries, 'row')}  {_state(info)}" for info in infos))

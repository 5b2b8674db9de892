"""calendar import, finalize, show, diff, list, export"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.documents import documents
from ilc_canvas.cli.options import All, Json, Reason
from ilc_canvas.cli.output import EXIT_ERROR, cut, one_line, say, say_json
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ilc_canvas.actions.calendars import ImportResult
    from ilc_canvas.program.calendars.calendar import Meeting
    from ilc_canvas.program.calendars.calendar_diff import MeetingChange
    from ilc_canvas.views.documents.calendars import CalendarView

_NAME = "calendar"


def import_(
    calendar: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="The calendar: a table (CSV or an Excel workbook) or iCalendar (.ics).")
    ],
    *,
    school_year: Annotated[str, typer.Option(help="Such as 2021-22.")],
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Read a calendar, check every meeting, and store it as a draft."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import calendars
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.roster.reading import read_file

    settings = begin()
    rules = settings.roster.rules
    file = read_file(calendar, rules.most_bytes)
    with bootstrap.open_store(settings) as store:
        done = calendars.import_draft(
            store,
            file,
            school_year=school_year,
            zone=settings.time_zone,
            actor=process.actor(),
            reason=reason,
            at=process.now(),
            rules=rules,
        )
    if as_json:
        say_json(_imported_json(done))
    else:
        say(*done.intake.forms, *(line for finding in done.intake.findings for line in finding.lines), *_imported(done))
    if done.intake.errors:
        raise typer.Exit(EXIT_ERROR)


def _imported(done: "ImportResult") -> list[str]:
    info, warnings = done.draft, done.intake.warning_count
    if info is None:
        return [documents.refused(count(done.intake.error_count, "error"), count(warnings, "warning"))]
    warned = f", {count(warnings, 'warning')} to be accepted by signing" if warnings else ""
    stored = f"Draft of version {info.number}: {count(info.entries, 'meeting')}, no error{warned}."
    return [stored, *documents.files(info), f"To sign exactly these files: {documents.command(_NAME, info)}"]


def _imported_json(done: "ImportResult") -> dict[str, object]:
    intake, info = done.intake, done.draft
    kept = {"version": info.number if info else None, "files_digest": info.files_digest if info else ""}
    levels = {"errors": intake.error_count, "warnings": intake.warning_count}
    return {**kept, **levels, "findings": [finding.as_json() for finding in intake.findings], "rows": intake.rows, "forms": intake.forms}


def finalize(
    version: Annotated[int | None, typer.Argument(help="The draft's version. Default: whatever the draft is.")] = None,
    *,
    files: Annotated[str, typer.Option(help="The digest of its file, as import and show tell it.", callback=one_line)] = "",
    signed_by: Annotated[str, typer.Option(help="Who signs.", callback=one_line)],
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Sign the draft: it is frozen, and supersedes the version before."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import calendars
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.documents.signing import ReviewedDraft

    settings = begin()
    with bootstrap.open_store(settings) as store:
        seen = ReviewedDraft(version, files)
        done = calendars.finalize(store, seen, signed_by=signed_by, actor=process.actor(), reason=reason, at=process.now())
    if as_json:
        say_json({**documents.as_json(done.info, "meetings"), "changes": _changes_json(done.changes)})
        return
    say(*documents.described(_NAME, done.info), "")
    first = ["It is the first version of this school year."]
    say(*(_difference(done.changes, done.before.version) if done.before else first), "", "Next: ilc-canvas plan")


def show(
    version: Annotated[int | None, typer.Argument(help="Default: the newest finalized.")] = None,
    all_rows: All = False,
    as_json: Json = False,
) -> None:
    """One version: who signed it, its findings, its meetings without links, and where they go with the finalized roster."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.views.documents import calendars as views

    with bootstrap.open_store(begin()) as store:
        found = views.view(store, version)
    if as_json:
        say_json(_view_json(found))
        return
    info = found.info
    say(*documents.described(_NAME, info))
    say(f"{count(len(found.calendar.meetings), 'meeting')}, {len(found.calendar.undated)} without a date yet.", *_placed(found))
    say(*map(documents.finding, info.findings))
    say(*cut((_meeting(each) for each in found.calendar.meetings), all_rows=all_rows))
    if info.state == "draft":
        say(f"Imported by {info.imported_by}. To sign exactly these files: {documents.command(_NAME, info)}")


def _meeting(meeting: "Meeting") -> str:
    from ilc_canvas.program.calendars.calendar_diff import when, whom
    from ilc_canvas.program.calendars.passcodes import without_passcodes

    status = "" if meeting.status == "scheduled" else f" ({meeting.status})"
    return f"  {meeting.meeting_id}  {when(meeting)}  {whom(meeting)}  {without_passcodes(meeting.title)}{status}"


def _placed(found: "CalendarView") -> "Iterator[str]":
    from ilc_canvas.views.documents.calendar_words import COURSES, WHY_NOT_PLACED, by_kind

    if found.placed is None:
        yield f"No roster of {found.calendar.school_year} is finalized, so it is not known which courses they go into."
        return
    named = ", ".join(f"{number} in {COURSES[kind]}" for kind, number in by_kind(found.placed).items())
    yield f"With roster version {found.roster_version}: {count(len(found.placed.events), 'event')}{f' ({named})' if named else ''}."
    for each in found.placed.unplaced:
        yield f"  {each.meeting_id} is not placed: {each.audience} {WHY_NOT_PLACED[each.why]}."


def _view_json(found: "CalendarView") -> dict[str, object]:
    from ilc_canvas.views.documents.calendar_words import by_kind

    placed = found.placed
    unplaced = [{"meeting": each.meeting_id, "audience": each.audience, "why": each.why} for each in placed.unplaced] if placed else []
    return {
        **documents.as_json(found.info, "meetings"),
        "undated": found.calendar.undated,
        "roster_version": found.roster_version,
        "events": by_kind(placed) if placed else {},
        "unplaced": unplaced,
    }


def diff(before: int, after: int, as_json: Json = False) -> None:
    """What has changed from one version to another; of links, places and notes only that they have."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.program.calendars.calendar_diff import calendar_diff
    from ilc_canvas.store.calendars import versions

    with bootstrap.open_store(begin()) as store:
        changes = calendar_diff(versions.read(store, before), versions.read(store, after))
    if as_json:
        say_json(_changes_json(changes))
    else:
        say(*_difference(changes, before))


def list_(as_json: Json = False) -> None:
    """All versions, newest first."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.calendars import versions

    with bootstrap.open_store(begin()) as store:
        infos = versions.listing(store)
    if as_json:
        say_json([documents.as_json(info, "meetings") for info in infos])
    elif not infos:
        say("There is no calendar yet. Begin with: ilc-canvas calendar import CALENDAR.csv --school-year 2021-22")
    else:
        say(*(documents.row(info, count(info.entries, "meeting")) for info in infos))


def export(
    ics: Annotated[Path, typer.Option("--ics", metavar="DIR", help="The folder to write to; it is made if it is not there.")],
    version: Annotated[int | None, typer.Argument(help="Default: the newest finalized.")] = None,
    as_json: Json = False,
) -> None:
    """Write an iCalendar file (.ics) for each audience, to hand on. They hold the links to the meetings, passcodes and all."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.cli.store.new_file import new_files
    from ilc_canvas.reconcile.errors import CalendarError
    from ilc_canvas.roster.calendar.feeds import feeds
    from ilc_canvas.store.calendars import versions

    settings = begin()
    with bootstrap.open_store(settings) as store:
        calendar = versions.read(store, version)
    if calendar.signed_at is None:
        raise CalendarError(f"Calendar version {calendar.version} is a draft. Only what is signed is handed on. Nothing was written.")
    made = feeds(calendar, calendar.signed_at, prefix=settings.prefix)
    new_files(ics, made)
    if as_json:
        say_json({"version": calendar.version, "folder": str(ics), "files": sorted(made)})
    else:
        say(f"Calendar version {calendar.version} is in {ics}, in {count(len(made), 'file')}, for your eyes alone: they hold passcodes.")


def _difference(changes: "Sequence[MeetingChange]", before: int) -> list[str]:
    from ilc_canvas.views.documents.calendar_words import CHANGES, sides

    if not changes:
        return [f"Nothing has changed since version {before}."]
    head = f"Since version {before}: {count(len(changes), 'difference')}."
    return [head, *(f"  {each.meeting_id} ({each.title}) {CHANGES[each.kind]}{sides(each)}" for each in changes)]


def _changes_json(changes: "Sequence[MeetingChange]") -> list[dict[str, str]]:
    return [{"kind": each.kind, "subject": each.meeting_id, "old": each.old, "new": each.new} for each in changes]

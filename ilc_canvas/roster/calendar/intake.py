"""A calendar file, CSV or iCalendar, becomes a calendar with its findings, or is refused."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.calendars.passcodes import without_passcodes
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import CalendarError, RosterError
from ilc_canvas.roster.calendar.checks import check_audiences, check_facilitators, newest_entries
from ilc_canvas.roster.calendar.ics import read_ics
from ilc_canvas.roster.calendar.outline import Outline
from ilc_canvas.roster.calendar.rows import Entry, entry
from ilc_canvas.roster.cells import Cells
from ilc_canvas.roster.checks.gathering import FindingList, cells_of, gathered, without_echoes
from ilc_canvas.roster.files.columns import CALENDAR, other_layout
from ilc_canvas.roster.files.headers import ColumnsError
from ilc_canvas.roster.files.rules import STANDARD, ReadingRules
from ilc_canvas.roster.findings import At, Finding, WithFindings
from ilc_canvas.roster.intake import first_year_of
from ilc_canvas.roster.office.rewriting import SUCH_AS
from ilc_canvas.roster.reading import File, Table, read_table

UNSHOWN = frozenset({"join_url", "location", "description", "URL", "LOCATION", "DESCRIPTION"})
"""Columns and properties that may hold a passcode: findings do not repeat them."""


@dataclass(frozen=True)
class CalendarIntake(WithFindings):
    """What a file holds: the calendar, and all that is wrong or odd in it."""

    calendar: Calendar  # version 0
    findings: tuple[Finding, ...]
    rows: Mapping[str, int]  # by file name: rows or events
    hashes: Mapping[str, str]
    forms: tuple[str, ...] = ()  # how the file was read, unless it is CSV in UTF-8 with commas or iCalendar


def take_calendar(file: File, *, school_year: str, zone: str, roster: Roster | None, rules: ReadingRules = STANDARD) -> CalendarIntake:
    """The calendar of a file for a school year such as 2021-22, checked against the roster of that year if there is one.

    `zone` is how times that are given in UTC are understood. CalendarError where the file is refused as a whole.
    """
    try:
        first_year = first_year_of(school_year)
        table, outline = _read(file, zone, first_year, rules=rules)
    except RosterError as error:
        raise CalendarError(without_passcodes(str(error))) from error
    findings: list[Finding] = []
    entries = [entry(Cells(row, findings), first_year) for row in table.rows]
    kept = newest_entries(entries, findings)
    calendar = Calendar(school_year, 0, tuple(each.meeting for each in kept if each.meeting), _undated(kept))
    findings += _against(roster, kept, file)
    said = _shown(outline, [*table.findings, *without_echoes(findings, cells_of(table.findings))])
    forms = () if table.usual else (without_passcodes(table.form),)
    return CalendarIntake(calendar, said, {file.name: len(table.rows)}, {file.name: file.sha256}, forms)


def _read(file: File, zone: str, first_year: int, *, rules: ReadingRules) -> tuple[Table, Outline]:
    if file.name.casefold().endswith(".ics"):
        return read_ics(file, zone=zone, first_year=first_year)
    try:
        return read_table(file, CALENDAR, rules), Outline()
    except ColumnsError as error:
        other = other_layout(error.names, CALENDAR)
        if other is None:
            raise
        raise RosterError(f"{file.name} is a {other.what} and was given as the calendar.") from error


def _undated(entries: Iterable[Entry]) -> tuple[str, ...]:
    return tuple(each.meeting_id for each in entries if each.undated)


def _against(roster: Roster | None, entries: Iterable[Entry], file: File) -> Iterator[Finding]:
    if roster is None:
        text = "no roster of this school year is finalized: whom the meetings are for was not checked."
        yield At(file.name, 0).warning("", "", text, fix="Finalize the roster, then import the calendar again.")
        return
    dated = [(each.at, each.meeting) for each in entries if each.meeting]
    yield from check_audiences(dated, roster)
    yield from check_facilitators(dated, roster)


def _without_passcode(finding: Finding) -> Finding:
    """The finding without a value that holds a passcode, and without an example that is made of it."""
    value = "" if finding.column in UNSHOWN else without_passcodes(finding.value)
    fix = finding.fix if value == finding.value else finding.fix.partition(SUCH_AS)[0]
    return replace(finding, value=value, fix=fix)


def _shown(outline: Outline, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """In the order of lines, without passcodes."""
    told = FindingList(gathered(outline.located(each) for each in map(_without_passcode, findings))).cut
    return tuple(sorted(told, key=lambda each: (each.count, each.line)))

"""An attendance file becomes an attendance with its findings, or is refused."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.calendars.meeting_events import place_meetings
from ilc_canvas.program.placement import placements
from ilc_canvas.program.reports.attendance import Attendance, Presence
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import AttendanceError, RosterError
from ilc_canvas.reconcile.words.wording import count, listed
from ilc_canvas.roster.cells import Cells, nearest
from ilc_canvas.roster.checks.gathering import FindingList, cells_of
from ilc_canvas.roster.files.columns import ATTENDANCE, other_layout
from ilc_canvas.roster.files.headers import ColumnsError
from ilc_canvas.roster.files.rules import STANDARD, ReadingRules
from ilc_canvas.roster.findings import At, Finding, WithFindings
from ilc_canvas.roster.reading import File, Table, read_table

_NAMED = 8  # meetings in a sentence


@dataclass(frozen=True)
class Known:
    """What the rows of a file are checked against."""

    roster: Roster  # the finalized one of the school year
    calendar: Calendar  # likewise
    former: frozenset[str]  # ids of everybody whom an earlier signed version of that year names
    before: Attendance | None  # the version that is in force
    at: datetime

    @cached_property
    def people(self) -> frozenset[str]:
        """Whoever may have come: people on the roster, and those who have left since."""
        return self.former | self.roster.person_by_id.keys()

    @cached_property
    def invited(self) -> Mapping[str, frozenset[str]]:
        """By meeting: who has a place in one of its courses or sections."""
        placed: defaultdict[tuple[tuple[str, ...], str], set[str]] = defaultdict(set)
        for place in placements(self.roster):
            placed[place.course, place.section].add(place.person_id)
            placed[place.course, ""].add(place.person_id)
        found: defaultdict[str, set[str]] = defaultdict(set)
        for event in place_meetings(self.calendar, self.roster).events:
            found[event.meeting.meeting_id] |= placed[event.course, event.section]
        return {meeting_id: frozenset(people) for meeting_id, people in found.items()}


@dataclass(frozen=True)
class AttendanceIntake(WithFindings):
    """What a file holds: the attendance, and all that is wrong or odd in it."""

    attendance: Attendance  # version 0
    findings: tuple[Finding, ...]
    rows: Mapping[str, int]  # by file name
    hashes: Mapping[str, str]
    forms: tuple[str, ...] = ()  # how the file was read, unless it is CSV in UTF-8 with commas


def take_attendance(file: File, known: Known, rules: ReadingRules = STANDARD, *, replace: bool = False) -> AttendanceIntake:
    """The attendance in a file, which holds all of the school year so far.

    A meeting of the version before that is missing here is an error, unless the file is meant to `replace` that version. AttendanceError if
    the file is refused as a whole.
    """
    table = _read(file, rules)
    findings = FindingList(table.findings, skipped=cells_of(table.findings))
    rows: dict[tuple[str, str], tuple[At, Presence]] = {}
    for row in table.rows:
        here: list[Finding] = []
        presence = _presence(Cells(row, here), known)
        if not any(finding.severity == "error" for finding in here):
            _keep(rows, row.at, presence, findings=here)
        findings += here
    if not replace:
        findings += _missing(file, {row.cells["meeting_id"] for row in table.rows}, known.before)
    attendance = Attendance(known.roster.school_year, 0, tuple(presence for _, presence in rows.values()))
    ordered = tuple(sorted(findings.cut, key=lambda each: (each.count, each.line)))
    forms = () if table.usual else (table.form,)
    return AttendanceIntake(attendance, ordered, {file.name: len(table.rows)}, {file.name: file.sha256}, forms)


def _read(file: File, rules: ReadingRules) -> Table:
    try:
        return read_table(file, ATTENDANCE, rules)
    except ColumnsError as error:
        other = other_layout(error.names, ATTENDANCE)
        raise AttendanceError(f"{file.name} is a {other.what} and was given as the attendance." if other else str(error)) from error
    except RosterError as error:
        raise AttendanceError(str(error)) from error


def _presence(cells: Cells, known: Known) -> Presence:
    """What a row says; what is wrong in it becomes a finding."""
    meeting_id, person_id = _meeting(cells, known), cells.text("person_id")
    outside, recorded_by = cells.number("outside_educators"), cells.text("recorded_by")
    cells.findings.extend(_who(cells, known))
    if person_id in known.roster.person_by_id and person_id not in known.invited.get(meeting_id, (person_id,)):
        text = f"has no place in a course of {meeting_id}."
        cells.findings.append(cells.row.at.warning("person_id", person_id, text, fix="It counts. Is it the right meeting?"))
    if not recorded_by:
        fix = "Write who counted or kept the list: a name or a person_id."
        cells.findings.append(cells.row.at.error("recorded_by", "", "is missing.", fix=fix))
    return Presence(meeting_id, person_id, outside or 0, recorded_by)


def _meeting(cells: Cells, known: Known) -> str:
    meeting_id = cells.text("meeting_id")
    meeting = known.calendar.by_id.get(meeting_id)
    why = _not_held(meeting_id, meeting, known)
    if why:
        cells.findings.append(cells.row.at.error("meeting_id", meeting_id, why[0], fix=why[1]))
    return meeting_id


def _not_held(meeting_id: str, meeting: Meeting | None, known: Known) -> tuple[str, str] | None:
    """Why nobody can have been at this meeting, and what to do."""
    calendar = f"version {known.calendar.version} of {known.calendar.school_year}"
    if not meeting_id:
        return "is missing.", "Write the id that the meeting has in the calendar."
    if meeting_id in known.calendar.undated:
        return f"has no date in the calendar ({calendar}).", "Give it a date there first."
    if meeting is None:
        return (
            f"is not in the calendar ({calendar}).",
            f"Correct it, or put the calendar right first.{nearest(meeting_id, known.calendar.by_id)}",
        )
    if meeting.cancelled:
        return f"is cancelled in the calendar ({calendar}).", "If it took place after all, put the calendar right first."
    if meeting.start > known.at:
        return f"has not begun yet: it is on {meeting.first_day}.", "Correct the id, or put the calendar right first."
    return None


def _who(cells: Cells, known: Known) -> Iterator[Finding]:
    """A row is about one person, or a number of outside educators."""
    person_id, outside, at = cells.text("person_id"), cells.text("outside_educators"), cells.row.at
    if person_id and outside:
        fix = "A row has one or the other: give each a row of its own."
        yield at.error("outside_educators", outside, "is a number, and the row names a person.", fix=fix)
    elif not person_id and not outside:
        yield at.error("person_id", "", "is missing, and so is outside_educators.", fix="Name the person, or count outside educators.")
    elif person_id and person_id not in known.people:
        fix = f"Correct it, or count the person in outside_educators.{nearest(person_id, known.people)}"
        yield at.error("person_id", person_id, f"is in no signed roster of {known.roster.school_year}.", fix=fix)


def _keep(rows: dict[tuple[str, str], tuple[At, Presence]], at: At, presence: Presence, *, findings: list[Finding]) -> None:
    """The same person at the same meeting counts once; two numbers for one meeting contradict each other."""
    key = (presence.meeting_id, presence.person_id)
    if key not in rows:
        rows[key] = (at, presence)
    elif presence.person_id:
        text = f"is at {presence.meeting_id} in line {rows[key][0].line} already."
        findings.append(at.warning("person_id", presence.person_id, text, fix="It is counted once."))
    else:
        text = f"is a second number for {presence.meeting_id}, after line {rows[key][0].line}."
        findings.append(
            at.error("outside_educators", str(presence.outside), text, fix="Write one row with the sum, or take one of them out.")
        )


def _missing(file: File, named: set[str], before: Attendance | None) -> Iterator[Finding]:
    gone = sorted(before.meetings - named) if before else []
    if before and gone:
        shown = listed([*gone[:_NAMED], *([f"{len(gone) - _NAMED} more"] if len(gone) > _NAMED else [])])
        text = f"lacks {count(len(gone), 'meeting')} of version {before.version}: {shown}."
        fix = "A file holds all attendance of the school year so far. Add them, or say that they are to go: --replace --reason TEXT"
        yield At(file.name, 0).error("", "", text, fix=fix)

"""Attendance files beside version 3 of the sample roster and its calendar, in the summer after that year."""

from datetime import UTC, datetime
from functools import cache

from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.reports.attendance import Attendance
from ilc_canvas.roster.attendance.intake import AttendanceIntake, Known, take_attendance
from ilc_canvas.roster.reading import File
from tests.roster.calendar.cast import SAMPLE_CSV, roster, taken
from tests.roster.cast import sample

HEADER = "meeting_id,person_id,outside_educators,recorded_by"
SUMMER = datetime(2022, 7, 1, tzinfo=UTC)


@cache
def calendar() -> Calendar:
    """The sample's."""
    return taken(sample(SAMPLE_CSV)).calendar


def known(*, before: Attendance | None = None, at: datetime = SUMMER, former: frozenset[str] = frozenset()) -> Known:
    """What a file is checked against."""
    return Known(roster(), calendar(), former, before, at)


def attendance_file(*rows: str) -> File:
    """A file of these rows."""
    return File("attendance.csv", "".join(f"{line}\n" for line in (HEADER, *rows)).encode())


def read(*rows: str, against: Known | None = None, replace: bool = False) -> AttendanceIntake:
    """These rows, taken in."""
    return take_attendance(attendance_file(*rows), against or known(), replace=replace)

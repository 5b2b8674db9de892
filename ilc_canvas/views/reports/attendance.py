"""Versions of the attendance, meeting by meeting."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from ilc_canvas.program.reports.attendance import Attendance, Presence
from ilc_canvas.store.attendance import versions
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.views.documents.calendars import calendar_of


@dataclass(frozen=True)
class MeetingAttendance:
    """One meeting, as the finalized calendar of the year has it."""

    meeting_id: str
    day: date | None  # None: the calendar no longer has it
    title: str
    people: int
    outside: int
    recorded_by: tuple[str, ...]


@dataclass(frozen=True)
class AttendanceView:
    """A version and its meetings, by date."""

    attendance: Attendance
    info: VersionInfo
    meetings: tuple[MeetingAttendance, ...]


def view(store: Store, number: int | None = None) -> AttendanceView:
    """One version, or the one that was recorded last. AttendanceError if it is not there."""
    attendance = versions.read(store, number)
    calendar = calendar_of(store, attendance.school_year)
    by_meeting: defaultdict[str, list[Presence]] = defaultdict(list)
    for row in attendance.rows:
        by_meeting[row.meeting_id].append(row)
    meetings = []
    for meeting_id, rows in by_meeting.items():
        meeting = calendar.by_id.get(meeting_id) if calendar else None
        by = tuple(dict.fromkeys(row.recorded_by for row in rows if row.recorded_by))
        people, outside = sum(1 for row in rows if row.person_id), sum(row.outside for row in rows)
        day, title = (meeting.first_day, meeting.title) if meeting else (None, "")
        meetings.append(MeetingAttendance(meeting_id, day, title, people, outside, by))
    ordered = sorted(meetings, key=lambda each: (each.day or date.max, each.meeting_id))
    return AttendanceView(attendance, versions.info(store, attendance.version), tuple(ordered))

"""The sample calendar: a table and an iCalendar file that say the same."""

import csv
from datetime import UTC

import pytest

from ilc_canvas.program.calendars.calendar import Meeting
from ilc_canvas.program.calendars.meeting_events import place_meetings
from tests.roster.calendar.cast import HERE, SAMPLE_CSV, SAMPLE_ICS, Told, roster, taken, told
from tests.roster.cast import sample

FILES = (SAMPLE_CSV, SAMPLE_ICS)


def _as_expected(meeting: Meeting) -> dict[str, str]:
    if meeting.all_day:
        return {"start": str(meeting.first_day), "end": str(meeting.last_day), "utc_offset": ""}
    start, end = (f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for moment in (meeting.start, meeting.end))
    return {"start": start, "end": end, "utc_offset": f"{meeting.start:%z}"}


@pytest.mark.parametrize("name", FILES)
def test_sample_is_read_as_expected(name: str) -> None:
    """All 100 meetings, each at its moment, with its state and with as many events as it has in Canvas."""
    calendar = taken(sample(name)).calendar
    events = [event.meeting.meeting_id for event in place_meetings(calendar, roster()).events]
    found = [
        {"meeting_id": each.meeting_id, "status": each.status, **_as_expected(each), "canvas_events": str(events.count(each.meeting_id))}
        for each in calendar.meetings
    ]
    with (HERE / "calendar_expected.csv").open(newline="") as file:
        expected = list(csv.DictReader(file))
    assert len(found) == 100
    assert sorted(found, key=lambda row: row["meeting_id"]) == sorted(expected, key=lambda row: row["meeting_id"])


def test_both_files_name_the_same_audiences() -> None:
    """Who is invited, and where: the table and the iCalendar file agree on every meeting."""
    one, other = (taken(sample(name)).calendar.by_id for name in FILES)
    for meeting_id, meeting in one.items():
        same = other[meeting_id]
        assert (meeting.audience_type, meeting.audience, meeting.location) == (same.audience_type, same.audience, same.location)
    assert one["ILC-KICKOFF"].description == other["ILC-KICKOFF"].description


@pytest.mark.parametrize(("name", "line", "column"), [(SAMPLE_CSV, 34, "date"), (SAMPLE_ICS, 462, "DTSTART")])
def test_sample_has_one_warning(name: str, line: int, column: str) -> None:
    """A meeting on Veterans Day, at its line."""
    assert told(taken(sample(name)).findings) == [Told("warning", line, column)]

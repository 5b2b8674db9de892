"""Rows of a calendar: each fault is found once, where it stands, and never with a passcode."""

import pytest

from ilc_canvas.reconcile.errors import CalendarError
from ilc_canvas.roster.calendar.intake import take_calendar
from ilc_canvas.roster.reading import File, read_file
from tests.roster.calendar.cast import COLUMNS, HERE, SAMPLE_CSV, ZONE, Told, table, taken, told
from tests.roster.cast import YEAR, sample

BAD = read_file(HERE / "calendar_bad.csv")
OUTCOMES = {
    2: ("error", "end_time"),  # BAD-01: end before start
    3: ("error", "audience"),  # BAD-02: unknown COP
    4: ("error", "date"),  # BAD-03: missing
    5: ("warning", "date"),  # BAD-04: TBD
    6: ("error", "start_time"),  # BAD-05: a time that does not exist
    7: ("warning", "start_time"),  # BAD-06: a time that comes twice
    8: ("error", "timezone"),  # BAD-07: PST
    9: ("error", "date"),  # BAD-08: 10/5/21
    10: ("error", "start_time"),  # BAD-09: 25:00
    11: ("warning", "date"),  # BAD-10: outside the school year
    12: ("warning", "date"),  # BAD-11: Thanksgiving
    13: ("error", "date"),  # BAD-12: ten years off
    15: ("error", "meeting_id"),  # BAD-01 again: same sequence, other time
    16: ("warning", "end_time"),  # BAD-15: no end
    18: ("error", "title"),  # BAD-17: too long
    19: ("warning", "start_time"),  # BAD-18: the facilitator is elsewhere
}


def test_each_bad_row_has_its_outcome() -> None:
    """Behind the good calendar every bad row gives its one finding; a passcode (14) and markup in a title (17) give none."""
    good = sample(SAMPLE_CSV).data
    header, _, rows = BAD.data.partition(b"\n")
    assert good.startswith(header)
    before = good.count(b"\n") - 1
    found = [each for each in told(taken(File("all.csv", good + rows)).findings) if each.line > before + 1]
    assert found == [Told(severity, line + before, column) for line, (severity, column) in OUTCOMES.items()]


def test_sound_bad_rows_are_meetings() -> None:
    """What is accepted is taken as written: the link with its passcode, the title with its markup; TBD is kept without a date."""
    calendar = taken(BAD).calendar
    assert sorted(calendar.by_id) == ["BAD-02", "BAD-06", "BAD-10", "BAD-11", "BAD-13", "BAD-15", "BAD-16", "BAD-18"]
    assert calendar.undated == ("BAD-04",)
    assert calendar.by_id["BAD-13"].join_url.endswith("?pwd=s3cr3tPass")
    assert calendar.by_id["BAD-16"].title.startswith("<script>")
    assert f"{calendar.by_id['BAD-06'].start:%Z} {calendar.by_id['BAD-15'].end:%H:%M}" == "PDT 18:00"


SECRETS = (
    "https://meet.example.org/j/991?pwd=s3cr3tPass",
    "https://s3cr3tPass@meet.example.org/j",
    "meet.example.org/j/1?pwd=s3cr3tPass",
    "Passcode: s3cr3tPass",
    "Zoom, passcode s3cr3tPass",
    "PWD=s3cr3tPass",
)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("column", COLUMNS)
def test_no_finding_tells_a_passcode(column: str, secret: str) -> None:
    """Whatever column it was put in, too long, with invisible characters or plain, no finding and no repr repeats it."""
    for value in (secret, secret + " x" * 5000, secret + "\u202e"):
        intake = taken(table({column: value, "meeting_id": value} if column == "meeting_id" else {column: value}))
        assert "s3cr3tPass" not in "".join(f"{finding} {finding.as_json()}" for finding in intake.findings)
        if column in ("join_url", "location", "description", "title"):
            assert "s3cr3tPass" not in repr(intake.calendar)


FAULTS = {
    "hour and minute": ({"start_time": "16.30"}, "start_time"),
    "twelve hours": ({"end_time": "6:00 PM"}, "end_time"),
    "no start": ({"start_time": ""}, "start_time"),
    "times on a whole day": ({"all_day": "yes"}, "start_time"),
    "last day before first": ({"end_date": "2021-10-19"}, "end_date"),
    "two months long": ({"end_date": "2021-12-19"}, "end_date"),
    "zone that is an old name": ({"timezone": "EST"}, "timezone"),
    "zone in lower case": ({"timezone": "america/los_angeles"}, "timezone"),
    "no zone": ({"timezone": ""}, "timezone"),
    "audience of all": ({"audience_type": "all"}, "audience"),
    "nobody": ({"audience": ""}, "audience"),
    "region in digits": ({"audience_type": "region", "audience": "2"}, "audience"),
    "section without COP": ({"audience_type": "section", "audience": "R2"}, "audience"),
    "section that is not there": ({"audience_type": "section", "audience": "RURAL/R3"}, "audience"),
    "pilot that is not there": ({"audience_type": "pilot", "audience": "P999"}, "audience"),
    "script as a link": ({"join_url": "javascript:alert(1)"}, "join_url"),
    "state": ({"status": "on"}, "status"),
    "sequence": ({"sequence": "-1"}, "sequence"),
    "date before the calendar": ({"date": "0001-01-01"}, "date"),
    "date at its end": ({"date": "9999-12-31"}, "date"),
    "id with a space": ({"meeting_id": "M 1"}, "meeting_id"),
    "end that does not exist": ({"date": "2022-03-13", "start_time": "01:30", "end_time": "02:30"}, "end_time"),
}


@pytest.mark.parametrize(("cells", "column"), FAULTS.values(), ids=FAULTS)
def test_fault_is_an_error_there(cells: dict[str, str], column: str) -> None:
    """One error, in the row's line and the column at fault, and no meeting of it."""
    intake = taken(table({"meeting_id": "M-0", "date": "2021-10-06"}, cells))
    assert told(intake.errors) == [Told("error", 3, column)]
    assert [each.meeting_id for each in intake.calendar.meetings][:1] == ["M-0"]


def test_higher_sequence_counts() -> None:
    """Of one id the newest row is taken, wherever it stands, with a warning for the older; a row that stands twice is taken once."""
    moved = {"date": "2021-10-27", "sequence": "1"}
    intake = taken(table(moved, {}, {"meeting_id": "M-2"}, {"meeting_id": "M-2"}))
    assert told(intake.findings) == [Told("warning", 3, "meeting_id"), Told("warning", 5, "meeting_id")]
    assert str(intake.calendar.by_id["M-1"].first_day) == "2021-10-27"


def test_double_booking_is_told_once() -> None:
    """ILC-0281 facilitates EQ and NB: one of each at one hour is a warning at the later row, whichever begins first."""
    hours = {"start_time": "17:59", "end_time": "19:00"}
    other = {"meeting_id": "M-2", "audience": "NB"}
    twice: list[tuple[dict[str, str], ...]] = [({}, other | hours), (other | hours, {})]
    twice.append(({}, {"meeting_id": "M-3", "end_time": "16:40"}, other | hours))
    for rows in twice:
        assert told(taken(table(*rows)).findings) == [Told("warning", len(rows) + 1, "start_time")]
    for second in (hours | {"start_time": "18:00"}, {"status": "cancelled"}, {"audience": "EQ;NB"}):
        assert taken(table({}, other | second)).findings == ()


def test_calendar_without_roster_is_warned() -> None:
    """Without a finalized roster audiences cannot be checked, and that is said once."""
    intake = take_calendar(table({"audience": "EQUITY"}), school_year=YEAR, zone=ZONE, roster=None)
    assert told(intake.findings) == [Told("warning", 0, "")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "is empty. No meeting"), (b"id,name\n1,2\n", "columns of a calendar"), (b"\xff\xfe", "is empty"), (b"\x81", "UTF-8")],
)
def test_other_file_is_refused(data: bytes, reason: str) -> None:
    """What is no calendar is refused as a whole, in the calendar's words."""
    with pytest.raises(CalendarError, match=reason):
        taken(File("calendar.csv", data))


def test_school_year_must_be_one() -> None:
    """2021-23 is refused."""
    with pytest.raises(CalendarError, match="not a school year"):
        taken(table({}), year="2021-23")

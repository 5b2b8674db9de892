"""iCalendar files: what a calendar program exports is read by RFC 5545, or refused with a finding at its line."""

import pytest

from ilc_canvas.program.calendars.calendar import Meeting
from ilc_canvas.program.calendars.calendar_diff import when
from ilc_canvas.reconcile.errors import CalendarError
from ilc_canvas.roster.reading import File
from tests.roster.calendar.cast import Told, events, taken, told

AT_FOUR = "DTSTART;TZID=America/Los_Angeles:20211019T160000\nDTEND;TZID=America/Los_Angeles:20211019T173000"
OWN_ZONE = """BEGIN:VTIMEZONE
TZID:Office time
BEGIN:STANDARD
DTSTART:19701101T020000
TZOFFSETFROM:-0800
TZOFFSETTO:-0800
END:STANDARD
END:VTIMEZONE"""


def _whens(file: File) -> list[str]:
    intake = taken(file)
    assert told(intake.errors) == []
    return [f"{each.meeting_id} {when(each)}" for each in intake.calendar.meetings]


def _only(file: File) -> Meeting:
    (meeting,) = taken(file).calendar.meetings
    return meeting


TIMES = {
    "named zone": (AT_FOUR, "2021-10-19 16:00–17:30"),
    "UTC": ("DTSTART:20211019T230000Z\nDTEND:20211020T003000Z", "2021-10-19 16:00–17:30"),
    "UTC in winter": ("DTSTART:20211120T003000Z\nDTEND:20211120T020000Z", "2021-11-19 16:30–18:00"),
    "zone of Windows": ("DTSTART;TZID=Pacific Standard Time:20211019T160000\nDURATION:PT1H30M", "2021-10-19 16:00–17:30"),
    "zone of the file": ("DTSTART;TZID=Office time:20211019T150000\nDURATION:PT1H30M", "2021-10-19 16:00–17:30"),
    "two zones": (f"{AT_FOUR.splitlines()[0]}\nDTEND;TZID=America/New_York:20211019T203000", "2021-10-19 16:00–17:30"),
    "past midnight": (AT_FOUR.replace("19T173000", "20T010000"), "2021-10-19 16:00–2021-10-20 01:00"),
    "one day": ("DTSTART;VALUE=DATE:20220204", "2022-02-04"),
    "one day with an end": ("DTSTART;VALUE=DATE:20220204\nDTEND;VALUE=DATE:20220205", "2022-02-04"),
    "two days, exclusive end": ("DTSTART;VALUE=DATE:20220204\nDTEND;VALUE=DATE:20220206", "2022-02-04 to 2022-02-05"),
    "second of two equal hours": ("DTSTART:20211107T093000Z\nDTEND:20211107T103000Z", "2021-11-07 09:30–10:30"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), TIMES.values(), ids=TIMES)
def test_time_is_told_in_its_zone(body: str, expected: str) -> None:
    """Zones by name, of Windows, of the file itself, and UTC; whole days end inclusively; an hour that only UTC can tell stays in UTC."""
    assert when(_only(events(body, head=OWN_ZONE))) == expected


def test_event_without_end_is_warned() -> None:
    """It is taken to last 90 minutes."""
    intake = taken(events("DTSTART;TZID=America/Los_Angeles:20211019T160000"))
    assert told(intake.findings) == [Told("warning", 4, "DTEND")]
    assert when(intake.calendar.meetings[0]) == "2021-10-19 16:00–17:30"


def test_text_is_unfolded_then_unescaped() -> None:
    """Folded in the middle of a letter's bytes, with escapes: the text is whole; properties that are not known are left out."""
    body = AT_FOUR + "\nSUMMARY:Équité\\, part 1\\; on\n  stage\nDESCRIPTION:one\\ntwo\nX-ILC-AUDIENCE:EQ\\;ES\nX-OTHER;X=1:what"
    file = events(body)
    torn = File(file.name, file.data.replace("É".encode(), b"\xc3\r\n \x89"))
    meeting = _only(torn)
    assert torn.data != file.data
    assert _only(file) == meeting
    assert (meeting.title, meeting.description, meeting.audience) == ("Équité, part 1; on stage", "one\ntwo", ("EQ", "ES"))


@pytest.mark.parametrize(
    ("line", "status"), [("STATUS:CANCELLED", "cancelled"), ("SEQUENCE:2", "moved"), ("SEQUENCE:0\nSTATUS:CONFIRMED", "scheduled")]
)
def test_status_comes_from_the_file(line: str, status: str) -> None:
    """Cancelled; or moved where the event was changed after it was first sent out."""
    assert _only(events(f"{AT_FOUR}\n{line}")).status == status


MONTHLY = AT_FOUR + "\nRRULE:FREQ=MONTHLY;BYDAY=3TU;"
DATES = {
    "count with a date out": (
        "COUNT=3\nEXDATE;TZID=America/Los_Angeles:20211116T160000",
        ["1 2021-10-19 16:00–17:30", "2 2021-12-21 16:00–17:30"],
    ),
    "date out in UTC": ("COUNT=2\nEXDATE:20211117T000000Z", ["1 2021-10-19 16:00–17:30"]),
    "day out without hour": ("COUNT=2\nEXDATE;VALUE=DATE:20211116", ["1 2021-10-19 16:00–17:30"]),
    "until in UTC": ("UNTIL=20211117T000000Z", ["1 2021-10-19 16:00–17:30", "2 2021-11-16 16:00–17:30"]),
    "until just before": ("UNTIL=20211116T235959Z", ["1 2021-10-19 16:00–17:30"]),
    "until a day": ("UNTIL=20211116", ["1 2021-10-19 16:00–17:30", "2 2021-11-16 16:00–17:30"]),
    "date added": ("COUNT=1\nRDATE;TZID=America/Los_Angeles:20211103T160000", ["1 2021-10-19 16:00–17:30", "2 2021-11-03 16:00–17:30"]),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "expected"), DATES.values(), ids=DATES)
def test_series_is_expanded_on_the_wall(rule: str, expected: list[str]) -> None:
    """Each date at the same hour on the wall on both sides of a change of the clock, numbered in the order of dates."""
    assert _whens(events(MONTHLY + rule)) == [f"M-{each}" for each in expected]


def test_changed_date_of_a_series() -> None:
    """An override by UID and RECURRENCE-ID, told in another zone, has the number of its date, its own time and state."""
    override = "RECURRENCE-ID:20211117T000000Z\nSEQUENCE:1\n" + AT_FOUR.replace("20211019", "20211123")
    gone = "RECURRENCE-ID;TZID=America/Los_Angeles:20211221T160000\nSTATUS:CANCELLED\n" + AT_FOUR.replace("20211019", "20211221")
    found = taken(events(override, MONTHLY + "COUNT=3", gone)).calendar
    assert [(each.meeting_id, str(each.first_day), each.status) for each in found.meetings] == [
        ("M-1", "2021-10-19", "scheduled"),
        ("M-2", "2021-11-23", "moved"),
        ("M-3", "2021-12-21", "cancelled"),
    ]


def test_whole_days_in_a_series() -> None:
    """A series of days keeps the length of its first."""
    body = "DTSTART;VALUE=DATE:20220204\nDTEND;VALUE=DATE:20220206\nRRULE:FREQ=WEEKLY;COUNT=2"
    assert _whens(events(body)) == ["M-1 2022-02-04 to 2022-02-05", "M-2 2022-02-11 to 2022-02-12"]


REFUSED = {
    "never ends": (AT_FOUR + "\nRRULE:FREQ=WEEKLY", "RRULE"),
    "too many": (AT_FOUR + "\nRRULE:FREQ=DAILY;COUNT=1000000", "RRULE"),
    "by the second": (AT_FOUR + "\nRRULE:FREQ=SECONDLY;COUNT=2", "RRULE"),
    "no frequency": (AT_FOUR + "\nRRULE:COUNT=2", "RRULE"),
    "unknown frequency": (AT_FOUR + "\nRRULE:FREQ=SOMETIMES;COUNT=2", "RRULE"),
    "no date at all": (AT_FOUR + "\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2", "RRULE"),
    "no date ever": (AT_FOUR + "\nRRULE:FREQ=DAILY;BYSETPOS=-366;COUNT=2", "RRULE"),
    "count below one": (AT_FOUR + "\nRRULE:FREQ=DAILY;COUNT=-1", "RRULE"),
    "exception before all calendars": (AT_FOUR + "\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE:00010101T000000Z", "RRULE"),
    "first year of all": ("DTSTART;TZID=America/Los_Angeles:00010101T000000", "DTSTART"),
    "last day of all": ("DTSTART;VALUE=DATE:99991231", "DTSTART"),
    "end in the last year of all": ("DTSTART:20211019T160000Z\nDTEND:99991231T235959Z", "DTEND"),
    "day as the end of a time": (AT_FOUR.splitlines()[0] + "\nDTEND;VALUE=DATE:20211020", "DTEND"),
    "length of ages": ("DTSTART:20211019T160000Z\nDURATION:P99999999D", "DURATION"),
    "interval of nothing": (AT_FOUR + "\nRRULE:FREQ=DAILY;INTERVAL=0;COUNT=2", "RRULE"),
    "begins elsewhere": (AT_FOUR + "\nRRULE:FREQ=MONTHLY;BYDAY=1MO;COUNT=2", "RRULE"),
    "two rules": (AT_FOUR + "\nRRULE:FREQ=DAILY;COUNT=2\nRRULE:FREQ=WEEKLY;COUNT=2", "RRULE"),
    "rule of exceptions": (AT_FOUR + "\nRRULE:FREQ=DAILY;COUNT=2\nEXRULE:FREQ=WEEKLY;COUNT=2", "RRULE"),
    "periods": (AT_FOUR + "\nRDATE;VALUE=PERIOD:20211020T160000Z/PT1H", "RRULE"),
    "exception that is no date": (AT_FOUR + "\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE:soon", "EXDATE"),
    "no date": ("SUMMARY:Meeting", "DTSTART"),
    "date that is none": ("DTSTART:20211399T160000Z", "DTSTART"),
    "zone that nobody knows": ("DTSTART;TZID=Nowhere:20211019T160000\nDURATION:PT1H", "DTSTART"),
    "no zone": ("DTSTART:20211019T160000\nDURATION:PT1H", "DTSTART"),
    "two titles": (AT_FOUR + "\nSUMMARY:one\nSUMMARY:two", "SUMMARY"),
    "sequence in words": (AT_FOUR + "\nSEQUENCE:two", "SEQUENCE"),
    "end before start": (AT_FOUR.replace("T173000", "T153000"), "DTEND"),
    "time that does not exist": (AT_FOUR.replace("20211019T160000", "20220313T023000").replace("20211019", "20220313"), "DTSTART"),
    "unknown category": (AT_FOUR + "\nCATEGORIES:PARTY", "CATEGORIES"),
    "nobody": (AT_FOUR + "\nX-ILC-AUDIENCE:", "X-ILC-AUDIENCE"),
    "id that is none": (AT_FOUR + "\nUID:a b@example.org", "X-ILC-MEETING-ID"),
}


@pytest.mark.parametrize(("body", "column"), REFUSED.values(), ids=REFUSED)
def test_event_that_is_not_read(body: str, column: str) -> None:
    """One error at the property, or at the event that lacks it, whatever else is in the file; the sound event is taken."""
    sound = f"UID:M-0\n{AT_FOUR.replace('20211019', '20211006')}"
    file = events(sound, body)
    lines = file.data.decode().split("\r\n")
    intake = taken(file)
    (error,) = intake.errors
    assert error.column == column
    begins = [number for number, line in enumerate(lines, start=1) if line == "BEGIN:VEVENT"][1]
    named = [number for number, line in enumerate(lines, start=1) if number > begins and line.startswith((f"{column}:", f"{column};"))]
    assert error.line == (named[0] if named else begins)
    assert [each.meeting_id for each in intake.calendar.meetings][:1] == ["M-0"]


@pytest.mark.parametrize(
    "extra", ["RECURRENCE-ID;TZID=America/Los_Angeles:20211020T160000", "RECURRENCE-ID;RANGE=THISANDFUTURE:20211019T230000Z"]
)
def test_change_of_no_date_is_an_error(extra: str) -> None:
    """An override of a date that the series does not have, or of all later dates, is not guessed at."""
    intake = taken(events(MONTHLY + "COUNT=2", f"{extra}\n{AT_FOUR}"))
    assert [each.column for each in intake.errors] == ["RECURRENCE-ID"]


WHOLE = events(AT_FOUR).data
FILES = {
    "empty": (b"", "no event"),
    "a table": (b"meeting_id,title\nM-1,Meeting\n", "line 1, is not a line of an iCalendar file"),
    "cut off": (WHOLE[:-40], "cut off"),
    "cut at an event": (WHOLE[: WHOLE.index(b"END:VEVENT")], "cut off"),
    "ends that do not fit": (WHOLE.replace(b"END:VEVENT", b"END:VTODO"), "has not begun"),
    "no event": (WHOLE[: WHOLE.index(b"BEGIN:VEVENT")] + b"END:VCALENDAR\r\n", "no event in it"),
    "other bytes": (b"\xff\xfe" + WHOLE, "not UTF-8"),
}


@pytest.mark.parametrize(("data", "reason"), FILES.values(), ids=FILES)
def test_file_that_is_no_calendar_is_refused(data: bytes, reason: str) -> None:
    """Cut off, of another kind, or without any event: refused as a whole; no meeting is taken to be off."""
    with pytest.raises(CalendarError, match=reason):
        taken(File("calendar.ics", data))


SECRET_LINES = (
    "URL:https://meet.example.org/j?pwd=s3cr3tPass\nURL:https://meet.example.org/j?pwd=s3cr3tPass",
    "SUMMARY:https://meet.example.org/j?pwd=s3cr3tPass" + "x" * 300,
    "LOCATION:Passcode s3cr3tPass\u200b",
    "SEQUENCE:passcode s3cr3tPass",
    "CATEGORIES:passcode s3cr3tPass",
    "s3cr3tPass",
    "URL:javascript:s3cr3tPass",
)


@pytest.mark.parametrize("lines", SECRET_LINES)
def test_no_finding_about_an_event_tells_a_passcode(lines: str) -> None:
    """Whatever is wrong with the property that holds it, or with the file."""
    try:
        said = "".join(f"{finding} {finding.as_json()}" for finding in taken(events(f"{AT_FOUR}\n{lines}")).findings)
    except CalendarError as error:
        said = f"{error} {error.__cause__}"
    assert said
    assert "s3cr3tPass" not in said

"""Feeds: iCalendar files by RFC 5545 that say what the calendar says."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from icalendar import Calendar as Parsed

from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.calendars.calendar_diff import calendar_diff
from ilc_canvas.roster.calendar.feeds import feeds
from ilc_canvas.roster.reading import File
from tests.roster.calendar.cast import SAMPLE_CSV, taken
from tests.roster.cast import sample

SIGNED_AT = datetime(2021, 8, 1, 17, 0, 0, 123, tzinfo=UTC)
MEETING = Meeting(
    "COP-EQ-1", "cop", ("EQ", "ES"), "Équité, part 1; “on stage” " + "é" * 120, date(2021, 11, 7), date(2021, 11, 7), time(1, 30), time(3),
    "America/Los_Angeles", location="San José, CA", join_url="https://meet.example.org/j?pwd=s3cr3tPass", sequence=3,
    description="one\ntwo, three; four\\five\rEND:VEVENT\r\nBEGIN:VEVENT\nDTSTART:20200101",
)  # fmt: skip


def _feeds(*meetings: Meeting) -> dict[str, bytes]:
    return dict(feeds(Calendar("2021-22", 1, meetings), SIGNED_AT, prefix="ilc"))


def _parsed(data: bytes, name: str) -> list[Any]:
    return list(Parsed.from_ical(data).walk(name))


def _sample() -> Calendar:
    return taken(sample(SAMPLE_CSV)).calendar


def test_there_is_a_feed_for_each_audience() -> None:
    """Ten COPs, four regions, four start-ups, a section, and everybody; a joint meeting is in two of them under one UID."""
    made = _feeds(*_sample().meetings)
    kinds = [re.split(r"[-.]", name)[0] for name in made]
    assert {kind: kinds.count(kind) for kind in kinds} == {"all": 1, "region": 4, "cop": 10, "pilot": 4, "section": 1}
    assert "section-MATH-R2.ics" in made
    assert all(b"\r\nUID:JOINT-EQ-ES@2021-22.ilc\r\n" in made[name] for name in ("cop-EQ.ics", "cop-ES.ics"))


def test_feeds_say_what_the_calendar_says() -> None:
    """Read again, all feeds together are the calendar that they were made from; what has no word in iCalendar is the mode."""
    calendar = _sample()
    read: dict[str, Meeting] = {}
    for name, data in _feeds(*calendar.meetings).items():
        intake = taken(File(name, data))
        assert not intake.errors
        read |= intake.calendar.by_id
    plain = replace(calendar, meetings=tuple(replace(each, mode="") for each in calendar.meetings))
    assert calendar_diff(plain, Calendar("2021-22", 0, tuple(read.values()))) == ()
    assert {each.meeting_id: (each.sequence, each.status) for each in calendar.meetings} == {
        each.meeting_id: (each.sequence, each.status) for each in read.values()
    }


@pytest.mark.parametrize("meetings", [(MEETING,), _sample().meetings], ids=["tricky", "sample"])
def test_lines_are_those_of_the_standard(meetings: tuple[Meeting, ...]) -> None:
    """Every line ends with CRLF and has at most 75 octets, is UTF-8 by itself, and no text of a meeting becomes a line of its own."""
    for data in _feeds(*meetings).values():
        lines = data.split(b"\r\n")
        assert lines.pop() == b""
        assert not any(b"\r" in line or b"\n" in line for line in lines)
        assert max(map(len, lines)) <= 75
        assert all(line.decode() for line in lines)
        assert all(re.match(rb"[A-Z0-9-]+[;:]| ", line) for line in lines)
        assert lines.count(b"BEGIN:VEVENT") == lines.count(b"END:VEVENT") <= len(meetings)


def test_event_is_parsed_as_it_was_meant() -> None:
    """Text unescaped, times in their zone, the number of changes, and the moment of signing."""
    (event,) = _parsed(_feeds(MEETING)["cop-EQ.ics"], "VEVENT")
    assert (str(event["SUMMARY"]), str(event["LOCATION"]), event["SEQUENCE"]) == (MEETING.title, MEETING.location, 3)
    assert str(event["DESCRIPTION"]) == MEETING.description.replace("\r\n", "\n").replace("\r", "\n")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (MEETING.start, MEETING.end)
    assert event["DTSTAMP"].dt == SIGNED_AT.replace(microsecond=0)
    assert (str(event["STATUS"]), str(event["URL"])) == ("CONFIRMED", MEETING.join_url)


def test_zone_is_described_for_both_changes() -> None:
    """The VTIMEZONE alone gives the right offset on each day of the school year."""
    data = _feeds(*_sample().meetings)["cop-EQ.ics"]
    (zone,) = _parsed(data, "VTIMEZONE")
    assert str(zone["TZID"]) == "America/Los_Angeles"
    rules = zone.to_tz(lookup_tzid=False)
    days = [date(2021, 7, 1) + timedelta(days=number) for number in range(365)]
    for day in days:
        noon = datetime.combine(day, time(12))
        assert noon.replace(tzinfo=rules).utcoffset() == noon.replace(tzinfo=MEETING.start.tzinfo).utcoffset()


def test_whole_days_end_exclusively() -> None:
    """Two days without hours: dates alone, and the day after as the end; nothing is empty."""
    days = replace(MEETING, audience_type="all", audience=(), starts=None, ends=None, last_day=date(2021, 11, 8))
    data = _feeds(replace(days, location="", join_url="", description=""))["all.ics"]
    assert b"DTSTART;VALUE=DATE:20211107\r\nDTEND;VALUE=DATE:20211109\r\n" in data
    assert not any(name in data for name in (b"LOCATION", b"URL", b"DESCRIPTION", b"VTIMEZONE", b"X-ILC-AUDIENCE"))


def test_cancelled_meeting_stays_in_the_feed() -> None:
    """As cancelled, so that calendars which have it already take it out; the same calendar gives the same bytes."""
    assert b"STATUS:CANCELLED\r\n" in _feeds(replace(MEETING, status="cancelled"))["cop-EQ.ics"]
    assert _feeds(MEETING) == _feeds(MEETING)

"""Meetings as Canvas events: one record for each meeting in each course."""

from collections import Counter
from dataclasses import replace
from datetime import date, time

import pytest

from ilc_canvas.canvas.texts.rich_text import marker, normal, without_join_link
from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.calendars.meeting_records import meeting_records, unplaced
from ilc_canvas.program.policy import Policy
from ilc_canvas.reconcile.state import Record
from tests.roster.calendar.cast import SAMPLE_CSV, taken
from tests.roster.cast import V3, sample, version

ROSTER = version(V3).roster
MEETING = Meeting(
    "M-1", "cop", ("EQ",), "Equity", date(2021, 11, 9), date(2021, 11, 9), time(16, 30), time(18), "America/Los_Angeles",
    join_url="https://meet.example.org/j?a=1&pwd=x", description="Bring data.\n\nAsk Ana.", location="Room 4",
)  # fmt: skip


def _records(*meetings: Meeting) -> list[Record]:
    return meeting_records(Calendar("2021-22", 1, meetings), ROSTER, Policy())


def test_sample_gives_101_events() -> None:
    """The sample's meetings are 101 events: 62 in COPs, 16 in networks, 20 in start-ups, 3 in the hub."""
    records = meeting_records(taken(sample(SAMPLE_CSV)).calendar, ROSTER, Policy())
    kinds = Counter(record.key.id.split(":")[2] for record in records)
    assert (len(records), kinds) == (101, {"cop": 62, "net": 16, "pilot": 20, "hub": 3})


def test_event_of_a_meeting() -> None:
    """The key is the course and the meeting's id, the hours are in UTC, and the state says that it is held."""
    (record,) = _records(MEETING)
    assert record.key.id == "ilc:2021-22:cop:EQ:M-1"
    assert record.course == record.parents[0]
    plain = {name: value for name, value in record.fields.items() if name != "text"}
    assert plain == {"name": "Equity", "when": "2021-11-10T00:30:00Z/2021-11-10T02:00:00Z", "place": "Room 4", "state": "active"}


def test_wall_clock_stays_over_both_changes() -> None:
    """16:30 in Los Angeles is another hour in UTC before and after each change of the clocks."""
    days = [date(2021, 11, 2), date(2021, 11, 9), date(2022, 3, 8), date(2022, 3, 15)]
    records = _records(*(replace(MEETING, meeting_id=f"M-{n}", first_day=day, last_day=day) for n, day in enumerate(days)))
    assert [str(record.fields["when"])[11:16] for record in records] == ["23:30", "00:30", "00:30", "23:30"]


def test_day_without_hours_is_a_date() -> None:
    """Of a meeting of two whole days there are two events, each with its date."""
    records = _records(replace(MEETING, last_day=date(2021, 11, 10), starts=None, ends=None))
    assert [(record.key.id[-5:], record.fields["when"]) for record in records] == [("M-1/1", "2021-11-09"), ("M-1/2", "2021-11-10")]


def test_section_is_named_in_the_title() -> None:
    """An event for one section is a course event that says so, within what Canvas takes."""
    (record,) = _records(replace(MEETING, audience_type="section", audience=("MATH/R2",), title="x" * 300))
    name = str(record.fields["name"])
    assert (len(name), name.endswith("x (Region II)"), record.course is not None) == (255, True, True)


def test_cancelled_meeting_is_not_wanted() -> None:
    """What was called off has no event of its own."""
    assert _records(replace(MEETING, status="cancelled")) == []


def test_text_is_as_canvas_keeps_it() -> None:
    """The text is in the form in which it is compared, and its marker, zone and link are found in it."""
    (record,) = _records(replace(MEETING, description='"Fish" & <b>chips</b> don\'t', meeting_id="M-1"))
    text = str(record.fields["text"])
    assert normal(text) == text
    assert (marker(text), marker(text, "zone")) == (record.key.id, "America/Los_Angeles")
    assert "&lt;b&gt;chips" in text
    assert "pwd" in text
    assert "pwd" not in without_join_link(text)
    assert marker(without_join_link(text)) == record.key.id


@pytest.mark.parametrize("url", ["javascript:alert(1)", "zoom 123 456", ' "><script>alert(1)</script>'])
def test_only_web_addresses_are_links(url: str) -> None:
    """Anything but a web address stays text, escaped."""
    (record,) = _records(replace(MEETING, join_url=url))
    text = str(record.fields["text"])
    assert ("href" in text, "<script" in text, normal(text) == text) == (False, False, True)


def test_audience_without_course_is_said() -> None:
    """Each audience that the roster has no course for is one sentence; the others have their events."""
    calendar = Calendar("2021-22", 1, (replace(MEETING, audience=("EQ", "GONE")),))
    assert list(unplaced(calendar, ROSTER)) == [
        f"Meeting M-1 is for GONE, which is not on roster version {ROSTER.version}: it has no event there."
    ]
    assert len(meeting_records(calendar, ROSTER, Policy())) == 1

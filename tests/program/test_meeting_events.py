"""What a calendar means with a roster: an event for each meeting in each course that it concerns."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, time

import pytest

from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.calendars.meeting_events import MeetingEvent, Placed, Unplaced, place_meetings
from ilc_canvas.program.roster import Roster
from tests.roster.cast import V3, version

ROSTER = version(V3).roster
MEETING = Meeting(
    "M-1", "cop", ("EQ",), "Equity", date(2021, 10, 5), date(2021, 10, 5), time(16, 30), time(18), "America/Los_Angeles",
    join_url="https://meet.example.org/j?pwd=s3cr3tPass", description="Passcode s3cr3tPass", location="s3cr3tPass",
)  # fmt: skip


def _placed(*meetings: Meeting, roster: Roster = ROSTER) -> Placed:
    return place_meetings(Calendar("2021-22", 1, meetings), roster)


def _courses(audience_type: str, *audience: str) -> list[tuple[str, ...]]:
    placed = _placed(replace(MEETING, audience_type=audience_type, audience=audience))
    return [(*event.course, event.section) for event in placed.events]


AUDIENCES = {
    "everybody": (("all",), [("hub", "")]),
    "a region": (("region", "II"), [("net", "R2", "")]),
    "a COP": (("cop", "EQ"), [("cop", "EQ", "")]),
    "two COPs": (("cop", "EQ", "ES"), [("cop", "EQ", ""), ("cop", "ES", "")]),
    "a section": (("section", "MATH/R2"), [("cop", "MATH", "R2")]),
    "a region's start-up": (("pilot", "IV"), [("pilot", "P417", "")]),
    "one start-up": (("pilot", "P417"), [("pilot", "P417", "")]),
}


@pytest.mark.parametrize(("audience", "courses"), AUDIENCES.values(), ids=AUDIENCES)
def test_audience_is_a_course(audience: tuple[str, ...], courses: list[tuple[str, ...]]) -> None:
    """Everybody is the hub; a joint meeting is one event in each course."""
    assert _courses(*audience) == courses


UNPLACED = {
    ("cop", "GONE"): "not-on-roster",
    ("region", "V"): "no-course",
    ("pilot", "P999"): "not-on-roster",
    ("section", "MATH/R9"): "no-section",
    ("section", "GONE/R1"): "not-on-roster",
}


@pytest.mark.parametrize(("audience", "why"), UNPLACED.items(), ids=[each[1] for each in UNPLACED])
def test_what_has_no_course_is_a_value(audience: tuple[str, str], why: str) -> None:
    """A meeting that the roster has no course for is told with the reason, and raises nothing."""
    placed = _placed(replace(MEETING, audience_type=audience[0], audience=audience[1:]))
    assert (placed.events, placed.unplaced) == ((), (Unplaced("M-1", audience[1], why),))  # type: ignore[arg-type]


@pytest.mark.parametrize("status", ["planned", "cancelled", "done"])
def test_cop_may_leave_after_signing(status: str) -> None:
    """A joint meeting stays in the course that is there; the COP without one is named."""
    cops = tuple(replace(cop, status=status) if cop.code == "ES" else cop for cop in ROSTER.cops)
    placed = _placed(replace(MEETING, audience=("EQ", "ES")), roster=replace(ROSTER, cops=cops))
    assert [event.course for event in placed.events] == [("cop", "EQ")]
    assert placed.unplaced == (Unplaced("M-1", "ES", "not-active"),)


def test_region_without_network_is_a_value() -> None:
    """Without a continuing team in Region II there is no network to meet."""
    teams = tuple(team for team in ROSTER.teams if team.region != "II")
    placed = _placed(
        *(replace(MEETING, audience_type=each, audience=("II",)) for each in ("region", "pilot")), roster=replace(ROSTER, teams=teams)
    )
    assert [each.why for each in placed.unplaced] == ["no-course", "no-course"]


def test_cancelled_meeting_has_no_event() -> None:
    """It is told apart, so that what is in Canvas already can be marked."""
    placed = _placed(replace(MEETING, status="cancelled"))
    assert (placed.events, [event.key for event in placed.cancelled]) == ((), ["M-1"])


def _utc(event: MeetingEvent) -> str:
    return f"{event.start.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (date(2021, 11, 6), "2021-11-06T23:30Z"),
        (date(2021, 11, 8), "2021-11-09T00:30Z"),
        (date(2022, 3, 12), "2022-03-13T00:30Z"),
        (date(2022, 3, 14), "2022-03-14T23:30Z"),
    ],
)
def test_hour_on_the_wall_stays(day: date, utc: str) -> None:
    """Half past four is half past four before and after both changes of the clock."""
    (event,) = _placed(replace(MEETING, first_day=day, last_day=day)).events
    assert (f"{event.start:%H:%M}", _utc(event)) == ("16:30", utc)


def test_whole_days_are_one_event_each() -> None:
    """Two days across the change of the clock are two events, each at its own midnight, with keys of their own."""
    days = replace(MEETING, first_day=date(2021, 11, 7), last_day=date(2021, 11, 8), starts=None, ends=None)
    events = _placed(days).events
    assert [(event.key, _utc(event), event.start == event.end) for event in events] == [
        ("M-1/1", "2021-11-07T07:00Z", True),
        ("M-1/2", "2021-11-08T08:00Z", True),
    ]
    assert [event.key for event in _placed(replace(days, last_day=days.first_day)).events] == ["M-1"]


def test_no_value_shows_a_passcode() -> None:
    """Neither meeting nor event nor placement repeats link, place or notes in its repr."""
    placed = _placed(MEETING)
    assert "s3cr3tPass" not in repr((MEETING, placed, Calendar("2021-22", 1, (MEETING,))))


def test_keys_are_unique_in_a_course() -> None:
    """Key and course name one event."""
    sample = _placed(*(replace(MEETING, meeting_id=f"M-{number}", audience=("EQ", "ES")) for number in range(3)))
    assert max(Counter((event.key, event.course) for event in sample.events).values()) == 1

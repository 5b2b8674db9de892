"""How two versions of a calendar differ, in people's words, without passcodes."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.calendars.calendar_diff import calendar_diff
from ilc_canvas.program.calendars.passcodes import without_passcodes

MEETING = Meeting("M-1", "cop", ("EQ",), "Equity", date(2021, 10, 5), date(2021, 10, 5), time(16, 30), time(18), "America/Los_Angeles")
WHEN = "2021-10-05 16:30–18:00"


def _calendar(*meetings: Meeting, undated: tuple[str, ...] = ()) -> Calendar:
    return Calendar("2021-22", 1, meetings, undated)


def _told(before: Calendar, after: Calendar) -> list[tuple[str, str, str]]:
    return [(change.kind, change.old, change.new) for change in calendar_diff(before, after)]


CHANGES: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "another hour": ({"starts": time(17)}, ("moved", WHEN, "2021-10-05 17:00–18:00")),
    "another day": ({"first_day": date(2021, 10, 6), "last_day": date(2021, 10, 6)}, ("moved", WHEN, "2021-10-06 16:30–18:00")),
    "whole day": ({"starts": None, "ends": None}, ("moved", WHEN, "2021-10-05")),
    "another zone": ({"zone": "America/Denver"}, ("moved", f"{WHEN} America/Los_Angeles", f"{WHEN} America/Denver")),
    "another title": ({"title": "Justice"}, ("renamed", "Equity", "Justice")),
    "cancelled": ({"status": "cancelled"}, ("cancelled", WHEN, WHEN)),
    "another audience": ({"audience": ("EQ", "ES")}, ("audience", "COP EQ", "COP EQ, ES")),
    "a link": ({"join_url": "https://meet.example.org/j?pwd=s3cr3tPass"}, ("link", "", "")),
    "a place": ({"location": "Room 1, passcode s3cr3tPass"}, ("place", "", "")),
    "notes": ({"description": "s3cr3tPass"}, ("description", "", "")),
    "a passcode in the title": ({"title": "Equity pwd=s3cr3tPass"}, ("renamed", "Equity", "Equity pwd=…")),
}


@pytest.mark.parametrize(("fields", "told"), CHANGES.values(), ids=CHANGES)
def test_each_change_is_told_once(fields: dict[str, Any], told: tuple[str, str, str]) -> None:
    """Time, title, state, audience with both sides; link, place and notes only that they differ."""
    assert _told(_calendar(MEETING), _calendar(replace(MEETING, **fields))) == [told]


def test_new_gone_undated_and_back() -> None:
    """A meeting that comes, goes, loses its date, or takes place after all."""
    other = replace(MEETING, meeting_id="M-2")
    assert _told(_calendar(), _calendar(MEETING)) == [("new", "", WHEN)]
    assert _told(_calendar(MEETING, other), _calendar(other)) == [("gone", WHEN, "")]
    assert _told(_calendar(MEETING), _calendar(undated=("M-1",))) == [("undated", WHEN, "")]
    assert _told(_calendar(replace(MEETING, status="cancelled")), _calendar(MEETING)) == [("reinstated", WHEN, WHEN)]


def test_equal_calendars_do_not_differ() -> None:
    """Another order, or a higher sequence alone, is no difference."""
    other = replace(MEETING, meeting_id="M-2")
    assert _told(_calendar(MEETING, other), _calendar(replace(other, sequence=4, status="moved"), MEETING)) == []


def test_only_the_passcode_of_a_title_changes() -> None:
    """It is told that the title differs, not how."""
    one, two = (_calendar(replace(MEETING, title=f"Equity pwd={code}")) for code in ("1234", "5678"))
    assert _told(one, two) == [("renamed", "", "")]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://meet.example.org/j/991?pwd=1", "https://meet.example.org/…"),
        ("see https://a:b@meet.example.org/j now", "see https://meet.example.org/… now"),
        ("Passcode: 123 456", "Passcode: …"),
        ("passcode123456", "passcode…"),
        ("Meeting ID 99 1", "Meeting ID …"),
        ("Shopping and pinning 12", "Shopping and pinning 12"),
        ("Equity & Justice: meeting 1, 3/4", "Equity & Justice: meeting 1, 3/4"),
    ],
)
def test_passcodes_are_cut_from_text(text: str, shown: str) -> None:
    """Links keep their host, and what follows a word for a passcode is left out; other text stays."""
    assert without_passcodes(text) == shown

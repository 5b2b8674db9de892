"""Reading calendars: ten courses a list, and one that is closed to this token does not hide the others."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from requests import PreparedRequest

from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.kinds.event import EVENT
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.scope import Scope
from ilc_canvas.reconcile.kinds import DOUBLED, Kind
from ilc_canvas.reconcile.state import Key, Record
from tests.canvas.cast import HOST, YEAR

CLOSED = "course_7"


def row(number: int, course: int, marker: str = "", **fields: Any) -> dict[str, Any]:
    """An event as Canvas lists it."""
    text = f'<div data-ilc-key="{YEAR.id}:cop:C{course}:{marker}"><p>Meeting</p></div>' if marker else None
    times = {"start_at": "2021-09-14T23:30:00Z", "end_at": "2021-09-15T01:00:00Z", "all_day": False, "all_day_date": None}
    place = {"context_code": f"course_{course}", "location_name": None, "parent_event_id": None}
    return {"id": number, "title": "Meeting", "description": text, "workflow_state": "active", **times, **place, **fields}


@pytest.fixture
def lists(canvas: responses.RequestsMock) -> list[list[str]]:
    """What each list was asked for. An event stands in each course; the seventh is closed to the token."""
    asked: list[list[str]] = []

    def answer(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        codes = parse_qs(urlsplit(str(request.url)).query)["context_codes[]"]
        asked.append(codes)
        if CLOSED in codes:
            return 401, {}, '{"status": "unauthorized", "errors": [{"message": "user not authorized"}]}'
        rows = [row(1000 + number, number, "M-1") for number in (int(code.removeprefix("course_")) for code in codes)]
        return 200, {}, json.dumps(rows)

    canvas.add_callback("GET", f"{HOST}/api/v1/calendar_events", answer, content_type="application/json")
    return asked


def read(transport: Transport, count: int, ours: dict[Key, int] | None = None) -> dict[str, Record]:
    """What is read of the calendars of so many courses."""
    courses = [Record(Key(Kind.COURSE, f"{YEAR.id}:cop:C{n}"), {"state": "available"}, handle=n) for n in range(1, count + 1)]
    reading = Reading(transport, Scope("ilc", "2021-22"), 1, ours or {}, {}, courses, marked=frozenset({Kind.EVENT}))
    return {str(record.key): record for record in EVENT.beside(reading)}


def test_ten_courses_a_list(transport: Transport, lists: list[list[str]]) -> None:
    """Canvas ignores an eleventh course without a word, so none is asked for."""
    assert len(read(transport, 6)) == 6
    assert [len(codes) for codes in lists] == [6]


def test_closed_course_hides_no_other(transport: Transport, lists: list[list[str]]) -> None:
    """One that the token may not read is 401 for the whole list: then each is asked for alone, and that one is marked."""
    found = read(transport, 25)
    assert [len(codes) for codes in lists] == [10, *[1] * 10, 10, 5]
    assert len([key for key in found if key.startswith("event=")]) == 24
    marked = found[f"course={YEAR.id}:cop:C7"]
    assert marked.fields["unread event"] == "unread-right"


def test_ours_by_number_then_by_marker(transport: Transport, canvas: responses.RequestsMock) -> None:
    """Ours is known by its number, even without a marker; a copy, a marker of another course and a section's own time are not ours."""
    course, other = f"{YEAR.id}:cop:C1", f"{YEAR.id}:cop:C2"
    foreign = row(14, 1, "M-9")["description"].replace(course, other)
    rows = [row(11, 1), row(12, 1, "M-1"), row(13, 1, "M-2"), row(14, 1, description=foreign), row(15, 1, "M-3", parent_event_id=13)]
    canvas.get(f"{HOST}/api/v1/calendar_events", json=rows)
    found = read(transport, 1, {Key(Kind.EVENT, f"{course}:M-1"): 11})
    assert {key: record.handle for key, record in found.items()} == {
        f"event={course}:M-1": 11,
        "event=canvas:12": 12,
        f"event={course}:M-2": 13,
        "event=canvas:14": 14,
    }


def test_marker_that_two_carry_is_nobodys(transport: Transport, canvas: responses.RequestsMock) -> None:
    """Where two carry a marker and neither is known by its number, neither is ours, and the thing itself is marked so."""
    canvas.get(f"{HOST}/api/v1/calendar_events", json=[row(11, 1, "M-1"), row(12, 1, "M-1")])
    found = read(transport, 1)
    assert found[f"event={YEAR.id}:cop:C1:M-1"].fields == {"state": DOUBLED}
    assert {"event=canvas:11", "event=canvas:12"} < found.keys()


HOURS = {
    "an hour": ({}, "2021-09-14T23:30:00Z/2021-09-15T01:00:00Z"),
    "a day": ({"all_day": True, "all_day_date": "2021-09-14"}, "2021-09-14"),
    "a day that became an hour": ({"all_day_date": "2021-09-10"}, "2021-09-14T23:30:00Z/2021-09-15T01:00:00Z"),
    "no time": ({"start_at": None, "end_at": None}, ""),
}


@pytest.mark.parametrize(("fields", "when"), HOURS.values(), ids=HOURS)
def test_when_in_one_value(transport: Transport, canvas: responses.RequestsMock, fields: dict[str, Any], when: str) -> None:
    """Start and end are one value; only `all_day` says that an event lasts all day, whatever date is left over."""
    canvas.get(f"{HOST}/api/v1/calendar_events", json=[row(11, 1, "M-1", **fields)])
    (record,) = read(transport, 1).values()
    assert record.fields["when"] == when

"""When an event's updated_at moves, and what a change of its times does to the other end."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.sandbox.calendar.cast import END, START, Cast
from tests.sandbox.process import Sandbox

SAME: dict[str, Any] = {"title": "Meet", "start_at": START, "end_at": END}


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Circle"},
        {"location_name": "Hall"},
        {"location_address": "1 Main St"},
        {"end_at": "2031-09-15T17:00:00Z"},
        {"description": "d"},
    ],
)
def test_change_moves_stamp(calendars: Sandbox, cast: Cast, change: dict[str, Any]) -> None:
    """updated_at moves with title, place, times and text."""
    event = cast.make()
    calendars.forward(2)
    assert cast.put(event["id"], **change).body["updated_at"] > event["updated_at"]


def test_equal_values_of_same_person_leave_stamp(calendars: Sandbox, cast: Cast) -> None:
    """A PUT of equal values by the same person leaves updated_at."""
    event = cast.make()
    calendars.forward(2)
    assert cast.put(event["id"], **SAME).body["updated_at"] == event["updated_at"]


def test_same_description_leaves_stamp(calendars: Sandbox, cast: Cast) -> None:
    """So does a PUT of the description as it was answered."""
    event = cast.make(description=f'<p><a href="/courses/{cast.course}/pages/home">h</a></p>')
    calendars.forward(2)
    assert cast.put(event["id"], description=event["description"]).body["updated_at"] == event["updated_at"]


def test_equal_values_of_another_person_move_stamp(calendars: Sandbox, cast: Cast) -> None:
    """A PUT of equal values by another person moves updated_at once, since the author changes."""
    event = cast.make()
    calendars.forward(2)
    moved = cast.put(event["id"], by=cast.teacher, **SAME).body["updated_at"]
    calendars.forward(2)
    again = cast.put(event["id"], by=cast.teacher, **SAME).body["updated_at"]
    assert event["updated_at"] < moved == again


def test_first_zone_moves_stamp(calendars: Sandbox, cast: Cast) -> None:
    """The first time_zone_edited moves updated_at; it stays stored when later PUTs leave it out, and sent again it moves nothing."""
    event = cast.make()
    calendars.forward(2)
    moved = cast.put(event["id"], time_zone_edited="America/New_York").body["updated_at"]
    calendars.forward(2)
    left = [cast.put(event["id"], title="Meet").body, cast.put(event["id"], time_zone_edited="America/New_York").body]
    assert event["updated_at"] < moved
    assert [each["updated_at"] for each in left] == [moved, moved]


def test_six_events_at_once(cast: Cast) -> None:
    """Six events made at the same moment are all 201, have numbers of their own, and are all in the list."""
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda place: cast.make(title=f"Meet {place}"), range(6)))
    assert len({event["id"] for event in made}) == 6
    assert {row["title"] for row in cast.rows().body} == {event["title"] for event in made}


@pytest.mark.parametrize(
    ("sent", "start_at", "end_at"),
    [
        ({"start_at": "2031-09-15T18:00:00Z"}, "2031-09-15T18:00:00Z", "2031-09-15T18:00:00Z"),
        ({"start_at": "2031-09-15T10:00:00Z"}, "2031-09-15T10:00:00Z", END),
        ({"end_at": "2031-09-15T18:00:00Z"}, START, "2031-09-15T18:00:00Z"),
        ({"end_at": "2031-09-15T10:00:00Z"}, START, START),
        ({"start_at": "", "end_at": ""}, None, None),
        ({"start_at": ""}, END, END),
    ],
)
def test_one_end_alone(cast: Cast, sent: dict[str, Any], start_at: str | None, end_at: str | None) -> None:
    """A start later than the end pulls the end along, an earlier one lengthens the event; an end before the start becomes the start."""
    answer = cast.put(cast.make()["id"], **sent)
    assert (answer.status, answer.body["start_at"], answer.body["end_at"]) == (200, start_at, end_at)


def test_event_moves_to_another_course(cast: Cast) -> None:
    """context_code of another course is 200, and the event is then in that course's list and no longer in its own."""
    event, other = cast.make()["id"], cast.admin.course()
    answer = cast.put(event, context_code=f"course_{other}")
    assert (answer.status, answer.body["context_code"]) == (200, f"course_{other}")
    assert [len(cast.rows(code).body) for code in (f"course_{cast.course}", f"course_{other}")] == [0, 1]


def test_split_event_stays_in_its_course(cast: Cast) -> None:
    """An event with section times cannot be moved to another calendar: 400 with a message; its own code again is no move."""
    parent, _, _ = cast.split()
    refused = cast.put(parent, context_code=f"course_{cast.admin.course()}")
    text = "Cannot move events with section-specific times between calendars"
    assert (refused.status, refused.body) == (400, {"message": text})
    assert cast.put(parent, context_code=f"course_{cast.course}").status == 200


def test_deleted_event_is_read_alone(cast: Cast) -> None:
    """A deleted event is read by number, is in no list, and refuses PUT and another DELETE with 401."""
    event = cast.make()["id"]
    assert cast.delete(event, cancel_reason="snow", which="all").body["workflow_state"] == "deleted"
    assert cast.get(event).body["workflow_state"] == "deleted"
    assert cast.rows().body == []
    refused = [cast.put(event, title="Back"), cast.delete(event)]
    assert [answer.status for answer in refused] == [401, 401]
    assert refused[0].body == {"status": "unauthorized", "errors": [{"message": "user not authorized to perform that action"}]}
    assert cast.get(999).status == 404


def test_reason_and_which_change_nothing(cast: Cast) -> None:
    """cancel_reason and which are taken without a word: one event is deleted, and its keys are as before but for state and stamp."""
    first, second = cast.make(), cast.make()
    gone = cast.delete(first["id"], cancel_reason="snow", which="following").body
    assert {name for name in gone if gone[name] != first[name]} <= {"workflow_state", "updated_at"}
    assert cast.get(second["id"]).body["workflow_state"] == "active"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("9999-12-31T23:00:00Z", "9999-12-31T23:00:00Z"),
        ("0001-01-01T01:00:00Z", "0001-01-01T01:00:00Z"),
        ("soon", None),
    ],
)
def test_times_at_the_edge_break_nothing(calendars: Sandbox, cast: Cast, sent: str, kept: str | None) -> None:
    """A time that no calendar holds is null like any other that cannot be read, and the first and last ones are kept and shown."""
    for zone in ("Asia/Tokyo", "America/New_York"):
        event = cast.make(start_at=sent, end_at=sent, time_zone_edited=zone, all_day="1")
        assert cast.get(event["id"]).status == 200
    assert cast.make(start_at=sent, end_at=sent)["start_at"] == kept
    assert cast.rows(start_date="9999-12-31", end_date="9999-12-31").status == 200
    assert calendars.page(f"courses/{cast.course}/calendar")

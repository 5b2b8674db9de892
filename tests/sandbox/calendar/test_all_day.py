"""All-day events, in a course of New York in an account of Mountain time; the day meant is 15 September."""

from typing import Any

import pytest

from tests.sandbox.calendar.cast import END, START, Cast

NEW_YORK, NEXT = "2031-09-15T04:00:00Z", "2031-09-16T04:00:00Z"
MIDNIGHT: dict[str, Any] = {"start_at": NEW_YORK, "end_at": NEW_YORK}
HERE: dict[str, Any] = {"time_zone_edited": "America/New_York"}
KEYS = ("all_day", "all_day_date", "start_at", "end_at")


def shown(event: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(event[key] for key in KEYS)


@pytest.mark.parametrize("zone", ["America/New_York", "Eastern Time (US & Canada)"])
def test_midnight_with_zone_is_all_day(cast: Cast, zone: str) -> None:
    """Start and end at local midnight with time_zone_edited, by either of its names, are an all-day event of the right day."""
    assert shown(cast.make(**MIDNIGHT, time_zone_edited=zone)) == (True, "2031-09-15", NEW_YORK, NEW_YORK)


def test_midnight_elsewhere_counts_there(cast: Cast) -> None:
    """Midnight in Phoenix with Phoenix's zone is all day too, whatever the course's zone."""
    there = "2031-09-15T07:00:00Z"
    event = cast.make(start_at=there, end_at=there, time_zone_edited="America/Phoenix")
    assert shown(event) == (True, "2031-09-15", there, there)


@pytest.mark.parametrize("zone", [{}, {"time_zone_edited": "Nowhere/Nothing"}])
def test_midnight_without_zone_is_no_day(cast: Cast, zone: dict[str, Any]) -> None:
    """Without a zone, or with an unknown one and no error, the same times are an event without length and without a date."""
    assert shown(cast.make(**MIDNIGHT, **zone)) == (False, None, NEW_YORK, NEW_YORK)


def test_flag_without_zone_is_wrong_day(cast: Cast) -> None:
    """all_day=1 without a zone goes by the account's zone: New York's midnight becomes the day before."""
    event = cast.make(**MIDNIGHT, all_day="1")
    assert shown(event) == (True, "2031-09-14", "2031-09-14T06:00:00Z", "2031-09-14T06:00:00Z")


def test_flag_with_zone_pulls_to_midnight(cast: Cast) -> None:
    """all_day=1 with a zone pulls start and end to local midnight."""
    assert shown(cast.make(**HERE, all_day="1")) == (True, "2031-09-15", NEW_YORK, NEW_YORK)


def test_several_days_are_not_all_day(cast: Cast) -> None:
    """Midnight to a later midnight with a zone is not all day by itself."""
    later = "2031-09-17T04:00:00Z"
    assert shown(cast.make(start_at=NEW_YORK, end_at=later, **HERE)) == (False, None, NEW_YORK, later)


def test_flag_keeps_next_midnight(cast: Cast) -> None:
    """Midnight to the next midnight with zone and all_day=1 is all day and keeps its end."""
    assert shown(cast.make(start_at=NEW_YORK, end_at=NEXT, all_day="1", **HERE)) == (True, "2031-09-15", NEW_YORK, NEXT)


@pytest.mark.parametrize("day", ["2031-09-15T00:00:00", "2031-09-15"])
def test_time_without_offset_is_not_all_day(cast: Cast, day: str) -> None:
    """A time without offset, or a bare date, with a zone is the right instant, but not all day; the date is filled all the same."""
    assert shown(cast.make(start_at=day, end_at=day, **HERE)) == (False, "2031-09-15", NEW_YORK, NEW_YORK)


def test_date_stays_after_all_day(cast: Cast) -> None:
    """An all-day event that gets times is no longer all day, but keeps all_day_date."""
    event = cast.make(**MIDNIGHT, **HERE)["id"]
    assert shown(cast.put(event, start_at=START, end_at=END).body) == (False, "2031-09-15", START, END)


@pytest.mark.parametrize("change", [{"title": "New"}, MIDNIGHT])
def test_all_day_survives_equal_times(cast: Cast, change: dict[str, Any]) -> None:
    """A new title, or the same times without a zone, leave an all-day event all day."""
    event = cast.make(**MIDNIGHT, **HERE)["id"]
    assert shown(cast.put(event, **change).body) == (True, "2031-09-15", NEW_YORK, NEW_YORK)

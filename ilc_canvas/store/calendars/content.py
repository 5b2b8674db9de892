"""The content of a calendar version as JSON and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, time
from typing import Any

from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.store.db.codec import dumps, loads


def content_to_json(calendar: Calendar) -> str:
    """Meetings in the order of their file, and the ids of those without a date."""
    return dumps({"meetings": [_plain(asdict(meeting)) for meeting in calendar.meetings], "undated": list(calendar.undated)})


def content_from_json(text: str) -> tuple[tuple[Meeting, ...], tuple[str, ...]]:
    """The meetings, and the ids of those without a date."""
    value = loads(text)
    return tuple(_meeting(row) for row in value["meetings"]), tuple(value["undated"])


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date | time) else value for name, value in row.items()}


def _meeting(row: Mapping[str, Any]) -> Meeting:
    days = {name: date.fromisoformat(row[name]) for name in ("first_day", "last_day")}
    times = {name: time.fromisoformat(row[name]) if row[name] else None for name in ("starts", "ends")}
    return Meeting(**{**row, **days, **times, "audience": tuple(row["audience"])})

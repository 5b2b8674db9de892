"""The content of an attendance version as JSON and back, and without what names people."""

from collections.abc import Callable
from dataclasses import asdict

from ilc_canvas.program.reports.attendance import Attendance, Presence
from ilc_canvas.store.db.codec import dumps, loads


def content_to_json(attendance: Attendance) -> str:
    """Rows in the order of their file."""
    return dumps({"rows": [asdict(row) for row in attendance.rows]})


def content_from_json(text: str) -> tuple[Presence, ...]:
    """The rows."""
    return tuple(Presence(**row) for row in loads(text)["rows"])


def without_recorders(content: str, names: Callable[[str], bool] = bool) -> str:
    """The content without who recorded a row: of everybody, or where it names somebody. The ids of those who came stay."""
    value = loads(content)
    for row in value["rows"]:
        if names(row["recorded_by"]):
            row["recorded_by"] = ""
    return dumps(value)

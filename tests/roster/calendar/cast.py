"""The cast of the calendar's tests: the sample, rows and events that differ from it, and what was found."""

import csv
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ilc_canvas.program.roster import Roster
from ilc_canvas.roster.calendar.intake import CalendarIntake, take_calendar
from ilc_canvas.roster.findings import Finding
from ilc_canvas.roster.reading import File
from tests.roster.cast import V3, YEAR, sample, version

ZONE = "America/Los_Angeles"
HERE = Path(__file__).parent
SAMPLE_CSV, SAMPLE_ICS = "calendar_2021-22.csv", "calendar_2021-22.ics"
COLUMNS = sample(SAMPLE_CSV).data.decode().splitlines()[0].split(",")

_SOUND = {
    "meeting_id": "M-1", "audience_type": "cop", "audience": "EQ", "title": "Meeting", "date": "2021-10-20", "start_time": "16:30",
    "end_time": "18:00", "timezone": ZONE, "all_day": "no", "mode": "virtual", "location": "Zoom", "status": "scheduled",
    "sequence": "0",
}  # fmt: skip


@cache
def roster() -> Roster:
    """Version 3."""
    return version(V3).roster


def taken(file: File, *, year: str = YEAR) -> CalendarIntake:
    """A file taken in beside version 3 of the roster."""
    return take_calendar(file, school_year=year, zone=ZONE, roster=roster())


@dataclass(frozen=True)
class Told:
    """A finding without its words."""

    severity: str
    line: int
    column: str


def told(findings: tuple[Finding, ...]) -> list[Told]:
    """Where and how bad."""
    return [Told(each.severity, each.line, each.column) for each in findings]


def table(*rows: dict[str, str]) -> File:
    """A calendar of these rows; what is not given is that of a sound meeting of EQ."""
    return File("calendar.csv", _written([{**dict.fromkeys(COLUMNS, ""), **_SOUND, **row} for row in rows]))


def _written(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def events(*bodies: str, head: str = "") -> File:
    """An iCalendar file of these events, each with the properties that it must have unless it has them itself."""
    sound = {"UID": "M-1", "DTSTAMP": "20210801T170000Z", "SUMMARY": "Meeting", "CATEGORIES": "COP", "X-ILC-AUDIENCE": "EQ"}
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example.org//test//EN", *head.splitlines()]
    for body in bodies:
        own = {line.split(":")[0].split(";")[0] for line in body.splitlines()}
        lines += [
            "BEGIN:VEVENT",
            *(f"{name}:{value}" for name, value in sound.items() if name not in own),
            *body.splitlines(),
            "END:VEVENT",
        ]
    return File("calendar.ics", "\r\n".join([*lines, "END:VCALENDAR", ""]).encode())

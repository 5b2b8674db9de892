"""Days, hours and places in words. Nothing here depends on where or when the program runs."""

import re
import unicodedata
from collections.abc import Collection
from datetime import date, time

from ilc_canvas.program.calendars.calendar import Meeting
from ilc_canvas.program.calendars.passcodes import without_passcodes

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ZONES = {
    "America/Los_Angeles": "Pacific Time",
    "America/Denver": "Mountain Time",
    "America/Phoenix": "Arizona Time",
    "America/Chicago": "Central Time",
    "America/New_York": "Eastern Time",
    "America/Anchorage": "Alaska Time",
    "Pacific/Honolulu": "Hawaii Time",
    "UTC": "UTC",
}
_MODES = {"virtual": "online", "in_person": "in person", "hybrid": "online and in person"}
_WEB = re.compile(r"(?i)https?://[^\s/?#@]+(/[^\s?#]*)?")
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_JOINERS = frozenset("\u200c\u200d")
"""Invisible, and part of how some names are spelt."""
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def shown(text: str) -> str:
    """Words of others on one line, without characters that nobody sees or that turn the direction of writing."""
    return _visible(text, keep=_JOINERS)


def safe(text: str) -> str:
    """The same without passcodes, and without anything that could hide the word passcode."""
    return shown(without_passcodes(_visible(text)))


def _visible(text: str, *, keep: Collection[str] = ()) -> str:
    spaced = (" " if char.isspace() else char for char in text)
    return " ".join("".join(char for char in spaced if char in keep or not _is_invisible(char)).split())


def _is_invisible(char: str) -> bool:
    return char in _FILLERS or unicodedata.category(char) in _INVISIBLE


def day(of: date) -> str:
    """Tuesday, October 5, 2021"""
    return f"{_DAYS[of.weekday()]}, {_MONTHS[of.month - 1]} {of.day}, {of.year}"


def days(meeting: Meeting) -> str:
    """Friday, February 4, 2022; of several days the first and the last: Friday, February 4, 2022, to Saturday, February 5, 2022"""
    first, last = meeting.first_day, meeting.last_day
    return day(first) if first == last or not meeting.all_day else f"{day(first)}, to {day(last)}"


def short_day(of: date) -> str:
    """Oct 5"""
    return f"{_MONTHS[of.month - 1][:3]} {of.day}"


def month(of: date) -> str:
    """October 2021"""
    return f"{_MONTHS[of.month - 1]} {of.year}"


def hour(at: time | None) -> str:
    """4:30 PM; empty without an hour."""
    if at is None:
        return ""
    return f"{at.hour % 12 or 12}:{at.minute:02} {'AM' if at.hour < 12 else 'PM'}"


def hours(meeting: Meeting) -> str:
    """4:30-6:00 PM; empty for a whole day."""
    if meeting.starts is None:
        return ""
    start, end = hour(meeting.starts), hour(meeting.ends)
    if not end:
        return start
    return f"{start[:-3] if start[-2:] == end[-2:] else start}–{end}"


def zone(name: str) -> str:
    """Pacific Time; for a zone that has no such name, its place: time in Boise"""
    return _ZONES.get(name) or f"time in {name.rpartition('/')[2].replace('_', ' ')}"


def mode(name: str) -> str:
    """online, in person, online and in person, or nothing"""
    return _MODES.get(name, "")


def open_link(url: str) -> str:
    """A web address that anybody may see: what comes after ? or # may hold a passcode, and such an address stays in the calendar."""
    found = url.strip()
    return found if _WEB.fullmatch(found) and not _names_secret(found) else ""


def _names_secret(url: str) -> bool:
    path = re.sub(r"[/._=-]+", " ", url.partition("://")[2])
    return without_passcodes(path) != path

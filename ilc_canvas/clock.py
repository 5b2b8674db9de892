"""Times as people read them: in the program office's time zone, by name, the same on every screen, in files and in mail.

The zone is set once when a process starts, like a locale; programs get ISO 8601 instead.
"""

from datetime import UTC, datetime, timedelta, tzinfo

_NAMES = {
    "America/Los_Angeles": "Pacific",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Chicago": "Central",
    "America/New_York": "Eastern",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
}
TOLERATED = timedelta(hours=2)
"""So far ahead a past moment may lie: two machines differ, and a clock is an hour wrong in March and November."""
_zone: tzinfo = UTC


def use(zone: tzinfo) -> None:
    """Show times in this zone from now on, in this process."""
    global _zone
    _zone = zone


def at(moment: datetime, zone: tzinfo | None = None) -> str:
    """4 Oct 2021, 09:14 Pacific"""
    return f"{day(moment, zone)}, {hour(moment, zone)}"


def day(moment: datetime, zone: tzinfo | None = None) -> str:
    """4 Oct 2021"""
    local = moment.astimezone(zone or _zone)
    return f"{local.day} {local:%b %Y}"


def hour(moment: datetime, zone: tzinfo | None = None) -> str:
    """09:14 Pacific"""
    return f"{moment.astimezone(zone or _zone):%H:%M} {_name(moment, zone or _zone)}"


def span(first: datetime, last: datetime) -> str:
    """4 Oct 2021, 09:12 Pacific to 09:14 Pacific; with the day once more if it is another one"""
    return f"{at(first)} to {hour(last) if day(first) == day(last) else at(last)}"


def took(time: timedelta) -> str:
    """14 s, 2 min 14 s, 1 h 2 min; a clock that was set back makes it nothing"""
    seconds = max(round(time.total_seconds()), 0)
    if seconds < 60:
        return f"{seconds} s" if seconds else "less than 1 s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def row(moment: datetime) -> str:
    """2021-10-04 09:14 Pacific: for lists, so that lines align."""
    return f"{moment.astimezone(_zone):%Y-%m-%d %H:%M} {_name(moment, _zone)}"


def second(moment: datetime) -> str:
    """2021-10-04 09:14:02 Pacific"""
    return f"{moment.astimezone(_zone):%Y-%m-%d %H:%M:%S} {_name(moment, _zone)}"


def still_waits(now: datetime, until: datetime, span: timedelta) -> bool:
    """Whether a wait of this span goes on; a clock that was set back does not make it longer."""
    return until - span <= now < until


def from_fast_clock(moment: datetime, now: datetime) -> bool:
    """Whether a moment that is past lies so far ahead that it was written while a clock was fast: it is not believed."""
    return moment > now + TOLERATED


def _name(moment: datetime, zone: tzinfo) -> str:
    """The everyday name of a zone: from the table above, or its standard abbreviation, or its city."""
    key = str(zone)
    short = moment.astimezone(zone).tzname() or key
    return _NAMES.get(key) or (short if short.isalpha() else f"{key.rpartition('/')[2].replace('_', ' ')} time")

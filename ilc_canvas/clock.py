"""How moments are told to people: in the programme's zone, by its name, the same on every screen, in files and in mail.

The zone is set once where a process begins, as a locale is; programs get ISO 8601 instead.
"""

from datetime import UTC, datetime, tzinfo

_NAMES = {
    "America/Los_Angeles": "Pacific",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Chicago": "Central",
    "America/New_York": "Eastern",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
}
_zone: tzinfo = UTC


def use(zone: tzinfo) -> None:
    """From now on this process tells times in this zone."""
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


def row(moment: datetime) -> str:
    """2021-10-04 09:14 Pacific: for lists, whose lines stand below each other."""
    return f"{moment.astimezone(_zone):%Y-%m-%d %H:%M} {_name(moment, _zone)}"


def second(moment: datetime) -> str:
    """2021-10-04 09:14:02 Pacific"""
    return f"{moment.astimezone(_zone):%Y-%m-%d %H:%M:%S} {_name(moment, _zone)}"


def _name(moment: datetime, zone: tzinfo) -> str:
    """As people call the zone: a few by a word of their own, others as the tables of zones abbreviate them, else by their city."""
    key = str(zone)
    short = moment.astimezone(zone).tzname() or key
    return _NAMES.get(key) or (short if short.isalpha() else f"{key.rpartition('/')[2].replace('_', ' ')} time")

"""Events of an iCalendar file as rows: the same columns as a table, so that one set of rules reads both."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Calendar

from ilc_canvas.program.calendars.calendar import AUDIENCES
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.calendar.outline import PROPERTIES, Outline, outline
from ilc_canvas.roster.calendar.recurrence import Moment, SeriesError, dates, ends
from ilc_canvas.roster.cells import CODE
from ilc_canvas.roster.checks.gathering import FindingList
from ilc_canvas.roster.findings import At, Finding
from ilc_canvas.roster.reading import MOST_ROWS, File, Row, Table, cell_text, decoded

_READ = frozenset({*PROPERTIES.values(), "UID", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE", "EXRULE", "DURATION"})
_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID")
_ONCE = (
    "SUMMARY",
    "LOCATION",
    "URL",
    "DESCRIPTION",
    "STATUS",
    "SEQUENCE",
    "X-ILC-AUDIENCE",
    "X-ILC-MEETING-ID",
    "UID",
    "DURATION",
    *_TIMES,
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2999  # further off, times cannot be told in another zone
_ESCAPED = re.compile(r"\\([;,\\])")
_LAST_NUMBER = re.compile(r"(.*?)([0-9]+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Event:
    """One VEVENT, and the line on which it begins."""

    at: At
    data: Any

    def text(self, name: str) -> str:
        """A property as text; nothing if it is not there."""
        value = self.data.get(name, "")
        return str(value[0] if isinstance(value, list) else value)

    @property
    def start(self) -> Moment:
        """When its series, or the one date of it, begins."""
        moment: Moment = self.data["DTSTART"].dt
        return moment


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """One date of an event: as an override has it, or as the series does."""

    event: _Event
    series: _Event
    start: Moment
    number: int  # its place in the series
    of: int


def read_ics(file: File, *, zone: str, first_year: int) -> tuple[Table, Outline]:
    """A row for each date of each event, and where everything stands. Times in UTC are told in `zone`, unless the file names another.

    RosterError if the file as a whole is of no use.
    """
    text = _text(file)
    lines = outline(file, file.data.decode("utf-8-sig", errors="replace"))
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise RosterError(f"{file.name} cannot be read as an iCalendar file (.ics). Export it again.") from error
    found = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    if len(found) != len(lines.events) or len(found) > MOST_ROWS:
        raise RosterError(f"{file.name} has events that cannot be told apart, or more than {MOST_ROWS:,}. Export it again.")
    findings = FindingList()
    events = [_Event(At(file.name, line), event) for line, event in zip(lines.events, found, strict=True)]
    events = [event for event in events if _is_sound(event, findings)]
    told = _zone_of(calendars, zone)
    occurrences = list(_occurrences(events, findings, until_year=first_year + 2))
    return Table(tuple(_row(each, told, findings) for each in occurrences), findings.cut), lines


def _text(file: File) -> str:
    """As UTF-8. Lines may be folded between the bytes of one letter, so they are joined first where they cannot be read as they are."""
    try:
        return decoded(file)
    except RosterError:
        return decoded(replace(file, data=re.sub(rb"\r?\n[ \t]", b"", file.data)))


def _zone_of(calendars: Sequence[Any], zone: str) -> str:
    """The zone that the file names for itself, if it is one."""
    named = {str(calendar.get("X-WR-TIMEZONE", "")) for calendar in calendars} & available_timezones()
    return named.pop() if len(named) == 1 else zone


def _is_sound(event: _Event, findings: list[Finding]) -> bool:
    """Whether what is read of it can be understood; what cannot is told without its text, which may hold a passcode."""
    found = list(_faults(event))
    findings += found
    return not found


def _faults(event: _Event) -> Iterator[Finding]:
    broken = {name for name, _ in event.data.errors if name is None or name.upper() in _READ}
    for name in sorted(broken, key=str):
        yield event.at.error(name or "VEVENT", "", "a line of this event cannot be read.", fix="Correct it where the calendar is kept.")
    for name in _ONCE:
        if isinstance(event.data.get(name), list):
            yield event.at.error(name, "", "is there more than once in one event.", fix="Take one of them out.")
    for name in _TIMES:
        if name in event.data and name not in broken and not isinstance(event.data[name], list):
            yield from _time_faults(event, name)
    length = event.data.get("DURATION")
    if length is not None and "DURATION" not in broken and not isinstance(length, list) and not _is_length(length.dt):
        yield event.at.error("DURATION", "", "is not the length of a meeting.", fix="Correct it where the calendar is kept.")
    if "DTSTART" not in event.data and "DTSTART" not in broken:
        yield event.at.error("DTSTART", "", "is missing.", fix="Give the meeting a date, or take it out.")


def _is_day(event: _Event, name: str) -> bool:
    """Whether it is a date without a time."""
    moment = getattr(event.data.get(name), "dt", None)
    return isinstance(moment, date) and not isinstance(moment, datetime)


def _is_length(length: object) -> bool:
    return isinstance(length, timedelta) and abs(length) < timedelta(days=366)


def _time_faults(event: _Event, name: str) -> Iterator[Finding]:
    moment, zone = event.data[name].dt, event.data[name].params.get("TZID", "")
    if not isinstance(moment, date):
        yield event.at.error(name, "", "is not a date.", fix="Correct it where the calendar is kept.")
    elif not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        yield event.at.error(name, str(moment.year), "is not the year of a meeting.", fix="Correct the year.")
    elif name == "DTEND" and _is_day(event, "DTSTART") != (not isinstance(moment, datetime)):
        yield event.at.error(
            name, "", "is a day where the start has a time, or a time where it has none.", fix="Give both a time, or none."
        )
    elif isinstance(moment, datetime) and moment.tzinfo is None:
        text = "is a time zone that neither the file nor this program knows." if zone else "has no time zone."
        yield event.at.error(name, str(zone), text, fix="Export the calendar with its time zones, such as America/Los_Angeles.")
    if name == "RECURRENCE-ID" and event.data[name].params.get("RANGE"):
        fix = "Write each of these dates by itself."
        yield event.at.error(name, "", "changes all later dates of a series too (RANGE), which is not read here.", fix=fix)


def _occurrences(events: Sequence[_Event], findings: list[Finding], *, until_year: int) -> Iterator[_Occurrence]:
    """Every date of every event; the changed dates of a series in place of its own."""
    changed: defaultdict[str, list[_Event]] = defaultdict(list)
    for event in events:
        if "RECURRENCE-ID" in event.data:
            changed[event.text("UID")].append(event)
    for event in events:
        if "RECURRENCE-ID" not in event.data:
            yield from _series(event, changed.pop(event.text("UID"), []), findings, until_year=until_year)
    for orphan in (each for rest in changed.values() for each in rest):
        yield _Occurrence(orphan, orphan, orphan.start, 0, 1)


def _series(event: _Event, changed: Sequence[_Event], findings: list[Finding], *, until_year: int) -> Iterator[_Occurrence]:
    try:
        starts = dates(event.data, event.start, until_year=until_year)
    except SeriesError as error:
        findings.append(event.at.error("RRULE", "", f"the series {error}.", fix="Write each of its dates as an event of its own."))
        return
    by_date = {_point(each.data["RECURRENCE-ID"].dt): each for each in changed}
    for number, start in enumerate(starts):
        own = by_date.pop(_point(start), None)
        yield _Occurrence(own or event, event, own.start if own else start, number, len(starts))
    for lost in by_date.values():
        text = "names no date of its series."
        findings.append(lost.at.error("RECURRENCE-ID", "", text, fix="Correct it, or make it an event of its own with another UID."))


def _point(moment: Moment) -> str:
    """Equal for equal moments, whatever the zone."""
    return moment.astimezone(ZoneInfo("UTC")).isoformat() if isinstance(moment, datetime) else moment.isoformat()


def _row(given: _Occurrence, zone: str, findings: list[Finding]) -> Row:
    event = given.event
    cells = {
        "meeting_id": _meeting_id(given),
        "audience_type": _audience_type(event) or _audience_type(given.series),
        "audience": _audience(event) or _audience(given.series),
        "title": event.text("SUMMARY"),
        "mode": "",
        "location": event.text("LOCATION"),
        "join_url": event.text("URL"),
        "status": _status(event),
        "sequence": event.text("SEQUENCE"),
        "description": event.text("DESCRIPTION"),
        **_times(given, zone),
    }
    return Row(event.at, {name: cell_text(event.at, name, cell, findings=findings) for name, cell in cells.items()})


def _meeting_id(given: _Occurrence) -> str:
    """What the event is called here; of a series the first id, counted up in the order of its dates."""
    own = _called(given.event)
    if given.of == 1 or (given.event is not given.series and given.event.text("X-ILC-MEETING-ID")):
        return own
    first = _called(given.series)
    found = _LAST_NUMBER.fullmatch(first)
    if not found:
        return f"{first}-{given.number + 1}" if first else ""
    return f"{found[1]}{int(found[2]) + given.number:0{len(found[2])}}"


def _called(event: _Event) -> str:
    uid = event.text("UID")
    return event.text("X-ILC-MEETING-ID") or (uid if CODE.fullmatch(uid) else "")


def _audience_type(event: _Event) -> str:
    """The first category that is a type of audience, or just the first, which the finding then names."""
    given = event.data.get("CATEGORIES", [])
    lines = given if isinstance(given, list) else [given]
    words = [str(word).strip().casefold() for line in lines for word in getattr(line, "cats", [])]
    return next((word for word in words if word in AUDIENCES), words[0] if words else "")


def _audience(event: _Event) -> str:
    """The parser leaves the text of properties that it does not know as it stands in the file, so escapes are taken out here."""
    return _ESCAPED.sub(r"\1", event.text("X-ILC-AUDIENCE"))


def _status(event: _Event) -> str:
    """Called off; or moved, if it has been changed since it was first sent out."""
    if event.text("STATUS").upper() == "CANCELLED":
        return "cancelled"
    return "moved" if event.text("SEQUENCE") not in ("", "0") else "scheduled"


def _times(given: _Occurrence, zone: str) -> Mapping[str, str]:
    """The columns about time; the end of whole days is exclusive in the file and inclusive in a table."""
    start, end = given.start, _end(given)
    if not isinstance(start, datetime):
        last = end - timedelta(days=1) if end else start
        days = {"date": start.isoformat(), "end_date": last.isoformat() if last != start else ""}
        return {**days, "start_time": "", "end_time": "", "all_day": "yes", "timezone": zone}
    told = _told_in(start, end, zone)
    start = start.astimezone(ZoneInfo(told))
    words = {"date": start.date().isoformat(), "start_time": _clock(start), "all_day": "no", "timezone": told}
    if not isinstance(end, datetime):
        return {**words, "end_time": "", "end_date": ""}
    end = end.astimezone(ZoneInfo(told))
    return {**words, "end_time": _clock(end), "end_date": end.date().isoformat() if end.date() != start.date() else ""}


def _end(given: _Occurrence) -> Moment | None:
    """Of a date of a series: as far from its start as the first date's end from the first date's start, on the wall."""
    event = given.event
    end = ends(event.data, event.start)
    if end is None or event is not given.series:
        return end
    return given.start + (end - event.start if not isinstance(end, datetime) else _wall(end, event.start) - _wall(event.start, event.start))


def _wall(moment: Moment, like: Moment) -> datetime:
    """What the clock shows in the zone of `like`."""
    zone = like.tzinfo if isinstance(like, datetime) else None
    return moment.astimezone(zone).replace(tzinfo=None) if isinstance(moment, datetime) else datetime.combine(moment, datetime.min.time())


def _told_in(start: datetime, end: Moment | None, zone: str) -> str:
    """The zone that the file gives by name; else ours, but for the second of two equal hours, which only UTC can tell."""
    named = str(start.tzinfo)
    if named in available_timezones() and "/" in named and not named.startswith("Etc/"):
        return named
    ours = [each.astimezone(ZoneInfo(zone)) for each in (start, end) if isinstance(each, datetime)]
    return "UTC" if any(each.fold for each in ours) else zone


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"

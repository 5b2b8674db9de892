"""A row becomes a meeting, or findings that say why it does not; an event of an iCalendar file is a row like any other."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from ilc_canvas.program.calendars.calendar import AUDIENCES, STATUSES, Meeting
from ilc_canvas.program.names import REGION_CODES
from ilc_canvas.roster.calendar.holidays import holiday
from ilc_canvas.roster.cells import CODE, Cells
from ilc_canvas.roster.findings import At
from ilc_canvas.roster.office.rewriting import as_time

DEFAULT_LENGTH = timedelta(minutes=90)
FAR_OFF = timedelta(days=92)
"""Further than this outside the school year a date is taken for a mistake."""
MOST_DAYS = 31
UNDATED = frozenset({"tbd", "tba", "to be determined", "to be announced", "?"})
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_LINK = re.compile(r"https?://[^\s/?#@]+(?:[/?#]\S*)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row: the meeting, if there is one without a fault."""

    at: At
    meeting_id: str
    sequence: int
    meeting: Meeting | None
    undated: bool = False


def entry(cells: Cells, first_year: int) -> Entry:
    """What a row says, for the school year that begins in `first_year`."""
    before = len(cells.findings)
    meeting_id, sequence = cells.code("meeting_id"), cells.number("sequence") or 0
    meeting = _meeting(cells, meeting_id, sequence, first_year=first_year)
    undated = cells.text("date").casefold() in UNDATED
    faulty = any(finding.severity == "error" for finding in cells.findings[before:])
    return Entry(cells.row.at, meeting_id, sequence, None if faulty else meeting, undated and not faulty)


def _meeting(cells: Cells, meeting_id: str, sequence: int, *, first_year: int) -> Meeting | None:
    audience_type = cells.word("audience_type", AUDIENCES)
    audience = _audience(cells, audience_type)
    title, zone = cells.name("title"), _zone(cells)
    said = {
        "mode": cells.word("mode", ("virtual", "in_person", "hybrid", "")),
        "status": cells.word("status", STATUSES),
        "join_url": _link(cells),
    }
    days, hours = _days(cells, first_year), _hours(cells)
    if days is None or zone is None or hours is None:
        return None
    meeting = Meeting(
        meeting_id=meeting_id,
        audience_type=audience_type,
        audience=audience,
        title=title,
        first_day=days[0],
        last_day=days[1],
        starts=hours[0],
        ends=hours[1],
        zone=zone,
        location=cells.text("location"),
        sequence=sequence,
        description=cells.text("description"),
        **said,
    )
    return _with_end(cells, meeting)


def _error(cells: Cells, column: str, text: str, *, fix: str, value: str | None = None) -> None:
    shown = cells.text(column) if value is None else value
    cells.findings.append(cells.row.at.error(column, shown, text, fix=fix))


def _warning(cells: Cells, column: str, text: str, *, fix: str) -> None:
    cells.findings.append(cells.row.at.warning(column, cells.text(column), text, fix=fix))


def _audience(cells: Cells, audience_type: str) -> tuple[str, ...]:
    """Codes with semicolons between them, fit for this type of audience."""
    codes = cells.codes("audience")
    if audience_type == "all":
        if codes:
            _error(cells, "audience", "names somebody, and the type is all.", fix="Leave it empty, or correct the type.")
        return ()
    if audience_type in AUDIENCES and not codes:
        _error(cells, "audience", "is missing.", fix="Name whom it is for: EQ, several as EQ;ES, a region as II, a section as MATH/R2.")
    for code in codes:
        parts = code.split("/") if audience_type == "section" else [code]
        fit = len(parts) == (2 if audience_type == "section" else 1) and all(CODE.fullmatch(part) for part in parts)
        if not fit or (audience_type == "region" and code not in REGION_CODES):
            fix = "Write a COP as EQ, a region as I, II, III or IV, a start-up as its region or team id, a section as MATH/R2."
            _error(cells, "audience", f"is not an audience of the type {audience_type}.", fix=fix, value=code)
    return codes


def _zone(cells: Cells) -> str | None:
    """An IANA zone; an abbreviation says another hour in the other half of the year."""
    zone = cells.text("timezone")
    if zone in _zones() and ("/" in zone or zone == "UTC"):
        return zone
    text = "is not the name of a time zone." if zone else "is missing."
    _error(cells, "timezone", text, fix="Write it as America/Los_Angeles: PST and PDT are two halves of one year.")
    return None


@cache
def _zones() -> frozenset[str]:
    """All names of zones; the system's folders are walked through for them."""
    return frozenset(available_timezones())


def _link(cells: Cells) -> str:
    """An address of the web, or nothing. It is not repeated, since it may hold a passcode."""
    link = cells.text("join_url")
    if link and not _LINK.fullmatch(link):
        fix = "Begin it with https://, without spaces. It is not repeated here: it may hold a passcode."
        _error(cells, "join_url", "the link is not a web address.", fix=fix, value="")
    return link


def _days(cells: Cells, first_year: int) -> tuple[date, date] | None:
    """First and last day, both within reach of the school year."""
    if cells.text("date").casefold() in UNDATED:
        _warning(cells, "date", "is not a date yet.", fix="There is no event until a date is given.")
        return None
    before = len(cells.findings)
    first = cells.day("date", date(first_year, 7, 1))
    last = cells.day("end_date", first) if cells.text("end_date") else first
    if len(cells.findings) > before:
        return None
    if last < first:
        _error(cells, "end_date", f"is before the first day, {first}.", fix="Correct one of the two dates.")
        return None
    if (last - first).days >= MOST_DAYS:
        _error(cells, "end_date", f"is {(last - first).days} days later.", fix=f"A meeting has up to {MOST_DAYS} days. Correct the dates.")
        return None
    return (first, last) if _in_year(cells, first, last, first_year=first_year) else None


def _in_year(cells: Cells, first: date, last: date, *, first_year: int) -> bool:
    """Whether it can be meant; a date somewhat outside the school year, or on a holiday, is a warning."""
    begins, ends = date(first_year, 7, 1), date(first_year + 1, 6, 30)
    column = "date" if first < begins or first > ends else "end_date"
    if not begins - FAR_OFF <= first <= last <= ends + FAR_OFF:
        _error(cells, column, f"is far outside the school year {begins} to {ends}.", fix="Correct the year.")
        return False
    if not begins <= first <= last <= ends:
        _warning(cells, column, f"is outside the school year {begins} to {ends}.", fix="Is that intended?")
    for day in sorted({first, last}):
        if name := holiday(day):
            _warning(cells, "date" if day == first else "end_date", f"is {name}.", fix="Is that intended?")
    return True


def _hours(cells: Cells) -> tuple[time | None, time | None] | None:
    """Start and end on the wall; both None for whole days, the end alone if it is not written. None if something is wrong."""
    all_day = cells.word("all_day", ("yes", "no"))
    before = len(cells.findings)
    starts, ends = _time(cells, "start_time"), _time(cells, "end_time")
    if all_day == "yes" and (starts or ends):
        column = "start_time" if starts else "end_time"
        _error(cells, column, "is a time, and the meeting takes whole days.", fix="Leave the times empty, or write all_day no.")
    if all_day == "no" and starts is None and not cells.text("start_time"):
        _error(cells, "start_time", "is missing.", fix="Write it as 16:30, or all_day yes.")
    return None if len(cells.findings) > before else (starts, ends)


def _time(cells: Cells, column: str) -> time | None:
    value = cells.text(column)
    found = _TIME.fullmatch(value)
    if value and not found:
        meant = as_time(value)
        _error(cells, column, "is not a time.", fix=f"Write it as {meant}." if meant else "Write it in 24 hours: 16:30.")
    return time(int(found[1]), int(found[2])) if found else None


def _with_end(cells: Cells, meeting: Meeting) -> Meeting | None:
    """The meeting with an end, after its start, at times that the clock of its zone shows."""
    if meeting.all_day:
        return meeting
    if meeting.ends is None:
        end = datetime.combine(meeting.last_day, meeting.starts or time()) + DEFAULT_LENGTH
        _warning(cells, "end_time", "is missing.", fix=f"It is taken to end at {end:%H:%M}, after 90 minutes.")
        meeting = _replaced(meeting, end)
    shown = [_on_the_clock(cells, "start_time", meeting.start), _on_the_clock(cells, "end_time", meeting.end)]
    if all(shown) and meeting.end.astimezone(UTC) <= meeting.start.astimezone(UTC):
        fix = "Correct one of the two; a meeting that goes past midnight has an end_date."
        _error(cells, "end_time", f"is not after the start, {cells.text('start_time')}.", fix=fix)
    return meeting


def _replaced(meeting: Meeting, end: datetime) -> Meeting:
    return replace(meeting, last_day=end.date(), ends=end.time())


def _on_the_clock(cells: Cells, column: str, moment: datetime) -> bool:
    """Whether a clock on the wall shows it on that day; of a time that comes twice the first is taken, with a warning."""
    zone = ZoneInfo(str(moment.tzinfo))
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) != moment.replace(tzinfo=None):
        text = f"does not exist on {moment:%Y-%m-%d}: the clock is set forward over it."
        _error(cells, column, text, fix="Give a time before or after the change.")
        return False
    if moment.utcoffset() != moment.replace(fold=1).utcoffset():
        text = f"comes twice on {moment:%Y-%m-%d}, when the clock is set back."
        _warning(cells, column, text, fix=f"The first one is taken ({moment:%Z}).")
    return True

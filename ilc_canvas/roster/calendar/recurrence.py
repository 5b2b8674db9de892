"""The dates of a series: expanded within limits, or refused."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, TypeAlias

from dateutil.rrule import rrulestr

Moment: TypeAlias = datetime | date
MOST_DATES = 200
_CYCLES = 19 * 400
"""Years after which the calendar is the same again: dateutil looks for dates up to the year 9999, and from there that is not far."""
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


class SeriesError(Exception):
    """Why a series is not expanded, to go on after "the series"."""


def dates(event: Any, start: Moment, *, until_year: int) -> list[Moment]:
    """Each date on which the event takes place, in order, as the series names them; the event's own start alone where it has no series.

    None is later than `until_year`. SeriesError where the dates are not certain, or too many.
    """
    if "EXRULE" in event:
        raise SeriesError("leaves dates out by a rule (EXRULE), which is not read here")
    if "RRULE" not in event and "RDATE" not in event:
        return [start]
    try:
        return _dates(event, start, until_year=until_year)
    except OverflowError as error:
        raise SeriesError("has dates that no calendar has") from error


def _dates(event: Any, start: Moment, *, until_year: int) -> list[Moment]:
    found = set(_by_rule(event["RRULE"], start, until_year=until_year)) if "RRULE" in event else {start}
    found |= {_like(start, moment) for moment in _listed(event, "RDATE")}
    taken_out = [_like(start, moment) for moment in _listed(event, "EXDATE")]
    days_out = {moment for moment in taken_out if not isinstance(moment, datetime)}
    return sorted(moment for moment in found if moment not in taken_out and _day(moment) not in days_out)


def _by_rule(rule: Any, start: Moment, *, until_year: int) -> Iterator[Moment]:
    if isinstance(rule, list):
        raise SeriesError("has more than one rule (RRULE)")
    if rule.get("FREQ", [""])[0] not in _FREQUENCIES:
        raise SeriesError("has a rule (RRULE) that cannot be read")
    if not rule.get("COUNT") and not rule.get("UNTIL"):
        raise SeriesError("never ends: its rule has neither COUNT nor UNTIL")
    naive, until = _naive(start), _until(rule, start, until_year)
    if _number(rule, "COUNT") < 1 or not until_year - 10 <= naive.year <= until.year:
        raise SeriesError("has no date within reach of the school year")
    found = list(islice(_expanded(rule, naive, until=until), min(_number(rule, "COUNT"), MOST_DATES + 1)))
    if len(found) > MOST_DATES:
        raise SeriesError(f"has more than {MOST_DATES} dates")
    if not found or found[0] != naive:
        raise SeriesError("does not begin with the event's own date")
    for moment in found:
        yield moment.replace(tzinfo=start.tzinfo) if isinstance(start, datetime) else moment.date()


def _expanded(rule: Any, naive: datetime, *, until: datetime) -> Iterator[datetime]:
    """On the wall of the event's own zone, so that a change of the clock moves nothing."""
    if not 1 <= _number(rule, "INTERVAL", default=1) <= 1000:
        raise SeriesError("has an interval that cannot be read")
    parts = {name: value for name, value in rule.items() if name not in ("COUNT", "UNTIL")}
    text = type(rule)(parts).to_ical().decode()
    late = until.replace(year=until.year + _CYCLES)
    try:
        rules = rrulestr(f"RRULE:{text};UNTIL={late:%Y%m%dT%H%M%S}", dtstart=naive.replace(year=naive.year + _CYCLES))
        return (moment.replace(year=moment.year - _CYCLES) for moment in rules)
    except (ValueError, TypeError) as error:
        raise SeriesError("has a rule (RRULE) that cannot be read") from error


def _number(rule: Any, name: str, default: int = MOST_DATES + 1) -> int:
    return int((rule.get(name) or [default])[0])


def _until(rule: Any, start: Moment, until_year: int) -> datetime:
    latest = datetime.combine(date(until_year, 12, 31), time(23, 59, 59))
    if not rule.get("UNTIL"):
        return latest
    until = rule["UNTIL"][0]
    if not isinstance(until, datetime):
        return min(latest, datetime.combine(until, time(23, 59, 59)))
    zone = start.tzinfo if isinstance(start, datetime) else None
    return min(latest, _naive(until.astimezone(zone) if until.tzinfo and zone else until))


def _listed(event: Any, name: str) -> Iterator[Moment]:
    """The dates of RDATE or EXDATE, which may stand there several times."""
    given = event.get(name, [])
    for line in given if isinstance(given, list) else [given]:
        for each in getattr(line, "dts", [None]):
            moment = getattr(each, "dt", None)
            if not isinstance(moment, date):
                raise SeriesError(f"has dates ({name}) that cannot be read")
            yield moment


def _like(start: Moment, moment: Moment) -> Moment:
    """A date of the series in the zone of its start, so that equal moments are equal."""
    if isinstance(start, datetime) and isinstance(moment, datetime):
        return moment.astimezone(start.tzinfo) if moment.tzinfo else moment.replace(tzinfo=start.tzinfo)
    return moment if isinstance(start, datetime) or not isinstance(moment, datetime) else moment.date()


def _naive(moment: Moment) -> datetime:
    return moment.replace(tzinfo=None) if isinstance(moment, datetime) else datetime.combine(moment, time())


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def ends(event: Any, start: Moment) -> Moment | None:
    """The end of the event that begins then, exclusive: its length is that of its first date. None if it has no length."""
    end = event["DTEND"].dt if "DTEND" in event else None
    length = event["DURATION"].dt if "DURATION" in event else None
    if isinstance(end, datetime) == isinstance(start, datetime) and isinstance(end, date):
        return end
    if isinstance(length, timedelta):
        return start + length
    return None if isinstance(start, datetime) else start + timedelta(days=1)

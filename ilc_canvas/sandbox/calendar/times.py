"""The times of an event: how they are read, what a missing end becomes, and when an event is all day."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params, loose_flag
from ilc_canvas.sandbox.world.clock import read_instant
from ilc_canvas.sandbox.world.records import CalendarEvent, Instant

# Canvas's own names for zones, as far as the United States use them.
RAILS_ZONES = {
    "Hawaii": "Pacific/Honolulu",
    "Alaska": "America/Juneau",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Arizona": "America/Phoenix",
    "Mountain Time (US & Canada)": "America/Denver",
    "Central Time (US & Canada)": "America/Chicago",
    "Eastern Time (US & Canada)": "America/New_York",
    "Indiana (East)": "America/Indiana/Indianapolis",
}


def known_zone(name: str | None, otherwise: str) -> str:
    """The IANA name of a zone; an unknown one is silently dropped."""
    for each in (RAILS_ZONES.get(name or "", name), otherwise):
        try:
            return ZoneInfo(each or "").key
        except (ValueError, OSError, KeyError):
            continue
    return "UTC"


def take(call: Call, event: CalendarEvent, asked: Params) -> None:
    """Set the times in the request and what follows from them, comparing with the event as it was.

    Times without an offset are read in the zone that was sent with them, else in the caller's. Midnight sent like that makes no
    all-day event, although the date is filled, as on a Canvas of July 2022.
    """
    sent_zone = asked.text("time_zone_edited")
    event.zone = sent_zone or event.zone
    own = known_zone(call.caller.time_zone, call.zone)
    zone = known_zone(event.zone, own)
    reading = zone if sent_zone else own
    before = (event.start_at, event.end_at, event.all_day)
    if "start_at" in asked:
        event.start_at = read_instant(asked.text("start_at"), reading)
    if "end_at" in asked:
        event.end_at = read_instant(asked.text("end_at"), reading)
    if "all_day" in asked:
        event.all_day = bool(loose_flag(asked.text("all_day")))
    fill_missing(event)
    settle_all_day(event, before, zone=zone)
    if sent_zone and "all_day" not in asked and is_floating(asked.text("start_at")):
        event.all_day = False


def fill_missing(event: CalendarEvent) -> None:
    """One end alone counts for both; an end before the start becomes the start, which is not an error."""
    event.end_at = event.end_at or event.start_at
    event.start_at = event.start_at or event.end_at
    if event.start_at and event.end_at and event.end_at < event.start_at:
        event.end_at = event.start_at


def settle_all_day(event: CalendarEvent, before: tuple[Instant | None, Instant | None, bool], *, zone: str) -> None:
    """Newly flagged, both ends go to their midnight. Otherwise new times decide: no length and midnight in the zone.

    The date stays when an event is no longer all day, as on a Canvas of July 2022.
    """
    start_at, end_at, was = before
    moved = (event.start_at, event.end_at) != (start_at, end_at)
    if event.all_day and not was:
        event.start_at, event.end_at = midnight(event.start_at, zone), midnight(event.end_at, zone)
    elif moved:
        event.all_day = event.start_at is not None and event.start_at == event.end_at == midnight(event.start_at, zone)
    if event.all_day and event.start_at and (moved or not was):
        event.all_day_date = local_date(event.start_at, zone)


def midnight(instant: Instant | None, zone: str) -> Instant | None:
    """The beginning of the day in the zone, in UTC."""
    return None if instant is None else in_utc(datetime.combine(local_date(instant, zone), time(), ZoneInfo(zone)))


def end_of_day(instant: Instant, zone: str) -> Instant:
    """The last instant of the day in the zone, in UTC."""
    return in_utc(datetime.combine(local_date(instant, zone), time.max, ZoneInfo(zone)))


def local_date(instant: Instant, zone: str) -> date:
    return local(instant, zone).date()


def local(instant: Instant, zone: str) -> datetime:
    """The instant by the clocks of a zone; at the ends of the calendar by those of UTC."""
    try:
        return instant.astimezone(ZoneInfo(zone))
    except OverflowError:
        return instant


def in_utc(moment: datetime) -> Instant:
    """The same instant in UTC, or at the ends of the calendar the nearest that there is."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC) if moment.year == 1 else datetime.max.replace(tzinfo=UTC)


def is_floating(text: str | None) -> bool:
    """Whether a time was sent without an offset."""
    try:
        return bool(text) and datetime.fromisoformat((text or "").strip()).tzinfo is None
    except ValueError:
        return False

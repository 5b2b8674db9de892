"""Versions of the calendar: what they say, how they differ, and where their meetings go."""

from dataclasses import dataclass

from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.calendars.meeting_events import Placed, place_meetings
from ilc_canvas.program.roster import Roster
from ilc_canvas.store.calendars import versions
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.rosters import school_years
from ilc_canvas.store.rosters.versions import newest_finalized


@dataclass(frozen=True)
class CalendarView:
    """A version, and where its meetings go with the newest finalized roster of its school year, if there is one."""

    calendar: Calendar
    info: VersionInfo
    roster_version: int | None
    placed: Placed | None


def roster_of(store: Store, school_year: str) -> Roster | None:
    """The roster that a calendar of this school year is checked against; None if none is finalized."""
    return newest_finalized(store, school_year) if school_year in school_years.signed_years(store) else None


def calendar_of(store: Store, school_year: str) -> Calendar | None:
    """The finalized calendar of a school year; None if none is finalized."""
    signed = (info.number for info in versions.listing(store) if info.state == "finalized" and info.school_year == school_year)
    number = next(signed, None)
    return None if number is None else versions.read(store, number)


def view(store: Store, number: int | None = None) -> CalendarView:
    """One version, or the newest finalized one. CalendarError if it is not there."""
    calendar = versions.read(store, number)
    roster = roster_of(store, calendar.school_year)
    placed = place_meetings(calendar, roster) if roster else None
    return CalendarView(calendar, versions.info(store, calendar.version), roster.version if roster else None, placed)

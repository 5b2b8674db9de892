"""What the reports of a school year are made from, and which versions these are."""

from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.reports.attendance import Attendance, with_present_ids
from ilc_canvas.program.roster import Roster
from ilc_canvas.store.attendance import versions as attendances
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.rosters import rekey, school_years, versions
from ilc_canvas.views.documents.calendars import calendar_of


@dataclass(frozen=True)
class Sources:
    """The finalized documents of a school year; attendance without a calendar is of no use, and None then."""

    as_of: datetime
    roster: Roster
    roster_info: VersionInfo
    calendar: Calendar | None
    attendance: Attendance | None
    attendance_info: VersionInfo | None


def sources(store: Store, school_year: str, as_of: datetime) -> Sources:
    """What is in force for this school year, or for the one whose roster was signed last. RosterError if none is finalized."""
    year = school_year or next(iter(school_years.signed_years(store)), "")
    roster = versions.newest_finalized(store, year)
    calendar = calendar_of(store, roster.school_year)
    found = attendances.newest(store, roster.school_year) if calendar else None
    present = with_present_ids(found, roster.person_by_id.keys(), rekey.links(store)) if found else None
    info = attendances.info(store, found.version) if found else None
    return Sources(as_of, roster, versions.info(store, roster.version), calendar, present, info)

"""Whom the program reached in a school year."""

from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.files import config_path
from ilc_canvas.program.reports.reach import Reach, reach
from ilc_canvas.roster.directory import read_directory
from ilc_canvas.store.db.database import Store
from ilc_canvas.views.reports.sources import Sources, sources


@dataclass(frozen=True)
class ReachReport:
    """The figures, and what they are made from."""

    sources: Sources
    reach: Reach


def view(store: Store, school_year: str, as_of: datetime) -> ReachReport:
    """The reach of a school year, by default of the one whose roster was signed last. RosterError if no roster is finalized."""
    found = sources(store, school_year, as_of)
    directory = read_directory(config_path("reference"))
    return ReachReport(found, reach(found.roster, directory, attendance=found.attendance, calendar=found.calendar))

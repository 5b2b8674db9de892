"""How one school year stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ilc_canvas import clock

if TYPE_CHECKING:
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.runs.details import RunInfo


@dataclass(frozen=True)
class Year:
    """One school year with a finalized roster."""

    school_year: str
    version: int  # the newest finalized
    cared_for: bool  # its term is not over
    last: "RunInfo | None"
    held: "Sequence[RunInfo]" = ()  # plans that wait for a person
    unpublished: str = ""  # how many courses are not published, in a sentence

    def as_json(self) -> dict[str, object]:
        """For programs."""
        run = {"run": self.last.number, "status": self.last.status, "digest": self.last.digest} if self.last else None
        return {"school_year": self.school_year, "roster_version": self.version, "cared_for": self.cared_for, "last_run": run}

    def told(self) -> str:
        """For people."""
        if not self.cared_for:
            return f"{self.school_year}, version {self.version}: its term is over, so it is left as it is."
        last = f"Last run {self.last.number}: {self.last.status}, {clock.at(self.last.began_at)}." if self.last else "No run yet."
        return f"{self.school_year}, version {self.version}. {last}"


def years_of(settings: "Settings", store: "Store", now: datetime) -> list[Year]:
    """All that have a finalized roster, oldest first."""
    from ilc_canvas import years
    from ilc_canvas.store.rosters import school_years

    signed = school_years.signed_years(store)
    cared = years.in_care(settings, store, now) if signed else ()
    return [_year(settings, store, year, cared_for=year in cared) for year in sorted(signed)]


def _year(settings: "Settings", store: "Store", year: str, *, cared_for: bool) -> Year:
    from ilc_canvas import years
    from ilc_canvas.reconcile.sentence import unpublished
    from ilc_canvas.store.rosters import versions
    from ilc_canvas.store.runs import details
    from ilc_canvas.store.runs.details import held_plans, newest_whole

    place, version = years.place(settings, year), versions.newest_finalized(store, year).version
    report = newest_whole(store, place)
    return Year(year, version, cared_for, details.last_of(store, place), held_plans(store, place), unpublished(report) if report else "")

"""How one school year stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ilc_canvas import clock

if TYPE_CHECKING:
    from ilc_canvas.reconcile.basis import Basis
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.runs.details import RunInfo


@dataclass(frozen=True)
class Year:
    """One school year with a finalized roster."""

    school_year: str
    basis: "Basis"  # the newest finalized versions
    cared_for: bool  # its term is not over
    last: "RunInfo | None"
    held: "Sequence[RunInfo]" = ()  # plans that wait for a person
    unpublished: str = ""  # how many courses are not published, in a sentence

    def as_json(self) -> dict[str, object]:
        """For programs."""
        from ilc_canvas.program import basis

        run = {"run": self.last.number, "status": self.last.status, "digest": self.last.digest} if self.last else None
        return {"school_year": self.school_year, **basis.as_json(self.basis), "cared_for": self.cared_for, "last_run": run}

    def told(self) -> str:
        """For people."""
        head = f"{self.school_year}, {self._versions()}"
        if not self.cared_for:
            return f"{head}: its term is over, so it is left as it is."
        last = f"Last run {self.last.number}: {self.last.status}, {clock.at(self.last.began_at)}." if self.last else "No run yet."
        return " ".join(filter(None, [f"{head}.", last, self._changed()]))

    def _versions(self) -> str:
        """version 4, calendar version 2"""
        from ilc_canvas.program.basis import ROSTER, roster_number

        others = str(self.basis.without(ROSTER))
        return f"version {roster_number(self.basis)}{f', {others}' if others else ''}"

    def _changed(self) -> str:
        """What has a newer version than the last run went by."""
        from ilc_canvas.reconcile.basis import differences

        found = differences(self.last.basis, self.basis, made="that run went by") if self.last else ""
        return f"But {found}." if found else ""

    def outdated(self, held: "RunInfo") -> str:
        """Why a plan that waits can no longer be approved; empty if it can."""
        from ilc_canvas.reconcile.basis import differences

        return differences(held.basis, self.basis)


def years_of(settings: "Settings", store: "Store", now: datetime) -> list[Year]:
    """All that have a finalized roster, oldest first."""
    from ilc_canvas.store.rosters import school_years
    from ilc_canvas.views import years

    signed = school_years.signed_years(store)
    cared = years.in_care(settings, store, now) if signed else ()
    return [_year(settings, store, year, cared_for=year in cared) for year in sorted(signed)]


def _year(settings: "Settings", store: "Store", year: str, *, cared_for: bool) -> Year:
    from ilc_canvas.reconcile.sentence import unpublished
    from ilc_canvas.store.documents.versions import newest_basis
    from ilc_canvas.store.runs import details
    from ilc_canvas.store.runs.details import held_plans, newest_whole

    place = settings.place(year)
    report = newest_whole(store, place)
    with store.read() as connection:
        basis = newest_basis(connection, year)
    return Year(year, basis, cared_for, details.last_of(store, place), held_plans(store, place), unpublished(report) if report else "")

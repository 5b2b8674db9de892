"""How many courses are ready to open, for monitoring: worked out again only after a run, or after something was signed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.reconcile.words.wording import count, form
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.versions import newest_basis
from ilc_canvas.store.runs import details
from ilc_canvas.views.courses.readiness import every_year


@dataclass(frozen=True, slots=True)
class ReadyCourses:
    """Of one school year."""

    school_year: str
    ready: int
    courses: int

    def __str__(self) -> str:
        whole = count(self.courses, "course")
        return f"{self.ready} of {whole} of {self.school_year} {form(self.ready, 'is', 'are')} ready to open."


def ready_courses(settings: Settings, store: Store, now: datetime) -> list[ReadyCourses]:
    """Of each current school year; none if nothing was signed yet."""
    try:
        years = every_year(settings, store, now)
    except IlcError:
        return []
    return [ReadyCourses(year.school_year, year.ready, len(year.courses)) for year in years if year.run is not None]


@dataclass
class LastCounted:
    """The same, remembered until the next run or signature."""

    settings: Settings
    store: Store
    now: Callable[[], datetime]
    _of: object = None
    _counts: list[ReadyCourses] = field(default_factory=list)

    def __call__(self) -> list[ReadyCourses]:
        """The counts as of now."""
        with self.store.read() as connection:
            basis = newest_basis(connection)
        of = (details.newest(self.store), basis)
        if of != self._of:
            self._of, self._counts = of, ready_courses(self.settings, self.store, self.now())
        return self._counts

"""Whether the courses of each current school year are ready to open, as of the last look at Canvas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ilc_canvas.courses.content_source import ContentSource
from ilc_canvas.program.basis import calendar_number, of_contents, roster_number
from ilc_canvas.program.calendars.meeting_records import meeting_records
from ilc_canvas.program.courses.readiness import CourseReadiness, LastLook, readiness, touched_by_hand
from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.selection import meant
from ilc_canvas.reconcile.basis import Basis, differences
from ilc_canvas.reconcile.deferral.reasons import is_open
from ilc_canvas.reconcile.state import Key, State
from ilc_canvas.settings import Settings
from ilc_canvas.store.calendars import versions as calendars
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.documents.versions import newest_basis
from ilc_canvas.store.rosters import school_years
from ilc_canvas.store.runs import details, ledger
from ilc_canvas.store.runs.details import RunDetail
from ilc_canvas.views import years
from ilc_canvas.views.content_source import content_source
from ilc_canvas.views.names import content_names


@dataclass(frozen=True)
class YearReadiness:
    """One school year. `stale` says what has been signed since the last look; empty if nothing has."""

    school_year: str
    courses: Sequence[CourseReadiness]
    run: int | None  # of the last look; None if there was none
    at: datetime | None
    stale: str = ""
    names: Mapping[Key, str] = field(default_factory=dict)  # of what courses hold beside their people, whether it is there or not
    desired: State = field(default=State({}), repr=False)  # all that roster, calendar and texts ask for

    @property
    def ready(self) -> int:
        """How many courses are ready: none, if the last look is older than what is signed."""
        return sum(course.is_ready for course in self.courses) if self.run is not None and not self.stale else 0

    @property
    def is_ready(self) -> bool:
        """Whether all are."""
        return self.ready == len(self.courses)


class Wanted(Protocol):
    """Works out all that roster, calendar and texts ask for in a school year. It takes seconds: whoever asks often keeps it."""

    def __call__(self, source: ContentSource, store: Store, basis: Basis, *, school_year: str) -> State: ...


def year_readiness(
    settings: Settings, store: Store, canvas_scope: CanvasScope, *, only: Sequence[str] = (), wanted: Wanted | None = None
) -> YearReadiness:
    """The courses of one school year, or those that words such as cop:EQ name. ValueError for a word that can name nothing."""
    with store.read() as connection:
        basis = newest_basis(connection, canvas_scope.school_year)
    report = details.newest_whole(store, canvas_scope)
    detail = details.run(store, report.run) if report else None
    desired = (wanted or asked_for)(content_source(settings), store, basis, school_year=canvas_scope.school_year)
    keys = {meant(word, prefix=canvas_scope.prefix, school_year=canvas_scope.school_year) for word in only}
    owned = ledger.in_courses(store, canvas_scope, keys) if keys else ledger.everything(store, canvas_scope)
    courses = readiness(desired, owned, _look(detail), only=keys)
    info = detail.info if detail else None
    stale = differences(of_contents(info.basis), of_contents(basis), made="the last look went by") if info else ""
    run, at = (info.number, info.planned_at) if info else (None, None)
    return YearReadiness(canvas_scope.school_year, courses, run, at, stale, names=_content_names(desired), desired=desired)


def _content_names(desired: State) -> dict[Key, str]:
    return content_names({record.key: record.fields for record in desired if record.rule.is_content})


def every_year(
    settings: Settings, store: Store, at: datetime, *, only: Sequence[str] = (), wanted: Wanted | None = None
) -> list[YearReadiness]:
    """The same of every current school year."""
    return [
        year_readiness(settings, store, canvas_scope, only=only, wanted=wanted) for canvas_scope in years.canvas_scopes(settings, store, at)
    ]


def asked_for(source: ContentSource, store: Store, basis: Basis, *, school_year: str) -> State:
    """All that roster, calendar and texts ask for."""
    roster = school_years.roster(store, school_year, version=roster_number(basis))
    number = calendar_number(basis)
    calendar = calendars.read(store, number) if number else None
    meetings = meeting_records(calendar, roster, source.policy) if calendar else ()
    return State.of([*desired_state(roster, source.policy), *meetings, *source(roster, calendar).records])


def _look(detail: RunDetail | None) -> LastLook:
    if detail is None:
        return LastLook()
    return LastLook(
        deferred={key: why for _, key, why in detail.deferred if is_open(why)},
        failed=detail.report.failures if detail.report else {},
        by_hand=touched_by_hand(detail.drift),
        conflicts=frozenset(key for key, _ in detail.conflicts),
        unpublished=frozenset(detail.report.unpublished) if detail.report else frozenset(),
        invited=frozenset(detail.report.invited) if detail.report else frozenset(),
    )

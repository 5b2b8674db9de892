"""Current status: each school year, what waits for whom, the last run, the workers and their jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.reconcile.basis import Basis, differences
from ilc_canvas.reconcile.run.sentence import unpublished
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import holder_now
from ilc_canvas.store.documents.versions import VersionInfo, newest_basis
from ilc_canvas.store.rosters import school_years, versions
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions.waiting import waiting_plans
from ilc_canvas.store.runs.details import RunInfo
from ilc_canvas.store.worker import heartbeat, jobs, sync_requests
from ilc_canvas.store.worker.heartbeat import Beat
from ilc_canvas.store.worker.jobs import Cycle
from ilc_canvas.store.worker.sync_requests import SyncRequestInfo
from ilc_canvas.views import years
from ilc_canvas.views.halt import why_halted
from ilc_canvas.views.runs.parked import ParkedView, parked_view


@dataclass(frozen=True)
class Year:
    """One school year with a finalized roster."""

    school_year: str
    basis: Basis  # the newest finalized versions
    cared_for: bool  # its term has not ended
    last: RunInfo | None
    held: Sequence[RunInfo] = ()  # plans that wait for a person
    unpublished: str = ""  # how many courses are not published, in a sentence

    def outdated(self, held: RunInfo) -> str:
        """Why a held plan can no longer be approved; empty if it can."""
        return differences(held.basis, self.basis)

    @property
    def changed(self) -> str:
        """Which documents are newer than those the last run used."""
        return differences(self.last.basis, self.basis, made="that run went by") if self.last else ""


@dataclass(frozen=True)
class Status:
    """Everything that the status shows."""

    basis: Basis  # the newest finalized versions of the school year signed last
    drafts: Sequence[VersionInfo]  # waiting to be signed
    last: RunInfo | None
    last_report: Report | None  # how that run ended
    workers: Sequence[Beat]  # only those that are alive
    holder: str  # who has the lease and is working now; empty if nobody
    cycles: Sequence[Cycle]  # the last one of each job
    halted: str  # why nothing may be written now; empty if writing is allowed
    sync_requests: Sequence[SyncRequestInfo]
    waits: ParkedView
    years: Sequence[Year] = ()  # with a finalized roster, oldest first


def _holder(store: Store, now: datetime) -> str:
    name, expires = holder_now(store) or ("", now)
    return name if expires > now else ""


def _newest_basis(store: Store) -> Basis:
    year = next(iter(school_years.signed_years(store)), "")
    with store.read() as connection:
        return newest_basis(connection, year)


def current_status(settings: Settings, store: Store, now: datetime) -> Status:
    """The status at this moment."""
    all_years = _years_of(settings, store, now)
    last = next(iter(details.runs(store, 1)), None)
    return Status(
        basis=_newest_basis(store),
        drafts=[info for info in versions.listing(store) if info.state == "draft"],
        last=last,
        last_report=details.report_of(store, last.number) if last else None,
        workers=heartbeat.alive(store, now),
        holder=_holder(store, now),
        cycles=jobs.newest(store),
        halted=why_halted(settings, store, now),
        sync_requests=sync_requests.open_requests(store),
        waits=parked_view(settings, store, now) if all_years else ParkedView(),
        years=all_years,
    )


def _years_of(settings: Settings, store: Store, now: datetime) -> list[Year]:
    """All school years that have a finalized roster, oldest first."""
    signed = school_years.signed_years(store)
    current = years.current_years(settings, store, now) if signed else ()
    return [_year(settings, store, year, cared_for=year in current, now=now) for year in sorted(signed)]


def _year(settings: Settings, store: Store, year: str, *, cared_for: bool, now: datetime) -> Year:
    canvas_scope = settings.canvas_scope(year)
    report = details.newest_whole(store, canvas_scope)
    with store.read() as connection:
        basis = newest_basis(connection, year)
    return Year(
        year,
        basis,
        cared_for,
        details.last_of(store, canvas_scope),
        waiting_plans(store, canvas_scope, now),
        unpublished(report) if report else "",
    )

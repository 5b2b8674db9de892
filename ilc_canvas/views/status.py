"""How things stand: each school year, what waits for whom, the last run, the worker, its jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.reconcile.basis import Basis, differences
from ilc_canvas.reconcile.run import Report
from ilc_canvas.reconcile.sentence import unpublished
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import holder_now
from ilc_canvas.store.documents.versions import VersionInfo, newest_basis
from ilc_canvas.store.rosters import school_years, versions
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.details import RunInfo
from ilc_canvas.store.worker import heartbeat, jobs, sync_requests
from ilc_canvas.store.worker.heartbeat import Beat
from ilc_canvas.store.worker.jobs import Cycle
from ilc_canvas.store.worker.sync_requests import WishInfo
from ilc_canvas.views import years
from ilc_canvas.views.halted import why_halted
from ilc_canvas.views.waiting import Waiting, waiting


@dataclass(frozen=True)
class Year:
    """One school year with a finalized roster."""

    school_year: str
    basis: Basis  # the newest finalized versions
    cared_for: bool  # its term is not over
    last: RunInfo | None
    held: Sequence[RunInfo] = ()  # plans that wait for a person
    unpublished: str = ""  # how many courses are not published, in a sentence

    def outdated(self, held: RunInfo) -> str:
        """Why a plan that waits can no longer be approved; empty if it can."""
        return differences(held.basis, self.basis)

    @property
    def changed(self) -> str:
        """What has a newer version than the last run went by."""
        return differences(self.last.basis, self.basis, made="that run went by") if self.last else ""


@dataclass(frozen=True)
class Standing:
    """Everything that somebody looks for who asks how things stand."""

    basis: Basis  # the newest finalized versions, of the school year that was signed last
    drafts: Sequence[VersionInfo]  # that wait to be signed
    last: RunInfo | None
    ended: Report | None  # what that run came to
    workers: Sequence[Beat]  # those that are alive
    holder: str  # who has the lease, so is at work now; empty: nobody
    cycles: Sequence[Cycle]  # the last one of each job
    halted: str  # why nothing is written now; empty: it is
    wishes: Sequence[WishInfo]
    waits: Waiting
    years: Sequence[Year] = ()  # with a finalized roster, oldest first


def _holder(store: Store, now: datetime) -> str:
    name, expires = holder_now(store) or ("", now)
    return name if expires > now else ""


def _newest_basis(store: Store) -> Basis:
    year = next(iter(school_years.signed_years(store)), "")
    with store.read() as connection:
        return newest_basis(connection, year)


def standing(settings: Settings, store: Store, now: datetime) -> Standing:
    """How things stand at this moment."""
    found = _years_of(settings, store, now)
    last = next(iter(details.runs(store, 1)), None)
    return Standing(
        basis=_newest_basis(store),
        drafts=[info for info in versions.listing(store) if info.state == "draft"],
        last=last,
        ended=details.report_of(store, last.number) if last else None,
        workers=heartbeat.alive(store, now),
        holder=_holder(store, now),
        cycles=jobs.newest(store),
        halted=why_halted(settings, store, now),
        wishes=sync_requests.open_wishes(store),
        waits=waiting(settings, store, now) if found else Waiting(),
        years=found,
    )


def _years_of(settings: Settings, store: Store, now: datetime) -> list[Year]:
    """All that have a finalized roster, oldest first."""
    signed = school_years.signed_years(store)
    cared = years.in_care(settings, store, now) if signed else ()
    return [_year(settings, store, year, cared_for=year in cared) for year in sorted(signed)]


def _year(settings: Settings, store: Store, year: str, *, cared_for: bool) -> Year:
    place = settings.place(year)
    report = details.newest_whole(store, place)
    with store.read() as connection:
        basis = newest_basis(connection, year)
    return Year(
        year, basis, cared_for, details.last_of(store, place), details.held_plans(store, place), unpublished(report) if report else ""
    )

"""status: how things stand"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ilc_canvas import clock
from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.cli.standing_year import Year
from ilc_canvas.cli.waiting import Waiting, waiting

if TYPE_CHECKING:
    from ilc_canvas.reconcile.basis import Basis
    from ilc_canvas.reconcile.run import Report
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.documents.versions import VersionInfo
    from ilc_canvas.store.runs.details import RunInfo
    from ilc_canvas.store.worker.heartbeat import Beat
    from ilc_canvas.store.worker.jobs import Cycle
    from ilc_canvas.store.worker.sync_requests import WishInfo


def status(as_json: Json = False) -> None:
    """How things stand: school year, what waits for whom, last run, worker, jobs."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin

    settings = begin()
    with bootstrap.opened(settings) as store:
        standing = _standing(settings, store)
    say_json(standing.as_json()) if as_json else say(*standing.told())


@dataclass(frozen=True)
class Standing:
    """Everything that somebody looks for who asks how things stand."""

    basis: "Basis"  # the newest finalized versions, of the school year that was signed last
    drafts: "Sequence[VersionInfo]"  # that wait to be signed
    last: "RunInfo | None"
    ended: "Report | None"  # what that run came to
    workers: "Sequence[Beat]"  # those that are alive
    holder: str  # who has the lease, so is at work now; empty: nobody
    cycles: "Sequence[Cycle]"  # the last one of each job
    halted: str  # why nothing is written now; empty: it is
    wishes: "Sequence[WishInfo]"
    waits: Waiting
    years: Sequence[Year] = ()  # with a finalized roster, oldest first

    def as_json(self) -> dict[str, object]:
        """For programs."""
        from ilc_canvas.program import basis

        run = {"run": self.last.number, "status": self.last.status, "digest": self.last.digest} if self.last else None
        run = {**run, "sentence": self.ended.sentence if self.ended else ""} if run else None
        workers = [{name: getattr(beat, name) for name in ("worker", "state", "at", "sentence")} for beat in self.workers]
        jobs = [{name: getattr(cycle, name) for name in ("job", "due", "at", "sentence")} for cycle in self.cycles]
        wishes = [{"wish": wish.number, "state": wish.state, "actor": wish.actor, "only": wish.only} for wish in self.wishes]
        more = {"workers": workers, "holder": self.holder, "jobs": jobs, "halted": self.halted, "wishes": wishes}
        drafts = [draft.number for draft in self.drafts]
        years = [year.as_json() for year in self.years]
        return {**basis.as_json(self.basis), "drafts": drafts, "last_run": run, **more, "school_years": years, **self.waits.as_json()}

    def told(self) -> Iterator[str]:
        """For people: the year, then what waits for them, then what happened, then who works."""
        yield from (f"Roster   {year.told()}" for year in self.years)
        yield from [] if self.years else ["Roster   none is finalized yet."]
        yield from self._waiting()
        yield from self._last()
        closed = [year for year in self.years if year.cared_for and year.unpublished]
        yield from (f"Courses  {f'{year.school_year}: ' if len(self.years) > 1 else ''}{year.unpublished}" for year in closed)
        yield from self._workers()
        yield from (f"Job      {cycle.job}, due {cycle.due.replace('T', ' ')}: {cycle.sentence}" for cycle in self.cycles)

    def _waiting(self) -> Iterator[str]:
        """What waits for a person, then for a worker, then for its time."""
        for draft in self.drafts:
            errors = f"it has {draft.errors} errors" if draft.errors else "it waits for a signature"
            yield f"Draft    {draft.school_year}, version {draft.number}: {errors}. See: ilc-canvas roster show {draft.number}"
        for year, info in ((each, info) for each in self.years if each.cared_for for info in each.held):
            yield f"Waiting  a plan of {year.school_year} is held. See it: ilc-canvas show {info.number}."
            yield f"         {_next(info, outdated=year.outdated(info))}"
        yield from [f"Halted   {self.halted}"] if self.halted else []
        yield from self.waits.told()
        for wish in self.wishes:
            yield f"Wish     no. {wish.number} of {wish.actor} {_WISHED[wish.state]}: {', '.join(wish.only) or 'everything'}"

    def _last(self) -> Iterator[str]:
        from ilc_canvas.reconcile.sentence import sentence

        if self.last is None:
            yield "Last run there was none yet."
            return
        yield f"Last run {self.last.number}: {self.last.status}, {clock.at(self.last.began_at)}."
        yield from [f"         {sentence(self.ended)}"] if self.ended else []

    def _workers(self) -> Iterator[str]:
        if not self.workers:
            yield "Worker   none is at work, so nothing happens by itself. To start one: ilc-canvas worker"
        for beat in self.workers:
            state = "at work" if beat.worker == self.holder else beat.state
            yield f"Worker   {beat.worker}, {state}, {clock.hour(beat.at)}: {beat.sentence}"
        if self.holder and self.holder not in {beat.worker for beat in self.workers}:
            yield f"At work  {self.holder}."


_WISHED = {"waiting": "waits for a worker", "taken": "is under way"}


def _next(info: "RunInfo", *, outdated: str) -> str:
    """What to do about a plan that waits."""
    if outdated:
        again = "plan" if info.undo is None else f"undo {info.undo}"
        return f"It is out of date: {outdated}. Make the plan again: ilc-canvas {again}"
    return f"Permit it: ilc-canvas {_permitting(info)}"


def _permitting(info: "RunInfo") -> str:
    """The command that lets just this plan happen."""
    if info.undo is not None:
        return f'undo {info.undo} --approve {info.digest} --reason "..."'
    only = "".join(f" --only {word}" for word in info.only)
    return f'sync --approve {info.digest}{only} --reason "..."'


def _holder(store: "Store", now: datetime) -> str:
    from ilc_canvas.store.db.lease import holder_now

    name, expires = holder_now(store) or ("", now)
    return name if expires > now else ""


def _newest_basis(store: "Store") -> "Basis":
    from ilc_canvas.store.documents.versions import newest_basis
    from ilc_canvas.store.rosters import school_years

    year = next(iter(school_years.signed_years(store)), "")
    with store.read() as connection:
        return newest_basis(connection, year)


def _standing(settings: "Settings", store: "Store") -> Standing:
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.standing_year import years_of
    from ilc_canvas.store.rosters import versions
    from ilc_canvas.store.runs import details
    from ilc_canvas.store.runs.details import report_of
    from ilc_canvas.store.worker import heartbeat, jobs, sync_requests
    from ilc_canvas.views.halted import why_halted

    now = bootstrap.now()
    found = years_of(settings, store, now)
    last = next(iter(details.runs(store, 1)), None)
    return Standing(
        basis=_newest_basis(store),
        drafts=[info for info in versions.listing(store) if info.state == "draft"],
        last=last,
        ended=report_of(store, last.number) if last else None,
        workers=heartbeat.alive(store, now),
        holder=_holder(store, now),
        cycles=jobs.newest(store),
        halted=why_halted(settings, store, now),
        wishes=sync_requests.open_wishes(store),
        waits=waiting(settings, store) if found else Waiting(),
        years=found,
    )

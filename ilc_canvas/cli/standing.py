"""status: how things stand"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ilc_canvas import clock
from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.cli.waiting import Waiting, waiting

if TYPE_CHECKING:
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.engine import Store
    from ilc_canvas.store.heartbeat import Beat
    from ilc_canvas.store.inbox import WishInfo
    from ilc_canvas.store.jobs import Cycle
    from ilc_canvas.store.runs import RunInfo


def status(as_json: Json = False) -> None:
    """How things stand: roster, last run, worker, what waits for a person."""
    from ilc_canvas import bootstrap

    settings = bootstrap.begin()
    with bootstrap.opened(settings) as store:
        standing = _standing(settings, store)
    say_json(standing.as_json()) if as_json else say(*standing.told())


@dataclass(frozen=True)
class Year:
    """How one school year stands."""

    school_year: str
    version: int  # the newest finalized
    cared_for: bool  # its term is not over
    last: "RunInfo | None"

    def as_json(self) -> dict[str, object]:
        """For programs."""
        run = {"run": self.last.number, "status": self.last.status, "digest": self.last.digest} if self.last else None
        return {"school_year": self.school_year, "roster_version": self.version, "cared_for": self.cared_for, "last_run": run}

    def told(self) -> str:
        """For people."""
        if not self.cared_for:
            return f"{self.school_year}, version {self.version}: its term is over, so it is left as it is."
        return f"{self.school_year}, version {self.version}. {f'Last run {_run(self.last)}' if self.last else 'No run yet.'}"


@dataclass(frozen=True)
class Standing:
    """Everything that somebody looks for who asks how things stand."""

    roster: int | None  # the newest finalized version
    last: "RunInfo | None"
    workers: "Sequence[Beat]"  # those that are alive
    holder: str  # who has the lease, so is at work now; empty: nobody
    cycles: "Sequence[Cycle]"  # the last one of each job
    halted: str  # why nothing is written now; empty: it is
    wishes: "Sequence[WishInfo]"
    waits: Waiting
    years: Sequence[Year] = ()  # with a finalized roster, oldest first

    def as_json(self) -> dict[str, object]:
        """For programs."""
        run = {"run": self.last.number, "status": self.last.status, "digest": self.last.digest} if self.last else None
        workers = [{name: getattr(beat, name) for name in ("worker", "state", "at", "sentence")} for beat in self.workers]
        jobs = [{name: getattr(cycle, name) for name in ("job", "due", "at", "sentence")} for cycle in self.cycles]
        wishes = [{"wish": wish.number, "state": wish.state, "actor": wish.actor, "only": wish.only} for wish in self.wishes]
        more = {"workers": workers, "holder": self.holder, "jobs": jobs, "halted": self.halted, "wishes": wishes}
        more |= {"school_years": [year.as_json() for year in self.years]}
        return {"roster_version": self.roster, "last_run": run, **more, **self.waits.as_json()}

    def told(self) -> Iterator[str]:
        """For people."""
        yield from (f"Roster   {year.told()}" for year in self.years)
        yield from [] if self.roster else ["Roster   none is finalized yet."]
        yield f"Last run {_run(self.last)}" if self.last else "Last run there was none yet."
        if not self.workers:
            yield "Worker   none is at work, so nothing happens by itself. To start one: ilc-canvas worker"
        for beat in self.workers:
            state = "at work" if beat.worker == self.holder else beat.state
            yield f"Worker   {beat.worker}, {state}, {clock.hour(beat.at)}: {beat.sentence}"
        if self.holder and self.holder not in {beat.worker for beat in self.workers}:
            yield f"At work  {self.holder}."
        yield from (f"Job      {cycle.job}, due {cycle.due.replace('T', ' ')}: {cycle.sentence}" for cycle in self.cycles)
        if self.halted:
            yield self.halted
        for wish in self.wishes:
            yield f"Wish     no. {wish.number} of {wish.actor} {_WISHED[wish.state]}: {', '.join(wish.only) or 'everything'}"
        for run in (year.last for year in self.years if year.cared_for and year.last and year.last.status == "held"):
            yield f"Waiting  a plan of {run.scope.rpartition(':')[2]} is held. See it: ilc-canvas show {run.number}."
            only = "".join(f" --only {word}" for word in run.only)
            yield f'         Permit it: ilc-canvas sync --approve {run.digest}{only} --reason "..."'
        yield from self.waits.told()


_WISHED = {"waiting": "waits for a worker", "taken": "is under way"}


def _run(info: "RunInfo") -> str:
    return f"{info.number}: {info.status}, {clock.at(info.began_at)}."


def _holder(store: "Store", now: datetime) -> str:
    from ilc_canvas.store.lease import holder_now

    name, expires = holder_now(store) or ("", now)
    return name if expires > now else ""


def _standing(settings: "Settings", store: "Store") -> Standing:
    from ilc_canvas import bootstrap
    from ilc_canvas.store import heartbeat, inbox, jobs, rosters, runs

    now = bootstrap.now()
    found = _years(settings, store, now)
    return Standing(
        roster=rosters.newest_finalized(store).version if found else None,
        last=next(iter(runs.runs(store, 1)), None),
        workers=heartbeat.alive(store, now),
        holder=_holder(store, now),
        cycles=jobs.newest(store),
        halted=bootstrap.halted(settings, store, now),
        wishes=inbox.open_wishes(store),
        waits=waiting(settings, store) if found else Waiting(),
        years=found,
    )


def _years(settings: "Settings", store: "Store", now: datetime) -> list[Year]:
    from ilc_canvas import years
    from ilc_canvas.store import rosters, runs, school_years

    signed = school_years.signed_years(store)
    cared = years.in_care(settings, store, now) if signed else ()
    version = {year: rosters.newest_finalized(store, year).version for year in signed}
    return [Year(year, version[year], year in cared, runs.last_of(store, years.place(settings, year))) for year in sorted(signed)]

"""status: how things stand"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ilc_canvas import clock
from ilc_canvas.cli import waiting
from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.reconcile.words import count

if TYPE_CHECKING:
    from ilc_canvas.reconcile.basis import Basis
    from ilc_canvas.store.runs.details import RunInfo
    from ilc_canvas.store.worker.sync_requests import Request, WishInfo
    from ilc_canvas.views.status import Standing, Year


def status(as_json: Json = False) -> None:
    """How things stand: school year, what waits for whom, last run, worker, jobs."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.views.status import standing

    settings = begin()
    with bootstrap.opened(settings) as store:
        found = standing(settings, store, bootstrap.now())
    say_json(_as_json(found)) if as_json else say(*_told(found))


def _as_json(standing: "Standing") -> dict[str, object]:
    """For programs."""
    from ilc_canvas.program import basis

    run = {"run": standing.last.number, "status": standing.last.status, "digest": standing.last.digest} if standing.last else None
    run = {**run, "sentence": standing.ended.sentence if standing.ended else ""} if run else None
    workers = [{name: getattr(beat, name) for name in ("worker", "state", "at", "sentence")} for beat in standing.workers]
    jobs = [{name: getattr(cycle, name) for name in ("job", "due", "at", "sentence")} for cycle in standing.cycles]
    wishes = [_wish_json(wish) for wish in standing.wishes]
    more = {"workers": workers, "holder": standing.holder, "jobs": jobs, "halted": standing.halted, "wishes": wishes}
    drafts = [draft.number for draft in standing.drafts]
    years = [_year_json(year) for year in standing.years]
    return {
        **basis.as_json(standing.basis),
        "drafts": drafts,
        "last_run": run,
        **more,
        "school_years": years,
        **waiting.as_dict(standing.waits),
    }


def _told(standing: "Standing") -> Iterator[str]:
    """For people: the year, then what waits for them, then what happened, then who works."""
    yield from (f"Roster   {_year(year) if len(standing.years) > 1 else _head(year)}" for year in standing.years)
    yield from [] if standing.years else ["Roster   none is finalized yet."]
    yield from _waiting(standing)
    yield from _last(standing)
    yield from _courses(standing)
    yield from _workers(standing)
    yield from (f"Job      {cycle.job}, due {cycle.due.replace('T', ' ')}: {cycle.sentence}" for cycle in standing.cycles)


def _waiting(standing: "Standing") -> Iterator[str]:
    """What waits for a person, then for a worker, then for its time."""
    for draft in standing.drafts:
        errors = f"it has {count(draft.errors, 'error')}" if draft.errors else "it waits for a signature"
        yield f"Draft    {draft.school_year}, version {draft.number}: {errors}. See: ilc-canvas roster show {draft.number}"
    for year, info in ((each, info) for each in standing.years if each.cared_for for info in each.held):
        yield f"Waiting  a plan of {year.school_year} is held. See it: ilc-canvas show {info.number}."
        yield f"         {_next(info, outdated=year.outdated(info))}"
    yield from [f"Halted   {standing.halted}"] if standing.halted else []
    yield from waiting.told(standing.waits)
    for wish in standing.wishes:
        yield f"Wish     no. {wish.number} of {wish.request.actor} {_WISHED[wish.state]}: {_wanted(wish.request)}"


def _courses(standing: "Standing") -> Iterator[str]:
    """How many are not published; of one school year, unless the last run's sentence says so."""
    closed = [year for year in standing.years if year.cared_for and year.unpublished]
    if len(standing.years) > 1:
        yield from (f"Courses  {year.school_year}: {year.unpublished}" for year in closed)
    else:
        yield from (f"Courses  {year.unpublished}" for year in closed if year.unpublished not in _sentence(standing))


def _sentence(standing: "Standing") -> str:
    """What the last run came to; empty if it did not end by itself."""
    from ilc_canvas.reconcile.sentence import sentence

    return sentence(standing.ended) if standing.ended else ""


def _last(standing: "Standing") -> Iterator[str]:
    if standing.last is None:
        yield "Last run there was none yet."
        return
    yield f"Last run {standing.last.number}: {standing.last.status}, {clock.at(standing.last.began_at)}."
    said = [_sentence(standing), *(_newer(standing.years[0]) if len(standing.years) == 1 else [])]
    yield from (f"         {text}" for text in said if text)


def _workers(standing: "Standing") -> Iterator[str]:
    if not standing.workers:
        yield "Worker   none is at work, so nothing happens by itself. To start one: ilc-canvas worker"
    for beat in standing.workers:
        state = "at work" if beat.worker == standing.holder else beat.state
        yield f"Worker   {beat.worker}, {state}, {clock.hour(beat.at)}: {beat.sentence}"
    if standing.holder and standing.holder not in {beat.worker for beat in standing.workers}:
        yield f"At work  {standing.holder}."


def _year_json(year: "Year") -> dict[str, object]:
    from ilc_canvas.program import basis

    run = {"run": year.last.number, "status": year.last.status, "digest": year.last.digest} if year.last else None
    return {"school_year": year.school_year, **basis.as_json(year.basis), "cared_for": year.cared_for, "last_run": run}


def _year(year: "Year") -> str:
    """With its own last run, and what is newer than that."""
    if not year.cared_for:
        return _head(year)
    last = f"Last run {year.last.number}: {year.last.status}, {clock.at(year.last.began_at)}." if year.last else "No run yet."
    return " ".join([_head(year), last, *_newer(year)])


def _head(year: "Year") -> str:
    head = f"{year.school_year}, {_versions(year.basis)}"
    return f"{head}." if year.cared_for else f"{head}: its term is over, so it is left as it is."


def _newer(year: "Year") -> list[str]:
    return [f"But {year.changed}."] if year.changed else []


def _versions(newest: "Basis") -> str:
    """version 4, calendar version 2"""
    from ilc_canvas.program.basis import ROSTER, roster_number

    others = str(newest.without(ROSTER))
    return f"version {roster_number(newest)}{f', {others}' if others else ''}"


_WISHED = {"waiting": "waits for a worker", "taken": "is under way"}


def _next(info: "RunInfo", *, outdated: str) -> str:
    """What to do about a plan that waits."""
    if outdated:
        again = "plan" if info.undo is None else f"undo {info.undo}"
        return f"It is out of date: {outdated}. Make the plan again: ilc-canvas {again}"
    return f"Permit it: ilc-canvas {_permitting(info)}"


def _wish_json(wish: "WishInfo") -> dict[str, object]:
    return {"wish": wish.number, "state": wish.state, "actor": wish.request.actor, "only": wish.request.only}


def _wanted(request: "Request") -> str:
    words = ", ".join(request.only) or "everything"
    undo = f"take back run {request.undo}"
    if request.kind == "plan":
        return f"a plan to {undo}" if request.undo is not None else f"a plan of {words}"
    return {"undo": undo, "verify": "verify the audit log", "test": "a test notice"}.get(request.kind, words)


def _permitting(info: "RunInfo") -> str:
    """The command that lets just this plan happen."""
    if info.undo is not None:
        return f'undo {info.undo} --approve {info.digest} --reason "..."'
    only = "".join(f" --only {word}" for word in info.only)
    return f'sync --approve {info.digest}{only} --reason "..."'

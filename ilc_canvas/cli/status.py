"""status: the current state of everything"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ilc_canvas import clock
from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.cli.runs import parked
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from ilc_canvas.reconcile.basis import Basis
    from ilc_canvas.store.runs.details import RunInfo
    from ilc_canvas.store.worker.sync_requests import SyncRequest, SyncRequestInfo
    from ilc_canvas.views.status import Status, Year


def status(as_json: Json = False) -> None:
    """Current status: school years, what waits for whom, last run, worker, jobs."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.views.status import current_status

    settings = begin()
    with bootstrap.open_store(settings) as store:
        result = current_status(settings, store, process.now())
    say_json(_as_json(result)) if as_json else say(*_lines(result))


def _as_json(current: "Status") -> dict[str, object]:
    """The status for programs."""
    from ilc_canvas.program import basis

    run = {"run": current.last.number, "status": current.last.status, "digest": current.last.digest} if current.last else None
    run = {**run, "sentence": current.last_report.sentence if current.last_report else ""} if run else None
    workers = [{name: getattr(beat, name) for name in ("worker", "state", "at", "sentence")} for beat in current.workers]
    jobs = [{name: getattr(cycle, name) for name in ("job", "due", "at", "sentence")} for cycle in current.cycles]
    sync_requests = [_request_json(request) for request in current.sync_requests]
    more = {"workers": workers, "holder": current.holder, "jobs": jobs, "halted": current.halted, "sync_requests": sync_requests}
    drafts = [draft.number for draft in current.drafts]
    years = [_year_json(year) for year in current.years]
    return {
        **basis.as_json(current.basis),
        "drafts": drafts,
        "last_run": run,
        **more,
        "school_years": years,
        **parked.as_dict(current.waits),
    }


def _lines(current: "Status") -> Iterator[str]:
    """The status for people: school years, then what waits, then what happened, then who is working."""
    yield from (f"Roster   {_year(year) if len(current.years) > 1 else _head(year)}" for year in current.years)
    yield from [] if current.years else ["Roster   none is finalized yet."]
    yield from _waiting(current)
    yield from _last(current)
    yield from _courses(current)
    yield from _workers(current)
    yield from (f"Job      {cycle.job}, due {cycle.due.replace('T', ' ')}: {cycle.sentence}" for cycle in current.cycles)


def _waiting(current: "Status") -> Iterator[str]:
    """What waits for a person, then for a worker, then for a set time."""
    for draft in current.drafts:
        errors = f"it has {count(draft.errors, 'error')}" if draft.errors else "it waits for a signature"
        yield f"Draft    {draft.school_year}, version {draft.number}: {errors}. See: ilc-canvas roster show {draft.number}"
    for year, info in ((each, info) for each in current.years if each.cared_for for info in each.held):
        yield f"Waiting  a plan of {year.school_year} is held. See it: ilc-canvas show {info.number}."
        yield f"         {_next(info, outdated=year.outdated(info))}"
    yield from [f"Halted   {current.halted}"] if current.halted else []
    yield from parked.parked_lines(current.waits)
    for request in current.sync_requests:
        yield f"Request  no. {request.number} of {request.request.actor} {_STATES[request.state]}: {_request_text(request.request)}"


def _courses(current: "Status") -> Iterator[str]:
    """How many courses are not published. With one school year, only if the last run's sentence does not say so."""
    unpublished = [year for year in current.years if year.cared_for and year.unpublished]
    if len(current.years) > 1:
        yield from (f"Courses  {year.school_year}: {year.unpublished}" for year in unpublished)
    else:
        yield from (f"Courses  {year.unpublished}" for year in unpublished if year.unpublished not in _sentence(current))


def _sentence(current: "Status") -> str:
    """How the last run ended; empty if it was cut off."""
    from ilc_canvas.reconcile.run.sentence import sentence

    return sentence(current.last_report) if current.last_report else ""


def _last(current: "Status") -> Iterator[str]:
    if current.last is None:
        yield "Last run none yet."
        return
    yield f"Last run {current.last.number}: {current.last.status}, {clock.at(current.last.began_at)}."
    sentences = [_sentence(current), *(_newer(current.years[0]) if len(current.years) == 1 else [])]
    yield from (f"         {text}" for text in sentences if text)


def _workers(current: "Status") -> Iterator[str]:
    if not current.workers:
        yield "Worker   none is running, so nothing happens by itself. To start one: ilc-canvas worker"
    for beat in current.workers:
        state = "working" if beat.worker == current.holder else beat.state
        yield f"Worker   {beat.worker}, {state}, {clock.hour(beat.at)}: {beat.sentence}"
    if current.holder and current.holder not in {beat.worker for beat in current.workers}:
        yield f"Working  {current.holder}."


def _year_json(year: "Year") -> dict[str, object]:
    from ilc_canvas.program import basis

    run = {"run": year.last.number, "status": year.last.status, "digest": year.last.digest} if year.last else None
    return {"school_year": year.school_year, **basis.as_json(year.basis), "cared_for": year.cared_for, "last_run": run}


def _year(year: "Year") -> str:
    """A school year with its last run, and what is newer than that."""
    if not year.cared_for:
        return _head(year)
    last = f"Last run {year.last.number}: {year.last.status}, {clock.at(year.last.began_at)}." if year.last else "No run yet."
    return " ".join([_head(year), last, *_newer(year)])


def _head(year: "Year") -> str:
    head = f"{year.school_year}, {_versions(year.basis)}"
    return f"{head}." if year.cared_for else f"{head}: its term has ended, so it is left as it is."


def _newer(year: "Year") -> list[str]:
    return [f"But {year.changed}."] if year.changed else []


def _versions(newest: "Basis") -> str:
    """version 4, calendar version 2"""
    from ilc_canvas.program.basis import ROSTER, roster_number

    others = str(newest.without(ROSTER))
    return f"version {roster_number(newest)}{f', {others}' if others else ''}"


_STATES = {"waiting": "waits for a worker", "taken": "is under way"}


def _next(info: "RunInfo", *, outdated: str) -> str:
    """What to do about a held plan."""
    if outdated:
        again = "plan" if info.undo is None else f"undo {info.undo}"
        return f"It is out of date: {outdated}. Make the plan again: ilc-canvas {again}"
    return f"To approve it: ilc-canvas {_approval_command(info)}"


def _request_json(request: "SyncRequestInfo") -> dict[str, object]:
    return {"request": request.number, "state": request.state, "actor": request.request.actor, "only": request.request.only}


def _request_text(request: "SyncRequest") -> str:
    from ilc_canvas.views.requests import request_text

    return (", ".join(request.only) or "everything") if request.kind == "sync" else request_text(request)


def _approval_command(info: "RunInfo") -> str:
    """The command that approves exactly this plan."""
    if info.undo is not None:
        return f'undo {info.undo} --approve {info.digest} --reason "..."'
    only = "".join(f" --only {word}" for word in info.only)
    return f'sync --approve {info.digest}{only} --reason "..."'

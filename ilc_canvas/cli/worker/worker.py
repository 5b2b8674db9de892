"""worker, resync, pause, resume: the daemon, and requests to it"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import Json, Only, Reason, Repair
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json
from ilc_canvas.cli.runs.runs import checked, trigger_of
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from ilc_canvas.canvas.http.throttle import Throttle
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.worker.sync_requests import SyncRequest, SyncRequestInfo

LOOK_EVERY = 0.5  # seconds between looks at a sync request
PATIENCE = 12.0  # seconds for calls under way when a worker is stopped; the next run settles calls that hang longer


def worker() -> None:
    """Run as a daemon: scheduled syncs, requested syncs, notices. Ends within seconds of SIGTERM or Ctrl-C, after calls under way."""

    from ilc_canvas import bootstrap, process
    from ilc_canvas.canvas.http.throttle import Throttle
    from ilc_canvas.cli.commands import with_commands
    from ilc_canvas.cli.signals import stoppable
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.worker.loop import JOBS, Worker

    settings = begin(logged=True)
    with bootstrap.open_store(settings) as store:
        schedule = {job: getattr(settings.schedule, job) for job in JOBS}
        name, throttle = process.holder(), Throttle()
        jobs = bootstrap.worker_jobs(settings, store, name=name, words=with_commands, throttle=throttle)
        with _http_server(settings, store, name, throttle=throttle), suppress(KeyboardInterrupt), stoppable(patience=PATIENCE) as stop:
            Worker(jobs, schedule, settings.zone, process.now, stop=stop).work()


@contextmanager
def _http_server(settings: "Settings", store: "Store", name: str, *, throttle: "Throttle") -> Iterator[None]:
    """Serve /healthz, /readyz and /metrics if a port is set."""
    if not settings.http_port:
        yield
        return
    from ilc_canvas import process
    from ilc_canvas.reconcile.errors import SettingsError
    from ilc_canvas.worker.http import serve
    from ilc_canvas.worker.ready_courses import LastCounted

    ready = LastCounted(settings, store, process.now)
    try:
        server = serve(store, settings.http_host, settings.http_port, worker=name, throttle=throttle, ready=ready)
    except OSError as error:
        place = f"{settings.http_host}:{settings.http_port}"
        raise SettingsError(
            f"{place} is not available ({error.strerror}): set another ILC_CANVAS_HTTP_PORT. The worker was not started."
        ) from error
    try:
        yield
    finally:
        server.close()


def resync(
    only: Only = None,
    reason: Reason = "",
    full: Annotated[bool, typer.Option("--full", help="Also try parked changes.")] = False,
    *,
    repair: Repair = False,
    plan: Annotated[bool, typer.Option("--plan", help="A plan only: also made during a pause.")] = False,
    undo: Annotated[int | None, typer.Option("--undo", metavar="RUN", help="Undo this run; with --plan: show how.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Check the audit log instead.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it is done, and show how it went.")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Cancel waiting requests instead (with --only or --number: just that).")] = False,
    number: Annotated[int | None, typer.Option("--number", help="With --cancel: the request with this number.")] = None,
    as_json: Json = False,
) -> None:
    """Ask a worker for a sync now, from any machine that can reach the store. Guards apply as usual. Needs a reason."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import sync_requests as requests
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.worker import sync_requests

    words = checked(only)
    if cancel or number is not None:
        return _cancel(words, number, is_meant=cancel, as_json=as_json)
    sync_request = _wanted(words, reason, full=full, repair=repair, plan=plan, undo=undo, verify=verify)
    settings = begin()
    with bootstrap.open_store(settings) as store:
        request = requests.request(settings, store, sync_request, join=wait, at=process.now())
        final = _wait_for(store, request, show=not as_json) if wait else sync_requests.read(store, request.number)
        say_json(_as_json(final)) if as_json else say(*_lines(settings, store, final))
    if final.state in ("failed", "cancelled"):
        raise typer.Exit(EXIT_ERROR)
    return None


def _wanted(words: tuple[str, ...], reason: str, *, full: bool, repair: bool, plan: bool, undo: int | None, verify: bool) -> "SyncRequest":
    """What is asked for. Usage error for options that do not go together."""
    from ilc_canvas import process
    from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest

    if not reason.strip():
        raise typer.BadParameter('Give a reason for the sync, so that others understand it: --reason "..."')
    if verify and (plan or undo is not None or words or full or repair):
        raise typer.BadParameter("--verify checks all of the audit log: it goes with no other request.")
    if undo is not None and (words or full or repair):
        raise typer.BadParameter("--undo takes back a whole run: it goes only with --plan.")
    trigger_of("resync", {"only": words, "reason": reason}, repair=repair)
    other = RequestKind.VERIFY if verify else RequestKind.UNDO if undo is not None else RequestKind.SYNC
    kind = RequestKind.PLAN if plan else other
    return SyncRequest(kind, process.actor(), reason, only=words, undo=undo, retry=full, repair=repair)


def _cancel(words: tuple[str, ...], number: int | None, *, is_meant: bool, as_json: bool) -> None:
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.worker import sync_requests

    if not is_meant:
        raise typer.BadParameter("--number goes with --cancel: it says which request.")
    with bootstrap.open_store(begin()) as store:
        numbers = sync_requests.cancel(store, actor=process.actor(), at=process.now(), only=words or None, number=number)
    say_json({"cancelled": numbers}) if as_json else say(f"Cancelled: {', '.join(f'no. {each}' for each in numbers)}.")


def _wait_for(store: "Store", request: "SyncRequestInfo", *, show: bool) -> "SyncRequestInfo":
    """Wait until the request has ended, and show each change of its state once."""
    from ilc_canvas import process
    from ilc_canvas.store.worker import heartbeat, sync_requests

    nobody = not heartbeat.alive(store, process.now())
    waits = f"No. {request.number} waits for a worker.{f' {_NOBODY}' if nobody else ''}"
    last = ""
    while request.state in sync_requests.OPEN:
        word = _how_far(store) if request.state == "taken" else waits
        if show and word != last:
            say(word)
        last = word
        time.sleep(LOOK_EVERY)
        request = sync_requests.read(store, request.number)
    return request


def _how_far(store: "Store") -> str:
    from ilc_canvas.store.runs import details

    run = details.running(store)
    progress = details.run_progress(store, run) if run else None
    return f"{progress.done:,} of {count(progress.total, 'change')} done" if progress and progress.done else "A worker has taken it."


def _as_json(request: "SyncRequestInfo") -> dict[str, object]:
    sync_request = request.request
    head = {
        "request": request.number,
        "state": request.state,
        "actor": sync_request.actor,
        "reason": sync_request.reason,
        "only": sync_request.only,
    }
    more = {"kind": sync_request.kind, "undo": sync_request.undo}
    return {**head, **more, "full": sync_request.retry, "run": request.run, "result": request.result, "taken_by": request.taken_by}


def _lines(settings: "Settings", store: "Store", request: "SyncRequestInfo") -> list[str]:
    """How the request stands or ended, for the person who asked."""
    from ilc_canvas import process
    from ilc_canvas.store.worker import heartbeat
    from ilc_canvas.views.halt import why_halted

    if request.state in ("waiting", "taken"):
        halted = why_halted(settings, store, process.now())
        workers_alive = heartbeat.alive(store, process.now())
        return [f"Recorded as no. {request.number}. {(f'It waits. {halted}' if halted else _SOON) if workers_alive else _NOBODY}"]
    lines = [f"No. {request.number} {'has' if request.state == 'failed' else 'is'} {request.state}: {request.result}"]
    if request.run is not None:
        lines += _steps(settings, store, request)
    return lines


_SOON = "A worker picks it up within seconds. To follow it: ilc-canvas status"
_NOBODY = "No worker is running now, so it waits. To start one: ilc-canvas worker. To sync right here and now: ilc-canvas sync"


def _steps(settings: "Settings", store: "Store", request: "SyncRequestInfo") -> list[str]:
    """The steps of the run if the request was for one person; otherwise where to read more."""
    from ilc_canvas.cli.runs.person_run import person_run_lines
    from ilc_canvas.views.people.person_run import person_run

    only = request.request.only
    people = [word.partition(":")[2] for word in only if word.startswith("person:")]
    if len(people) != 1 or len(only) != 1 or request.run is None:
        return [f"See: ilc-canvas show {request.run}"]
    return list(person_run_lines(person_run(settings, store, people[0], run=request.run)))


def pause(
    reason: Reason = "",
    until: Annotated[
        datetime | None, typer.Option(help="Local time: 2021-09-01 or 2021-09-01T18:00.", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"])
    ] = None,
    as_json: Json = False,
) -> None:
    """Stop all writing to Canvas, by any process, until resume or the given time. Needs a reason."""

    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.worker import pauses

    if not reason.strip():
        raise typer.BadParameter('Give a reason for the pause, so that others understand it: --reason "..."')
    settings = begin()
    at = process.now()
    end = until.replace(tzinfo=settings.zone) if until else None
    if end and end <= at:
        raise typer.BadParameter(f"--until {until:%Y-%m-%dT%H:%M} has already passed.")
    with bootstrap.open_store(settings) as store:
        current_pause = pauses.pause(store, until=end, actor=process.actor(), reason=reason, at=at)
    if as_json:
        say_json({"since": current_pause.since, "until": current_pause.until, "actor": current_pause.actor, "reason": current_pause.reason})
    else:
        say(f"{current_pause}. Plans can still be made. To go on: ilc-canvas resume")


def resume(reason: Reason = "", as_json: Json = False) -> None:
    """End a pause."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.worker import pauses

    settings = begin()
    with bootstrap.open_store(settings) as store:
        pauses.resume(store, actor=process.actor(), reason=reason, at=process.now())
    say_json({"resumed": True}) if as_json else say(
        "The pause has ended. The worker continues at its next due time. To sync now: ilc-canvas sync"
    )

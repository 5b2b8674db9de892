"""worker, resync, pause, resume: the daemon, and what people ask of it"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import Json, Only, Reason, Repair
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json
from ilc_canvas.cli.runs import checked, trigger_of

if TYPE_CHECKING:
    from ilc_canvas.canvas.throttle import Throttle
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.worker.sync_requests import WishInfo

LOOK_EVERY = 0.5  # seconds between two looks at a wish
PATIENCE = 12.0  # seconds for the calls under way when a worker is told to stop; the next run settles what hangs longer


def worker() -> None:
    """Run as a daemon: syncs by schedule, forced resyncs, notices. Ends within seconds of SIGTERM or Ctrl-C, after the calls under way."""

    from ilc_canvas import bootstrap
    from ilc_canvas.canvas.throttle import Throttle
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.cli.commands import said
    from ilc_canvas.cli.stopping import stoppable
    from ilc_canvas.desk import Desk
    from ilc_canvas.worker import JOBS, Worker

    settings = begin(logged=True)
    with bootstrap.opened(settings) as store:
        schedule = {job: getattr(settings.schedule, job) for job in JOBS}
        name, throttle = bootstrap.holder(), Throttle()
        desk = Desk(settings, store, name=name, words=said, throttle=throttle)
        with _answering(settings, store, name, throttle=throttle), suppress(KeyboardInterrupt), stoppable(patience=PATIENCE) as stop:
            Worker(desk, schedule, settings.zone, bootstrap.now, stop=stop).work()


@contextmanager
def _answering(settings: "Settings", store: "Store", name: str, *, throttle: "Throttle") -> Iterator[None]:
    """/healthz, /readyz and /metrics, where a port is set."""
    if not settings.http_port:
        yield
        return
    from ilc_canvas.metrics import serve
    from ilc_canvas.reconcile.errors import SettingsError

    try:
        server = serve(store, settings.http_host, settings.http_port, worker=name, throttle=throttle)
    except OSError as error:
        place = f"{settings.http_host}:{settings.http_port}"
        raise SettingsError(
            f"{place} cannot be had ({error.strerror}): set another ILC_CANVAS_HTTP_PORT. The worker was not started."
        ) from error
    try:
        yield
    finally:
        server.close()


def resync(
    only: Only = None,
    reason: Reason = "",
    full: Annotated[bool, typer.Option("--full", help="Try what is parked as well.")] = False,
    *,
    repair: Repair = False,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until it is done, and say how it went.")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Take back what waits instead (with --only: that wish).")] = False,
    as_json: Json = False,
) -> None:
    """Ask a worker for a sync now, from any machine that reaches the store. Guards hold as always. Wants a reason."""
    from ilc_canvas import bootstrap
    from ilc_canvas.actions import sync_requests as requests
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.worker import sync_requests
    from ilc_canvas.store.worker.sync_requests import Request, RequestKind

    words = checked(only)
    settings = begin()
    with bootstrap.opened(settings) as store:
        if cancel:
            numbers = sync_requests.cancel(store, actor=bootstrap.actor(), at=bootstrap.now(), only=words or None)
            say_json({"cancelled": numbers}) if as_json else say(f"Cancelled: {', '.join(f'no. {number}' for number in numbers)}.")
            return
        if not reason.strip():
            raise typer.BadParameter('A forced sync wants a reason, so that others understand it: --reason "..."')
        trigger_of("resync", {"only": words, "reason": reason}, repair=repair)
        wanted = Request(RequestKind.SYNC, bootstrap.actor(), reason, only=words, retry=full, repair=repair)
        asked = requests.request(settings, store, wanted, join=wait, at=bootstrap.now())
        ended = _watched(store, asked, show=not as_json) if wait else asked
        say_json(_as_json(ended)) if as_json else say(*_told(settings, store, ended))
    if ended.state in ("failed", "cancelled"):
        raise typer.Exit(EXIT_ERROR)


def _watched(store: "Store", asked: "WishInfo", *, show: bool) -> "WishInfo":
    """Until it has ended; each new word about it is said once."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store.worker import heartbeat, sync_requests

    nobody = not heartbeat.alive(store, bootstrap.now())
    waits = f"No. {asked.number} waits for a worker.{f' {_NOBODY}' if nobody else ''}"
    said = ""
    while asked.state in sync_requests.OPEN:
        word = _how_far(store) if asked.state == "taken" else waits
        if show and word != said:
            say(word)
        said = word
        time.sleep(LOOK_EVERY)
        asked = sync_requests.read(store, asked.number)
    return asked


def _how_far(store: "Store") -> str:
    from ilc_canvas.store.runs import details

    run = details.running(store)
    found = details.progress(store, run) if run else None
    return f"{found.done:,} of {found.total:,} changes done" if found and found.done else "A worker has taken it."


def _as_json(asked: "WishInfo") -> dict[str, object]:
    wanted = asked.request
    head = {"wish": asked.number, "state": asked.state, "actor": wanted.actor, "reason": wanted.reason, "only": wanted.only}
    return {**head, "full": wanted.retry, "run": asked.run, "result": asked.result, "taken_by": asked.taken_by}


def _told(settings: "Settings", store: "Store", asked: "WishInfo") -> list[str]:
    """What somebody wants to know who has waited, or not."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store.worker import heartbeat
    from ilc_canvas.views.halted import why_halted

    if asked.state in ("waiting", "taken"):
        halted = why_halted(settings, store, bootstrap.now())
        there = heartbeat.alive(store, bootstrap.now())
        return [f"Noted as no. {asked.number}. {(f'It waits. {halted}' if halted else _SOON) if there else _NOBODY}"]
    lines = [f"No. {asked.number} {'has' if asked.state == 'failed' else 'is'} {asked.state}: {asked.result}"]
    if asked.run is not None:
        lines += _steps(settings, store, asked)
    return lines


_SOON = "A worker takes it within seconds; to see how it goes: ilc-canvas status"
_NOBODY = "No worker is at work now, so it waits. To start one: ilc-canvas worker. To do it here and now: ilc-canvas sync"


def _steps(settings: "Settings", store: "Store", asked: "WishInfo") -> list[str]:
    """For one person: found in the roster, found in Canvas, decided, done, verified. For the others: where to read on."""
    from ilc_canvas.cli.journey import told
    from ilc_canvas.views.journey import journey

    only = asked.request.only
    people = [word.partition(":")[2] for word in only if word.startswith("person:")]
    if len(people) != 1 or len(only) != 1 or asked.run is None:
        return [f"See: ilc-canvas show {asked.run}"]
    return list(told(journey(settings, store, people[0], run=asked.run)))


def pause(
    reason: Reason = "",
    until: Annotated[
        datetime | None, typer.Option(help="Local time: 2021-09-01 or 2021-09-01T18:00.", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"])
    ] = None,
    as_json: Json = False,
) -> None:
    """Write nothing to Canvas from now on, in no process, until resume or the time given. Wants a reason."""

    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.worker import pauses

    if not reason.strip():
        raise typer.BadParameter('A pause wants a reason, so that others understand it: --reason "..."')
    settings = begin()
    at = bootstrap.now()
    end = until.replace(tzinfo=settings.zone) if until else None
    if end and end <= at:
        raise typer.BadParameter(f"--until {until:%Y-%m-%dT%H:%M} is over already.")
    with bootstrap.opened(settings) as store:
        held = pauses.pause(store, until=end, actor=bootstrap.actor(), reason=reason, at=at)
    if as_json:
        say_json({"since": held.since, "until": held.until, "actor": held.actor, "reason": held.reason})
    else:
        say(f"{held}. Plans can still be made. To go on: ilc-canvas resume")


def resume(reason: Reason = "", as_json: Json = False) -> None:
    """End a pause."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.worker import pauses

    settings = begin()
    with bootstrap.opened(settings) as store:
        pauses.resume(store, actor=bootstrap.actor(), reason=reason, at=bootstrap.now())
    say_json({"resumed": True}) if as_json else say("The pause is over. The worker goes on at its next time; now: ilc-canvas sync")

"""The only place where settings are turned into objects: store, journal, Canvas, policy, limits, log.

What only a run needs is imported by the functions that make one, so that a command that reads the store starts without it.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ilc_canvas import clock, process
from ilc_canvas.files import PREFIX
from ilc_canvas.logs import set_up_log, set_up_screen
from ilc_canvas.reconcile.errors import PausedError, SettingsError
from ilc_canvas.reconcile.words.hints import Words
from ilc_canvas.settings import Settings, noted, read_settings
from ilc_canvas.store import opening
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.schema import require_head

if TYPE_CHECKING:
    from ilc_canvas.canvas.client import CanvasClient
    from ilc_canvas.canvas.http.throttle import Throttle
    from ilc_canvas.courses.content_source import ContentSource
    from ilc_canvas.reconcile.run.values import Report, RunRequest
    from ilc_canvas.reconcile.state import Key
    from ilc_canvas.store.audit.signing import PublicKeys, Signer
    from ilc_canvas.store.audit.token_addresses import TokenAddress
    from ilc_canvas.store.db.lease import Lease
    from ilc_canvas.store.runs.details import RunDetail
    from ilc_canvas.sync import ApplySettings, OnProgress
    from ilc_canvas.views.people.person import AskCanvas
    from ilc_canvas.worker.examination import CheckResult, Instruments
    from ilc_canvas.worker.jobs import WorkerJobs


def load_settings(words: Words, *, logged: bool = False) -> Settings:
    """Read the settings, and set up log and clock from them. SettingsError if they cannot be used.

    Only unattended commands are `logged`; others log if the environment sets a level. `words` turns hints in the log into commands.
    """
    process.keep_from_dumps(closed=logged)
    settings = read_settings()
    clock.use(settings.zone)
    if logged or any(name.upper() == f"{PREFIX}LOG_LEVEL" and level for name, level in os.environ.items()):
        set_up_log(settings.token.get_secret_value(), settings.log_level, words=words)
    else:
        set_up_screen(words)
    return settings


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """The store, closed afterwards. StoreError if there is none, SchemaError if its schema has another version."""
    store = opening.open_store(settings.store)
    try:
        require_head(store)
        yield store
    finally:
        store.close()


def apply_settings(settings: Settings) -> "ApplySettings":
    """How fast and how patiently changes are applied."""
    from ilc_canvas.sync import ApplySettings

    return ApplySettings(settings.in_flight, settings.settle_seconds, settings.reread_seconds, settings.grace_hours, settings.repair)


def client(settings: Settings, school_year: str, *, throttle: "Throttle | None" = None, store: str = "") -> "CanvasClient":
    """A Canvas client; `throttle` records the remaining allowance, `store` is the id of the store that keeps the courses.

    SettingsError if the address or token is not set."""
    from ilc_canvas.canvas.client import CanvasClient

    if not settings.url or not settings.token.get_secret_value():
        missing = "ILC_CANVAS_URL" if not settings.url else "ILC_CANVAS_TOKEN_FILE (or ILC_CANVAS_TOKEN)"
        raise SettingsError(f"{missing} is not set, so Canvas cannot be reached. Nothing was done.")
    return CanvasClient(
        base_url=settings.address,
        token=lambda: settings.newest_token,
        account=settings.account,
        prefix=settings.prefix,
        school_year=school_year,
        in_flight=settings.in_flight,
        ending=settings.ending,
        throttle=throttle,
        store=store,
    )


def require_token_address(settings: Settings, store: Store) -> None:
    """SettingsError if the token in the settings was used at another address of Canvas, and nobody has allowed this one."""
    from ilc_canvas.store.audit.token_addresses import require_known

    require_known(store, _token_address(settings))


def allow_token_address(settings: Settings, store: Store) -> bool:
    """The token in the settings may go to the address in the settings from now on; whether that is new."""
    from ilc_canvas.store.audit.token_addresses import allow

    return allow(store, _token_address(settings), actor=process.actor(), at=process.now())


def _token_address(settings: Settings) -> "TokenAddress":
    from ilc_canvas.store.audit.token_addresses import TokenAddress

    return TokenAddress(settings.address, settings.newest_token)


def run(
    settings: Settings,
    store: Store,
    ask: "RunRequest",
    *,
    school_year: str,
    on_progress: "OnProgress | None" = None,
    stop: Callable[[], bool] = lambda: False,
) -> "Report":
    """One run for one school year, under the lease. The head of the log is signed at its end.

    ChainError if the store is not the one whose head was kept. PausedError during a pause or blackout; one that begins during the run
    stops it as Ctrl-C does.
    """
    from ilc_canvas.actions import verify_store
    from ilc_canvas.store.db.lease import take_lease

    verify_store.require(store, process.now())
    with take_lease(store, process.holder()) as lease:
        return run_with(lease, settings, ask, school_year=school_year, on_progress=on_progress, stop=stop)


def run_with(
    lease: "Lease",
    settings: Settings,
    ask: "RunRequest",
    *,
    school_year: str,
    on_progress: "OnProgress | None" = None,
    stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] = process.now,
    sleep: Callable[[float], None] = time.sleep,
    throttle: "Throttle | None" = None,
) -> "Report":
    """Like `run`, for a caller that holds the lease and has verified the store."""
    from ilc_canvas.actions import verify_store
    from ilc_canvas.program.settings_changed import former_settings
    from ilc_canvas.store.audit import settings_and_exports
    from ilc_canvas.store.audit.chain import store_id
    from ilc_canvas.store.runs.journal import SqlJournal
    from ilc_canvas.sync import no_progress, run_once
    from ilc_canvas.views.content_source import content_source
    from ilc_canvas.views.halt import Halting, why_halted

    store = lease.store
    canvas, key = client(settings, school_year, throttle=throttle, store=store_id(store)), signer(settings, store)
    require_token_address(settings, store)
    if not ask.dry_run and (why := why_halted(settings, store, clock())):
        raise PausedError(f"{why} Nothing was written.")
    content = content_source(settings)
    with verify_store.signing(store, key):
        note_templates(store, school_year, content, actor=process.actor(), at=clock())
        settings_and_exports.settings(lease, noted(settings), actor=process.actor(), at=clock(), token=_token_address(settings))
        journal = SqlJournal(store, lease=lease, scope=settings.scope(school_year), base_url=settings.address, now=clock)
        return run_once(
            ask=ask,
            canvas=canvas,
            journal=journal,
            policy=settings.policy,
            former=former_settings(settings_and_exports.at_last_run(store, settings.canvas_scope(school_year)), noted(settings)),
            limits=settings.guard.limits,
            apply_settings=apply_settings(settings),
            now=clock,
            sleep=sleep,
            furnish=content,
            on_progress=on_progress or no_progress,
            stop=stop if ask.dry_run else Halting(settings, store, stop, clock=clock),
        )


def text_changes(settings: Settings, store: Store, detail: "RunDetail", *, school_year: str) -> "list[tuple[Key, str, str]]":
    """The texts that a plan would refresh: as Canvas has them now, and as they would be."""
    from ilc_canvas.program.basis import calendar_number, roster_number
    from ilc_canvas.reconcile.change import Update
    from ilc_canvas.store.calendars import versions as calendars
    from ilc_canvas.store.rosters import versions as rosters
    from ilc_canvas.store.runs import ledger
    from ilc_canvas.views.content_source import content_source

    changes = [step.change for step in detail.steps if isinstance(step.change, Update) and step.change.key.rule.tells_editor]
    roster, number = rosters.read(store, roster_number(detail.info.basis)), calendar_number(detail.info.basis)
    canvas = client(settings, school_year)
    canvas.provide(content_source(settings)(roster, calendars.read(store, number) if number else None).texts)
    canvas.know(ledger.numbers(store, settings.canvas_scope(school_year)))
    return canvas.text_changes(changes)


def instruments(settings: Settings) -> "Instruments":
    """What an examination needs."""
    from ilc_canvas.worker.examination import Instruments

    return Instruments(
        client=lambda school_year: client(settings, school_year),
        signer=lambda store: signer(settings, store),
        admit=lambda store: allow_token_address(settings, store),
    )


def examination(settings: Settings, store: Store) -> "Iterator[CheckResult]":
    """An examination that nobody watches: the token goes to an address only if it is known already."""
    from ilc_canvas.worker.examination import CheckResult, examine

    try:
        require_token_address(settings, store)
    except SettingsError as error:
        yield CheckResult("Settings", False, str(error))
    else:
        yield from examine(settings, store, instruments(settings))


def ask_canvas(settings: Settings, store: Store) -> "AskCanvas":
    """A function that reads the enrollments of one person, in one request."""
    from ilc_canvas.reconcile.errors import CanvasError
    from ilc_canvas.store.runs import ledger

    def ask(school_year: str, user: "Key", *, number: int | None) -> "tuple[Mapping[Key, str] | None, str]":
        if number is None:
            return None, "No Canvas account is known for this person."
        try:
            canvas = client(settings, school_year)
            require_token_address(settings, store)
            canvas.know(ledger.numbers(store, settings.canvas_scope(school_year)))
            records = canvas.enrollments_of(user, number)
        except (SettingsError, CanvasError) as error:
            return None, f"Canvas was not read: {error}"
        if records is None:
            return None, f"Canvas no longer has account {number}."
        return {record.key: str(record.fields["state"]) for record in records}, ""

    return ask


def note_templates(store: Store, school_year: str, content: "ContentSource", *, actor: str, at: datetime) -> None:
    """Record the templates that the next plan goes by, unless they are those of the last one."""
    from dataclasses import asdict

    from ilc_canvas.store.templates import versions

    files = content.shelf.files if content.shelf else {}
    versions.note(store, school_year, versions.TemplateSources(files, asdict(content.office)), actor=actor, at=at)


def signer(settings: Settings, store: Store) -> "Signer | None":
    """The key that signs heads: from the settings, or beside a SQLite store; None on PostgreSQL if none is set."""
    from ilc_canvas.store.audit.signing import signer_beside, signer_from

    if pem := settings.head_key.get_secret_value():
        return signer_from(pem)
    return signer_beside(store.path) if store.path else None


def public_keys(settings: Settings, store: Store, path: Path | None) -> "PublicKeys":
    """The keys that verify signed heads: those in this file, or the public half of the key in use, if there is one."""
    from ilc_canvas.store.audit.signing import public_keys as keys_in

    if path:
        return keys_in(path)
    key = signer(settings, store)
    return key.public_keys if key else {}


def worker_jobs(
    settings: Settings,
    store: Store,
    *,
    name: str,
    words: Words,
    now: Callable[[], datetime] = process.now,
    throttle: "Throttle | None" = None,
) -> "WorkerJobs":
    """The jobs of a worker; `throttle` records the remaining allowance of Canvas."""
    from functools import partial

    from ilc_canvas.worker.at_once import AtOnce
    from ilc_canvas.worker.jobs import WorkerJobs

    at_once = AtOnce(settings, store, now, partial(examination, settings, store), ask_canvas(settings, store))
    run_once = partial(run_with, clock=now, throttle=throttle)
    return WorkerJobs(settings, store, name=name, words=words, now=now, run=run_once, at_once=at_once)

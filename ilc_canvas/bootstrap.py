"""The only place where settings become objects: store, journal, Canvas, policy, limits, log."""

import getpass
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ilc_canvas import clock
from ilc_canvas.actions import anchor
from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.canvas.throttle import Throttle
from ilc_canvas.files import PREFIX
from ilc_canvas.logs import set_up_log, set_up_screen
from ilc_canvas.notices.channel import Channel
from ilc_canvas.notices.deliver import Log
from ilc_canvas.notices.mail import Mail
from ilc_canvas.notices.webhook import Webhook
from ilc_canvas.program.settings_changed import former
from ilc_canvas.reconcile.errors import PausedError, SettingsError
from ilc_canvas.reconcile.guard import Limits, Share
from ilc_canvas.reconcile.hints import Words
from ilc_canvas.reconcile.run import Ask, Report
from ilc_canvas.roster.findings import visible
from ilc_canvas.settings import Settings, noted, read_settings
from ilc_canvas.store.audit import settings_and_exports
from ilc_canvas.store.audit.signing import PublicKeys, Signer, signer_beside, signer_from
from ilc_canvas.store.audit.signing import public_keys as keys_in
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import Lease, take_lease
from ilc_canvas.store.db.schema import require_head
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.runs.journal import SqlJournal
from ilc_canvas.sync import Pace, Watch, quiet, run_once
from ilc_canvas.views.halted import Halting, why_halted


def now() -> datetime:
    """Our clock, in UTC."""
    return datetime.now(UTC)


def actor() -> str:
    """Who runs this command; on one line, whatever the environment says. A user without a name goes by number."""
    try:
        return visible(getpass.getuser())
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def begin(words: Words, *, logged: bool = False) -> Settings:
    """What every command does first: read the settings, and set up log and clock by them. SettingsError where they cannot be used.

    Only what runs by itself is `logged`; a person's command is if the environment asks for a level. `words` puts hints into words there.
    """
    settings = read_settings()
    clock.use(settings.zone)
    if logged or any(name.upper() == f"{PREFIX}LOG_LEVEL" and level for name, level in os.environ.items()):
        set_up_log(settings.token.get_secret_value(), settings.log_level, words=words)
    else:
        set_up_screen(words)
    return settings


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The store, closed afterwards. StoreError if there is none, SchemaError where it is of another version."""
    store = open_store(settings.store)
    try:
        require_head(store)
        yield store
    finally:
        store.close()


def limits(settings: Settings) -> Limits:
    """The guard's thresholds."""
    guard = settings.guard
    return Limits(
        removals_per_run=Share(guard.removals_per_run, guard.removals_per_run_percent / 100),
        removals_per_course=Share(guard.removals_per_course, guard.removals_per_course_percent / 100),
        removals_per_day=Share(guard.removals_per_day, guard.removals_per_day_percent / 100),
        changes_per_run=Share(guard.changes_per_run, guard.changes_per_run_percent / 100),
        new_courses=guard.new_courses,
        new_sections=guard.new_sections,
        observed_drop=guard.observed_drop_percent / 100,
        adds_go_on=guard.adds_go_on,
    )


def pace(settings: Settings) -> Pace:
    """How fast, and how patiently."""
    return Pace(settings.in_flight, settings.settle_seconds, settings.reread_seconds, settings.grace_hours, settings.repair)


def client(settings: Settings, school_year: str, *, throttle: Throttle | None = None) -> CanvasClient:
    """Canvas; `throttle` is told what it allows. SettingsError where address or token are not set."""
    if not settings.url or not settings.token.get_secret_value():
        missing = "ILC_CANVAS_URL" if not settings.url else "ILC_CANVAS_TOKEN_FILE (or ILC_CANVAS_TOKEN)"
        raise SettingsError(f"{missing} is not set, so Canvas cannot be asked. Nothing was done.")
    return CanvasClient(
        base_url=settings.address,
        token=settings.token.get_secret_value,
        account=settings.account,
        prefix=settings.prefix,
        school_year=school_year,
        in_flight=settings.in_flight,
        ending=settings.ending,
        throttle=throttle,
    )


def run(
    settings: Settings, store: Store, ask: Ask, *, school_year: str, watch: Watch = quiet, stop: Callable[[], bool] = lambda: False
) -> Report:
    """One run for one school year, under the lease.

    ChainError where the store is not the one whose head was kept. At its end the head is signed.

    PausedError while a person, or the calendar, wants nothing to be written; where that begins in mid-run, the run stops as at Ctrl-C.
    """
    anchor.require(store)
    with take_lease(store, holder()) as lease:
        return run_with(lease, settings, ask, school_year=school_year, watch=watch, stop=stop)


def run_with(
    lease: Lease,
    settings: Settings,
    ask: Ask,
    *,
    school_year: str,
    watch: Watch = quiet,
    stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] = now,
    throttle: Throttle | None = None,
) -> Report:
    """As `run`, by somebody who has the lease, and has looked at the `anchor` before."""
    store = lease.store
    canvas, key = client(settings, school_year, throttle=throttle), signer(settings, store)
    if not ask.dry_run and (why := why_halted(settings, store, clock())):
        raise PausedError(f"{why} Nothing was written.")
    with anchor.signing(store, key):
        settings_and_exports.settings(lease, noted(settings), actor=actor(), at=clock())
        journal = SqlJournal(store, lease=lease, scope=settings.scope(school_year), base_url=settings.address, now=clock)
        return run_once(
            ask=ask,
            canvas=canvas,
            journal=journal,
            policy=settings.policy,
            former=former(settings_and_exports.at_last_run(store, settings.place(school_year)), noted(settings)),
            limits=limits(settings),
            pace=pace(settings),
            now=clock,
            sleep=time.sleep,
            watch=watch,
            stop=stop if ask.dry_run else Halting(settings, store, stop, clock=clock),
        )


_MARK = secrets.token_hex(2)


def holder() -> str:
    """Who holds a lease: person, machine, process. Containers that share a machine's name have the same number each: hence a mark."""
    return f"{actor()}@{socket.gethostname()}:{os.getpid()}.{_MARK}"


def signer(settings: Settings, store: Store) -> Signer | None:
    """The key that signs heads: the one that is set, or the one beside a SQLite store; None where PostgreSQL has none."""
    if pem := settings.head_key.get_secret_value():
        return signer_from(pem)
    return signer_beside(store.path) if store.path else None


def public_keys(settings: Settings, store: Store, path: Path | None) -> PublicKeys:
    """What checks the signatures of heads: the keys in this file, or the public half of the key in use; none where there is none."""
    if path:
        return keys_in(path)
    key = signer(settings, store)
    return key.public_keys if key else {}


def channels(settings: Settings) -> tuple[Channel, ...]:
    """How notices go out: mail, webhook, or the log where neither is set. SettingsError where one is set so that it cannot work."""
    mail = (
        Mail(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            sender=settings.mail_from,
            receivers=settings.mail_to,
            user=settings.smtp_user,
            password=settings.smtp_password.get_secret_value(),
        )
        if settings.smtp_host
        else None
    )
    url = settings.webhook_url.get_secret_value()
    return (*([mail] if mail else []), *([Webhook(url)] if url else [])) or (Log(),)

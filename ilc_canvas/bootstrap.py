"""The only place where settings become objects: store, journal, Canvas, policy, limits, log."""

import getpass
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from ilc_canvas import clock
from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.canvas.throttle import Throttle
from ilc_canvas.files import PREFIX, config_path
from ilc_canvas.logs import set_up_log, set_up_screen
from ilc_canvas.notices.channel import Channel
from ilc_canvas.notices.deliver import Log
from ilc_canvas.notices.mail import Mail
from ilc_canvas.notices.webhook import Webhook
from ilc_canvas.program.closed import closed_until
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.settings_changed import former, policy_of
from ilc_canvas.reconcile.errors import PausedError, SettingsError, StoreError
from ilc_canvas.reconcile.guard import Limits, Share
from ilc_canvas.reconcile.run import Approval, Ask, Report
from ilc_canvas.reconcile.tenant import Pin, normal_address
from ilc_canvas.roster.counties import read_counties
from ilc_canvas.roster.findings import visible
from ilc_canvas.settings import Settings, read_settings
from ilc_canvas.settings import noted as settings_to_note
from ilc_canvas.store import backup
from ilc_canvas.store.audit import heads, settings_and_exports
from ilc_canvas.store.audit.settings_and_exports import at_last_run
from ilc_canvas.store.audit.signing import PublicKeys, Signer, signer_beside, signer_from
from ilc_canvas.store.audit.signing import public_keys as keys_in
from ilc_canvas.store.backup import Restored
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import Lease, take_lease
from ilc_canvas.store.db.schema import require_head
from ilc_canvas.store.db.scope import Place
from ilc_canvas.store.documents.signing import require_other_approver
from ilc_canvas.store.opening import open_store, unopened
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs import details, tenant_pin
from ilc_canvas.store.runs.approvals import Selection, approve, reject
from ilc_canvas.store.runs.journal import SqlJournal
from ilc_canvas.store.worker import pauses
from ilc_canvas.sync import Pace, Watch, quiet, run_once

log = structlog.get_logger(__name__)


def now() -> datetime:
    """Our clock, in UTC."""
    return datetime.now(UTC)


def actor() -> str:
    """Who runs this command; on one line, whatever the environment says. A user without a name goes by number."""
    try:
        return visible(getpass.getuser())
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def begin(*, logged: bool = False) -> Settings:
    """What every command does first: read the settings, and set up log and clock by them. SettingsError where they cannot be used.

    Only what runs by itself is `logged`; a person's command is if the environment asks for a level.
    """
    settings = read_settings()
    clock.use(ZoneInfo(settings.time_zone))
    if logged or any(name.upper() == f"{PREFIX}LOG_LEVEL" and level for name, level in os.environ.items()):
        set_up_log(settings.token.get_secret_value(), settings.log_level)
    else:
        set_up_screen()
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


def counties() -> Mapping[str, str]:
    """County -> region, as staff keep it in config/counties.csv."""
    return read_counties(config_path("counties.csv"))


def policy(settings: Settings) -> Policy:
    """The rules by which a roster becomes courses."""
    return policy_of(settings_to_note(settings))


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
        base_url=address(settings),
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
    anchor(store)
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
    if not ask.dry_run and (why := halted(settings, store, clock())):
        raise PausedError(f"{why} Nothing was written.")
    with _signing(store, key):
        settings_and_exports.settings(lease, settings_to_note(settings), actor=actor(), at=clock())
        journal = SqlJournal(store, lease=lease, scope=scope(settings, school_year), base_url=address(settings), now=clock)
        return run_once(
            ask=ask,
            canvas=canvas,
            journal=journal,
            policy=policy(settings),
            former=former(at_last_run(store, Place(address(settings), scope(settings, school_year))), settings_to_note(settings)),
            limits=limits(settings),
            pace=pace(settings),
            now=clock,
            sleep=time.sleep,
            watch=watch,
            stop=stop if ask.dry_run else Halting(settings, store, stop, clock=clock),
        )


def halted(settings: Settings, store: Store, at: datetime) -> str:
    """Why nothing is to be written at this moment: a pause, or the calendar; empty where something may be."""
    pause = pauses.paused(store, at)
    if pause:
        return f"{pause}. To go on: ilc-canvas resume."
    zone = ZoneInfo(settings.time_zone)
    until = closed_until(settings.schedule.blackout, at.astimezone(zone))
    return f"By the calendar nothing is written until {clock.at(until.replace(tzinfo=zone))}." if until else ""


class Halting:
    """Whether a run is to stop: somebody says so, or a pause or a blackout has begun. Asked before each write, and the store each time."""

    def __init__(self, settings: Settings, store: Store, stop: Callable[[], bool], *, clock: Callable[[], datetime]) -> None:
        self._settings, self._store, self._stop, self._clock = settings, store, stop, clock
        self._halted = False

    def __call__(self) -> bool:
        """True from the first time on."""
        self._halted = self._halted or self._stop() or bool(halted(self._settings, self._store, self._clock()))
        return self._halted


_MARK = secrets.token_hex(2)


def holder() -> str:
    """Who holds a lease: person, machine, process. Containers that share a machine's name have the same number each: hence a mark."""
    return f"{actor()}@{socket.gethostname()}:{os.getpid()}.{_MARK}"


def signer(settings: Settings, store: Store) -> Signer | None:
    """The key that signs heads: the one that is set, or the one beside a SQLite store; None where PostgreSQL has none."""
    if pem := settings.head_key.get_secret_value():
        return signer_from(pem)
    return signer_beside(store.path) if store.path else None


def anchor(store: Store) -> None:
    """What is looked at before a run: that the store is whole, and the one whose head was kept. StoreError, ChainError."""
    heads.require_sound(store)
    heads.require_kept(store)
    if heads.runs_without_heads(store):
        log.warning(
            "audit.heads_begun_anew", file=str(heads.heads_file(store)), text="There were runs, but none of their heads is kept here."
        )


@contextmanager
def _signing(store: Store, key: Signer | None) -> Iterator[None]:
    """However the run ends, the head of the log is signed, kept and logged. Where that fails, the run has ended all the same."""
    try:
        yield
    finally:
        try:
            log.info(heads.EVENT_NAME, **heads.publish(store, key).as_json())
        except (StoreError, OSError) as error:
            text = f"The head of the audit log is not kept in {heads.heads_file(store)}: {error}"
            log.warning("audit.head_not_kept", file=str(heads.heads_file(store)), reason=str(error), text=text)


def public_keys(settings: Settings, store: Store, path: Path | None) -> PublicKeys:
    """What checks the signatures of heads: the keys in this file, or the public half of the key in use; none where there is none."""
    if path:
        return keys_in(path)
    key = signer(settings, store)
    return key.public_keys if key else {}


def accept(settings: Settings, store: Store, reason: str) -> heads.SignedHead:
    """Go on with a store that was restored. LeaseError while a run is under way; ChainError where there is nothing to accept."""
    with take_lease(store, holder()):
        return heads.accept(store, signer(settings, store), actor=actor(), reason=reason, at=now())


def restore(settings: Settings, file: Path, reason: str) -> Restored:
    """Put a backup of the store back. StoreError while a worker is alive, or where the file is not whole."""
    store = unopened(settings.store)
    try:
        return backup.restore(store, file, key=lambda: signer(settings, store), actor=actor(), reason=reason, at=now())
    finally:
        store.close()


def move(settings: Settings, store: Store, reason: str) -> tenant_pin.Moved:
    """Go on with the same Canvas under the address of the settings. StoreError, LeaseError, WrongTenantError: then nothing has changed."""
    heads.require_kept(store)
    canvas = client(settings, "none")
    with take_lease(store, holder()) as lease:
        return tenant_pin.move(lease, canvas, address(settings), prefix=settings.prefix, actor=actor(), reason=reason, at=now())


def leave(store: Store, reason: str) -> Pin:
    """Let go of the Canvas of a store that has written nothing there. StoreError, LeaseError: then nothing has changed."""
    heads.require_kept(store)
    with take_lease(store, holder()) as lease:
        return tenant_pin.leave(lease, actor=actor(), reason=reason, at=now())


def say_yes(
    settings: Settings,
    store: Store,
    digest: str,
    *,
    reason: str,
    fingerprints: frozenset[str] | None = None,
    selection: Selection | None = None,
    spared: frozenset[str] = frozenset(),
) -> Approval:
    """Approve the plan of this digest, or those of its changes that are named. ApprovalError where it cannot be, or by somebody else
    alone; ChainError where the store is not the one whose head was kept.
    """
    heads.require_kept(store)
    here = place_of_plan(settings, store, digest)
    if settings.guard.four_eyes:
        require_other_approver(store, details.planned(store, digest, here).info.basis, actor())
    given = {"actor": actor(), "reason": reason, "scope": here.scope, "base_url": here.base_url}
    return approve(store, digest, **given, now=now(), fingerprints=fingerprints, selection=selection, spared=spared)


def say_no(settings: Settings, store: Store, digest: str, *, reason: str) -> int:
    """Decline the plan of this digest; how many changes stay undone. ApprovalError where it cannot be."""
    here = place_of_plan(settings, store, digest)
    return reject(store, digest, actor=actor(), reason=reason, scope=here.scope, base_url=here.base_url, now=now())


def place(settings: Settings, store: Store) -> Place:
    """The Canvas, and the scope of the newest finalized roster. RosterError where there is none."""
    return Place(address(settings), scope(settings, versions.newest_finalized(store).school_year))


def place_of_plan(settings: Settings, store: Store, digest: str) -> Place:
    """The Canvas, and the scope of the plan with this digest; where there is none, of the newest finalized roster. RosterError."""
    here = place(settings, store)
    return Place(here.base_url, details.scope_of(store, digest, here) or here.scope)


def scope(settings: Settings, school_year: str) -> str:
    """ilc:2021-22"""
    return f"{settings.prefix}:{school_year}"


def address(settings: Settings) -> str:
    """Canvas's address in its one spelling: so it is asked, and so the store keeps it."""
    return normal_address(settings.url)


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

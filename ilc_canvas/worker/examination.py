"""Examining settings, store, Canvas, token, rights, roles and clock: what works, and what to ask for. Writes nothing to Canvas."""

from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from ilc_canvas import clock
from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.canvas.kinds import all_needs
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.years import term_ends
from ilc_canvas.reconcile import errors
from ilc_canvas.reconcile.change import Create
from ilc_canvas.reconcile.compare.expected_objects import numbers_of
from ilc_canvas.reconcile.errors import IlcError, RefusedError, RosterError, StoreError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.canvas_clock import difference, is_far_off, what_day
from ilc_canvas.reconcile.run.values import Tenant
from ilc_canvas.reconcile.state import Key, Record
from ilc_canvas.settings import Settings
from ilc_canvas.store.audit import heads
from ilc_canvas.store.audit.signing import Signer
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters import school_years, versions
from ilc_canvas.store.runs import ledger, tenant_pin
from ilc_canvas.views import years


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Whether one thing works, and what to do if it does not. `stops` is false for things that only need a look."""

    what: str
    works: bool
    text: str
    stops: bool = True


@dataclass(frozen=True)
class Instruments:
    """What an examination needs from settings."""

    client: Callable[[str], CanvasClient]  # for a school year
    signer: Callable[[Store], Signer | None]
    admit: Callable[[Store], bool]  # lets the token go to the address in the settings; whether that is new. Or SettingsError


def examine(settings: Settings, store: Store | None, instruments: Instruments) -> Iterator[CheckResult]:
    """Yield each check as soon as it is done, and skip checks that depend on a failed one. Canvas is checked even without a store."""
    try:
        roster = (yield from _store(store, instruments)) if store else None
        yield from _canvas(settings, store, roster, instruments=instruments)
    except IlcError as error:
        yield CheckResult(part_of(error), False, str(error))


def part_of(error: IlcError) -> str:
    """The part of the system that an error concerns."""
    words = {errors.SettingsError: "Settings", errors.StoreError: "Store", errors.TokenError: "Token", errors.MissingRightError: "Rights"}
    return next((word for kind, word in words.items() if isinstance(error, kind)), "Canvas")


def _store(store: Store, instruments: Instruments) -> Generator[CheckResult, None, Roster | None]:
    """Check the store and its newest roster, and return the roster."""
    try:
        return (yield from _opened(store, instruments.signer))
    except StoreError as error:
        yield CheckResult("Store", False, str(error))
        return None


def _opened(store: Store, signer: Callable[[Store], Signer | None]) -> Generator[CheckResult, None, Roster | None]:
    heads.require_sound(store)
    yield CheckResult("Store", True, f"{'SQLite' if store.sqlite else 'PostgreSQL'} at {store.name}, schema up to date")
    yield _audit(store, signer)
    try:
        roster = versions.newest_finalized(store)
    except RosterError as error:
        yield CheckResult("Roster", True, str(error))
        return None
    yield CheckResult("Roster", True, f"version {roster.version} of {roster.school_year}, signed by {roster.signed_by}")
    return roster


def _audit(store: Store, signer: Callable[[Store], Signer | None]) -> CheckResult:
    """Whether heads of the log are signed, and whether the last head that was kept is in the log."""
    kept, key = heads.require_kept(store), signer(store)
    kept_text = f"; the last one kept, of event {kept.seq}, is in the log" if kept else "; none is kept here yet"
    if key:
        return CheckResult("Audit", True, f"heads are signed with key {key.name}{kept_text}")
    return CheckResult(
        "Audit", True, f"heads are unsigned: set ILC_CANVAS_HEAD_KEY_FILE, since no key is kept beside a PostgreSQL store{kept_text}"
    )


def _canvas(settings: Settings, store: Store | None, roster: Roster | None, *, instruments: Instruments) -> Iterator[CheckResult]:
    canvas, began = instruments.client(roster.school_year if roster else "none"), perf_counter()
    tenant = canvas.tenant()
    seconds = (perf_counter() - began) / canvas.traffic.requests
    yield CheckResult("Canvas", True, f"{tenant.base_url} answers in {seconds:.2f} s")
    yield CheckResult("Token", True, f"belongs to Canvas user {tenant.token_user}")
    yield CheckResult("Account", True, f'"{tenant.account_name}", number {tenant.account_id}')
    if store:
        with suppress(StoreError):  # said above
            yield from _address(settings, store, instruments.admit)
            yield _belongs(settings, store, canvas, tenant=tenant)
    yield from _rights(tenant)
    canvas.know(numbers_of(ledger.everything(store, years.newest(settings, store))) if store and roster else {})
    yield _roles(settings, canvas, tenant)
    yield _clock(_last_end(settings, store) if store and roster else None, tenant)


def _address(settings: Settings, store: Store, admit: Callable[[Store], bool]) -> Iterator[CheckResult]:
    """Whoever runs this has seen which address answers: the token may go there from now on."""
    if admit(store):
        yield CheckResult("Address", True, f"{settings.address} may be sent this token from now on")


def _belongs(settings: Settings, store: Store, canvas: CanvasClient, *, tenant: Tenant) -> CheckResult:
    """Whether the store belongs to this Canvas; if not, what differs and what to do."""
    pin = tenant_pin.read_pin(store)
    if pin is None:
        return CheckResult("Store", True, "belongs to no Canvas yet: the first run that writes binds it to this one")
    comparison = tenant_pin.compare_with(store, pin, tenant, canvas=canvas, prefix=settings.prefix)
    if pin.base_url == tenant.base_url and not comparison.differences:
        return CheckResult("Store", True, "belongs to this Canvas")
    unused = not tenant_pin.has_written(store)
    return CheckResult("Store", False, f"cannot be used here. {tenant_pin.judged(pin, tenant, comparison, unused=unused)}")


def _rights(tenant: Tenant) -> Iterator[CheckResult]:
    needs = all_needs()
    granted = [needs[name].purpose.split(":")[0].split(", and so")[0] for name, held in tenant.rights.items() if held]
    if granted:
        yield CheckResult("Rights", True, f"can {', '.join(granted)}")
    for need in (needs[name] for name, held in tenant.rights.items() if not held):
        ask = f'Ask the Canvas administrator for "{need.label}" on the account "{tenant.account_name}".'
        yield CheckResult("Rights", need.is_mild, f"{'without the right to' if need.is_mild else 'cannot'} {need.purpose}. {ask}")


def _roles(settings: Settings, canvas: CanvasClient, tenant: Tenant) -> CheckResult:
    """Whether the custom roles exist, may be created, or are replaced by their base types."""
    custom = {rule.label: rule.base for rule in settings.policy.roles.values() if rule.custom}
    parent = Key(Kind.ACCOUNT, settings.prefix)
    roles = [Create(Record(Key(Kind.ROLE, label), {"base": base}, (parent,))) for label, base in custom.items()]
    try:
        missing = [change.key.id for change in roles if not canvas.look(change).done]
    except RefusedError:
        return CheckResult("Roles", True, "cannot be listed with this token; if one is missing, its base type is used")
    if not missing:
        return CheckResult("Roles", True, f"{', '.join(custom)} are there" if custom else "only built-in ones are used")
    if tenant.rights.get("manage_roles", True):
        return CheckResult("Roles", True, f"{', '.join(missing)} will be created by the first run")
    return CheckResult("Roles", True, f"{', '.join(missing)} missing, and this token may not create them: their base types are used")


def _clock(ends: datetime | None, tenant: Tenant) -> CheckResult:
    """Canvas's clock compared with this machine's, and with the end of the school year."""
    end_text = f"; the school year ends on {clock.day(ends)}" if ends else ""
    if ends and ends <= tenant.now:
        return CheckResult(
            "Clock", False, f"nobody can be enrolled: {what_day(tenant)}{end_text}, and Canvas takes nobody into a term that has ended."
        )
    if is_far_off(tenant):
        note = "It only matters for whether a school year has ended. A stand-in Canvas may be set to any day."
        return CheckResult("Clock", False, f"{what_day(tenant)}{end_text}. {note}", stops=False)
    if tenant.ahead is None:
        return CheckResult("Clock", True, f"{what_day(tenant)}{end_text}")
    return CheckResult("Clock", True, f"{difference(tenant)}; {what_day(tenant)}{end_text}")


def _last_end(settings: Settings, store: Store) -> datetime:
    """The end of the last school year that has a finalized roster, whichever was signed last."""
    return max(term_ends(year, settings.policy) for year in school_years.signed_years(store))

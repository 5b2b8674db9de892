"""doctor: what works, what does not, and what to ask the Canvas administrator for."""

from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json

if TYPE_CHECKING:
    from datetime import datetime

    from ilc_canvas.canvas.client import CanvasClient
    from ilc_canvas.program.roster import Roster
    from ilc_canvas.reconcile.errors import IlcError
    from ilc_canvas.reconcile.run.values import Tenant
    from ilc_canvas.reconcile.state import Key
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Whether one thing works, and what to do if it does not. `stops` is false for things that only need a look."""

    what: str
    works: bool
    text: str
    stops: bool = True

    def __str__(self) -> str:
        return f"{self.what:<9} {'works ' if self.works else 'CANNOT' if self.stops else 'CHECK '}  {self.text}"


def doctor(as_json: Json = False) -> None:
    """Check settings, store, Canvas, token, rights, roles and clock: what works, and what to ask for. Writes nothing to Canvas."""
    lines = []
    for line in _examine():
        lines.append(line)
        if not as_json:
            say(str(line))
    if as_json:
        say_json([{"what": line.what, "works": line.works, "text": line.text} for line in lines])
    if any(line.stops and not line.works for line in lines):
        raise typer.Exit(EXIT_ERROR)


Anywhere = Annotated[bool, typer.Option("--any", help="A worker on any machine will do.")]


def health(anywhere: Anywhere = False, as_json: Json = False) -> None:
    """Whether a worker on this machine is alive, the store fits this program, and runs end well: exit 0 or 1. Does not read Canvas."""
    from ilc_canvas.cli.worker.health import check

    raise typer.Exit(check(anywhere=anywhere, as_json=as_json))


def _examine() -> Iterator[CheckResult]:
    """Yield each check as soon as it is done, and skip checks that depend on a failed one. Canvas is checked even if the store fails."""
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.files import config_file
    from ilc_canvas.reconcile.errors import IlcError

    try:
        settings = begin()
        yield CheckResult("Settings", True, f"read from {config_file()} and the environment")
        roster = yield from _store(settings)
        yield from _canvas(settings, roster)
    except IlcError as error:
        yield CheckResult(_about(error), False, str(error))


def _about(error: "IlcError") -> str:
    """The part of the system that an error concerns."""
    from ilc_canvas.reconcile import errors

    words = {errors.SettingsError: "Settings", errors.StoreError: "Store", errors.TokenError: "Token", errors.MissingRightError: "Rights"}
    return next((word for kind, word in words.items() if isinstance(error, kind)), "Canvas")


def _store(settings: "Settings") -> "Generator[CheckResult, None, Roster | None]":
    """Check the store and its newest roster, and return the roster."""
    from ilc_canvas.reconcile.errors import StoreError

    try:
        return (yield from _opened(settings))
    except StoreError as error:
        yield CheckResult("Store", False, str(error))
        return None


def _opened(settings: "Settings") -> "Generator[CheckResult, None, Roster | None]":
    from ilc_canvas import bootstrap
    from ilc_canvas.reconcile.errors import RosterError
    from ilc_canvas.store.audit import heads
    from ilc_canvas.store.rosters import versions

    with bootstrap.open_store(settings) as store:
        heads.require_sound(store)
        yield CheckResult("Store", True, f"{'SQLite' if store.sqlite else 'PostgreSQL'} at {store.name}, schema up to date")
        yield _audit(settings, store)
        try:
            roster = versions.newest_finalized(store)
        except RosterError as error:
            yield CheckResult("Roster", True, str(error))
            return None
    yield CheckResult("Roster", True, f"version {roster.version} of {roster.school_year}, signed by {roster.signed_by}")
    return roster


def _audit(settings: "Settings", store: "Store") -> CheckResult:
    """Whether heads of the log are signed, and whether the last head that was kept is in the log."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store.audit import heads

    kept, key = heads.require_kept(store), bootstrap.signer(settings, store)
    kept_text = f"; the last one kept, of event {kept.seq}, is in the log" if kept else "; none is kept here yet"
    if key:
        return CheckResult("Audit", True, f"heads are signed with key {key.name}{kept_text}")
    return CheckResult(
        "Audit", True, f"heads are unsigned: set ILC_CANVAS_HEAD_KEY_FILE, since no key is kept beside a PostgreSQL store{kept_text}"
    )


def _canvas(settings: "Settings", roster: "Roster | None") -> Iterator[CheckResult]:
    from time import perf_counter

    from ilc_canvas import bootstrap
    from ilc_canvas.reconcile.errors import StoreError

    canvas, began = bootstrap.client(settings, roster.school_year if roster else "none"), perf_counter()
    tenant = canvas.tenant()
    seconds = (perf_counter() - began) / canvas.traffic.requests
    yield CheckResult("Canvas", True, f"{tenant.base_url} answers in {seconds:.2f} s")
    yield CheckResult("Token", True, f"belongs to Canvas user {tenant.token_user}")
    yield CheckResult("Account", True, f'"{tenant.account_name}", number {tenant.account_id}')
    with suppress(StoreError):  # said above
        yield from _address(settings)
        yield _belongs(settings, canvas, tenant)
    yield from _rights(tenant)
    canvas.know(_numbers(settings) if roster else {})
    yield _roles(settings, canvas, tenant)
    yield _clock(settings, roster, tenant)


def _address(settings: "Settings") -> Iterator[CheckResult]:
    """Whoever runs this has seen which address answers: the token may go there from now on."""
    from ilc_canvas import bootstrap

    with bootstrap.open_store(settings) as store:
        if bootstrap.allow_token_address(settings, store):
            yield CheckResult("Address", True, f"{settings.address} may be sent this token from now on")


def _numbers(settings: "Settings") -> "dict[Key, int | None]":
    """The Canvas numbers of our objects: one of our roles may have been renamed."""
    from ilc_canvas import bootstrap
    from ilc_canvas.reconcile.compare.expected_objects import numbers_of
    from ilc_canvas.store.runs.ledger import everything
    from ilc_canvas.views import years

    with bootstrap.open_store(settings) as store:
        return numbers_of(everything(store, years.newest(settings, store)))


def _belongs(settings: "Settings", canvas: "CanvasClient", tenant: "Tenant") -> CheckResult:
    """Whether the store belongs to this Canvas; if not, what differs and what to do."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store.runs import tenant_pin

    with bootstrap.open_store(settings) as store:
        pin = tenant_pin.read_pin(store)
        if pin is None:
            return CheckResult("Store", True, "belongs to no Canvas yet: the first run that writes binds it to this one")
        comparison = tenant_pin.compare_with(store, pin, tenant, canvas=canvas, prefix=settings.prefix)
        unused = not tenant_pin.has_written(store)
    if pin.base_url == tenant.base_url and not comparison.differences:
        return CheckResult("Store", True, "belongs to this Canvas")
    return CheckResult("Store", False, f"be used here. {tenant_pin.judged(pin, tenant, comparison, unused=unused)}")


def _rights(tenant: "Tenant") -> Iterator[CheckResult]:
    from ilc_canvas.canvas.kinds import all_needs

    needs = all_needs()
    granted = [needs[name].purpose.split(":")[0].split(", and so")[0] for name, held in tenant.rights.items() if held]
    if granted:
        yield CheckResult("Rights", True, f"can {', '.join(granted)}")
    for need in (needs[name] for name, held in tenant.rights.items() if not held):
        ask = f'Ask the Canvas administrator for "{need.label}" on the account "{tenant.account_name}".'
        yield CheckResult("Rights", need.is_mild, f"{'without the right to ' if need.is_mild else ''}{need.purpose}. {ask}")


def _roles(settings: "Settings", canvas: "CanvasClient", tenant: "Tenant") -> CheckResult:
    """Whether the custom roles exist, may be created, or are replaced by their base types."""
    from ilc_canvas.reconcile.change import Create
    from ilc_canvas.reconcile.errors import RefusedError
    from ilc_canvas.reconcile.kinds import Kind
    from ilc_canvas.reconcile.state import Key, Record

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


def _clock(settings: "Settings", roster: "Roster | None", tenant: "Tenant") -> CheckResult:
    """Canvas's clock compared with this machine's, and with the end of the school year."""
    from ilc_canvas.reconcile.run.canvas_clock import difference, is_far_off, what_day

    ends = _last_end(settings) if roster else None
    end_text = f"; the school year ends on {clock.day(ends)}" if ends else ""
    if ends and ends <= tenant.now:
        return CheckResult(
            "Clock", False, f"enroll anybody: {what_day(tenant)}{end_text}, and Canvas takes nobody into a term that has ended."
        )
    if is_far_off(tenant):
        note = "It only matters for whether a school year has ended. A stand-in Canvas may be set to any day."
        return CheckResult("Clock", False, f"{what_day(tenant)}{end_text}. {note}", stops=False)
    if tenant.ahead is None:
        return CheckResult("Clock", True, f"{what_day(tenant)}{end_text}")
    return CheckResult("Clock", True, f"{difference(tenant)}; {what_day(tenant)}{end_text}")


def _last_end(settings: "Settings") -> "datetime":
    """The end of the last school year that has a finalized roster, whichever was signed last."""
    from ilc_canvas import bootstrap
    from ilc_canvas.program.years import term_ends
    from ilc_canvas.store.rosters import school_years

    with bootstrap.open_store(settings) as store:
        return max(term_ends(year, settings.policy) for year in school_years.signed_years(store))

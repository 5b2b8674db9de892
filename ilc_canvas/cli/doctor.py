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
    from ilc_canvas.reconcile.run import Tenant
    from ilc_canvas.reconcile.state import Key
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that works, or does not, and then what to do. What is only to be checked stops nobody."""

    what: str
    works: bool
    text: str
    stops: bool = True

    def __str__(self) -> str:
        return f"{self.what:<9} {'works ' if self.works else 'CANNOT' if self.stops else 'CHECK '}  {self.text}"


def doctor(as_json: Json = False) -> None:
    """Look at settings, store, Canvas, token, rights, roles and clock: what works, and what to ask for. Writes nothing to Canvas."""
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
    """Whether a worker of this machine is alive, the store fits this program, and runs end well: exit 0 or 1. Asks nothing of Canvas."""
    from ilc_canvas.cli.health import check

    raise typer.Exit(check(anywhere=anywhere, as_json=as_json))


def _examine() -> Iterator[Line]:
    """Each line as soon as it is known; what builds on something that fails is not asked. Canvas is, whatever is wrong with the store."""
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.files import config_file
    from ilc_canvas.reconcile.errors import IlcError

    try:
        settings = begin()
        yield Line("Settings", True, f"read from {config_file()} and the environment")
        roster = yield from _store(settings)
        yield from _canvas(settings, roster)
    except IlcError as error:
        yield Line(_about(error), False, str(error))


def _about(error: "IlcError") -> str:
    """What an error is about."""
    from ilc_canvas.reconcile import errors

    words = {errors.SettingsError: "Settings", errors.StoreError: "Store", errors.TokenError: "Token", errors.MissingRightError: "Rights"}
    return next((word for kind, word in words.items() if isinstance(error, kind)), "Canvas")


def _store(settings: "Settings") -> "Generator[Line, None, Roster | None]":
    """The store and its newest roster, which it returns."""
    from ilc_canvas.reconcile.errors import StoreError

    try:
        return (yield from _opened(settings))
    except StoreError as error:
        yield Line("Store", False, str(error))
        return None


def _opened(settings: "Settings") -> "Generator[Line, None, Roster | None]":
    from ilc_canvas import bootstrap
    from ilc_canvas.reconcile.errors import RosterError
    from ilc_canvas.store.audit import heads
    from ilc_canvas.store.rosters import versions

    with bootstrap.opened(settings) as store:
        heads.require_sound(store)
        yield Line("Store", True, f"{'SQLite' if store.sqlite else 'PostgreSQL'} at {store.name}, schema up to date")
        yield _audit(settings, store)
        try:
            roster = versions.newest_finalized(store)
        except RosterError as error:
            yield Line("Roster", True, str(error))
            return None
    yield Line("Roster", True, f"version {roster.version} of {roster.school_year}, signed by {roster.signed_by}")
    return roster


def _audit(settings: "Settings", store: "Store") -> Line:
    """Whether heads of the log are signed, and the last one that was kept is in it."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store.audit import heads

    kept, key = heads.require_kept(store), bootstrap.signer(settings, store)
    known = f"; the last one kept, of event {kept.seq}, is in the log" if kept else "; none is kept here yet"
    if key:
        return Line("Audit", True, f"heads are signed with key {key.name}{known}")
    return Line("Audit", True, f"heads are unsigned: set ILC_CANVAS_HEAD_KEY_FILE, since PostgreSQL keeps no key beside it{known}")


def _canvas(settings: "Settings", roster: "Roster | None") -> Iterator[Line]:
    from time import perf_counter

    from ilc_canvas import bootstrap
    from ilc_canvas.reconcile.errors import StoreError

    canvas, began = bootstrap.client(settings, roster.school_year if roster else "none"), perf_counter()
    tenant = canvas.tenant()
    seconds = (perf_counter() - began) / canvas.traffic.requests
    yield Line("Canvas", True, f"{tenant.base_url} answers in {seconds:.2f} s")
    yield Line("Token", True, f"belongs to Canvas user {tenant.token_user}")
    yield Line("Account", True, f'"{tenant.account_name}", number {tenant.account_id}')
    with suppress(StoreError):  # said above
        yield _belongs(settings, canvas, tenant)
    yield from _rights(tenant)
    canvas.know(_numbers(settings) if roster else {})
    yield _roles(settings, canvas, tenant)
    yield _clock(settings, roster, tenant)


def _numbers(settings: "Settings") -> "dict[Key, int | None]":
    """Our things by number: a role of ours may be called otherwise by now."""
    from ilc_canvas import bootstrap
    from ilc_canvas.reconcile.standing import numbers_of
    from ilc_canvas.store.runs.ledger import everything
    from ilc_canvas.views import years

    with bootstrap.opened(settings) as store:
        return numbers_of(everything(store, years.newest(settings, store)))


def _belongs(settings: "Settings", canvas: "CanvasClient", tenant: "Tenant") -> Line:
    """Whether this is the Canvas to which the store belongs; otherwise what differs, and what to do."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store.runs import tenant_pin

    with bootstrap.opened(settings) as store:
        pin = tenant_pin.read_pin(store)
        if pin is None:
            return Line("Store", True, "belongs to no Canvas yet: the first run that writes binds it to this one")
        found = tenant_pin.compare_with(store, pin, tenant, canvas=canvas, prefix=settings.prefix)
        unused = not tenant_pin.has_written(store)
    if pin.base_url == tenant.base_url and not found.differences:
        return Line("Store", True, "belongs to this Canvas")
    return Line("Store", False, f"be used here. {tenant_pin.judged(pin, tenant, found, unused=unused)}")


def _rights(tenant: "Tenant") -> Iterator[Line]:
    from ilc_canvas.canvas.kinds import all_needs

    needs = all_needs()
    can = [needs[name].purpose.split(":")[0].split(", and so")[0] for name, held in tenant.rights.items() if held]
    if can:
        yield Line("Rights", True, f"can {', '.join(can)}")
    for need in (needs[name] for name, held in tenant.rights.items() if not held):
        ask = f'Ask the Canvas administrator for "{need.label}" on the account "{tenant.account_name}".'
        yield Line("Rights", need.is_mild, f"{'without the right to ' if need.is_mild else ''}{need.purpose}. {ask}")


def _roles(settings: "Settings", canvas: "CanvasClient", tenant: "Tenant") -> Line:
    """Whether the custom roles are there, may be made, or give way to their base types."""
    from ilc_canvas.reconcile.change import Create
    from ilc_canvas.reconcile.errors import RefusedError
    from ilc_canvas.reconcile.kinds import Kind
    from ilc_canvas.reconcile.state import Key, Record

    custom = {rule.label: rule.base for rule in settings.policy.roles.values() if rule.custom}
    parent = Key(Kind.ACCOUNT, settings.prefix)
    wanted = [Create(Record(Key(Kind.ROLE, label), {"base": base}, (parent,))) for label, base in custom.items()]
    try:
        missing = [change.key.id for change in wanted if not canvas.look(change).done]
    except RefusedError:
        return Line("Roles", True, "cannot be listed with this token; where one is missing, its base type is used")
    if not missing:
        return Line("Roles", True, f"{', '.join(custom)} are there" if custom else "only built-in ones are used")
    if tenant.rights.get("manage_roles", True):
        return Line("Roles", True, f"{', '.join(missing)} will be made by the first run")
    return Line("Roles", True, f"{', '.join(missing)} missing, and this token may not make them: their base types are used")


def _clock(settings: "Settings", roster: "Roster | None", tenant: "Tenant") -> Line:
    """Canvas's clock against ours, and against the end of the school year."""
    from ilc_canvas.reconcile.canvas_clock import difference, is_far_off, what_day

    ends = _end_of_year(settings, roster) if roster else None
    when = f"; the school year ends on {clock.day(ends)}" if ends else ""
    if ends and ends <= tenant.now:
        return Line("Clock", False, f"enroll anybody: {what_day(tenant)}{when}, and Canvas takes nobody into a term that is over.")
    if is_far_off(tenant):
        also = "Nothing is decided by it but whether a school year is over. A stand-in Canvas may be set to any day."
        return Line("Clock", False, f"{what_day(tenant)}{when}. {also}", stops=False)
    if tenant.ahead is None:
        return Line("Clock", True, f"{what_day(tenant)}{when}")
    return Line("Clock", True, f"{difference(tenant)}; {what_day(tenant)}{when}")


def _end_of_year(settings: "Settings", roster: "Roster") -> "datetime":
    from datetime import datetime

    from ilc_canvas.program.desired import desired
    from ilc_canvas.reconcile.kinds import Kind

    (term,) = desired(roster, settings.policy).of_kind(Kind.TERM)
    return datetime.fromisoformat(str(term.fields["end_at"]))

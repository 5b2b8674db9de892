"""doctor, db upgrade, db current"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json

if TYPE_CHECKING:
    from ilc_canvas.reconcile.run import Tenant
    from ilc_canvas.settings import Settings

# What each need is for, and what the Canvas administrator calls the right.
ASK = {
    "manage_sis": (
        "set SIS ids: they would be dropped without a word, and every run would build everything again",
        "SIS Data - manage",
    ),
    "manage_account": ("make the sub-account and the term", "Account-level settings - manage"),
    "manage_courses": ("make and rename courses", "Courses - add / manage"),
    "conclude_courses": ("conclude the course of a cancelled COP", "Courses - conclude"),
    "manage_sections": ("make and rename sections", "Course Sections - add / edit"),
    "manage_users": ("make people and change their names and addresses", "Users - manage login details"),
    "manage_enrollments": ("enroll people and end enrollments", "Users - add / remove students, teachers and TAs in courses"),
    "manage_roles": ("make the roles ILC Team Lead and ILC Guest; their base types are used instead", "Permissions - manage"),
    "see_courses": ("list courses", "Courses - view list"),
    "see_people": ("list people", "Users - view list"),
    "see_emails": ("see e-mail addresses, and so notice a changed one", "Users - view primary email address"),
    "see_logins": ("see logins, and so notice a changed one", "Users - view login IDs"),
}
_MILD = frozenset({"manage_roles", "conclude_courses"})


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that works, or does not, and then what to do."""

    what: str
    works: bool
    text: str


def doctor(as_json: Json = False) -> None:
    """Look at settings, store, Canvas, token, rights, roles and clock: what works, and what to ask for. Writes nothing to Canvas."""
    lines = list(_examine())
    if as_json:
        say_json([{"what": line.what, "works": line.works, "text": line.text} for line in lines])
    else:
        say(*(f"{line.what:<9} {'' if line.works else 'CANNOT: '}{line.text}" for line in lines))
    if not all(line.works for line in lines):
        raise typer.Exit(EXIT_ERROR)


def _examine() -> Iterator[Line]:
    """Each line as soon as it is known; what builds on something that fails is not asked."""
    from ilc_canvas.reconcile.errors import IlcError
    from ilc_canvas.settings import config_file, read_settings

    try:
        settings = read_settings()
        yield Line("Settings", True, f"read from {config_file()} and the environment")
        yield from _store(settings)
        yield from _canvas(settings)
    except IlcError as error:
        yield Line("Stopped", False, str(error))


def _store(settings: "Settings") -> Iterator[Line]:
    from ilc_canvas import bootstrap

    with bootstrap.opened(settings) as store:
        kind = "SQLite" if store.sqlite else "PostgreSQL"
        yield Line("Store", True, f"{kind} at {store.name}, schema up to date")


def _canvas(settings: "Settings") -> Iterator[Line]:
    from ilc_canvas import bootstrap
    from ilc_canvas.program.desired import desired
    from ilc_canvas.reconcile.errors import RosterError
    from ilc_canvas.store import rosters

    roster = None
    with bootstrap.opened(settings) as store:
        try:
            roster = rosters.newest_finalized(store)
            yield Line("Roster", True, f"version {roster.version} of {roster.school_year} is finalized")
        except RosterError as error:
            yield Line("Roster", False, str(error))
    year = roster.school_year if roster else "none"
    canvas = bootstrap.client(settings, year)
    tenant = canvas.tenant()
    ahead = (tenant.now - bootstrap.now()).total_seconds()
    yield Line("Canvas", True, f'{tenant.base_url} answers; account "{tenant.account_name}"; its clock differs by {ahead:.0f} s')
    yield Line("Token", True, f"belongs to Canvas user {tenant.token_user}, works")
    yield from _rights(tenant)
    if roster:
        term = next(record for record in desired(roster, bootstrap.policy(settings)) if record.key.kind == "term")
        yield _clock(str(term.fields["end_at"]), tenant)


def _rights(tenant: "Tenant") -> Iterator[Line]:
    can = [ASK[need][0].split(":")[0].split(";")[0] for need, held in tenant.rights.items() if held]
    yield Line("Rights", True, f"can {', '.join(can)}")
    for need, held in tenant.rights.items():
        if not held:
            what, right = ASK[need]
            text = f'{what}. Ask the Canvas administrator for "{right}" on the account "{tenant.account_name}".'
            yield Line("Rights", need in _MILD, f"cannot {text}" if need in _MILD else text)


def _clock(ends: str, tenant: "Tenant") -> Line:
    from datetime import datetime

    over = datetime.fromisoformat(ends) <= tenant.now
    text = f"the school year ends on {ends[:10]}; by Canvas's clock it is {tenant.now:%Y-%m-%d}"
    return Line("Clock", not over, f"enroll anybody: {text}, and Canvas takes nobody into a term that is over." if over else text)


def upgrade() -> None:
    """Bring the store's schema to this program's version."""
    from ilc_canvas.settings import read_settings
    from ilc_canvas.store import schema
    from ilc_canvas.store.engine import open_store

    store = open_store(read_settings().store, create=True)
    schema.upgrade(store)
    say(f"The store {store.name} has schema {schema.current(store)}.")
    store.close()


def current(as_json: Json = False) -> None:
    """The store's schema, and this program's."""
    from ilc_canvas.settings import read_settings
    from ilc_canvas.store import schema
    from ilc_canvas.store.engine import open_store

    store = open_store(read_settings().store)
    have, want = schema.current(store), schema.head()
    store.close()
    if as_json:
        say_json({"current": have, "head": want})
    else:
        say(f"The store has schema {have}; this program needs {want}.")

"""Whom the store knows: people of any roster, plan, ledger or event, found by id, address or name."""

from collections.abc import Iterator

from sqlalchemy import Connection, select, union

from ilc_canvas.program.basis import ROSTER
from ilc_canvas.program.names import user_key
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.people.person_names import plain_words
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.tables import EVENT
from ilc_canvas.store.db.codec import loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.versions import contents
from ilc_canvas.store.rosters import rekey
from ilc_canvas.store.rosters.tables import REKEY
from ilc_canvas.store.runs.tables import CHANGE, IDENTITY_DECISION, LEDGER


def find_id(connection: Connection, prefix: str, given: str) -> str | None:
    """The id as it is written here, whatever its case is in `given`; None if nobody has it. `prefix` is that of a user: ilc:p"""
    ids = set(_ids(connection, prefix))
    if given in ids:
        return given
    return next((each for each in sorted(ids) if each.casefold() == given.strip().casefold()), None)


def keys(store: Store, prefix: str, words: str) -> tuple[Key, ...]:
    """The user who is meant by an id in any case, an address, or a name in any order, under every id that the person has had.

    RosterError if nobody is, or several people are.
    """
    with store.read() as connection:
        known = find_id(connection, user_key(prefix, "").id.removesuffix(":"), words)
        found = [known] if known else sorted({each for each, row in _people(connection) if _is_named(row, words)})
        users = sorted({key for each in found for key in rekey.keys_of(connection, user_key(prefix, each))})
        if not found:
            raise RosterError(f"No roster and no event names {words}. Give the id, as ILC-0001, the address or the whole name.")
        if set(users) != set(rekey.keys_of(connection, users[0])):
            raise RosterError(f"Several people are named {words}: {', '.join(found)}. Give the id of one.")
    return tuple(users)


def _ids(connection: Connection, prefix: str) -> Iterator[str]:
    yield from (each for each, _ in _people(connection))
    users = [select(table.c.key).where(table.c.key.startswith(f"{Kind.USER}=", autoescape=True)) for table in _KEYED]
    begins = f"{Kind.USER}={prefix}:"
    yield from (key.removeprefix(begins) for key in connection.execute(union(*users)).scalars() if key.startswith(begins))
    yield from (each for row in connection.execute(select(REKEY.c.old, REKEY.c.new)) for each in row)


_KEYED = (LEDGER, EVENT, CHANGE, IDENTITY_DECISION)


def _people(connection: Connection) -> Iterator[tuple[str, dict[str, str]]]:
    """Id and row of everybody in any version."""
    for content in contents(connection, ROSTER):
        yield from ((row["person_id"], row) for row in loads(content)["people"])


def _is_named(row: dict[str, str], words: str) -> bool:
    if words.strip().casefold() == row["email"].casefold() != "":
        return True
    wanted, names = sorted(plain_words(words)), (row["display_name"], f"{row['given_name']} {row['family_name']}")
    return bool(wanted) and wanted in [sorted(plain_words(name)) for name in names]

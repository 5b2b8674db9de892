"""Whether a text speaks of a person: by id, address, login or family name, however it is spelled."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from ilc_canvas.program.basis import ROSTER
from ilc_canvas.reconcile.kinds import kinds, of_account
from ilc_canvas.reconcile.people.person_names import plain_words
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.tables import AUDIT_PERSONAL
from ilc_canvas.store.db.codec import loads
from ilc_canvas.store.documents.tables import CONTENT
from ilc_canvas.store.runs.tables import CHANGE, LEDGER

Words = tuple[str, ...]
_SHORTEST = 2  # letters of a name
_ROSTERS = select(CONTENT.c.content).where(CONTENT.c.document == ROSTER)


@dataclass(frozen=True, slots=True)
class Mentioned:
    """One person: the ids, and the names, addresses and logins that are known, each as its plain words."""

    ids: frozenset[Words]
    names: frozenset[Words]

    def by_id(self, text: str) -> bool:
        """Whether the text has an id of this person."""
        return _has_any(text, self.ids)

    def by_name(self, text: str) -> bool:
        """Whether the text has the family name, given and family name, an address or a login."""
        return _has_any(text, self.names)

    def anyhow(self, text: str) -> bool:
        """Either of the two."""
        return self.by_id(text) or self.by_name(text)


def about(table: Table, person: Key) -> ColumnElement[bool]:
    """Rows about the account and its addresses."""
    parts = (table.c.key.startswith(f"{kind}={person.id}|", autoescape=True) for kind in kinds(of_account))
    return or_(table.c.key == str(person), *parts)


def mentioned(connection: Connection, users: Iterable[Key]) -> Mentioned:
    """How these users, who are one person, can be spoken of: as rosters, ledger, plans and events name them."""
    keys = list(users)
    ids = [key.id.rpartition(":")[2] for key in keys]
    names = {name for fields in _fields(connection, keys, ids) for name in _names(fields)}
    return Mentioned(frozenset(map(plain_words, ids)), frozenset(name for name in names if len("".join(name)) >= _SHORTEST))


def _fields(connection: Connection, keys: Iterable[Key], ids: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    """Everything that says who they are, wherever it stands."""
    for content in connection.execute(_ROSTERS).scalars():
        yield from (row for row in loads(content)["people"] if row["person_id"] in ids)
    for key in keys:
        yield from map(loads, connection.execute(select(LEDGER.c.fields).where(about(LEDGER, key))).scalars())
        for content in connection.execute(select(AUDIT_PERSONAL.c.content).where(about(AUDIT_PERSONAL, key))).scalars():
            yield from (side for side in loads(content).values() if isinstance(side, dict))
        for row in connection.execute(select(CHANGE.c.before, CHANGE.c.after).where(about(CHANGE, key))):
            yield from (loads(side)["fields"] for side in row if side)


def _names(fields: Mapping[str, Any]) -> Iterator[Words]:
    """A row of a roster has family and given name; a record of Canvas "Family, Given"."""
    before, comma, after = str(fields.get("sortable_name") or "").partition(",")
    family = plain_words(str(fields.get("family_name") or (before if comma else "") or fields.get("name") or ""))
    given = plain_words(str(fields.get("given_name") or after))
    yield family
    yield given[:1] + family[:1]
    yield from (plain_words(str(fields[name])) for name in ("email", "login", "address", "display_name") if fields.get(name))


def _has_any(text: str, wanted: frozenset[Words]) -> bool:
    found = plain_words(text)
    return any(name == found[at : at + len(name)] for name in wanted if name for at in range(len(found) - len(name) + 1))

"""Erasing a person: the personal values go, events and chain stay."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, or_, select, update

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.state import Key, Kind
from ilc_canvas.store import rekey
from ilc_canvas.store.codec import dumps, loads, split, without_personal
from ilc_canvas.store.database import Store
from ilc_canvas.store.events import Entry, append
from ilc_canvas.store.roster_json import content_from_json, findings_without, without_person
from ilc_canvas.store.tables import CHANGE, CONTENT, LEDGER, PERSON, VERSION


def erase(store: Store, person: Key, *, actor: str, reason: str, at: datetime) -> int:
    """Take names, address and login of this user out of the audit log, plans, ledger and superseded rosters; how many events lost some.

    That goes for all ids that the person has had. The chain stays valid, and the erasure is an event itself. RosterError where a draft or
    finalized roster still names the person.
    """
    with store.write() as connection:
        users = rekey.keys_of(connection, person)
        for user in users:
            _refuse_current(connection, user.id.rpartition(":")[2])
        count = sum(_blank(connection, user) for user in users)
        ids = {"keys": [str(user) for user in users]} if len(users) > 1 else {}
        append(connection, Entry("erased", at, actor, {"reason": reason, "events": count, **ids}, key=person))
    return count


def _blank(connection: Connection, user: Key) -> int:
    """How many events lost personal values."""
    _blank_rosters(connection, user.id.rpartition(":")[2])
    _blank_plans(connection, user)
    _blank_ledger(connection, user)
    return connection.execute(delete(PERSON).where(_about(PERSON, user))).rowcount


def _about(table: Table, person: Key) -> ColumnElement[bool]:
    """The account and its addresses."""
    return or_(table.c.key == str(person), table.c.key.startswith(f"{Kind.CHANNEL.value}={person.id}|", autoescape=True))


def _refuse_current(connection: Connection, person_id: str) -> None:
    current = select(VERSION.c.number, CONTENT.c.content).join(CONTENT, CONTENT.c.version == VERSION.c.number)
    for row in connection.execute(current.where(VERSION.c.state.in_(("draft", "finalized")))):
        if any(person.person_id == person_id for person in content_from_json(row.content)["people"]):
            raise RosterError(
                f"Roster version {row.number} still names {person_id}. Nothing was erased. Finalize a roster without this person first."
            )


def _blank_rosters(connection: Connection, person_id: str) -> None:
    query = select(CONTENT, VERSION.c.findings).join(VERSION, VERSION.c.number == CONTENT.c.version).where(VERSION.c.state == "superseded")
    for row in connection.execute(query).all():
        findings = findings_without(row.findings, row.content, person_id)
        connection.execute(update(VERSION).where(VERSION.c.number == row.version).values(findings=findings))
        content = without_person(row.content, person_id)
        connection.execute(update(CONTENT).where(CONTENT.c.version == row.version).values(content=content))


def _blank_plans(connection: Connection, person: Key) -> None:
    for row in connection.execute(select(CHANGE).where(_about(CHANGE, person))).all():
        sides = {side: without_personal(getattr(row, side)) for side in ("before", "after")}
        connection.execute(update(CHANGE).where(CHANGE.c.run == row.run, CHANGE.c.position == row.position).values(**sides))


def _blank_ledger(connection: Connection, person: Key) -> None:
    for row in connection.execute(select(LEDGER).where(_about(LEDGER, person))).all():
        fields = dumps(split(loads(row.fields))[0])
        at = (LEDGER.c.key == row.key) & (LEDGER.c.base_url == row.base_url) & (LEDGER.c.scope == row.scope)
        connection.execute(update(LEDGER).where(at).values(fields=fields))

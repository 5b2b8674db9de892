"""What people decide about two ids: one person with a new id, or two people."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, or_, select

from ilc_canvas import clock
from ilc_canvas.program.roster import Person
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.rosters.rekey import require_one_account
from ilc_canvas.store.rosters.tables import REKEY

Decision = Literal["same", "different"]
_KEPT = "Nothing was changed."
_EVENTS = {"same": "person-rekeyed", "different": "person-told-apart"}


def decide(store: Store, old: Key, new: Key, *, decision: Decision, actor: str, reason: str, at: datetime) -> Person:
    """Note that two users are one person, of whom `new` is the new id, or two people; who has the old id.

    RosterError if the newest finalized roster lacks the old id or has the new one, if something else was decided about either, or if
    both have an account.
    """
    old_id, new_id = _person_id(old), _person_id(new)
    with store.write() as connection:
        person = _person(connection, old_id, new_id)
        _refuse_otherwise(connection, old_id, new_id, decision=decision)
        if decision == "same":
            require_one_account(connection, old, new)
        connection.execute(delete(REKEY).where(_about(old_id, new_id)))
        values = {"old": old_id, "new": new_id, "decision": decision, "actor": actor, "reason": reason, "at": at}
        connection.execute(insert(REKEY).values(**values))
        body = {"old": str(old), "new": str(new)}
        append(connection, Entry(_EVENTS[decision], at, actor, body, key=old, personal=said(reason=reason)))
    return person


def take_back(store: Store, old: Key, new: Key, *, actor: str, reason: str, at: datetime) -> None:
    """Forget what was decided about two ids: the next import asks again. RosterError if there is nothing to take back."""
    old_id, new_id = _person_id(old), _person_id(new)
    with store.write() as connection:
        row = _noted(connection, old_id, new_id)
        if row is None:
            raise RosterError(f"Nothing was decided about {old_id} and {new_id}. {_KEPT}")
        if row.applied_at is not None:
            raise RosterError(
                f"{old_id} has been {new_id} since {clock.day(row.applied_at)}, when a roster with the new id was finalized. {_KEPT} "
                f"If a roster shall have the old id again: {Next.NOTE_NEW_ID.of(new_id, old_id)}"
            )
        connection.execute(delete(REKEY).where(_about(old_id, new_id), REKEY.c.applied_at.is_(None)))
        body = {"old": str(old), "new": str(new)}
        append(connection, Entry("person-asked-again", at, actor, body, key=old, personal=said(reason=reason)))


def _person(connection: Connection, old_id: str, new_id: str) -> Person:
    """Who has the old id, if the two can be compared."""
    if old_id == new_id:
        raise RosterError(f"{old_id} is given twice: a new id is another one. {_KEPT}")
    newest = versions.newest(connection)
    person = newest.person_by_id.get(old_id)
    if person is None:
        raise RosterError(f"{old_id} is not in roster version {newest.version}, the newest finalized one. {_KEPT}")
    if new_id in newest.person_by_id:
        raise RosterError(f"{new_id} is in roster version {newest.version} already, beside {old_id}: they are two people. {_KEPT}")
    return person


def _refuse_otherwise(connection: Connection, old_id: str, new_id: str, *, decision: Decision) -> None:
    """RosterError if this pair, or one of the two with somebody else, was decided on in another way."""
    pair = _noted(connection, old_id, new_id)
    if pair and pair.applied_at is None and pair.decision != decision:
        words = "the same person" if pair.decision == "same" else "two people"
        raise RosterError(_decided(pair, f"{old_id} and {new_id} are {words}"))
    if decision == "different":
        return
    waiting = select(REKEY).where(REKEY.c.decision == "same", REKEY.c.applied_at.is_(None), ~_pair(old_id, new_id))
    other = connection.execute(waiting.where(or_(REKEY.c.old == old_id, REKEY.c.new == new_id))).first()
    if other:
        raise RosterError(_decided(other, f"{other.old} is to be {other.new}"))


def _decided(row: Row[Any], what: str) -> str:
    return f"{row.actor} has decided that {what} ({clock.day(row.at)}). {_KEPT} To take that back: {Next.TAKE_BACK_ID.of(row.old, row.new)}"


def _noted(connection: Connection, old_id: str, new_id: str) -> Row[Any] | None:
    """What was decided about this pair; what is yet to be carried out comes first."""
    return connection.execute(select(REKEY).where(_about(old_id, new_id)).order_by(REKEY.c.applied_at.is_not(None))).first()


def _about(old_id: str, new_id: str) -> ColumnElement[bool]:
    """This pair; that they are two people holds in either order."""
    turned = (REKEY.c.old == new_id) & (REKEY.c.new == old_id) & (REKEY.c.decision == "different")
    return or_(_pair(old_id, new_id), turned)


def _pair(old_id: str, new_id: str) -> ColumnElement[bool]:
    return (REKEY.c.old == old_id) & (REKEY.c.new == new_id)


def _person_id(user: Key) -> str:
    return user.id.rpartition(":")[2]

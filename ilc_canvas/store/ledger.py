"""What is ours in Canvas: the fields as we last left them, and how each object came to be ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, insert, select, update

from ilc_canvas.reconcile.change import Adopt, Change, Create, Outcome, Plan, Remove, Update
from ilc_canvas.reconcile.state import Fields, Key, Kind, Ledger, Owned, Record, Value
from ilc_canvas.store.codec import dumps, loads
from ilc_canvas.store.tables import LEDGER

_LIVE = frozenset({"active", "invited", "creation_pending"})
_ONE = and_(LEDGER.c.base_url == bindparam("at_url"), LEDGER.c.scope == bindparam("at_scope"), LEDGER.c.key == bindparam("at_key"))
_FIND, _DROP, _ADD = select(LEDGER.c.fields, LEDGER.c.how, LEDGER.c.at).where(_ONE), delete(LEDGER).where(_ONE), insert(LEDGER)
_OVER = {Kind.COURSE: "completed"}


@dataclass(frozen=True, slots=True)
class Place:
    """One Canvas and scope: what a ledger is about."""

    base_url: str
    scope: str

    @property
    def here(self) -> ColumnElement[bool]:
        """The ledger's rows of this place."""
        return and_(LEDGER.c.base_url == self.base_url, LEDGER.c.scope == self.scope)

    def one(self, key: Key) -> Mapping[str, str]:
        """The parameters that name one row of this place."""
        return {"at_url": self.base_url, "at_scope": self.scope, "at_key": str(key)}


def read_ledger(connection: Connection, place: Place) -> Ledger:
    """Everything that is or was ours here."""
    rows = connection.execute(select(LEDGER.c.key, LEDGER.c.fields, LEDGER.c.how, LEDGER.c.at).where(place.here))
    owned = (Owned(Key.parse(row.key), loads(row.fields), row.how, row.at) for row in rows)
    return {each.key: each for each in owned}


def take_note(connection: Connection, place: Place, plan: Plan, at: datetime) -> None:
    """What differs from the ledger and agrees with the roster: the ledger follows, without a call."""
    for record in plan.settled:
        ours = _owned(connection, place, record.key)
        if ours:
            _put(connection, place, Owned(record.key, {**ours.fields, **record.fields}, ours.how, at))


def book(connection: Connection, place: Place, change: Change, outcome: Outcome, at: datetime) -> None:
    """What one outcome makes of the ledger; only what is done changes it."""
    if not outcome.done:
        return
    ours = _owned(connection, place, change.key)
    if isinstance(change, Remove):
        _end(connection, place, change, ours, outcome, at)
    else:
        _put(connection, place, Owned(change.key, _left(change, ours, outcome), _how(change, ours, outcome), at))


def _left(change: Create | Update | Adopt, ours: Owned | None, outcome: Outcome) -> Fields:
    """The fields as we have left them: of an update only those that it set, so that what people edited beside them stays theirs."""
    answered = outcome.after or {}
    if isinstance(change, Update):
        set_now = {name: answered.get(name, value) for name, value in change.fields.items()}
        return {**(ours.fields if ours else {}), **set_now}
    return {**change.after.fields, **answered}


def _how(change: Change, ours: Owned | None, outcome: Outcome) -> str:
    """How it came to be ours: what was there before us is adopted and never removed."""
    if isinstance(change, Adopt):
        return "adopted"
    if ours and ours.how != "ended":
        return ours.how
    there_before = not isinstance(change, Create) or _live(change.before) or outcome.result == "noop"
    return "adopted" if there_before else "created"


def _live(before: Record | None) -> bool:
    return before is not None and before.fields.get("state") in _LIVE


def _end(connection: Connection, place: Place, change: Remove, ours: Owned | None, outcome: Outcome, at: datetime) -> None:
    state = _OVER.get(change.key.kind, "inactive")
    fields: Mapping[str, Value] = {**(ours.fields if ours else change.before.fields), "state": state, **(outcome.after or {})}
    _put(connection, place, Owned(change.key, fields, "ended", at))
    if change.key.kind is Kind.COURSE:
        rows = LEDGER.c.key.startswith(f"{Kind.ENROLLMENT.value}={change.key.id}:", autoescape=True)
        connection.execute(update(LEDGER).where(place.here, rows, LEDGER.c.how == "created").values(how="ended", at=at))


def _owned(connection: Connection, place: Place, key: Key) -> Owned | None:
    row = connection.execute(_FIND, place.one(key)).first()
    return Owned(key, loads(row.fields), row.how, row.at) if row else None


def _put(connection: Connection, place: Place, owned: Owned) -> None:
    connection.execute(_DROP, place.one(owned.key))
    named = {"base_url": place.base_url, "scope": place.scope, "key": str(owned.key)}
    connection.execute(_ADD, {**named, "fields": dumps(dict(owned.fields)), "how": owned.how, "at": owned.at})

"""What is ours in Canvas: the fields as we last left them, and how each object came to be ours."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from ilc_canvas.reconcile.change import Adopt, Change, Create, Outcome, Plan, Remove, Update
from ilc_canvas.reconcile.overlay import FORMER
from ilc_canvas.reconcile.state import Fields, Key, Kind, Ledger, Owned, Record, Value
from ilc_canvas.store.codec import dumps, loads
from ilc_canvas.store.database import Store
from ilc_canvas.store.place import Place
from ilc_canvas.store.tables import LEDGER

_LIVE = frozenset({"active", "invited", "creation_pending"})
_ONE = and_(LEDGER.c.base_url == bindparam("at_url"), LEDGER.c.scope == bindparam("at_scope"), LEDGER.c.key == bindparam("at_key"))
_WHAT = (LEDGER.c.key, LEDGER.c.fields, LEDGER.c.how, LEDGER.c.at, LEDGER.c.handle)
_FIND, _DROP, _ADD = select(*_WHAT).where(_ONE), delete(LEDGER).where(_ONE), insert(LEDGER)
_OVER = {Kind.COURSE: "completed"}


def _one(place: Place, key: Key) -> Mapping[str, str]:
    """The parameters that name one row of this place."""
    return {"at_url": place.base_url, "at_scope": place.scope, "at_key": str(key)}


def read_ledger(connection: Connection, place: Place) -> Ledger:
    """Everything that is or was ours here."""
    owned = map(_owned_of, connection.execute(select(*_WHAT).where(place.of(LEDGER))))
    return {each.key: each for each in owned}


def ours(store: Store, place: Place) -> frozenset[Key]:
    """The keys of what is ours here."""
    with store.read() as connection:
        return frozenset(read_ledger(connection, place))


def take_note(connection: Connection, place: Place, plan: Plan, *, at: datetime) -> None:
    """What differs from the ledger and agrees with the roster: the ledger follows, without a call."""
    for record in plan.settled:
        ours = _owned(connection, place, record.key)
        if ours:
            _put(connection, place, replace(ours, fields={**ours.fields, **record.fields}, at=at, handle=record.handle or ours.handle))


def book(connection: Connection, place: Place, change: Change, *, outcome: Outcome, at: datetime) -> None:
    """What one outcome makes of the ledger; only what is done changes it."""
    ours = _owned(connection, place, change.key)
    if not outcome.done:
        _note_half(connection, place, change, ours=ours, outcome=outcome, at=at)
        return
    if isinstance(change, Remove):
        _end(connection, place, change, ours=ours, outcome=outcome, at=at)
    else:
        handle = outcome.handle or change.after.handle or (ours.handle if ours else None)
        _put(connection, place, Owned(change.key, _left(change, ours, outcome), _how(change, ours, outcome), at, handle))


def _note_half(connection: Connection, place: Place, change: Change, *, ours: Owned | None, outcome: Outcome, at: datetime) -> None:
    """Of an update that took several steps and was cut off in between: what it has set already is ours, and no edit by hand."""
    if ours and isinstance(change, Update) and outcome.result == "not_applied" and outcome.after:
        set_now = {name: outcome.after[name] for name, value in change.fields.items() if outcome.after.get(name) == value}
        if "email" in set_now:
            set_now[FORMER] = change.before.fields["email"]
        _put(connection, place, replace(ours, fields={**ours.fields, **set_now}, at=at))


def _left(change: Create | Update | Adopt, ours: Owned | None, outcome: Outcome) -> Fields:
    """The fields as we have left them: of an update only those that it set, so that what people edited beside them stays theirs."""
    answered = outcome.after or {}
    if isinstance(change, Update):
        set_now = {name: answered.get(name, value) for name, value in change.fields.items()}
        before = dict(ours.fields if ours else change.before.fields)
        if "email" in set_now and before.get(FORMER) == change.before.fields.get("email"):
            before.pop(FORMER, None)
        return {**before, **set_now}
    return {**change.after.fields, **answered}


def _how(change: Change, ours: Owned | None, outcome: Outcome) -> str:
    """How it came to be ours: what was there before us is adopted and never removed."""
    if isinstance(change, Adopt):
        return "adopted"
    if ours and (ours.how != "ended" or isinstance(change, Update)):  # what we ended and open again is ours as before
        return ours.how.replace("ended", "created")
    there_before = not isinstance(change, Create) or _live(change.before) or outcome.result == "noop"
    return "adopted" if there_before else "created"


def _live(before: Record | None) -> bool:
    return before is not None and before.fields.get("state") in _LIVE


def _end(connection: Connection, place: Place, change: Remove, *, ours: Owned | None, outcome: Outcome, at: datetime) -> None:
    state = _OVER.get(change.key.kind, "inactive")
    fields: Mapping[str, Value] = {**(ours.fields if ours else change.before.fields), "state": state, **(outcome.after or {})}
    _put(connection, place, Owned(change.key, fields, "ended", at, change.before.handle))
    if change.key.kind is Kind.COURSE:
        rows = LEDGER.c.key.startswith(f"{Kind.ENROLLMENT.value}={change.key.id}:", autoescape=True)
        connection.execute(update(LEDGER).where(place.of(LEDGER), rows, LEDGER.c.how == "created").values(how="ended", at=at))


def _owned(connection: Connection, place: Place, key: Key) -> Owned | None:
    row = connection.execute(_FIND, _one(place, key)).first()
    return _owned_of(row) if row else None


def _owned_of(row: Any) -> Owned:
    return Owned(Key.parse(row.key), loads(row.fields), row.how, row.at, row.handle)


def _put(connection: Connection, place: Place, owned: Owned) -> None:
    connection.execute(_DROP, _one(place, owned.key))
    row = place.row(key=str(owned.key), fields=dumps(dict(owned.fields)), how=owned.how, at=owned.at, handle=owned.handle)
    connection.execute(_ADD, row)

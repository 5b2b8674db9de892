"""What is ours in Canvas: the fields as we last left them, and how each object came to be ours."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from ilc_canvas.reconcile.addresses import is_former
from ilc_canvas.reconcile.change import Adopt, Change, Create, Outcome, Plan, Remove, Update
from ilc_canvas.reconcile.comparing import is_live
from ilc_canvas.reconcile.kinds import FORMER, MAIN, Value, kinds, of_account
from ilc_canvas.reconcile.state import Fields, Key, Ledger, Owned, Record, channel_key, person_of
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import Place
from ilc_canvas.store.runs.tables import LEDGER

_ONE = and_(LEDGER.c.base_url == bindparam("at_url"), LEDGER.c.scope == bindparam("at_scope"), LEDGER.c.key == bindparam("at_key"))
_WHAT = (LEDGER.c.key, LEDGER.c.fields, LEDGER.c.how, LEDGER.c.at, LEDGER.c.handle)
_FIND, _DROP, _ADD = select(*_WHAT).where(_ONE), delete(LEDGER).where(_ONE), insert(LEDGER)


def _one(place: Place, key: Key) -> Mapping[str, str]:
    """The parameters that name one row: what belongs to all school years stands apart from them."""
    at = place.for_key(key)
    return {"at_url": at.base_url, "at_scope": at.scope, "at_key": str(key)}


def read_ledger(connection: Connection, place: Place) -> Ledger:
    """Everything that is or was ours here, and the people of all school years."""
    here = or_(place.of(LEDGER), place.shared.of(LEDGER))
    owned = map(_owned_of, connection.execute(select(*_WHAT).where(here)))
    return {each.key: each for each in owned}


def ours(store: Store, place: Place) -> frozenset[Key]:
    """The keys of what is ours here."""
    with store.read() as connection:
        return frozenset(read_ledger(connection, place))


def everything(store: Store, place: Place) -> Ledger:
    """The same, to be looked at."""
    with store.read() as connection:
        return read_ledger(connection, place)


def take_note(connection: Connection, place: Place, plan: Plan, *, at: datetime) -> None:
    """Where people and roster agree on something else than what the ledger knows, it follows, without a call.

    What we ended, and people brought back, is ours again; what people made is adopted; what people ended is over, as if we had.
    """
    for record in plan.settled:
        ours = _owned(connection, place, record.key)
        if ours:
            fields, how = {**ours.fields, **record.fields}, _as_before(ours)
            _put(connection, place, replace(ours, fields=fields, how=how, at=at, handle=record.handle or ours.handle))
        elif record.rule.is_noted:
            _put(connection, place, Owned(record.key, record.fields, "adopted", at, record.handle))
    for key in plan.over:
        _forget(connection, place, key, at=at)


def _forget(connection: Connection, place: Place, key: Key, *, at: datetime) -> None:
    """What we made counts as ended by us; what people made is theirs again."""
    ours = _owned(connection, place, key)
    if ours and ours.removable:
        _put(connection, place, replace(ours, how="ended", at=at))
    else:
        connection.execute(_DROP, _one(place, key))


def book(connection: Connection, place: Place, change: Change, *, outcome: Outcome, at: datetime) -> None:
    """What one outcome makes of the ledger; only what is done changes it."""
    if not outcome.done:
        return
    if change.key.rule.is_stepwise:
        _book_address(connection, place, change, at=at)
    elif isinstance(change, Remove):
        ours = _owned(connection, place, change.key)
        _end(connection, place, change, ours=ours, outcome=outcome, at=at)
    else:
        ours = _owned(connection, place, change.key)
        handle = outcome.handle or change.after.handle or (ours.handle if ours else None)
        if isinstance(change, Adopt) and change.key.rule.is_person:
            _forget_addresses(connection, place, change.key)
        _put(connection, place, Owned(change.key, _left(change, ours, outcome), _how(change, ours, outcome), at, handle))
        if isinstance(change, Create) and change.key.rule.is_person:
            _book_first_address(connection, place, change, outcome=outcome, at=at)


def _book_first_address(connection: Connection, place: Place, change: Create, *, outcome: Outcome, at: datetime) -> None:
    """A new account was made with its address; one that came back has its own."""
    address = (outcome.after or change.after.fields).get("email")
    if address:
        key = channel_key(change.key, MAIN)
        _put(connection, place, Owned(key, {"address": address}, "created", at, outcome.handle or change.after.handle))


def _book_address(connection: Connection, place: Place, change: Change, *, at: datetime) -> None:
    """The first address as we left it; the former one, if it is to go, until it is gone."""
    if isinstance(change, Remove):
        connection.execute(_DROP, _one(place, change.key))
    elif change.key == channel_key(person_of(change.key), MAIN):
        _forget_former(connection, place, change.after)
        _put(connection, place, Owned(change.key, change.after.fields, "created", at, change.after.handle))
        for former in filter(is_former, change.before.parents if change.before else ()):
            _put(connection, place, Owned(former, change.before.fields if change.before else {}, "created", at, change.after.handle))


def _forget_addresses(connection: Connection, place: Place, user: Key) -> None:
    """Those of the account that the person had before."""
    parts = kinds(lambda rule: of_account(rule) and not rule.is_person)
    rows = or_(*(LEDGER.c.key.startswith(f"{kind}={user.id}|", autoescape=True) for kind in parts))
    connection.execute(delete(LEDGER).where(place.shared.of(LEDGER), rows))


def _forget_former(connection: Connection, place: Place, main: Record) -> None:
    """An address that was to go, and is wanted again, is not to go any more."""
    rows = LEDGER.c.key.startswith(str(channel_key(person_of(main.key), FORMER)), autoescape=True)
    for row in connection.execute(select(LEDGER.c.key, LEDGER.c.fields).where(place.shared.of(LEDGER), rows)).all():
        if main.rule.same("address", loads(row.fields).get("address"), main.fields["address"]):
            connection.execute(_DROP, _one(place, Key.parse(row.key)))


def _left(change: Create | Update | Adopt, ours: Owned | None, outcome: Outcome) -> Fields:
    """The fields as we have left them: of an update only those that it set, so that what people edited beside them stays theirs."""
    answered = outcome.after or {}
    if isinstance(change, Update):
        set_now = {name: answered.get(name, value) for name, value in change.fields.items()}
        return {**(ours.fields if ours else change.before.fields), **set_now}
    fields = {**change.after.fields, **answered}
    return {name: value for name, value in fields.items() if name not in change.key.rule.unkept}


def _how(change: Change, ours: Owned | None, outcome: Outcome) -> str:
    """How it came to be ours: what was there before us is adopted and never removed."""
    if isinstance(change, Adopt):
        return change.how
    if ours:
        return _as_before(ours)
    there_before = not isinstance(change, Create) or is_live(change.before) or outcome.result == "noop"
    return "adopted" if there_before else "created"


def _as_before(ours: Owned) -> str:
    """What we ended, and is there again, is ours as before; what people had made, and ended with its course, is theirs."""
    return {"ended": "created", "theirs": "adopted"}.get(ours.how, ours.how)


def _end(connection: Connection, place: Place, change: Remove, *, ours: Owned | None, outcome: Outcome, at: datetime) -> None:
    if change.key.rule.is_forgotten:  # an account of others is let go
        connection.execute(_DROP, _one(place, change.key))
        return
    ended: dict[str, Value] = {"state": change.key.rule.ended_as}
    fields: Mapping[str, Value] = {**(ours.fields if ours else change.before.fields), **ended, **(outcome.after or {})}
    _put(connection, place, Owned(change.key, fields, "ended", at, change.before.handle))
    if change.key.rule.is_container:
        places = kinds(lambda rule: rule.is_placement)
        rows = or_(*(LEDGER.c.key.startswith(f"{kind}={change.key.id}:", autoescape=True) for kind in places))
        connection.execute(update(LEDGER).where(place.of(LEDGER), rows, LEDGER.c.how == "created").values(how="ended", at=at))
        for row in change.others:
            plain = {name: value for name, value in row.fields.items() if name not in row.rule.unkept}
            _put(connection, place, Owned(row.key, plain, "theirs", at, row.handle))


def _owned(connection: Connection, place: Place, key: Key) -> Owned | None:
    row = connection.execute(_FIND, _one(place, key)).first()
    return _owned_of(row) if row else None


def _owned_of(row: Any) -> Owned:
    return Owned(Key.parse(row.key), loads(row.fields), row.how, row.at, row.handle)


def _put(connection: Connection, place: Place, owned: Owned) -> None:
    connection.execute(_DROP, _one(place, owned.key))
    row = place.for_key(owned.key).row(
        key=str(owned.key), fields=dumps(dict(owned.fields)), how=owned.how, at=owned.at, handle=owned.handle
    )
    connection.execute(_ADD, row)

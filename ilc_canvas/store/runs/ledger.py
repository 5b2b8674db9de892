"""What is ours in Canvas: the fields as we last left them, and how each object came to be ours."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update

from ilc_canvas.reconcile.change import Adopt, Change, Create, Outcome, Plan, Remove, Update
from ilc_canvas.reconcile.compare.fields import is_live
from ilc_canvas.reconcile.kinds import FORMER, MAIN, Value, kinds, of_account
from ilc_canvas.reconcile.people.addresses import is_former
from ilc_canvas.reconcile.state import Fields, Key, Ledger, Owned, Record, channel_key, course_of, person_of
from ilc_canvas.store.db import upsert
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.tables import LEDGER

_ONE = and_(LEDGER.c.base_url == bindparam("at_url"), LEDGER.c.scope == bindparam("at_scope"), LEDGER.c.key == bindparam("at_key"))
_WHAT = (LEDGER.c.key, LEDGER.c.fields, LEDGER.c.how, LEDGER.c.at, LEDGER.c.handle)
_FIND, _DROP = select(*_WHAT).where(_ONE), delete(LEDGER).where(_ONE)


def _one(canvas_scope: CanvasScope, key: Key) -> Mapping[str, str]:
    """The parameters that name one row: what belongs to all school years stands apart from them."""
    at = canvas_scope.for_key(key)
    return {"at_url": at.base_url, "at_scope": at.scope, "at_key": str(key)}


def read_ledger(connection: Connection, canvas_scope: CanvasScope) -> Ledger:
    """Everything that is or was ours here, and the people of all school years."""
    here = or_(canvas_scope.of(LEDGER), canvas_scope.shared.of(LEDGER))
    owned = map(_owned_of, connection.execute(select(*_WHAT).where(here)))
    return {each.key: each for each in owned}


def ours(store: Store, canvas_scope: CanvasScope) -> frozenset[Key]:
    """The keys of what is ours here."""
    with store.read() as connection:
        return frozenset(read_ledger(connection, canvas_scope))


def everything(store: Store, canvas_scope: CanvasScope) -> Ledger:
    """The same, to be looked at."""
    with store.read() as connection:
        return read_ledger(connection, canvas_scope)


def in_courses(store: Store, canvas_scope: CanvasScope, courses: Collection[Key]) -> Ledger:
    """What is or was ours of these courses and in them: their SIS ids begin the ids of all that is inside."""
    theirs = or_(*(LEDGER.c.key.contains(f"={course.id}", autoescape=True) for course in courses))
    with store.read() as connection:
        found = map(_owned_of, connection.execute(select(*_WHAT).where(canvas_scope.of(LEDGER), theirs)))
        return {each.key: each for each in found if course_of(each.key) in courses}


def numbers(store: Store, canvas_scope: CanvasScope) -> dict[Key, int | None]:
    """Canvas's numbers of all that is ours but people and their places."""
    nobodys = or_(*(LEDGER.c.key.startswith(f"{kind}=", autoescape=True) for kind in kinds(lambda rule: rule.person is None)))
    query = select(LEDGER.c.key, LEDGER.c.handle).where(or_(canvas_scope.of(LEDGER), canvas_scope.shared.of(LEDGER)), nobodys)
    with store.read() as connection:
        return {Key.parse(row.key): row.handle for row in connection.execute(query)}


def people(store: Store, canvas_scope: CanvasScope) -> dict[int, Key]:
    """Whose account a number of Canvas's is, of the people whose accounts we hold."""
    those = or_(*(LEDGER.c.key.startswith(f"{kind}=", autoescape=True) for kind in kinds(lambda rule: rule.is_person)))
    query = select(LEDGER.c.key, LEDGER.c.handle).where(canvas_scope.shared.of(LEDGER), those, LEDGER.c.handle.is_not(None))
    with store.read() as connection:
        return {row.handle: Key.parse(row.key) for row in connection.execute(query)}


def contents(store: Store) -> dict[Key, Fields]:
    """What all courses hold beside their people, of all school years: the fields as we last left them."""
    those = or_(*(LEDGER.c.key.startswith(f"{kind}=", autoescape=True) for kind in kinds(lambda rule: rule.is_content)))
    with store.read() as connection:
        return {Key.parse(row.key): loads(row.fields) for row in connection.execute(select(LEDGER.c.key, LEDGER.c.fields).where(those))}


def take_note(connection: Connection, canvas_scope: CanvasScope, plan: Plan, *, at: datetime) -> None:
    """Where people and roster agree on something else than what the ledger knows, it follows, without a call.

    What we ended, and people brought back, is ours again; what people made is adopted; what people ended is over, as if we had.
    """
    for record in plan.settled:
        ours = _owned(connection, canvas_scope, record.key)
        if ours:
            fields, how = {**ours.fields, **record.fields}, _as_before(ours)
            _put(connection, canvas_scope, replace(ours, fields=fields, how=how, at=at, handle=record.handle or ours.handle))
        elif record.rule.is_noted:
            _put(connection, canvas_scope, Owned(record.key, record.fields, "adopted", at, record.handle))
    for key in plan.over:
        _forget(connection, canvas_scope, key, at=at)


def _forget(connection: Connection, canvas_scope: CanvasScope, key: Key, *, at: datetime) -> None:
    """What we made counts as ended by us; what people made is theirs again."""
    ours = _owned(connection, canvas_scope, key)
    if ours and ours.removable:
        _put(connection, canvas_scope, replace(ours, how="ended", at=at))
    else:
        connection.execute(_DROP, _one(canvas_scope, key))


def book(connection: Connection, canvas_scope: CanvasScope, change: Change, *, outcome: Outcome, at: datetime) -> None:
    """What one outcome makes of the ledger; only what is done changes it."""
    if not outcome.done:
        return
    if change.key.rule.is_stepwise:
        _book_address(connection, canvas_scope, change, at=at)
    elif isinstance(change, Remove):
        ours = _owned(connection, canvas_scope, change.key)
        _end(connection, canvas_scope, change, ours=ours, outcome=outcome, at=at)
    else:
        ours = _owned(connection, canvas_scope, change.key)
        handle = outcome.handle or change.after.handle or (ours.handle if ours else None)
        if isinstance(change, Adopt) and change.key.rule.is_person:
            _forget_addresses(connection, canvas_scope, change.key)
        _put(connection, canvas_scope, Owned(change.key, _left(change, ours, outcome), _how(change, ours, outcome), at, handle))
        if isinstance(change, Create) and change.key.rule.is_person:
            _book_first_address(connection, canvas_scope, change, outcome=outcome, at=at)


def _book_first_address(connection: Connection, canvas_scope: CanvasScope, change: Create, *, outcome: Outcome, at: datetime) -> None:
    """A new account was made with its address; one that came back has its own."""
    address = (outcome.after or change.after.fields).get("email")
    if address:
        key = channel_key(change.key, MAIN)
        _put(connection, canvas_scope, Owned(key, {"address": address}, "created", at, outcome.handle or change.after.handle))


def _book_address(connection: Connection, canvas_scope: CanvasScope, change: Change, *, at: datetime) -> None:
    """The first address as we left it; the former one, if it is to go, until it is gone."""
    if isinstance(change, Remove):
        connection.execute(_DROP, _one(canvas_scope, change.key))
    elif change.key == channel_key(person_of(change.key), MAIN):
        _forget_former(connection, canvas_scope, change.after)
        _put(connection, canvas_scope, Owned(change.key, change.after.fields, "created", at, change.after.handle))
        for former in filter(is_former, change.before.parents if change.before else ()):
            _put(connection, canvas_scope, Owned(former, change.before.fields if change.before else {}, "created", at, change.after.handle))


def _forget_addresses(connection: Connection, canvas_scope: CanvasScope, user: Key) -> None:
    """Those of the account that the person had before."""
    parts = kinds(lambda rule: of_account(rule) and not rule.is_person)
    rows = or_(*(LEDGER.c.key.startswith(f"{kind}={user.id}|", autoescape=True) for kind in parts))
    connection.execute(delete(LEDGER).where(canvas_scope.shared.of(LEDGER), rows))


def _forget_former(connection: Connection, canvas_scope: CanvasScope, main: Record) -> None:
    """An address that was to go, and is wanted again, is not to go any more."""
    rows = LEDGER.c.key.startswith(str(channel_key(person_of(main.key), FORMER)), autoescape=True)
    for row in connection.execute(select(LEDGER.c.key, LEDGER.c.fields).where(canvas_scope.shared.of(LEDGER), rows)).all():
        if main.rule.same("address", loads(row.fields).get("address"), main.fields["address"]):
            connection.execute(_DROP, _one(canvas_scope, Key.parse(row.key)))


def _left(change: Create | Update | Adopt, ours: Owned | None, outcome: Outcome) -> Fields:
    """The fields as we have left them: of an update only those that it set, so that what people edited beside them stays theirs."""
    answered = outcome.after or {}
    if isinstance(change, Update):
        set_now = {name: answered.get(name, value) for name, value in change.fields.items()}
        noted = (*(change.key.rule.rewritten or {}).values(), *change.key.rule.noted)
        shown = {name: answered[name] for name in noted if name in answered}
        return {**(ours.fields if ours else change.before.fields), **set_now, **shown}
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


def _end(connection: Connection, canvas_scope: CanvasScope, change: Remove, *, ours: Owned | None, outcome: Outcome, at: datetime) -> None:
    if change.key.rule.is_forgotten:  # an account of others is let go
        connection.execute(_DROP, _one(canvas_scope, change.key))
        return
    ended: dict[str, Value] = {"state": change.key.rule.ended_as}
    fields: Mapping[str, Value] = {**(ours.fields if ours else change.before.fields), **ended, **(outcome.after or {})}
    _put(connection, canvas_scope, Owned(change.key, fields, "ended", at, change.before.handle))
    if change.key.rule.is_container:
        canvas_scopes = kinds(lambda rule: rule.is_placement)
        rows = or_(*(LEDGER.c.key.startswith(f"{kind}={change.key.id}:", autoescape=True) for kind in canvas_scopes))
        connection.execute(update(LEDGER).where(canvas_scope.of(LEDGER), rows, LEDGER.c.how == "created").values(how="ended", at=at))
        for row in change.others:
            plain = {name: value for name, value in row.fields.items() if name not in row.rule.unkept}
            _put(connection, canvas_scope, Owned(row.key, plain, "theirs", at, row.handle))


def _owned(connection: Connection, canvas_scope: CanvasScope, key: Key) -> Owned | None:
    row = connection.execute(_FIND, _one(canvas_scope, key)).first()
    return _owned_of(row) if row else None


def _owned_of(row: Any) -> Owned:
    return Owned(Key.parse(row.key), loads(row.fields), row.how, row.at, row.handle)


def _put(connection: Connection, canvas_scope: CanvasScope, owned: Owned) -> None:
    row = canvas_scope.for_key(owned.key).row(
        key=str(owned.key), fields=dumps(dict(owned.fields)), how=owned.how, at=owned.at, handle=owned.handle
    )
    upsert.put(connection, LEDGER, [row])

"""A person's new id: what speaks of the person now is renamed, and keeps its Canvas numbers, so that the same account goes on."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from ilc_canvas.program.names import scope, user_key
from ilc_canvas.program.people.new_ids import Rekeys, all_ids
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.chain import Entry, append
from ilc_canvas.store.audit.tables import EVENT
from ilc_canvas.store.db.codec import keys_from_json, keys_to_json
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.rosters.recorded import require_recorded
from ilc_canvas.store.rosters.tables import REKEY
from ilc_canvas.store.runs.tables import DECLINED, DRIFT_DECISION, IDENTITY_DECISION, IDENTITY_QUESTION, LEDGER, PARKED_CHANGE, RUN

_TABLES: Mapping[str, Table] = {
    "ledger": LEDGER,
    "parked": PARKED_CHANGE,
    "declined": DECLINED,
    "drift": DRIFT_DECISION,
    "questions": IDENTITY_QUESTION,
    "answers": IDENTITY_DECISION,
}
"""What is about now, by key. Runs, plans and events tell of the past, in which the person had the old id."""


def decisions(connection: Connection) -> Rekeys:
    """What people have decided about ids, but for what has been carried out. ChainError if the audit log recorded something else."""
    rows = connection.execute(select(REKEY).order_by(REKEY.c.old, REKEY.c.new)).all()
    require_recorded(connection, rows)
    same = {row.old: row.new for row in rows if row.decision == "same" and row.applied_at is None}
    return Rekeys(same, frozenset(frozenset((row.old, row.new)) for row in rows if row.decision == "different"))


def known(store: Store) -> Rekeys:
    """The same, to check a roster by."""
    with store.read() as connection:
        return decisions(connection)


def links(store: Store) -> list[tuple[str, str]]:
    """All pairs of ids that are one person, carried out or not."""
    with store.read() as connection:
        return _pairs(connection)


def keys_of(connection: Connection, user: Key) -> list[Key]:
    """This user under all ids that the person has had, with those that were carried out."""
    prefix = user.id.removesuffix(_person_id(user))
    ids = all_ids(_person_id(user), _pairs(connection, REKEY.c.applied_at.is_not(None)))
    return sorted(user._replace(id=f"{prefix}{person_id}") for person_id in ids)


def _pairs(connection: Connection, *only: ColumnElement[bool]) -> list[tuple[str, str]]:
    query = select(REKEY.c.old, REKEY.c.new).where(REKEY.c.decision == "same", *only).order_by(REKEY.c.old, REKEY.c.new)
    return [(row.old, row.new) for row in connection.execute(query)]


def carry_out(connection: Connection, ids: Mapping[str, str], *, school_year: str, actor: str, at: datetime) -> None:
    """Old id -> new id: rename these people at every Canvas and in every scope.

    RosterError if that would mix up two accounts, or a run that was cut off in `school_year`, the present one, is yet to be settled.
    """
    for old, new in ids.items():
        for prefix in _prefixes(connection):
            _require_settled(connection, user_key(prefix, old), scope(prefix, school_year))
            rekey(connection, user_key(prefix, old), user_key(prefix, new), actor=actor, at=at)
        connection.execute(update(REKEY).where(REKEY.c.old == old, REKEY.c.new == new).values(applied_at=at))


def _prefixes(connection: Connection) -> list[str]:
    """What SIS ids begin with, by the scopes that there are; a run that was cut off may be the first one in its scope."""
    found = {each for table in (RUN, *_TABLES.values()) for each in connection.execute(select(table.c.scope).distinct()).scalars()}
    return sorted({each.rpartition(":")[0] or each for each in found})


def rekey(connection: Connection, old: Key, new: Key, *, actor: str, at: datetime) -> None:
    """Rename one person, in the caller's transaction; a row that is there under the new key already stays instead.

    RosterError if either id has an account of its own.
    """
    require_one_account(connection, old, new)
    counts = {name: _rename_all(connection, table, old=old, new=new) for name, table in _TABLES.items()}
    _rename_others(connection, old, new)
    append(connection, Entry("person-renamed", at, actor, {"old": str(old), "new": str(new), **counts}, key=new))


def _rename_all(connection: Connection, table: Table, *, old: Key, new: Key) -> int:
    """How many rows go on under the new id. SQLite's LIKE ignores case, so it only narrows down."""
    rows = connection.execute(select(table.c.base_url, table.c.scope, table.c.key).where(table.c.key.contains(old.id, autoescape=True)))
    found = [(CanvasScope(row.base_url, row.scope), row.key) for row in rows.all() if renamed(row.key, old, new) != row.key]
    return sum(_rename(connection, table, canvas_scope, key=key, new_key=renamed(key, old, new)) for canvas_scope, key in found)


def renamed(key: str, old: Key, new: Key) -> str:
    """The key with the new id as its whole id, or as one of the parts that bars separate."""
    kind, _, rest = key.partition("=")
    return f"{kind}={'|'.join(new.id if part == old.id else part for part in rest.split('|'))}"


def _rename(connection: Connection, table: Table, canvas_scope: CanvasScope, *, key: str, new_key: str) -> bool:
    """Whether the row goes on under the new key."""
    if connection.execute(select(table.c.key).where(canvas_scope.of(table), table.c.key == new_key)).first():
        connection.execute(delete(table).where(canvas_scope.of(table), table.c.key == key))
        return False
    connection.execute(update(table).where(canvas_scope.of(table), table.c.key == key).values(key=new_key))
    return True


def _rename_others(connection: Connection, old: Key, new: Key) -> None:
    """In questions about somebody else whose account this person shares."""
    for row in connection.execute(select(IDENTITY_QUESTION).where(IDENTITY_QUESTION.c.others.contains(old.id, autoescape=True))).all():
        others = dict.fromkeys(new if key == old else key for key in keys_from_json(row.others))
        here = CanvasScope(row.base_url, row.scope).of(IDENTITY_QUESTION)
        connection.execute(update(IDENTITY_QUESTION).where(here, IDENTITY_QUESTION.c.key == row.key).values(others=keys_to_json(others)))


def require_one_account(connection: Connection, old: Key, new: Key) -> None:
    """RosterError if the new id has another Canvas account than the old one: which of the two is to go on cannot be told."""
    former, there = _accounts(connection, old), _accounts(connection, new)
    for base_url in former.keys() & there.keys():
        if not there[base_url] <= former[base_url] - {None}:
            one, other = _person_id(old), _person_id(new)
            numbers = ", ".join(str(number) for number in there[base_url] if number) or "unknown"
            raise RosterError(
                f"{other} has a Canvas account already (number {numbers}), which is not that of {one}. Nothing was changed. "
                f"If the account of {other} is to go on, treat them as two people, and the places of {one} end: "
                f"{Next.NOT_THE_SAME.of(one, other)}"
            )


def _accounts(connection: Connection, user: Key) -> dict[str, set[int | None]]:
    """Canvas's numbers of this person's accounts, by address of the Canvas."""
    found: dict[str, set[int | None]] = {}
    for row in connection.execute(select(LEDGER.c.base_url, LEDGER.c.handle).where(LEDGER.c.key == str(user))):
        found.setdefault(row.base_url, set()).add(row.handle)
    return found


def _require_settled(connection: Connection, old: Key, in_scope: str) -> None:
    """RosterError if a change of this person has no outcome: it would be looked for, and written down, under the old id."""
    answer = EVENT.alias("answer")
    query = select(EVENT.c.key, EVENT.c.run).join(RUN, RUN.c.number == EVENT.c.run).outerjoin(answer, answer.c.intent == EVENT.c.seq)
    query = query.where(EVENT.c.kind == "intended", answer.c.seq.is_(None), RUN.c.scope == in_scope)
    rows = connection.execute(query.where(EVENT.c.key.contains(old.id, autoescape=True))).all()
    left = [row for row in rows if renamed(row.key, old, old._replace(id="")) != row.key]
    if left:
        raise RosterError(
            f"Run {left[0].run} was cut off and left changes of {_person_id(old)} without an outcome, and {_person_id(old)} has a new id. "
            f"Nothing was changed. Let the next run settle them ({Next.SYNC}), then finalize again."
        )


def _person_id(user: Key) -> str:
    return user.id.rpartition(":")[2]

"""The audit log: a chain of appended events. Personal values lie beside it, so that erasing them leaves the chain whole."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from ilc_canvas.reconcile.errors import ChainError
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.tables import AUDIT_PERSONAL, EVENT
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.utc import written

NOTHING = "0" * 64
"""What the first event follows."""
BROKEN = "The audit log is broken"
"""How the sentence begins that says so, wherever it is told."""
_PAGE = 1000
_LAST = select(EVENT.c.seq, EVENT.c.hash).order_by(EVENT.c.seq.desc()).limit(1)
_ADD, _ADD_PERSON = insert(EVENT), insert(AUDIT_PERSONAL)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be appended. `body` holds codes, numbers and keys alone; `personal` holds what says who somebody is, and what somebody
    has typed: both can be erased.
    """

    kind: str  # roster-drafted, roster-finalized, began, planned, intended, happened, closed, approved, settings, exported, accepted, ...
    at: datetime
    actor: str
    body: Mapping[str, object]
    run: int | None = None
    key: Key | None = None
    intent: int | None = None
    personal: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at some time: kept elsewhere, it shows a tail that was cut and a store that was replaced."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verified:
    """A chain that holds: how many events, and its end."""

    count: int
    head: Head


def append(connection: Connection, entry: Entry) -> int:
    """One event more, in the caller's transaction; its number."""
    links = Links(connection)
    seq = links.append(entry)
    links.write()
    return seq


class Links:
    """Events of one transaction, linked as they come and written together. Nobody else may append before it ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._last = _head(connection)
        self._events: list[dict[str, Any]] = []
        self._people: list[dict[str, Any]] = []

    def append(self, entry: Entry) -> int:
        """One event more; its number."""
        seq, body = self._last.seq + 1, dict(entry.body)
        person = _person(entry, seq)
        if person:
            body["commitment"] = _commitment(person["salt"], person["content"])
            self._people.append(person)
        key = str(entry.key) if entry.key else None
        plain = {"kind": entry.kind, "actor": entry.actor, "run": entry.run, "key": key, "intent": entry.intent, "body": dumps(body)}
        link = _hash(seq, self._last.hash, written(entry.at), plain=plain)
        self._events.append({"seq": seq, "prev_hash": self._last.hash, "hash": link, "at": entry.at, **plain})
        self._last = Head(seq, link)
        return seq

    def write(self) -> None:
        """Store what was appended, in the caller's transaction."""
        if self._events:
            self._connection.execute(_ADD, self._events)
        if self._people:
            self._connection.execute(_ADD_PERSON, self._people)
        self._events, self._people = [], []


def _head(connection: Connection) -> Head:
    row = connection.execute(_LAST).first()
    return Head(row.seq, row.hash) if row else Head(0, NOTHING)


def _person(entry: Entry, seq: int) -> dict[str, Any] | None:
    if not entry.personal:
        return None
    key = str(entry.key) if entry.key else ""
    return {"seq": seq, "key": key, "salt": secrets.token_hex(16), "content": dumps(entry.personal)}


def _commitment(salt: str, content: str) -> str:
    return hashlib.sha256(f"{salt}\n{content}".encode()).hexdigest()


def _hash(seq: int, previous: str, at: str, *, plain: Mapping[str, Any]) -> str:
    """SHA-256 of these four lines: roster-audit/1, seq, the hash before, the event as canonical JSON."""
    lines = ("roster-audit/1", str(seq), previous, dumps({**plain, "at": at}))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def said(**texts: str | None) -> dict[str, str]:
    """What somebody has typed, by name, without what was left empty: the `personal` of an entry."""
    return {name: text for name, text in texts.items() if text and text.strip()}


def head(store: Store) -> Head:
    """The end of the chain; seq 0 where there is none yet."""
    with store.read() as connection:
        return _head(connection)


def store_id(store: Store) -> str:
    """What a store is called for good, wherever it lies: 16 hex digits of its first event's hash; empty before that event."""
    with store.read() as connection:
        return (connection.execute(select(EVENT.c.hash).where(EVENT.c.seq == 1)).scalar() or "")[:16]


def heads(store: Store, limit: int = 20) -> list[Head]:
    """The chain's ends at the last runs' ends, newest first."""
    rows = select(EVENT.c.seq, EVENT.c.hash).where(EVENT.c.kind == "closed").order_by(EVENT.c.seq.desc()).limit(limit)
    with store.read() as connection:
        return [Head(row.seq, row.hash) for row in connection.execute(rows)]


def verify(store: Store, known: Head | None = None) -> Verified:
    """Recompute the whole chain, and the commitments of the personal values that are still there.

    `known` is a head kept elsewhere: it must be in the chain. ChainError names the first event that is wrong.
    """
    last = Head(0, NOTHING)
    seen = known is None or known == last
    for row in pages(store):
        _check(row, last)
        last = Head(row.seq, row.hash)
        seen = seen or last == known
    if not seen and known:
        raise ChainError(
            f"The audit log does not hold the head that was kept, event {known.seq}: its end was cut, or the store was replaced."
        )
    return Verified(last.seq, last)


def _check(row: Row[Any], last: Head) -> None:
    expected = last.seq + 1
    if row.seq != expected:
        raise ChainError(f"{BROKEN}: event {expected} is missing.")
    if row.prev_hash != last.hash or not _has_its_hash(row):
        raise ChainError(f"{BROKEN}: event {row.seq} is not as it was written.")
    if not _keeps_commitment(row):
        raise ChainError(f"{BROKEN}: the personal values of event {row.seq} are not as they were written.")


def is_intact(row: Row[Any]) -> bool:
    """Whether an event, and the personal values that are still there, are as they were written; its neighbors are another question."""
    return _has_its_hash(row) and _keeps_commitment(row)


def _has_its_hash(row: Row[Any]) -> bool:
    plain = {"kind": row.kind, "actor": row.actor, "run": row.run, "key": row.key, "intent": row.intent, "body": row.body}
    return bool(row.hash == _hash(row.seq, row.prev_hash, written(row.at), plain=plain))


def _keeps_commitment(row: Row[Any]) -> bool:
    return row.content is None or loads(row.body).get("commitment") == _commitment(row.salt, row.content)


def pages(store: Store, run: int | None = None, key: str | None = None, *, after: int = 0) -> Iterator[Row[Any]]:
    """Events in order with their personal values, a page at a time: no reading is open while the caller works."""
    query = (
        select(EVENT, AUDIT_PERSONAL.c.salt, AUDIT_PERSONAL.c.content)
        .outerjoin(AUDIT_PERSONAL, AUDIT_PERSONAL.c.seq == EVENT.c.seq)
        .order_by(EVENT.c.seq)
    )
    query = query.where(EVENT.c.run == run) if run is not None else query
    query = query.where(EVENT.c.key == key) if key is not None else query
    while True:
        with store.read() as connection:
            rows = connection.execute(query.where(EVENT.c.seq > after).limit(_PAGE)).all()
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1].seq

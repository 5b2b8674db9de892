"""Reading the audit log: as events, and as rows that are safe in a spreadsheet."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Row, false, func, or_, select

from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.chain import pages
from ilc_canvas.store.audit.mentions import about
from ilc_canvas.store.audit.tables import AUDIT_PERSONAL, EVENT
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.utc import written

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FROM_BODY = ("verb", "result", "how", "status", "attempts", "request_id", "reason")
COLUMNS = ("seq", "at", "kind", "actor", "run", "key", *_FROM_BODY, "before", "after", "details", "hash")
"""Of an export, in order."""
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Event:
    """One event with the personal values that are still there."""

    seq: int
    at: datetime
    kind: str
    actor: str
    run: int | None
    key: Key | None
    intent: int | None
    body: Mapping[str, Any]
    personal: Mapping[str, Any]
    hash: str

    @property
    def reason(self) -> str:
        """Why: what somebody has typed; empty if there was nothing, or it was erased. Older events hold it in the chain."""
        return str(self.personal.get("reason") or self.body.get("reason") or "")

    @property
    def signed_by(self) -> list[str]:
        """Who signed, the second person last; empty if nobody did, or the names were erased."""
        return [self.personal[name] for name in ("signed_by", "second") if self.personal.get(name)]

    @property
    def scope(self) -> dict[str, list[str]]:
        """The words of `only` and `except` that narrow what was asked for or approved."""
        found = {name: self.body.get(name) for name in ("only", "except")}
        return {name: loads(words) if isinstance(words, str) else list(words) for name, words in found.items() if words and words != "[]"}


def events(store: Store, *, run: int | None = None, key: Key | None = None, after: int = 0, limit: int = 1000) -> list[Event]:
    """Events in order of their number, from the one behind `after`; of one run or about one key where asked."""
    found = pages(store, run, str(key) if key else None, after=after)
    return [_event(row) for row in islice(found, limit)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: of a run, from a moment until before another, of some kinds, about the user of one of these keys, about one of these
    courses and what is in them, by an actor. Nothing narrows nothing.
    """

    run: int | None = None
    since: datetime | None = None
    kinds: tuple[str, ...] = ()
    people: tuple[Key, ...] | None = None
    until: datetime | None = None
    courses: tuple[Key, ...] | None = None
    words: tuple[str, ...] = ()  # for `courses`: what a selection calls them, such as cop:EQ
    actor: str = ""

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """All of which must hold."""
        return [
            *([EVENT.c.run == self.run] if self.run is not None else []),
            *([EVENT.c.at >= self.since] if self.since else []),
            *([EVENT.c.kind.in_(self.kinds)] if self.kinds else []),
            *([or_(false(), *(_concerns(user) for user in self.people))] if self.people is not None else []),
            *([EVENT.c.at < self.until] if self.until else []),
            *([or_(false(), *self._of_courses())] if self.courses is not None else []),
            *([EVENT.c.actor == self.actor] if self.actor else []),
        ]

    def _of_courses(self) -> Iterator[ColumnElement[bool]]:
        for course in self.courses or ():
            yield EVENT.c.key.endswith(f"={course.id}", autoescape=True)
            yield EVENT.c.key.contains(f"={course.id}:", autoescape=True)
        yield from (EVENT.c.body.contains(f'"{word}"', autoescape=True) for word in self.words)


def _concerns(user: Key) -> ColumnElement[bool]:
    """The account, its addresses, the places; and what names the person by key, or by the words of a selection."""
    named = (f'"{user}"', f'"person:{user.id.rpartition(":")[2]}"')
    words = (EVENT.c.body.contains(word, autoescape=True) for word in named)
    return or_(about(EVENT, user), EVENT.c.key.contains(f"|{user.id}|", autoescape=True), *words)


_WITH_WORDS = select(EVENT, AUDIT_PERSONAL.c.salt, AUDIT_PERSONAL.c.content).outerjoin(AUDIT_PERSONAL, AUDIT_PERSONAL.c.seq == EVENT.c.seq)


def newest(store: Store, wanted: Wanted, *, limit: int, before: int | None = None) -> list[Event]:
    """The last ones, newest first; or the last ones before an event of this number."""
    earlier = [EVENT.c.seq < before] if before is not None else []
    query = _WITH_WORDS.where(*wanted.conditions, *earlier).order_by(EVENT.c.seq.desc()).limit(limit)
    with store.read() as connection:
        return [_event(row) for row in connection.execute(query)]


def actors(store: Store) -> list[str]:
    """Everybody who has done something."""
    with store.read() as connection:
        return sorted(connection.execute(select(EVENT.c.actor).distinct()).scalars())


def how_many(store: Store, wanted: Wanted) -> int:
    """How many there are in all."""
    with store.read() as connection:
        return int(connection.execute(select(func.count()).select_from(EVENT).where(*wanted.conditions)).scalar_one())


def require_kinds(store: Store, words: Iterable[str]) -> tuple[str, ...]:
    """The kinds as they are spelled. StoreError for one of which there is no event, with those that there are."""
    kinds = tuple(word.strip().casefold() for word in words)
    with store.read() as connection:
        there = sorted(connection.execute(select(EVENT.c.kind).distinct()).scalars())
    for kind in kinds:
        if kind not in there:
            raise StoreError(f"There is no event of the kind {kind!r}. Kinds here: {', '.join(there) or 'none yet'}.")
    return kinds


def _event(row: Row[Any]) -> Event:
    return Event(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        actor=row.actor,
        run=row.run,
        key=Key.parse(row.key) if row.key else None,
        intent=row.intent,
        body=loads(row.body),
        personal=loads(row.content) if row.content else {},
        hash=row.hash,
    )


def export_rows(store: Store, run: int | None = None) -> Iterator[dict[str, str]]:
    """Each event as text by column, ready for a CSV file. No reading stays open between the rows."""
    for row in pages(store, run):
        yield {column: safe_cell(text) for column, text in _cells(_event(row)).items()}


def rows_of(store: Store, wanted: Wanted, *, last: int) -> Iterator[list[str]]:
    """The header and the events that are wanted, up to the one of this number, as rows of a table. No reading stays open between them."""
    yield list(COLUMNS)
    after = 0
    while True:
        query = _WITH_WORDS.where(*wanted.conditions, EVENT.c.seq > after, EVENT.c.seq <= last).order_by(EVENT.c.seq).limit(_PAGE)
        with store.read() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            cells = _cells(_event(row))
            yield [safe_cell(cells[column]) for column in COLUMNS]
        if len(rows) < _PAGE:
            return
        after = rows[-1].seq


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cells(event: Event) -> dict[str, str]:
    body = dict(event.body)
    sides = {side: _side(body.pop(side, None), event.personal.get(side, {})) for side in ("before", "after")}
    reason = event.reason or ""
    known = {name: _text(body.pop(name, None)) for name in _FROM_BODY} | ({"reason": reason} if reason else {})
    first = {"seq": str(event.seq), "at": written(event.at), "kind": event.kind, "actor": event.actor}
    about = {"run": _text(event.run), "key": _text(event.key)}
    texts = {name: value for name, value in event.personal.items() if name not in ("before", "after", "reason")}
    return {**first, **about, **known, **sides, "details": dumps({**body, **texts}), "hash": event.hash}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _side(value: Mapping[str, Any] | None, personal: Mapping[str, Any]) -> str:
    """Fields of one side: an intent holds a record, an outcome the fields alone."""
    if value is None:
        return ""
    fields = value["fields"] if isinstance(value.get("fields"), dict) else value
    return dumps({**fields, **personal})

"""What people have typed: where it lies in the tables and beside the chain, and how it is erased, by age or with a person."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, select, update

from ilc_canvas.store.audit.mentions import Mentioned
from ilc_canvas.store.audit.tables import AUDIT_PERSONAL, EVENT
from ilc_canvas.store.db.codec import loads
from ilc_canvas.store.documents.tables import VERSION
from ilc_canvas.store.rosters.tables import REKEY
from ilc_canvas.store.runs.tables import APPROVAL, DRIFT_DECISION, IDENTITY_DECISION, IDENTITY_QUESTION, RUN
from ilc_canvas.store.worker.tables import HEARTBEAT, JOB_RUN, NOTICE, PAUSE, SYNC_REQUEST

CHANGES = ("intended", "happened")
"""Events whose personal values are those of a record: no text that somebody has typed."""
_SIGNATURES = frozenset({"signed_by", "second"})
"""Who signed is kept as long as any other text, whoever is erased."""

_GONE = "(erased)"  # of a notice, which may still be sent


@dataclass(frozen=True, slots=True)
class Text:
    """A column with what somebody has typed, or with a sentence that may repeat it."""

    table: Table
    column: str
    since: str = ""  # the moment from which it is old; empty: it goes with its row
    about: tuple[str, ...] = ()  # columns that say whom the row concerns
    blank: str = ""


TEXTS = (
    Text(RUN, "reason", "closed_at", ("only",)),
    Text(APPROVAL, "reason", "at", ("selection",)),
    Text(SYNC_REQUEST, "reason", "ended_at", ("only",)),
    Text(SYNC_REQUEST, "result", "ended_at", ("only",)),
    Text(SYNC_REQUEST, "details", "ended_at", ("only",)),
    Text(IDENTITY_DECISION, "reason", "at", ("key",)),
    Text(IDENTITY_QUESTION, "shown", "read_at", ("key", "others")),
    Text(DRIFT_DECISION, "reason", "at", ("key",)),
    Text(REKEY, "reason", "at", ("old", "new")),
    Text(VERSION, "reason", "signed_at"),
    Text(VERSION, "import_reason", "imported_at"),
    Text(VERSION, "first_reason", "first_signed_at"),
    Text(PAUSE, "reason"),
    Text(JOB_RUN, "sentence"),
    Text(HEARTBEAT, "sentence"),
    Text(NOTICE, "subject", blank=_GONE),
    Text(NOTICE, "body", blank=_GONE),
    Text(NOTICE, "data", blank="{}"),
)


def forget(connection: Connection, before: datetime) -> int:
    """Empty what is older; how many texts. A pause keeps its reason while it lasts, a request until it has ended."""
    return sum(_forget(connection, text, before) for text in TEXTS if text.since)


def _forget(connection: Connection, text: Text, before: datetime) -> int:
    filled = text.table.c[text.column] != text.blank
    old = update(text.table).where(filled, text.table.c[text.since] < before)
    return connection.execute(old.values({text.column: text.blank})).rowcount


def erase(connection: Connection, person: Mentioned) -> int:
    """Empty every text that names the person, or that was said about them; how many events lost one."""
    for text in TEXTS:
        for row in _filled(connection, text):
            if person.anyhow(getattr(row, text.column)) or any(person.by_id(str(getattr(row, name))) for name in text.about):
                here = [column == getattr(row, column.name) for column in text.table.primary_key.columns]
                connection.execute(update(text.table).where(*here).values({text.column: text.blank}))
    found = _beside(connection)
    gone = [seq for seq, content, body in found if person.by_id(body) or any(map(person.anyhow, _said(loads(content))))]
    return sum(connection.execute(delete(AUDIT_PERSONAL).where(AUDIT_PERSONAL.c.seq == seq)).rowcount for seq in gone)


def chained(connection: Connection, person: Mentioned) -> int:
    """How many events hold a text about the person in the chain itself, as versions before this one wrote them: these stay."""
    query = select(EVENT.c.body).where(EVENT.c.kind.not_in(CHANGES), EVENT.c.body.contains('"reason":"'))
    return sum(person.anyhow(str(loads(body).get("reason", ""))) for body in connection.execute(query).scalars())


def _filled(connection: Connection, text: Text) -> Iterable[Row[Any]]:
    return connection.execute(select(text.table).where(text.table.c[text.column] != text.blank)).all()


def _beside(connection: Connection) -> list[tuple[int, str, str]]:
    """Number, texts and chained body of each event that has texts."""
    query = select(AUDIT_PERSONAL.c.seq, AUDIT_PERSONAL.c.content, EVENT.c.body).join(EVENT, EVENT.c.seq == AUDIT_PERSONAL.c.seq)
    return [(row.seq, row.content, row.body) for row in connection.execute(query.where(EVENT.c.kind.not_in(CHANGES)))]


def _said(value: Any) -> Iterator[str]:
    """All words in it, however deep, but for signatures."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from () if name in _SIGNATURES else _said(each)
    elif isinstance(value, list):
        for each in value:
            yield from _said(each)

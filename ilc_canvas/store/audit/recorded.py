"""What the audit chain recorded about a row of another table, so that a row that was edited by hand does not count."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from ilc_canvas.reconcile.errors import ChainError
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.chain import BROKEN, NOTHING, is_intact
from ilc_canvas.store.audit.tables import AUDIT_PERSONAL, EVENT
from ilc_canvas.store.db.codec import dumps, loads

_BEFORE, _AFTER = EVENT.alias("before"), EVENT.alias("after")
BY_OTHER_MEANS = "It was changed by other means than this program."
WHOLE_AGAIN = f"Keep the store as it is, and restore the last good backup: {Next.RESTORE_STORE}"
"""What to do about a row without which nothing can go on."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event that is still as it was written, in its place in the chain."""

    seq: int
    kind: str
    at: datetime
    actor: str
    key: str | None
    run: int | None
    body: Mapping[str, Any]
    personal: Mapping[str, Any]


def recorded(connection: Connection, *kinds: str) -> list[Recorded]:
    """The events of these kinds, in order. ChainError if one of them was changed, or its neighbors do not fit it."""
    query = (
        select(EVENT, AUDIT_PERSONAL.c.salt, AUDIT_PERSONAL.c.content, _BEFORE.c.hash.label("before"), _AFTER.c.prev_hash.label("after"))
        .outerjoin(AUDIT_PERSONAL, AUDIT_PERSONAL.c.seq == EVENT.c.seq)
        .outerjoin(_BEFORE, _BEFORE.c.seq == EVENT.c.seq - 1)
        .outerjoin(_AFTER, _AFTER.c.seq == EVENT.c.seq + 1)
        .where(EVENT.c.kind.in_(kinds))
        .order_by(EVENT.c.seq)
    )
    return [_recorded(row) for row in connection.execute(query)]


def _recorded(row: Row[Any]) -> Recorded:
    linked = row.prev_hash == (row.before or NOTHING) and row.after in (None, row.hash)
    if not linked or not is_intact(row):
        raise ChainError(f"{BROKEN}: event {row.seq} is not as it was written. Nothing was changed. See: {Next.VERIFY_LOG}")
    personal = loads(row.content) if row.content else {}
    return Recorded(row.seq, row.kind, row.at, row.actor, row.key, row.run, loads(row.body), personal)


def digest_of(value: object) -> str:
    """Names a value that holds nothing personal, or far too much to be guessed."""
    return hashlib.sha256(dumps(value).encode()).hexdigest()


def text_digest(text: str) -> str:
    """The same of a text as it is stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def words_digest(content: str, findings: str) -> str:
    """The same of what a version says, with what was found in its files: these alone could be guessed."""
    return text_digest(f"{content}\n{findings}")

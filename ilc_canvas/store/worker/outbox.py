"""Notices that wait to be sent, and those that were: one for each reason, and a reminder a day while it lasts.

A notice is taken before it is sent, and comes back by itself where whoever took it has died: it is sent at least once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, or_, select, update

from ilc_canvas.clock import TOLERATED, from_fast_clock
from ilc_canvas.reconcile.run.notice import DELAYS, KEPT_TRYING, REMINDER, Notice, next_try
from ilc_canvas.reconcile.words.plain import plain
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker.tables import NOTICE

TAKEN = timedelta(minutes=5)
"""How long a notice is left to the worker that has taken it."""
_OVER = " (over)"
"""Ends what a notice is about when its reason is over."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A notice in the outbox."""

    number: int
    at: datetime  # when it was made
    notice: Notice
    attempts: int
    next_at: datetime
    sent_at: datetime | None
    delivered_to: tuple[str, ...]  # the channels that have taken it
    error: str  # what the last attempt had to say

    def state(self, now: datetime) -> str:
        """sent, waiting, failed (given up), or over: its reason was gone before it could be sent."""
        if self.sent_at:
            return "sent"
        if self.notice.about.endswith(_OVER):
            return "over"
        return "waiting" if now - self.at < KEPT_TRYING else "failed"


def queue(store: Store, notice: Notice, at: datetime) -> bool:
    """Have it sent, unless its reason was told already; a lasting one is told again a day later. Whether it was queued."""
    with store.write() as connection:
        last = connection.execute(_newest().where(NOTICE.c.about == notice.about)).first()
        if last and not (notice.lasting and _may_remind(last, at)):
            return False
        number = (connection.execute(select(func.max(NOTICE.c.number))).scalar() or 0) + 1
        subject = f"{notice.subject} (still)" if last else notice.subject
        row = {
            "number": number,
            "at": at,
            "kind": notice.kind,
            "about": notice.about,
            "subject": plain(subject),
            "body": "\n".join(map(plain, notice.lines)),
        }
        rest = {"attempts": 0, "next_at": at, "sent_at": None, "delivered_to": "[]", "error": "", "data": dumps(notice.data)}
        connection.execute(insert(NOTICE), row | rest)
    return True


def _may_remind(last: Row[Any], at: datetime) -> bool:
    """The former one was sent, or given up, and long enough ago."""
    return from_fast_clock(last.at, at) or bool(at - last.at >= (REMINDER if last.sent_at else KEPT_TRYING))


def take(store: Store, at: datetime) -> Queued | None:
    """The next notice that is due, for this worker alone; None if none is."""
    in_time = or_(NOTICE.c.next_at <= at, NOTICE.c.next_at > at + DELAYS[-1] + TOLERATED)  # the latter by a fast clock
    due = (NOTICE.c.sent_at.is_(None), in_time, NOTICE.c.at > at - KEPT_TRYING, ~NOTICE.c.about.endswith(_OVER))
    query = select(NOTICE).where(*due).order_by(NOTICE.c.next_at, NOTICE.c.number).limit(1).with_for_update(skip_locked=True)
    with store.write() as connection:
        row = connection.execute(query).first()
        if row is None:
            return None
        taken = {"attempts": row.attempts + 1, "next_at": at + TAKEN}
        connection.execute(update(NOTICE).where(NOTICE.c.number == row.number).values(taken))
        row = connection.execute(select(NOTICE).where(NOTICE.c.number == row.number)).one()
    return _queued(row)  # one that cannot be read waits like one that cannot be sent: the next is taken meanwhile


def sent(store: Store, number: int, at: datetime, *, delivered_to: Sequence[str], remark: str = "") -> None:
    """Every channel has taken it."""
    _note(store, number, sent_at=at, delivered_to=dumps(list(delivered_to)), error=remark)


def failed(store: Store, one: Queued, at: datetime, *, delivered_to: Sequence[str], error: str) -> None:
    """Some channel has not taken it: it is tried again there, later and later, for a week."""
    _note(store, one.number, next_at=at + next_try(one.attempts), delivered_to=dumps(list(delivered_to)), error=error)


def _note(store: Store, number: int, **values: object) -> None:
    with store.write() as connection:
        connection.execute(update(NOTICE).where(NOTICE.c.number == number).values(values))


def clear(store: Store, about: str, *, but: str = "") -> int:
    """The reason is over (`quarantine:token`, or all of a sort: `quarantine`), except `but`: what was not sent yet never is, and the same
    reason is told again when it comes back. How many notices it was.
    """
    of = or_(NOTICE.c.about == about, NOTICE.c.about.startswith(f"{about}:", autoescape=True))
    of &= (NOTICE.c.about != but) & ~NOTICE.c.about.endswith(_OVER)
    with store.read() as connection:
        if connection.execute(select(NOTICE.c.number).where(of).limit(1)).first() is None:
            return 0
    with store.write() as connection:
        return connection.execute(update(NOTICE).where(of).values(about=NOTICE.c.about + _OVER)).rowcount


def listing(store: Store, limit: int = 20) -> list[Queued]:
    """The last notices, newest first."""
    with store.read() as connection:
        return [_queued(row) for row in connection.execute(_newest(limit))]


def last_at(store: Store, kind: str) -> datetime | None:
    """When the last notice of this kind was made."""
    with store.read() as connection:
        row = connection.execute(_newest().where(NOTICE.c.kind == kind)).first()
        return row.at if row else None


def forget(store: Store, before: datetime) -> int:
    """Notices made before this time are gone, sent or given up; how many. No later than the week in which they are tried."""
    with store.write() as connection:
        return connection.execute(delete(NOTICE).where(NOTICE.c.at < before)).rowcount


def _newest(limit: int = 1) -> Any:
    return select(NOTICE).order_by(NOTICE.c.number.desc()).limit(limit)


def _queued(row: Row[Any]) -> Queued:
    notice = Notice(row.kind, row.about, row.subject, tuple(row.body.split("\n")), loads(row.data))
    return Queued(row.number, row.at, notice, row.attempts, row.next_at, row.sent_at, tuple(loads(row.delivered_to)), row.error)

"""Pause: a person's word that nothing is to be written for now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from ilc_canvas import clock
from ilc_canvas.reconcile.errors import PausedError
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker.tables import PAUSE


@dataclass(frozen=True, slots=True)
class Paused:
    """Since when, until when (None: until somebody says resume), by whom, and why."""

    since: datetime
    until: datetime | None
    actor: str
    reason: str

    def __str__(self) -> str:
        until = f" until {clock.at(self.until)}" if self.until else ""
        return f"Paused{until} by {self.actor} on {clock.at(self.since)}: {self.reason}"


def pause(store: Store, *, until: datetime | None, actor: str, reason: str, at: datetime) -> Paused:
    """Nothing is written from now on; in place of an earlier pause."""
    values = {"since": at, "until": until, "actor": actor, "reason": reason}
    with store.write() as connection:
        connection.execute(delete(PAUSE))
        connection.execute(insert(PAUSE).values(number=1, **values))
        body = {"until": until.isoformat() if until else None}
        append(connection, Entry("paused", at, actor, body, personal=said(reason=reason)))
    return Paused(at, until, actor, reason)


def resume(store: Store, *, actor: str, reason: str, at: datetime) -> None:
    """Writing goes on. PausedError where there is no pause."""
    with store.write() as connection:
        if not connection.execute(delete(PAUSE)).rowcount:
            raise PausedError("There is no pause. Nothing was changed.")
        append(connection, Entry("resumed", at, actor, {}, personal=said(reason=reason)))


def paused(store: Store, at: datetime) -> Paused | None:
    """The pause that holds at this moment."""
    with store.read() as connection:
        row = connection.execute(select(PAUSE)).first()
    if row is None or (row.until is not None and row.until <= at):
        return None
    return Paused(row.since, row.until, row.actor, row.reason)

"""Signs of life: one row for each worker, rewritten every few seconds."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.health_probe import FRESH
from ilc_canvas.store.worker.tables import HEARTBEAT


@dataclass(frozen=True, slots=True)
class Beat:
    """When a worker was last alive, and what it was doing."""

    worker: str  # as a lease's holder: person@host:process
    at: datetime
    started_at: datetime
    state: str  # leading, standing-by, stopped
    version: str
    sentence: str


def beat(store: Store, worker: str, *, state: str, version: str, sentence: str, at: datetime, started_at: datetime) -> None:
    """This worker is alive at this time: its row, in place of the one before. Raises StoreError."""
    values = {"at": at, "started_at": started_at, "state": state, "version": version, "sentence": sentence}
    with store.write() as connection:
        if not connection.execute(update(HEARTBEAT).where(HEARTBEAT.c.worker == worker).values(**values)).rowcount:
            connection.execute(insert(HEARTBEAT).values(worker=worker, **values))


def beats(store: Store) -> list[Beat]:
    """All workers that there ever were and that are not forgotten, the one that was alive last first."""
    with store.read() as connection:
        rows = connection.execute(select(HEARTBEAT).order_by(HEARTBEAT.c.at.desc(), HEARTBEAT.c.worker)).all()
    return [Beat(row.worker, row.at, row.started_at, row.state, row.version, row.sentence) for row in rows]


def alive(store: Store, now: datetime) -> list[Beat]:
    """Workers that have given a sign of life within a minute, and were not stopped. One from the future is of a clock that was wrong."""
    return [beat for beat in beats(store) if beat.state != "stopped" and abs(now - beat.at) < FRESH]

"""How things stand, in numbers, for whoever watches: counts, ages and code words, never a person."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, case, cast, func, select, text, type_coerce

from ilc_canvas.reconcile.kinds import RULES
from ilc_canvas.store.audit.tables import EVENT
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.health_probe import FRESH, GOOD, HEAD, SCHEMA
from ilc_canvas.store.db.tables import LEASE
from ilc_canvas.store.runs.decisions.waiting import decided
from ilc_canvas.store.runs.tables import IDENTITY_QUESTION, PARKED_CHANGE, QUARANTINE, RUN
from ilc_canvas.store.worker.tables import HEARTBEAT, SYNC_REQUEST

_WORKERS, _SEEN_WITHIN = 20, timedelta(days=1)
_RECENT = 100  # runs among which plans that are held are looked for
_BAD_ENDS = ("refused", "throttled", "unavailable")  # of a request
Changed = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a scrape tells. Workers and the lease's holder go by host:process."""

    runs: Mapping[str, int]  # by status
    changes: Mapping[Changed, int]  # by kind, verb and result
    requests: Mapping[str, int]  # by how they ended: answered, refused, throttled, unavailable
    writes: int
    held: int  # plans that wait for a person, and that no later plan has replaced
    parked: int
    asked: int
    quarantine: Mapping[str, int]  # by trouble
    sync_requests: int
    success: datetime | None  # the end of the last good run
    holder: str  # empty: nobody has the lease
    workers: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)  # state, last sign of life


@dataclass
class EventTotals:
    """Counts outcomes of changes on from where it stopped, since the audit log only grows."""

    counts: Counter[Changed] = field(default_factory=Counter)
    seq: int = 0

    def grown(self, connection: Connection) -> Mapping[Changed, int]:
        """All outcomes so far, by kind, verb and result."""
        last = connection.execute(select(func.max(EVENT.c.seq))).scalar() or 0
        body = _json(connection, EVENT.c.body)
        kind = case(*((EVENT.c.key.startswith(f"{kind}="), str(kind)) for kind in RULES), else_="other")
        what = select(kind.label("what"), body["verb"].as_string().label("verb"), body["result"].as_string().label("result"))
        new = what.where(EVENT.c.kind == "happened", EVENT.c.seq > self.seq, EVENT.c.seq <= last).subquery()
        for names in connection.execute(select(*new.c, func.count()).group_by(*new.c)):
            self.counts[(names[0], names[1], names[2])] += names[3]
        self.seq = last
        return dict(self.counts)


def _json(connection: Connection, column: ColumnElement[Any]) -> Any:
    """SQLite reads JSON from text as it is; PostgreSQL wants to be told."""
    return type_coerce(column, JSON) if connection.dialect.name == "sqlite" else cast(column, JSON)


def numbers(store: Store, tally: EventTotals, now: datetime) -> Numbers:
    """How things stand now: a dozen short queries. StoreError if the store cannot be read."""
    with store.read() as connection:
        requests, writes = _traffic(connection)
        return Numbers(
            runs=_counts(connection, RUN.c.status),
            changes=tally.grown(connection),
            requests=requests,
            writes=writes,
            held=_held(connection, now),
            parked=_count(connection, PARKED_CHANGE.c.key),
            asked=_count(connection, IDENTITY_QUESTION.c.key),
            quarantine=_counts(connection, QUARANTINE.c.trouble),
            sync_requests=_counts(connection, SYNC_REQUEST.c.state).get("waiting", 0),
            success=connection.execute(select(func.max(RUN.c.closed_at)).where(RUN.c.status.in_(GOOD), RUN.c.dry_run == 0)).scalar(),
            holder=_holder(connection, now),
            workers=_workers(connection, now),
        )


def _count(connection: Connection, column: ColumnElement[Any]) -> int:
    return int(connection.execute(select(func.count(column))).scalar_one())


def _counts(connection: Connection, column: ColumnElement[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(select(column, func.count()).group_by(column))}


def _traffic(connection: Connection) -> tuple[dict[str, int], int]:
    """Requests by how they ended, and writes, of all runs that have ended, as their reports say."""
    report = _json(connection, case((RUN.c.report == "", "{}"), else_=RUN.c.report))
    sums = (func.coalesce(func.sum(report[name].as_integer()), 0) for name in ("requests", "writes", *_BAD_ENDS))
    requests, writes, *bad = (int(number) for number in connection.execute(select(*sums)).one())
    return {"answered": requests - sum(bad), **dict(zip(_BAD_ENDS, bad, strict=True))}, writes


def _held(connection: Connection, now: datetime) -> int:
    """Of each selection the newest plan counts, and whatever is older than a plan for everything is replaced by that."""
    columns = (RUN.c.number, RUN.c.only, RUN.c.undo, RUN.c.status, RUN.c.digest)
    recent = select(*columns).where(RUN.c.planned_at.is_not(None)).order_by(RUN.c.number.desc()).limit(_RECENT)
    newest: dict[tuple[str, int | None], tuple[str, int, str]] = {}
    for row in connection.execute(recent):
        newest.setdefault((row.only, row.undo), (row.digest, row.number, row.status))
        if (row.only, row.undo) == ("[]", None):
            break
    held = [(digest, number) for digest, number, status in newest.values() if status == "held"]
    done = decided(connection, dict(held), now)
    return sum(digest not in done for digest, _ in held)


def _holder(connection: Connection, now: datetime) -> str:
    row = connection.execute(select(LEASE.c.holder, LEASE.c.expires)).first()
    return _machine(row.holder) if row and row.expires > now else ""


def _machine(worker: str) -> str:
    """Host and process, without the person whose name the system goes by."""
    return worker.rpartition("@")[2]


def _workers(connection: Connection, now: datetime) -> dict[str, tuple[str, datetime]]:
    rows = select(HEARTBEAT.c.worker, HEARTBEAT.c.state, HEARTBEAT.c.at).where(HEARTBEAT.c.at > now - _SEEN_WITHIN)
    found = connection.execute(rows.order_by(HEARTBEAT.c.at.desc()).limit(_WORKERS))
    return {_machine(worker): (state, at) for worker, state, at in found}


def unready(store: Store, now: datetime, worker: str) -> str:
    """Why this worker is not to be relied on: another schema, no sign of life; empty if all is well. StoreError."""
    with store.read() as connection:
        schema = connection.execute(text(SCHEMA)).scalar()
        if schema != HEAD:
            return f"The store has schema {schema}; this program needs {HEAD}."
        alive = select(HEARTBEAT.c.at).where(HEARTBEAT.c.worker == worker, HEARTBEAT.c.at > now - FRESH, HEARTBEAT.c.state != "stopped")
        return "" if connection.execute(alive).first() else "The worker gives no sign of life."

"""What the worker has done for which due time, and whether anything has changed since the last good run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select

from ilc_canvas import clock
from ilc_canvas.reconcile.deferral.deferral import RETRIES
from ilc_canvas.store.audit.tables import EVENT
from ilc_canvas.store.db.codec import basis_from_json, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.db.utc import parsed
from ilc_canvas.store.documents.versions import newest_basis
from ilc_canvas.store.runs.tables import APPROVAL, IDENTITY_DECISION, LEDGER, PARKED_CHANGE, RUN
from ilc_canvas.store.worker.tables import JOB_RUN


def done(store: Store, job: str, due: str) -> bool:
    """Whether this job was done for this due time."""
    with store.read() as connection:
        return connection.execute(select(JOB_RUN.c.at).where(JOB_RUN.c.job == job, JOB_RUN.c.due == due)).first() is not None


def note(store: Store, job: str, due: str, *, worker: str, sentence: str, at: datetime) -> None:
    """It is done, and how it ended. A second note for one due time takes the place of the first."""
    with store.write() as connection:
        connection.execute(delete(JOB_RUN).where(JOB_RUN.c.job == job, JOB_RUN.c.due == due))
        connection.execute(insert(JOB_RUN).values(job=job, due=due, at=at, worker=worker, sentence=sentence))


@dataclass(frozen=True, slots=True)
class Cycle:
    """A job that was done for a due time (local), when, and how it ended in one sentence."""

    job: str
    due: str
    at: datetime
    sentence: str


def newest(store: Store) -> list[Cycle]:
    """The last cycle of each job, the one that was due last first."""
    ends = select(JOB_RUN.c.job, func.max(JOB_RUN.c.due).label("due")).group_by(JOB_RUN.c.job).subquery()
    query = select(JOB_RUN).join(ends, and_(ends.c.job == JOB_RUN.c.job, ends.c.due == JOB_RUN.c.due))
    with store.read() as connection:
        return [Cycle(row.job, row.due, row.at, row.sentence) for row in connection.execute(query.order_by(JOB_RUN.c.due.desc()))]


def last_good(store: Store, canvas_scope: CanvasScope) -> datetime | None:
    """When the last run here ended that left Canvas as the roster asks."""
    good = (
        RUN.c.status.in_(("applied", "converged")),
        RUN.c.dry_run == 0,
        RUN.c.base_url == canvas_scope.base_url,
        RUN.c.scope == canvas_scope.scope,
    )
    with store.read() as connection:
        found: datetime | None = connection.execute(select(RUN.c.closed_at).where(*good).order_by(RUN.c.number.desc()).limit(1)).scalar()
    return found


def unchanged_since(store: Store, canvas_scope: CanvasScope, now: datetime) -> datetime | None:
    """When the last whole run here ended, where a further one could find nothing new in basis, settings, ledger and decisions; else None.

    Such a run left nothing to be tried again: it applied everything, found nothing to do, was held for a person who has not
    decided since, or left aside only what waits for its time.
    """
    with store.read() as connection:
        run = _last(connection, canvas_scope)
        newest = newest_basis(connection, canvas_scope.school_year)
        if (
            run is None
            or run.closed_at is None
            or clock.from_fast_clock(run.closed_at, now)
            or run.only != "[]"
            or basis_from_json(run.basis) != newest
        ):
            return None
        quiet = _settled(run.status, loads(run.report or "{}"), now) and not _newer(
            connection, canvas_scope, run.began_at, closed=run.closed_at, now=now
        )
    return run.closed_at if quiet else None


def _last(connection: Connection, canvas_scope: CanvasScope):  # type: ignore[no-untyped-def]
    """The newest run here that was no dry run, whatever became of it."""
    query = select(RUN).where(RUN.c.base_url == canvas_scope.base_url, RUN.c.scope == canvas_scope.scope, RUN.c.dry_run == 0)
    return connection.execute(query.order_by(RUN.c.number.desc()).limit(1)).first()


def _settled(status: str, report: Mapping[str, Any], now: datetime) -> bool:
    """Nothing is to be tried again, and no removal's grace has ended since."""
    if (until := report.get("until")) and parsed(until) <= now:
        return False
    if status == "partial":
        return not report["failed"] and report["withheld"] == report.get("resting", 0)
    return status in ("applied", "converged", "held")


def _is_due(now: datetime) -> ColumnElement[bool]:
    """A wait longer than the longest one was written while a clock was fast."""
    return or_(PARKED_CHANGE.c.next_at <= now, PARKED_CHANGE.c.next_at > now + RETRIES[-1] + clock.TOLERATED)


_NEWS = (
    "settings",
    "released",
    "accepted",
    "erased",
    "restored",
    "identity-decided",
    "person-renamed",
    "decline-forgotten",
    "drift-decided",
)
"""Events after which a run may do something else."""


def _newer(connection: Connection, canvas_scope: CanvasScope, began: datetime, *, closed: datetime, now: datetime) -> bool:
    """Whether anything has happened since that a run would take into account."""
    settings = select(func.max(EVENT.c.at)).where(EVENT.c.kind.in_(_NEWS))
    ledger = select(func.max(LEDGER.c.at)).where(or_(canvas_scope.of(LEDGER), canvas_scope.shared.of(LEDGER)))
    answered = select(func.max(IDENTITY_DECISION.c.at)).where(canvas_scope.shared.of(IDENTITY_DECISION))
    decided = select(func.max(APPROVAL.c.at)).where(APPROVAL.c.base_url == canvas_scope.base_url, APPROVAL.c.scope == canvas_scope.scope)
    moment = timedelta(microseconds=1)
    since = {settings: began, ledger: closed, answered: began - moment, decided: began - moment}
    if any((at := connection.execute(query).scalar()) is not None and at > than for query, than in since.items()):
        return True
    due = select(PARKED_CHANGE.c.key).where(canvas_scope.of(PARKED_CHANGE), _is_due(now)).limit(1)
    return connection.execute(due).first() is not None

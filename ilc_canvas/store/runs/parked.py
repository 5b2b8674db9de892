"""What is not done for now: parked changes, one by one, and quarantine, which is for everything."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from ilc_canvas.reconcile.change import Change, Outcome, Plan, desired_digest, slot
from ilc_canvas.reconcile.deferral.deferral import Parked, retry_after
from ilc_canvas.reconcile.errors import QuarantineError
from ilc_canvas.reconcile.run.quarantine import Quarantine, quarantined
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.tables import PARKED_CHANGE, QUARANTINE

_AMONG = select(PARKED_CHANGE).where(
    PARKED_CHANGE.c.base_url == bindparam("at_url"),
    PARKED_CHANGE.c.scope == bindparam("at_scope"),
    PARKED_CHANGE.c.key.in_(bindparam("keys", expanding=True)),
)
GOOD = ("applied", "converged", "held", "partial")
"""A run that ends so has reached Canvas: whatever the trouble was, it is over, unless the run says otherwise."""


def parked(connection: Connection, canvas_scope: CanvasScope) -> dict[Key, Parked]:
    """All parked changes here, by key."""
    return _by_key(connection.execute(select(PARKED_CHANGE).where(canvas_scope.of(PARKED_CHANGE)).order_by(PARKED_CHANGE.c.key)))


def _parked_among(connection: Connection, canvas_scope: CanvasScope, keys: Iterable[str]) -> dict[Key, Parked]:
    given = {"at_url": canvas_scope.base_url, "at_scope": canvas_scope.scope, "keys": list(keys)}
    return _by_key(connection.execute(_AMONG, given))


def _by_key(rows: Iterable[Row[Any]]) -> dict[Key, Parked]:
    return {
        key: Parked(key, row.wants, row.verb, row.reason, row.since, row.attempts, row.next_at)
        for key, row in ((Key.parse(row.key), row) for row in rows)
    }


def park(connection: Connection, canvas_scope: CanvasScope, rows: Iterable[Parked]) -> None:
    """Leave these changes alone."""
    for row in rows:
        canvas_scope.put(connection, PARKED_CHANGE, {**asdict(row), "key": str(row.key)})


def note_outcomes(connection: Connection, canvas_scope: CanvasScope, outcomes: Sequence[tuple[Change, Outcome]], *, at: datetime) -> None:
    """A refused change is parked, longer each time; one that is done is parked no more."""
    keys = [str(slot(change)) for change, _ in outcomes]
    there = _parked_among(connection, canvas_scope, keys)
    for change, outcome in outcomes:
        key = slot(change)
        former = there.get(key)
        again = former is not None and former.wants == desired_digest(change)
        if outcome.result == "refused":
            attempts, since = (former.attempts + 1, former.since) if former and again else (1, at)
            there[key] = Parked(key, desired_digest(change), change.verb, outcome.reason, since, attempts, at + retry_after(attempts))
            park(connection, canvas_scope, [there[key]])
        elif again and outcome.done:
            connection.execute(delete(PARKED_CHANGE).where(canvas_scope.of(PARKED_CHANGE), PARKED_CHANGE.c.key == str(key)))
            del there[key]


def forget_parked(connection: Connection, canvas_scope: CanvasScope, plan: Plan) -> None:
    """What the whole plan wants no more, or otherwise than it was refused, is parked no more."""
    wants = {slot(change): desired_digest(change) for change in (*plan.changes, *(deferred.change for deferred in plan.deferred))}
    for key, row in parked(connection, canvas_scope).items():
        if wants.get(key) != row.wants:
            connection.execute(delete(PARKED_CHANGE).where(canvas_scope.of(PARKED_CHANGE), PARKED_CHANGE.c.key == str(key)))


def quarantine(connection: Connection, canvas_scope: CanvasScope) -> Quarantine | None:
    """The trouble for which nothing is written here now."""
    row = connection.execute(select(QUARANTINE).where(canvas_scope.of(QUARANTINE))).first()
    return _quarantine(row) if row else None


def _quarantine(row: Row[Any]) -> Quarantine:
    return Quarantine(row.trouble, row.text, row.since, row.probes, row.next_at)


def note_end(connection: Connection, canvas_scope: CanvasScope, report: Report, *, actor: str, at: datetime) -> None:
    """A run that met a trouble puts this place into quarantine, or keeps it there; one that reached Canvas takes it out."""
    former = quarantine(connection, canvas_scope)
    if report.trouble:
        now = quarantined(former, report.trouble, report.sentence, now=at)
        canvas_scope.put(connection, QUARANTINE, asdict(now))
        if former is None or former.trouble != now.trouble:
            append(connection, Entry("quarantined", at, actor, {"trouble": now.trouble}, run=report.run))
    elif former and report.status in GOOD:
        _leave(connection, canvas_scope, Entry("released", at, actor, {"trouble": former.trouble, "how": "over"}, run=report.run))


def look_again(store: Store, canvas_scope: CanvasScope, trouble: str, *, at: datetime) -> None:
    """A quarantine of this trouble is checked from now on, and not only when its wait is over."""
    here = (canvas_scope.of(QUARANTINE), QUARANTINE.c.trouble == trouble)
    with store.write() as connection:
        connection.execute(update(QUARANTINE).where(*here).values(next_at=at))


def release(store: Store, canvas_scopes: Iterable[CanvasScope], *, actor: str, reason: str, at: datetime) -> Quarantine:
    """A person ends the quarantine, in each of these places; what the first one was. QuarantineError where there is none."""
    with store.write() as connection:
        found = [(canvas_scope, former) for canvas_scope in canvas_scopes if (former := quarantine(connection, canvas_scope))]
        for canvas_scope, former in found:
            body = {"trouble": former.trouble, "how": "by hand"}
            _leave(connection, canvas_scope, Entry("released", at, actor, body, personal=said(reason=reason)))
    if not found:
        raise QuarantineError(f"There is no quarantine: nothing was changed. See: {Next.STATUS}")
    return found[0][1]


def _leave(connection: Connection, canvas_scope: CanvasScope, entry: Entry) -> None:
    connection.execute(delete(QUARANTINE).where(canvas_scope.of(QUARANTINE)))
    append(connection, entry)


def held_back(store: Store, canvas_scope: CanvasScope) -> tuple[Quarantine | None, Mapping[Key, Parked]]:
    """Quarantine and parked changes here, to be shown."""
    with store.read() as connection:
        return quarantine(connection, canvas_scope), parked(connection, canvas_scope)

"""What is not done for now: parked changes, one by one, and quarantine, which is for everything."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from ilc_canvas.reconcile.aside import Parked, retry_after
from ilc_canvas.reconcile.change import Change, Outcome, Plan, slot, wanted
from ilc_canvas.reconcile.errors import QuarantineError
from ilc_canvas.reconcile.hints import Next
from ilc_canvas.reconcile.quarantine import Quarantine, quarantined
from ilc_canvas.reconcile.run import Report
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import Place
from ilc_canvas.store.runs.tables import PARKED, QUARANTINE

_PARKED = ("wants", "verb", "reason", "since", "attempts", "next_at")
_QUARANTINE = ("trouble", "text", "since", "probes", "next_at")
GOOD = ("applied", "converged", "held", "partial")
"""A run that ends so has reached Canvas: whatever the trouble was, it is over, unless the run says otherwise."""


def parked(connection: Connection, place: Place) -> dict[Key, Parked]:
    """All parked changes here, by key."""
    rows = connection.execute(select(PARKED).where(place.of(PARKED)).order_by(PARKED.c.key))
    return {Key.parse(row.key): Parked(Key.parse(row.key), *(getattr(row, name) for name in _PARKED)) for row in rows}


def park(connection: Connection, place: Place, rows: Iterable[Parked]) -> None:
    """Leave these changes alone."""
    for row in rows:
        place.put(connection, PARKED, {"key": str(row.key), **{name: getattr(row, name) for name in _PARKED}})


def note_outcome(connection: Connection, place: Place, change: Change, *, outcome: Outcome, at: datetime) -> None:
    """A refused change is parked, longer each time; one that is done is parked no more."""
    key = slot(change)
    former = connection.execute(select(PARKED).where(place.of(PARKED), PARKED.c.key == str(key))).first()
    if outcome.result == "refused":
        again = former is not None and former.wants == wanted(change)
        attempts, since = (former.attempts + 1, former.since) if former and again else (1, at)
        next_at = at + retry_after(attempts)
        park(connection, place, [Parked(key, wanted(change), change.verb, outcome.reason, since, attempts, next_at)])
    elif former and outcome.done and former.wants == wanted(change):
        connection.execute(delete(PARKED).where(place.of(PARKED), PARKED.c.key == str(key)))


def forget_parked(connection: Connection, place: Place, plan: Plan) -> None:
    """What the whole plan wants no more, or otherwise than it was refused, is parked no more."""
    wants = {slot(change): wanted(change) for change in (*plan.changes, *(aside.change for aside in plan.aside))}
    for key, row in parked(connection, place).items():
        if wants.get(key) != row.wants:
            connection.execute(delete(PARKED).where(place.of(PARKED), PARKED.c.key == str(key)))


def quarantine(connection: Connection, place: Place) -> Quarantine | None:
    """The trouble for which nothing is written here now."""
    row = connection.execute(select(QUARANTINE).where(place.of(QUARANTINE))).first()
    return _quarantine(row) if row else None


def _quarantine(row: Row[Any]) -> Quarantine:
    return Quarantine(*(getattr(row, name) for name in _QUARANTINE))


def note_end(connection: Connection, place: Place, report: Report, *, actor: str, at: datetime) -> None:
    """A run that met a trouble puts this place into quarantine, or keeps it there; one that reached Canvas takes it out."""
    former = quarantine(connection, place)
    if report.trouble:
        now = quarantined(former, report.trouble, report.sentence, now=at)
        place.put(connection, QUARANTINE, {name: getattr(now, name) for name in _QUARANTINE})
        if former is None or former.trouble != now.trouble:
            append(connection, Entry("quarantined", at, actor, {"trouble": now.trouble}, run=report.run))
    elif former and report.status in GOOD:
        _leave(connection, place, Entry("released", at, actor, {"trouble": former.trouble, "how": "over"}, run=report.run))


def release(store: Store, places: Iterable[Place], *, actor: str, reason: str, at: datetime) -> Quarantine:
    """A person ends the quarantine, in each of these places; what the first one was. QuarantineError where there is none."""
    with store.write() as connection:
        found = [(place, former) for place in places if (former := quarantine(connection, place))]
        for place, former in found:
            body = {"trouble": former.trouble, "how": "by hand"}
            _leave(connection, place, Entry("released", at, actor, body, personal=said(reason=reason)))
    if not found:
        raise QuarantineError(f"There is no quarantine: nothing was changed. See: {Next.STATUS}")
    return found[0][1]


def _leave(connection: Connection, place: Place, entry: Entry) -> None:
    connection.execute(delete(QUARANTINE).where(place.of(QUARANTINE)))
    append(connection, entry)


def held_back(store: Store, place: Place) -> tuple[Quarantine | None, Mapping[Key, Parked]]:
    """Quarantine and parked changes here, to be shown."""
    with store.read() as connection:
        return quarantine(connection, place), parked(connection, place)

"""Plans that wait for a person: held, the newest of their kind, and not decided about yet."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.details import RunInfo
from ilc_canvas.store.runs.tables import APPROVAL


def waiting_plans(store: Store, canvas_scope: CanvasScope, now: datetime) -> list[RunInfo]:
    """Those here. A plan that was declined, or is approved and not carried out yet, waits for nobody."""
    held = details.held_plans(store, canvas_scope)
    with store.read() as connection:
        done = decided(connection, {info.digest: info.number for info in held}, now)
    return [info for info in held if info.digest not in done]


def is_decided(store: Store, info: RunInfo, now: datetime) -> bool:
    """Whether somebody has decided about the plan of this run, as `decided` has it."""
    with store.read() as connection:
        return bool(decided(connection, {info.digest: info.number}, now))


def decided(connection: Connection, plans: Mapping[str, int], now: datetime) -> set[str]:
    """Of these plans, each with its run, those about which the last decision counts: an approval until it has lapsed, and a decline of
    just this run's plan. The same plan can be made again once its decline was taken back.
    """
    if not plans:
        return set()
    rows = connection.execute(select(APPROVAL).where(APPROVAL.c.digest.in_(plans)).order_by(APPROVAL.c.number)).all()
    last = {row.digest: row for row in rows}
    approved = {digest for digest, row in last.items() if row.decision == "approved" and row.ended_at is None and row.expires > now}
    return approved | {digest for digest, row in last.items() if row.decision == "rejected" and row.run == plans[digest]}

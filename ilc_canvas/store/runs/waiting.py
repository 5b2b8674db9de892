"""Plans that wait for a person: held, the newest of their kind, and not decided about yet."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.details import RunInfo
from ilc_canvas.store.runs.tables import APPROVAL


def waiting_plans(store: Store, canvas_scope: CanvasScope, now: datetime) -> list[RunInfo]:
    """Those here. A plan that was declined, or is approved and not carried out yet, waits for nobody."""
    held = details.held_plans(store, canvas_scope)
    with store.read() as connection:
        done = decided(connection, {info.digest for info in held}, now)
    return [info for info in held if info.digest not in done]


def is_decided(store: Store, digest: str, now: datetime) -> bool:
    """Whether somebody has decided about this plan, as `decided` has it."""
    with store.read() as connection:
        return bool(decided(connection, {digest}, now))


def decided(connection: Connection, digests: Collection[str], now: datetime) -> set[str]:
    """Which of these plans somebody has decided about, as far as the last decision is one that counts: no approval that has lapsed."""
    if not digests:
        return set()
    newest = select(func.max(APPROVAL.c.number)).where(APPROVAL.c.digest.in_(digests)).group_by(APPROVAL.c.digest)
    lasts = and_(APPROVAL.c.ended_at.is_(None), APPROVAL.c.expires > now)
    counts = or_(APPROVAL.c.decision == "rejected", lasts)
    return set(connection.execute(select(APPROVAL.c.digest).where(APPROVAL.c.number.in_(newest), counts)).scalars())

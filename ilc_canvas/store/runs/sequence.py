"""What comes after what, between the ledger and what people decide, though the machines' clocks differ.

A decision about somebody's account holds until the ledger has carried it out. Both are told apart by their times, which may come from two
machines: neither is ever noted with a time before that of what it follows.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select

from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.tables import IDENTITY_DECISION, LEDGER

_TICK = timedelta(microseconds=1)


def after_ledger(connection: Connection, canvas_scope: CanvasScope, at: datetime) -> datetime:
    """The time of a decision: later than anything that the ledger holds now."""
    newest: datetime | None = connection.execute(
        select(func.max(LEDGER.c.at)).where(or_(canvas_scope.all_years(LEDGER), canvas_scope.shared.of(LEDGER)))
    ).scalar()
    return max(at, newest + _TICK) if newest else at


def after_decisions(connection: Connection, canvas_scope: CanvasScope, at: datetime) -> datetime:
    """The time at which the ledger takes note of something: no earlier than any decision that was given before."""
    newest: datetime | None = connection.execute(
        select(func.max(IDENTITY_DECISION.c.at)).where(canvas_scope.shared.of(IDENTITY_DECISION))
    ).scalar()
    return max(at, newest) if newest else at

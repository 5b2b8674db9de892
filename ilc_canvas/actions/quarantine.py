"""Ending a quarantine by hand."""

from datetime import datetime

from ilc_canvas.reconcile.run.quarantine import Quarantine
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs import parked
from ilc_canvas.views import years


def release(settings: Settings, store: Store, *, actor: str, reason: str, at: datetime) -> Quarantine:
    """End the quarantine of the current school years and return it. QuarantineError if there is none."""
    return parked.release(store, years.canvas_scopes(settings, store, at), actor=actor, reason=reason, at=at)

"""The end of a quarantine by hand."""

from datetime import datetime

from ilc_canvas.reconcile.quarantine import Quarantine
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs import parked
from ilc_canvas.views import years


def release(settings: Settings, store: Store, *, actor: str, reason: str, at: datetime) -> Quarantine:
    """End the quarantine of the school years that are cared for; which one it was. QuarantineError if there is none."""
    return parked.release(store, years.places(settings, store, at), actor=actor, reason=reason, at=at)

"""Removing a person's name, and texts about the person, from the store."""

from datetime import datetime, timedelta

from ilc_canvas.program.names import user_key
from ilc_canvas.program.years import maintained_years
from ilc_canvas.settings import Settings
from ilc_canvas.store.audit import reader
from ilc_canvas.store.audit.reader import Event
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.privacy import erasure
from ilc_canvas.store.rosters import school_years


def erase(settings: Settings, store: Store, person_id: str, *, holder: str, actor: str, reason: str, at: datetime) -> Event:
    """Erase this person and return the audit event. LeaseError while a run is under way, RosterError if nothing names the person."""
    with take_lease(store, holder):
        canvas_time = at + (school_years.canvas_ahead(store, settings.address) or timedelta())
        in_care = maintained_years(school_years.signed_years(store), settings.policy, canvas_time)
        erasure.erase(store, user_key(settings.prefix, person_id), actor=actor, reason=reason, at=at, in_care=in_care)
        return reader.newest(store, reader.Wanted(kinds=("erased",)), limit=1)[0]

"""Asking a worker for a sync, and taking that back."""

from datetime import datetime

from ilc_canvas.reconcile.run import Ask
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker import sync_requests
from ilc_canvas.store.worker.sync_requests import WishInfo
from ilc_canvas.views import years


def request(settings: Settings, store: Store, ask: Ask, *, full: bool, join: bool, at: datetime) -> WishInfo:
    """Ask for this run; if somebody has asked for just that and waits, WishError, or with `join` that request.

    RosterError for a word of --only that means nothing in any school year that is cared for.
    """
    if ask.only:
        years.asks(settings, store, ask, of=years.in_care(settings, store, at))
    there = sync_requests.same_open(store, ask, full=full) if join else None
    return there or sync_requests.wish(store, ask, full=full, at=at)

"""Asking a worker for something, and taking that back."""

from datetime import datetime

from ilc_canvas.reconcile.errors import WishError
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs import details
from ilc_canvas.store.worker import sync_requests
from ilc_canvas.store.worker.sync_requests import Request, RequestKind, WishInfo
from ilc_canvas.views import years


def request(settings: Settings, store: Store, wanted: Request, *, join: bool = False, at: datetime) -> WishInfo:
    """Ask for this; if somebody has asked for just that and waits, WishError, or with `join` that request.

    RosterError for a word of --only that means nothing in any school year that is cared for, StoreError for a run that there is none of.
    """
    if wanted.kind is RequestKind.UNDO and wanted.undo is None:
        raise WishError("Which run is to be taken back? Nothing was added.")
    if wanted.undo is not None:
        details.run(store, wanted.undo)
    if wanted.only:
        years.asks(settings, store, wanted.ask, of=years.in_care(settings, store, at))
    there = sync_requests.same_open(store, wanted) if join else None
    return there or sync_requests.wish(store, wanted, at=at)

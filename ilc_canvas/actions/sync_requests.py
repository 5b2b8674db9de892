"""Asking a worker for a sync, a plan, an undo or a check."""

from datetime import datetime

from ilc_canvas.program.selection import check_words
from ilc_canvas.reconcile.errors import SyncRequestError
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs import details
from ilc_canvas.store.worker import sync_requests
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest, SyncRequestInfo
from ilc_canvas.views import years


def request(settings: Settings, store: Store, sync_request: SyncRequest, *, join: bool = False, at: datetime) -> SyncRequestInfo:
    """Submit this request. If the same request is already waiting: SyncRequestError, or with `join` that request.

    RosterError if a word of `only` matches nothing in any current school year, StoreError for a run that does not exist.
    """
    if sync_request.kind is RequestKind.UNDO and sync_request.undo is None:
        raise SyncRequestError("Which run should be undone? Nothing was added.")
    if sync_request.kind is RequestKind.LOOK and not (len(sync_request.only) == 1 and sync_request.only[0].startswith("person:")):
        raise SyncRequestError("Which one person should be looked at? Nothing was added.")
    if sync_request.undo is not None:
        details.run(store, sync_request.undo)
    if sync_request.only:
        _require_words(sync_request.only)
        years.run_requests(settings, store, sync_request.ask, of=years.current_years(settings, store, at))
    existing = sync_requests.same_open(store, sync_request) if join else None
    return existing or sync_requests.submit(store, sync_request, at=at)


def _require_words(words: tuple[str, ...]) -> None:
    try:
        check_words(words)
    except ValueError as error:
        raise SyncRequestError(f"{error} Nothing was added.") from error

"""Restoring the store from a backup, and accepting a restored store."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ilc_canvas.settings import Settings
from ilc_canvas.store import backup
from ilc_canvas.store.audit import heads
from ilc_canvas.store.audit.signing import Signer
from ilc_canvas.store.backup import Restored
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.opening import unopened


def accept(store: Store, key: Signer | None, *, holder: str, actor: str, reason: str, at: datetime) -> heads.SignedHead:
    """Continue with a restored store. LeaseError while a run is under way; ChainError if there is nothing to accept."""
    with take_lease(store, holder):
        return heads.accept(store, key, actor=actor, reason=reason, at=at)


def restore(settings: Settings, file: Path, key: Callable[[Store], Signer | None], *, actor: str, reason: str, at: datetime) -> Restored:
    """Restore the store from a backup; `key` signs its head. StoreError while a worker is alive, or if the file is not intact."""
    store = unopened(settings.store)
    try:
        return backup.restore(store, file, key=lambda: key(store), actor=actor, reason=reason, at=at)
    finally:
        store.close()

"""Which Canvas the store belongs to: it has a new address, or is another one."""

from datetime import datetime

from ilc_canvas.reconcile.tenant import Pin
from ilc_canvas.settings import Settings
from ilc_canvas.store.audit import heads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.runs import tenant_pin


def move(
    settings: Settings, store: Store, canvas: tenant_pin.Canvas, *, holder: str, actor: str, reason: str, at: datetime
) -> tenant_pin.Moved:
    """Go on with the same Canvas under the address of the settings.

    StoreError, LeaseError, WrongTenantError: then nothing has changed.
    """
    heads.require_kept(store)
    with take_lease(store, holder) as lease:
        return tenant_pin.move(lease, canvas, settings.address, prefix=settings.prefix, actor=actor, reason=reason, at=at)


def leave(store: Store, *, holder: str, actor: str, reason: str, at: datetime) -> Pin:
    """Let go of the Canvas of a store that has written nothing there. StoreError, LeaseError: then nothing has changed."""
    heads.require_kept(store)
    with take_lease(store, holder) as lease:
        return tenant_pin.leave(lease, actor=actor, reason=reason, at=at)

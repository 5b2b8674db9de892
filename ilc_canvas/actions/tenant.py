"""Moving the store to a new address of its Canvas, or to another Canvas."""

from datetime import datetime

from ilc_canvas.reconcile.run.tenant import Pin
from ilc_canvas.settings import Settings
from ilc_canvas.store.audit import heads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.runs import tenant_pin


def move(
    settings: Settings, store: Store, canvas: tenant_pin.Canvas, *, holder: str, actor: str, reason: str, at: datetime
) -> tenant_pin.Moved:
    """Continue with the same Canvas at the address in the settings.

    Nothing is changed on StoreError, LeaseError or WrongTenantError.
    """
    heads.require_kept(store)
    with take_lease(store, holder) as lease:
        return tenant_pin.move(lease, canvas, settings.address, prefix=settings.prefix, actor=actor, reason=reason, at=at)


def claim(store: Store, canvas: tenant_pin.Canvas, *, holder: str, actor: str, reason: str, at: datetime) -> tenant_pin.Claimed:
    """Have this store keep the courses in its Canvas, whichever kept them before."""
    heads.require_kept(store)
    with take_lease(store, holder) as lease:
        return tenant_pin.claim(lease, canvas, actor=actor, reason=reason, at=at)


def leave(store: Store, *, holder: str, actor: str, reason: str, at: datetime) -> Pin:
    """Detach the store from a Canvas to which it has written nothing. Nothing is changed on StoreError or LeaseError."""
    heads.require_kept(store)
    with take_lease(store, holder) as lease:
        return tenant_pin.leave(lease, actor=actor, reason=reason, at=at)

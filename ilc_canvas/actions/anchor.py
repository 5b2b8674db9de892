"""Before and after a run: the store is whole, and the one whose head was kept; then its new head is signed and kept."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.store.audit import heads
from ilc_canvas.store.audit.signing import Signer
from ilc_canvas.store.db.database import Store

log = structlog.get_logger(__name__)


def require(store: Store) -> None:
    """What is looked at before a run: that the store is whole, and the one whose head was kept. StoreError, ChainError."""
    heads.require_sound(store)
    heads.require_kept(store)
    if heads.runs_without_heads(store):
        log.warning(
            "audit.heads_begun_anew", file=str(heads.heads_file(store)), text="There were runs, but none of their heads is kept here."
        )


@contextmanager
def signing(store: Store, key: Signer | None) -> Iterator[None]:
    """However the run ends, the head of the log is signed, kept and logged. If that fails, the run has ended all the same."""
    try:
        yield
    finally:
        try:
            log.info(heads.EVENT_NAME, **heads.publish(store, key).as_json())
        except (StoreError, OSError) as error:
            text = f"The head of the audit log is not kept in {heads.heads_file(store)}: {error}"
            log.warning("audit.head_not_kept", file=str(heads.heads_file(store)), reason=str(error), text=text)

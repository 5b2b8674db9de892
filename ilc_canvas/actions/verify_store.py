"""Checks before a run that the store is intact and not replaced; after it, signs the new head of the log and keeps it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog

from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.store.audit import heads
from ilc_canvas.store.audit.signing import Signer
from ilc_canvas.store.db.database import Store

log = structlog.get_logger(__name__)


def require(store: Store, at: datetime) -> None:
    """Check that the store is intact and is the one whose head was kept. StoreError or ChainError if it is not."""
    heads.require_sound_daily(store, at)
    heads.require_kept(store)
    if heads.runs_without_heads(store):
        log.warning(
            "audit.heads_begun_anew", file=str(heads.heads_file(store)), text="There were runs, but none of their heads is kept here."
        )


@contextmanager
def signing(store: Store, key: Signer | None) -> Iterator[None]:
    """Sign, keep and log the head of the audit log, however the run ends. A failure to do so does not change how the run ended."""
    try:
        yield
    finally:
        try:
            log.info(heads.EVENT_NAME, **heads.publish(store, key).as_json())
        except (StoreError, OSError) as error:
            text = f"The head of the audit log is not kept in {heads.heads_file(store)}: {error}"
            log.warning("audit.head_not_kept", file=str(heads.heads_file(store)), reason=str(error), text=text)

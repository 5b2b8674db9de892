"""A store that is not there: what is said, also by a health check that reads without SQLAlchemy."""

from pathlib import Path

from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.reconcile.words.hints import Next


def heads_beside(path: Path) -> Path:
    """The file in which the heads of a SQLite store's audit log are kept."""
    return Path(f"{path}.heads")


def lost(path: Path | None) -> bool:
    """Whether heads are kept where there is no store: there was one."""
    return path is not None and heads_beside(path).exists()


def not_found(name: str, path: Path | None) -> StoreError:
    """There is no store, or there is none any more; and what to do."""
    if path and lost(path):
        return StoreError(
            f"Store not found: {name}, but the heads of its audit log are kept in {heads_beside(path)}: it was lost or moved. Nothing was "
            f"changed. Put it back, or a backup of it: {Next.RESTORE_STORE}. To start over, take that file away first."
        )
    return StoreError(
        f"Store not found: {name}. Nothing was changed. If there should be one, check ILC_CANVAS_STORE, or restore a backup "
        f"({Next.RESTORE_STORE}); to make a new one: {Next.CREATE_STORE}"
    )

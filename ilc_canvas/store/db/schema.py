"""The schema's versions: which one a store has, and whether it fits."""

from sqlalchemy import inspect, text

from ilc_canvas.reconcile.errors import SchemaError
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.health_probe import HEAD, SCHEMA
from ilc_canvas.store.db.missing import not_found


def current(store: Store) -> str | None:
    """The store's revision; None if it has no tables yet."""
    with store.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(text(SCHEMA)).scalar()
    return found


def foreign_tables(store: Store) -> list[str]:
    """Names of tables in a store that has no revision: they are another program's."""
    with store.read() as connection:
        return sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})


def require_head(store: Store) -> None:
    """SchemaError where the store is older or newer than this program, StoreError if it has no tables."""
    there = current(store)
    if there == HEAD:
        return
    if there is None:
        raise not_found(store.name, store.path)
    require_known(store.name, there)
    raise SchemaError(
        f"The store {store.name} has schema {there}, older than this program's {HEAD}. Nothing was changed. "
        f"Make a backup ({Next.BACK_UP_STORE}), then run: {Next.UPGRADE_STORE}"
    )


def require_known(name: str, revision: str) -> None:
    """SchemaError where this program has no such schema: the store (or the copy of one) is of a newer program. Revisions are counted."""
    if revision > HEAD:
        raise SchemaError(
            f"The store {name} has schema {revision}, newer than this program's {HEAD}. Nothing was changed. "
            f"Install the newer program; only it knows this store ({Next.UPGRADE_STORE} cannot go back)."
        )

"""The schema's versions: bring a store up to date, take it back, and refuse one that does not fit."""

from typing import cast

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from ilc_canvas.reconcile.errors import SchemaError
from ilc_canvas.store.database import Store
from ilc_canvas.store.tables import METADATA


def upgrade(store: Store) -> None:
    """To the newest schema, in one transaction; nothing happens where it is there already."""
    with store.write() as connection:
        command.upgrade(_config(connection), "head")


def downgrade(store: Store, revision: str = "base") -> None:
    """Back to an older schema, in one transaction."""
    with store.write() as connection:
        command.downgrade(_config(connection), revision)


def current(store: Store) -> str | None:
    """The store's revision; None where it has no tables yet."""
    with store.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The revision that this program needs."""
    return cast("str", ScriptDirectory.from_config(_config()).get_current_head())


def require_head(store: Store) -> None:
    """SchemaError where the store is older or newer than this program."""
    there, needed = current(store), head()
    if there == needed:
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if there is None or there in known:
        told = "has no tables yet" if there is None else f"has schema {there}, older than this program's {needed}"
        raise SchemaError(f"The store {store.name} {told}. Nothing was changed. Make a backup and run: ilc-canvas db upgrade")
    raise SchemaError(
        f"The store {store.name} has schema {there}, newer than this program's {needed}. Nothing was changed. "
        "Install the newer program; only it knows this store (ilc-canvas db upgrade cannot go back)."
    )


def differences(store: Store) -> list[object]:
    """What the store's tables lack against the program's: empty where the migrations are complete."""
    with store.write() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "ilc_canvas.store:migrations")
    config.attributes["connection"] = connection
    return config

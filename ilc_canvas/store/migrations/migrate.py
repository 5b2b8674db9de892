"""Bring a store's schema up to date, and take it back. Alembic is large, and only this needs it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import cast

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from ilc_canvas.reconcile.errors import LeaseError, SchemaError
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.all_tables import METADATA
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import nobody_else
from ilc_canvas.store.db.schema import current

_PLACE = "ilc_canvas.store:migrations"


def upgrade(store: Store) -> None:
    """To the newest schema, in one transaction; nothing happens where it is there already.

    SchemaError while a run is under way, or where one was cut off and left changes without an outcome: only the version that began them
    is sure to know what they mean.
    """
    older = current(store) not in (None, newest())
    with _nobody_at_it(store) if older else nullcontext(), store.write() as connection:
        if older:
            _refuse_open(connection)
        command.upgrade(_config(connection), "head")


@contextmanager
def _nobody_at_it(store: Store) -> Iterator[None]:
    """The lock of the one worker, which no other can take meanwhile."""
    with ExitStack() as stack:
        try:
            stack.enter_context(nobody_else(store))
        except LeaseError as error:
            with store.read() as connection:
                runs = " and ".join(str(number) for number in connection.execute(_RUNNING).scalars())
            told = f"Run {runs}" if runs else "A run"
            raise SchemaError(f"{told} is under way. {_KEPT} Let it end, then run: {Next.UPGRADE_STORE}") from error
        yield


_KEPT = "The schema stays as it is; nothing was changed."
_RUNNING = text("SELECT number FROM run WHERE status = 'running' ORDER BY number")
_OPEN = text(
    "SELECT run, count(*) FROM audit_event AS it WHERE kind = 'intended' AND NOT EXISTS "
    "(SELECT 1 FROM audit_event AS answer WHERE answer.intent = it.seq) GROUP BY run ORDER BY run LIMIT 1"
)
"""By name, not by the program's tables: the store is of an older version."""


def _refuse_open(connection: Connection) -> None:
    row = connection.execute(_OPEN).first()
    if row:
        raise SchemaError(
            f"Run {row[0]} was cut off and left {row[1]} of its changes without an outcome. {_KEPT} Start the former version once, which "
            f"settles them: {Next.SYNC}. Then run: {Next.UPGRADE_STORE}"
        )


def downgrade(store: Store, revision: str = "base") -> None:
    """Back to an older schema, in one transaction."""
    with store.write() as connection:
        command.downgrade(_config(connection), revision)


def newest() -> str:
    """The revision to which the migrations lead; `schema.HEAD` says the same."""
    return cast("str", ScriptDirectory.from_config(_config()).get_current_head())


def differences(store: Store) -> list[object]:
    """What the store's tables lack against the program's: empty if the migrations are complete."""
    with store.write() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", _PLACE)
    config.attributes["connection"] = connection
    return config

"""The store: reading, and units of writing that are whole or absent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.store.db.dialects import FILE, READING, file_of

_ONE_WRITER = "SELECT pg_advisory_xact_lock(741852)"
_ADVICE = (
    (("disk is full", "No space left", "could not extend"), "its disk is full. Free space, then run it again"),
    (("locked", "lock timeout", "statement timeout"), "another process holds it too long. Wait until that one is done, then run it again"),
    (("permission denied",), "its database does not allow this account to do that. Only a worker may, or the operator at a terminal"),
    (("readonly", "read-only"), "it may not be written here. Give this account the right to write file and folder"),
    (("disk I/O error",), "its disk fails, or a limit of the system stops it. Look at the disk, then run it again"),
    (("malformed", "not a database"), "its file is damaged. Restore the last backup"),
    (("unable to open", "connect", "terminat", "closed"), "it cannot be reached. See that it runs, and that ILC_CANVAS_STORE names it"),
)


@dataclass(frozen=True)
class Store:
    """One SQLite file or PostgreSQL database. Each thread that uses it gets a connection of its own."""

    engine: Engine
    path: Path | None = None  # of the SQLite file

    @property
    def name(self) -> str:
        """How to call it in a sentence: no password."""
        return str(self.path) if self.path else self.engine.url.render_as_string(hide_password=True)

    @property
    def sqlite(self) -> bool:
        """Whether it is a file."""
        return self.path is not None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One unit: committed and synced at the end of the block, or nothing of it. One writer at a time. Raises StoreError."""
        stage, file = "Nothing of this step was stored", None
        try:
            with self.engine.connect() as connection:
                file = connection.info.get(FILE)
                self._require_file(connection, file)
                transaction = connection.begin()
                try:
                    if not self.sqlite:
                        connection.exec_driver_sql(_ONE_WRITER)
                    yield connection
                except BaseException:
                    transaction.rollback()
                    raise
                stage = stage if self.sqlite else "Whether this last step was stored is not known"
                transaction.commit()
        except DBAPIError as error:
            raise self._gone() if self._is_gone(file) else self._said(error, stage) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """For reading alone: no transaction is opened, each statement sees what is committed. Raises StoreError."""
        try:
            with self.engine.connect().execution_options(**self._reading) as connection:
                yield connection
        except DBAPIError as error:
            raise self._said(error, "Nothing was changed") from error

    def _require_file(self, connection: Connection, file: object) -> None:
        """StoreError if the SQLite file was deleted or replaced; the next step opens what lies there then."""
        if self._is_gone(file):
            if file_of(self.path or ""):
                connection.invalidate()
            raise self._gone()

    def _is_gone(self, file: object) -> bool:
        """Whether another file, or none, lies where this one was opened. SQLite refuses to write to such a file once it has noticed."""
        return self.path is not None and file is not None and file_of(self.path) != file

    def _gone(self) -> StoreError:
        return StoreError(
            f"The store {self.name} did not do it: its file was deleted or replaced while it was in use. Put it back, or restore the last "
            "backup. Nothing of this step was stored."
        )

    @property
    def _reading(self) -> dict[str, Any]:
        """SQLAlchemy's AUTOCOMMIT would leave the SQLite driver with implicit, deferred transactions when it is set back."""
        return {READING: True} if self.sqlite else {"isolation_level": "AUTOCOMMIT"}

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _said(self, error: DBAPIError, stage: str) -> StoreError:
        """A sentence without values: the driver's first line, what it means, and what was not changed."""
        first = str(error.orig).partition("\n")[0]
        meaning = next((advice for words, advice in _ADVICE if any(word in first for word in words)), first)
        return StoreError(f"The store {self.name} did not do it: {meaning}. {stage}; what was stored before stays as it was.")

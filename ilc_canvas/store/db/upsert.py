"""Rows in place of those with the same primary key, in one statement."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Each of these rows, instead of the one with its key if there is one. All have the same columns."""
    if rows:
        connection.execute(_statement(table, connection.dialect.name), rows)


@cache
def _statement(table: Table, dialect: str) -> "sqlite.Insert | postgresql.Insert":
    new = _insert(table, dialect)
    key = [column.name for column in table.primary_key]
    return new.on_conflict_do_update(index_elements=key, set_={c.name: new.excluded[c.name] for c in table.columns if c.name not in key})


def _insert(table: Table, dialect: str) -> "sqlite.Insert | postgresql.Insert":
    """As this database has it; the other's is not loaded."""
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert

        return insert(table)
    from sqlalchemy.dialects.postgresql import insert as postgres_insert

    return postgres_insert(table)

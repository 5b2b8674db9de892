"""Rows in place of those with the same primary key, in one statement."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Each of these rows, instead of the one with its key if there is one. All have the same columns."""
    if rows:
        connection.execute(_statement(table, connection.dialect.name), rows)


@cache
def _statement(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    new = make(table)
    key = [column.name for column in table.primary_key]
    return new.on_conflict_do_update(index_elements=key, set_={c.name: new.excluded[c.name] for c in table.columns if c.name not in key})

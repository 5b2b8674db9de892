"""Rows go from one address of Canvas to another. Migrations use this too: it knows no table but one by name."""

from sqlalchemy import ColumnElement, Connection, MetaData, Table, delete, exists, update

COLUMN = "base_url"
_DECISIONS = ("identity_decision", "answer")
"""The table of decisions about people, by its name and its former one: a decision may have been made at either address."""


def readdress(connection: Connection, metadata: MetaData, *, old: str, new: str, kept: str) -> int:
    """In every table with a column for the address: what has `old` has `new`; how many rows.

    Of two rows with the same key that of the address `kept` (one of the two) stays; of two decisions about a person the later one.
    """
    count = 0
    for table in metadata.sorted_tables:
        if COLUMN not in table.c:
            continue
        if table.c[COLUMN].primary_key:
            _settle_clashes(connection, table, kept=kept, dropped=old if kept == new else new)
        count += connection.execute(update(table).where(table.c[COLUMN] == old).values({COLUMN: new})).rowcount
    return count


def _settle_clashes(connection: Connection, table: Table, *, kept: str, dropped: str) -> None:
    """Of rows that would have the same key one goes."""
    if table.name in _DECISIONS:
        _drop(connection, table, kept, rival=dropped, earlier=True)
    _drop(connection, table, dropped, rival=kept)


def _drop(connection: Connection, table: Table, address: str, *, rival: str, earlier: bool = False) -> None:
    """The rows of an address of which there is another one with the same key at the other address; if `earlier`, a later one."""
    other = table.alias("other")
    same: list[ColumnElement[bool]] = [other.c[column.name] == column for column in table.primary_key if column.name != COLUMN]
    if earlier:
        same.append(other.c.at > table.c.at)
    twin = exists().where(other.c[COLUMN] == rival, *same)
    connection.execute(delete(table).where(table.c[COLUMN] == address, twin))

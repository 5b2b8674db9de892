"""One Canvas and one scope in it: what ledger, parked changes, quarantine and questions are about."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert


@dataclass(frozen=True, slots=True)
class Place:
    """A Canvas, by its address, and a scope."""

    base_url: str
    scope: str

    def of(self, table: Table) -> ColumnElement[bool]:
        """The rows of this place."""
        return and_(table.c.base_url == self.base_url, table.c.scope == self.scope)

    def row(self, **values: object) -> dict[str, object]:
        """A row of this place."""
        return {"base_url": self.base_url, "scope": self.scope, **values}

    def put(self, connection: Connection, table: Table, values: Mapping[str, object]) -> None:
        """A row in place of the one with the same key, if there is one; without a column `key`, the only one of this place."""
        same = [table.c.key == values["key"]] if "key" in values else []
        connection.execute(delete(table).where(self.of(table), *same))
        connection.execute(insert(table), self.row(**values))

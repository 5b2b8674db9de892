"""One Canvas and one scope in it: what ledger, parked changes, quarantine and questions are about."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, and_

from ilc_canvas.program import names
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.db import upsert


@dataclass(frozen=True, slots=True)
class CanvasScope:
    """A Canvas, by its address, and a scope."""

    base_url: str
    scope: str

    @property
    def prefix(self) -> str:
        """What begins the scope of every school year."""
        return self.scope.rpartition(":")[0] or self.scope

    @property
    def school_year(self) -> str:
        """2021-22; empty for what belongs to no year."""
        return self.scope.rpartition(":")[2] if ":" in self.scope else ""

    @property
    def shared(self) -> "CanvasScope":
        """The same Canvas without a school year: people and their accounts, our sub-account and its roles."""
        return CanvasScope(self.base_url, self.prefix)

    def in_year(self, school_year: str) -> "CanvasScope":
        """The same Canvas and prefix in another school year."""
        return CanvasScope(self.base_url, names.scope(self.prefix, school_year))

    def for_key(self, key: Key) -> "CanvasScope":
        """Where rows about this thing stand."""
        return self.shared if key.rule.is_shared else self

    def all_years(self, table: Table) -> ColumnElement[bool]:
        """The rows of every school year."""
        return and_(table.c.base_url == self.base_url, table.c.scope.startswith(f"{self.prefix}:", autoescape=True))

    def of(self, table: Table) -> ColumnElement[bool]:
        """The rows of this place."""
        return and_(table.c.base_url == self.base_url, table.c.scope == self.scope)

    def row(self, **values: object) -> dict[str, object]:
        """A row of this place."""
        return {"base_url": self.base_url, "scope": self.scope, **values}

    def put(self, connection: Connection, table: Table, values: Mapping[str, object]) -> None:
        """A row in place of the one with the same key, if there is one; without a column `key`, the only one of this place."""
        upsert.put(connection, table, [self.row(**values)])

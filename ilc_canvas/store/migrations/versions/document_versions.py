"""Versions of whatever document share three tables, in which a row says of which document it is: so far all are rosters."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from ilc_canvas.store.db.utc import Utc

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COPIED = {
    "version": (
        "number", "school_year", "state", "errors", "warnings", "findings", "imported_at", "imported_by", "import_reason",
        "manifest_version", "manifest_signed_by", "manifest_signed_at", "signed_by", "second", "reason", "signed_at", "place",
        "files_digest",
    ),
    "file": ("version", "name", "sha256", "rows"),
    "content": ("version", "content"),
}  # fmt: skip


def upgrade() -> None:
    """Each roster version is the version of the same number of the document "roster"."""
    _tables("document", "entries", of=["document"])
    for part, columns in _COPIED.items():
        more = {"people": "entries"} if part == "version" else {}
        old = sa.table(f"roster_{part}", *map(sa.column, (*columns, *more)))
        rows = sa.select(sa.literal_column("'roster'"), *old.columns)
        new = sa.table(f"document_{part}", *map(sa.column, ("document", *columns, *more.values())))
        op.execute(sa.insert(new).from_select(list(new.columns.keys()), rows))
    _drop("roster")


def downgrade() -> None:
    """As before; versions of other documents are forgotten."""
    _tables("roster", "people", of=[])
    for part, columns in _COPIED.items():
        more = {"entries": "people"} if part == "version" else {}
        old = sa.table(f"document_{part}", *map(sa.column, ("document", *columns, *more)))
        rows = sa.select(*(old.c[name] for name in (*columns, *more))).where(old.c.document == "roster")
        new = sa.table(f"roster_{part}", *map(sa.column, (*columns, *more.values())))
        op.execute(sa.insert(new).from_select(list(new.columns.keys()), rows))
    _drop("document")


def _drop(document: str) -> None:
    for part in reversed(_COPIED):
        op.drop_table(f"{document}_{part}")


def _tables(document: str, counted: str, *, of: list[str]) -> None:
    """A table of versions, of their files and of their contents; `of` are the columns that say of which document."""
    version = f"{document}_version"
    texts = ("findings", "imported_by", "import_reason", "manifest_signed_by", "manifest_signed_at", "signed_by", "second", "reason")
    op.create_table(
        version, *map(_text, of), _number("number"), _text("school_year"), _text("state"), _number(counted), _number("errors"),
        _number("warnings"), *map(_text, texts), _moment("imported_at"), _moment("signed_at", null=True),
        _number("manifest_version", null=True), _number("place", null=True),
        sa.Column("files_digest", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint(*of, "number", name=op.f(f"pk_{version}")),
        sa.UniqueConstraint(*of, "place", name=op.f(f"uq_{version}_{'_'.join([*of, 'place'])}")),
        sqlite_strict=True,
    )  # fmt: skip
    op.create_index(op.f(f"ix_{version}_state"), version, ["state"])
    keys = [*of, "version"]
    _part(f"{document}_file", version, keys, _text("name"), _text("sha256"), _number("rows"), more=["name"])
    _part(f"{document}_content", version, keys, _text("content"), more=[])


def _part(name: str, version: str, keys: list[str], *columns: sa.Column[Any], more: list[str]) -> None:
    named = op.f(f"fk_{name}_{'_'.join(keys)}_{version}")
    owner = sa.ForeignKeyConstraint(keys, [f"{version}.{each}" for each in (*keys[:-1], "number")], name=named)
    primary = sa.PrimaryKeyConstraint(*keys, *more, name=op.f(f"pk_{name}"))
    op.create_table(name, *map(_text, keys[:-1]), _number("version"), *columns, primary, owner, sqlite_strict=True)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, _BIG, nullable=null, autoincrement=False)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Utc, nullable=null)

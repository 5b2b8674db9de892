"""What was found in files is kept for a while, and a draft can wait for a second signature."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from ilc_canvas.store.db.utc import Utc

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FIRST = ("first_signed_by", "first_reason")


def upgrade() -> None:
    """Two tables, and three columns of versions."""
    moment = sa.Column("at", Utc, nullable=False)
    words = [*map(_text, ("counts", "findings", "forms"))]
    what = [_number("number"), _text("document"), _text("school_year"), moment, _text("actor"), _number("errors"), _number("warnings")]
    op.create_table("document_check", *what, *words, sa.PrimaryKeyConstraint("number", name=op.f("pk_document_check")), sqlite_strict=True)
    op.create_index(op.f("ix_document_check_at"), "document_check", ["at"])
    parts = [_number("number"), *map(_text, ("part", "name", "sha256", "content"))]
    primary = sa.PrimaryKeyConstraint("number", "part", name=op.f("pk_document_check_file"))
    owner = sa.ForeignKeyConstraint(["number"], ["document_check.number"], name=op.f("fk_document_check_file_number_document_check"))
    op.create_table("document_check_file", *parts, primary, owner, sqlite_strict=True)
    for name in _FIRST:
        op.add_column("document_version", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column("document_version", sa.Column("first_signed_at", Utc, nullable=True))


def downgrade() -> None:
    """Checks are forgotten, and so is the first of two signatures."""
    for table in ("document_check_file", "document_check"):
        op.drop_table(table)
    for name in (*_FIRST, "first_signed_at"):
        op.drop_column("document_version", name)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, _BIG, nullable=False, autoincrement=False)

"""Parked changes, quarantine, questions about people and their answers; what a plan left out; Canvas's numbers in the ledger."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from ilc_canvas.store.db.utc import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLES = ("parked", "quarantine", "question", "answer")


def upgrade() -> None:
    """Four tables and three columns more."""
    _at_place("parked", _text("key", key=True), _text("wants"), _text("verb"), _text("reason"), _moment("since"), _number("attempts"),
              _moment("next_at", null=True))  # fmt: skip
    _at_place("quarantine", _text("trouble"), _text("text"), _moment("since"), _number("probes"), _moment("next_at", null=True))
    _at_place("question", _text("key", key=True), _text("kind"), _number("handle", null=True), _text("others"), _moment("since"))
    _at_place("answer", _text("key", key=True), _text("decision"), _moment("at"), _number("handle", null=True), _text("login"),
              _text("actor"), _text("reason"))  # fmt: skip
    op.add_column("ledger", _number("handle", null=True))
    op.add_column("run", _number("undo", null=True))
    op.add_column("run", sa.Column("aside", sa.Text, nullable=False, server_default="[]"))


def downgrade() -> None:
    """As before; what was asked and parked is forgotten."""
    with op.batch_alter_table("run") as batch:
        batch.drop_column("aside")
        batch.drop_column("undo")
    with op.batch_alter_table("ledger") as batch:
        batch.drop_column("handle")
    for name in reversed(_TABLES):
        op.drop_table(name)


def _at_place(name: str, *columns: sa.Column[Any]) -> None:
    """A table of one Canvas and scope."""
    keys = [column.name for column in columns if column.primary_key]
    primary = sa.PrimaryKeyConstraint("base_url", "scope", *keys, name=op.f(f"pk_{name}"))
    op.create_table(name, _text("base_url", key=True), _text("scope", key=True), *columns, primary, sqlite_strict=True)


def _text(name: str, *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False, primary_key=key)


def _number(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, _BIG, nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Utc, nullable=null)

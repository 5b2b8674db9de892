"""The console has tables for accounts, sessions, and sign-ins that failed."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from ilc_canvas.store.db.utc import Utc

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Three tables."""
    account = (*map(_text, ("login", "name", "roles", "password", "secret")), _number("last_step"), _moment("made_at"))
    _table("console_account", *account, key="login")
    _table("console_session", _text("digest"), _text("login"), _moment("began_at"), _moment("seen_at"), key="digest")
    _table("console_attempt", _number("number"), _text("login"), _text("address"), _moment("at"), key="number")
    for table, column in (("console_session", "login"), ("console_attempt", "login"), ("console_attempt", "address")):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    """Nobody has an account."""
    for table in ("console_attempt", "console_session", "console_account"):
        op.drop_table(table)


def _table(name: str, *columns: sa.Column[Any], key: str) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{name}")), sqlite_strict=True)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, _BIG, nullable=False, autoincrement=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, Utc, nullable=False)

"""Decisions about what people changed by hand in Canvas have a table."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from ilc_canvas.store.db.utc import Utc

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KEYS = ("base_url", "scope", "key", "field")
_TEXTS = ("edit", "choice", "actor", "reason")


def upgrade() -> None:
    """One table."""
    columns: list[sa.Column[Any]] = [
        *(sa.Column(name, sa.Text, nullable=False) for name in (*_KEYS, *_TEXTS[:2])),
        sa.Column("at", Utc, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS[2:]),
    ]
    op.create_table("drift_decision", *columns, sa.PrimaryKeyConstraint(*_KEYS, name=op.f("pk_drift_decision")), sqlite_strict=True)


def downgrade() -> None:
    """Decisions are forgotten: what they are about is listed again."""
    op.drop_table("drift_decision")

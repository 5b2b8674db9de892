"""Decisions about ids: the same person under a new one, or two people."""

import sqlalchemy as sa
from alembic import op

from ilc_canvas.store.db.utc import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    columns = [sa.Column(name, sa.Text, nullable=False) for name in ("old", "new", "decision", "actor", "reason")]
    times = (sa.Column("at", Utc, nullable=False), sa.Column("applied_at", Utc, nullable=True))
    op.create_table("person_rekey", *columns, *times, sa.PrimaryKeyConstraint("old", "new", name="pk_person_rekey"), sqlite_strict=True)


def downgrade() -> None:
    """As before; what was decided is forgotten."""
    op.drop_table("person_rekey")

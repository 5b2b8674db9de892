"""Questions about people keep the accounts that Canvas showed; requests keep what a look or a check has found."""

import sqlalchemy as sa
from alembic import op

from ilc_canvas.store.db.utc import Utc

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three columns, empty until the next plan, look or check."""
    op.add_column("identity_question", sa.Column("shown", sa.Text, nullable=False, server_default=""))
    op.add_column("identity_question", sa.Column("read_at", Utc, nullable=True))
    op.add_column("sync_request", sa.Column("details", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Nothing is shown; the next plan asks Canvas again."""
    op.drop_column("sync_request", "details")
    op.drop_column("identity_question", "read_at")
    op.drop_column("identity_question", "shown")

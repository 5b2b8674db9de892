"""A draft is named by its files, and an approval tells which part of the plan it is for."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns; drafts and approvals that are there have neither."""
    op.add_column("roster_version", sa.Column("files_digest", sa.Text, nullable=False, server_default=""))
    op.add_column("approval", sa.Column("selection", sa.Text, nullable=False, server_default="{}"))


def downgrade() -> None:
    """As before."""
    op.drop_column("approval", "selection")
    op.drop_column("roster_version", "files_digest")

"""How often a worker has taken a wish: one that its workers do not survive is given up."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column; what is there already counts from now on."""
    op.add_column("wish", sa.Column("takes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, server_default="0"))


def downgrade() -> None:
    """As before."""
    op.drop_column("wish", "takes")

"""Number and uuid of the account to which a store belongs; addresses of Canvas in their one spelling."""

import sqlalchemy as sa
from alembic import op

from ilc_canvas.reconcile.run.tenant import normal_address
from ilc_canvas.store.db.readdress import COLUMN, readdress

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two columns more; rows of an address that was written otherwise than now are found again."""
    op.add_column("tenant", sa.Column("account_id", _BIG, nullable=True))
    op.add_column("tenant", sa.Column("account_uuid", sa.Text, nullable=True))
    _respell(op.get_bind())


def downgrade() -> None:
    """As before; addresses stay as they are spelled."""
    with op.batch_alter_table("tenant") as batch:
        batch.drop_column("account_uuid")
        batch.drop_column("account_id")


def _respell(connection: sa.Connection) -> None:
    """Every address in its normal form. Where several are the same then, the rows of the pinned one stay: only there did runs get far."""
    tables = sa.MetaData()
    tables.reflect(connection)
    keyed = [table.c[COLUMN] for table in tables.sorted_tables if COLUMN in table.c]
    spellings = {text for column in keyed for text in connection.execute(sa.select(column).distinct()).scalars()}
    pinned = connection.execute(sa.select(tables.tables["tenant"].c[COLUMN])).scalar()
    for spelling in sorted(spellings, key=lambda text: (text == pinned, text)):  # the pinned one last
        normal = normal_address(spelling)
        if spelling != normal:
            readdress(connection, tables, old=spelling, new=normal, kept=spelling if spelling == pinned else normal)

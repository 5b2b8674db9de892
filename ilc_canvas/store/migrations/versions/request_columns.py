"""What is asked of a worker has a kind, and what that needs, in place of the run's trigger."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FLAGS = ("retry", "redo", "repair")
_WISH = sa.table("wish", *(sa.column(name) for name in ("kind", "trigger", "full", "state", "result", *_FLAGS)))


def upgrade() -> None:
    """Until now each was a sync, with what is parked (full) or as a repair (the trigger)."""
    op.add_column("wish", sa.Column("kind", sa.Text, nullable=False, server_default="sync"))
    op.add_column("wish", sa.Column("undo", _BIG, nullable=True))
    for name in _FLAGS:
        op.add_column("wish", sa.Column(name, _BIG, nullable=False, server_default="0"))
    op.execute(sa.update(_WISH).values(retry=_WISH.c.full))
    op.execute(sa.update(_WISH).where(_WISH.c.trigger == "repair").values(repair=1))
    for name in ("trigger", "full"):
        op.drop_column("wish", name)


def downgrade() -> None:
    """As before; what is not a sync cannot wait any more."""
    op.add_column("wish", sa.Column("trigger", sa.Text, nullable=False, server_default="resync"))
    op.add_column("wish", sa.Column("full", _BIG, nullable=False, server_default="0"))
    op.execute(sa.update(_WISH).values(full=_WISH.c.retry))
    op.execute(sa.update(_WISH).where(_WISH.c.repair == 1).values(trigger="repair"))
    other = (_WISH.c.kind != "sync", _WISH.c.state.in_(("waiting", "taken")))
    op.execute(sa.update(_WISH).where(*other).values(state="cancelled", result="An older version does not know what was asked for."))
    for name in (*_FLAGS, "undo", "kind"):
        op.drop_column("wish", name)

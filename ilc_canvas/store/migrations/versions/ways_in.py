"""A session says how and where it began, and may be of a person in the roster; an account can have an identity at the school."""

import sqlalchemy as sa
from alembic import op

from ilc_canvas.store.db.utc import Utc

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NEW = {"person": "", "how": "password", "address": "", "agent": "", "next_secret": ""}


def upgrade() -> None:
    """Sessions that are open began with a password."""
    for name, value in _NEW.items():
        op.add_column("console_session", sa.Column(name, sa.Text, nullable=False, server_default=value))
    op.add_column("console_session", sa.Column("proved", _BIG, nullable=False, server_default="1"))
    op.create_table(
        "console_identity",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("issuer", "subject", "login")),
        sa.Column("at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_console_identity")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_console_identity_login"), "console_identity", ["login"])


def downgrade() -> None:
    """Accounts are reached with their password alone; whoever signed in otherwise is signed out."""
    op.drop_table("console_identity")
    op.execute("DELETE FROM console_session WHERE how <> 'password'")
    for name in ("proved", *_NEW):
        op.drop_column("console_session", name)

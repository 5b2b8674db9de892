"""Tables and columns have the names that the rest of the program uses."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLES = {
    "seen": "course_count",
    "question": "identity_question",
    "answer": "identity_decision",
    "parked": "parked_change",
    "declined": "declined_change",
    "tenant": "tenant_pin",
    "wish": "sync_request",
    "job_done": "job_run",
    "audit_person": "audit_personal",
}
_COLUMNS = (("run", "aside", "deferred"), ("notice", "told", "delivered_to"), ("document_version", "place", "finalized_count"))
_INDEXES = (
    ("sync_request", "ix_wish_state", "ix_sync_request_state", "state"),
    ("audit_personal", "ix_audit_person_key", "ix_audit_personal_key", "key"),
)


def upgrade() -> None:
    """Rename; both databases carry foreign keys, triggers and rows along."""
    for old, new in _TABLES.items():
        op.rename_table(old, new)
    for table, old, new in _COLUMNS:
        _rename_column(table, old, new)
    for table, old, new, column in _INDEXES:
        op.drop_index(old, table)
        op.create_index(new, table, [column])
    for old, new in _TABLES.items():
        _rename_constraints(new, old, new)


def downgrade() -> None:
    """The former names."""
    for table, old, new, column in _INDEXES:
        op.drop_index(new, table)
        op.create_index(old, table, [column])
    for table, old, new in _COLUMNS:
        _rename_column(table, new, old)
    for old, new in _TABLES.items():
        op.rename_table(new, old)
        _rename_constraints(old, new, old)


def _rename_column(table: str, old: str, new: str) -> None:
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")


def _rename_constraints(table: str, old: str, new: str) -> None:
    """Those of PostgreSQL begin with their table's name, which an upgrade of a later version may look for."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    query = sa.text("SELECT conname FROM pg_constraint WHERE conrelid = CAST(:table AS regclass)")
    for name in connection.execute(query, {"table": table}).scalars().all():
        if f"_{old}" in name or name.startswith(old):
            op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {name} TO {name.replace(old, new, 1)}")

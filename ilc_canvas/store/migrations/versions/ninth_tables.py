"""What people want left undone has a table of its own; what was undone moves there from the parked changes."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from ilc_canvas.store.db.utc import Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WHERE = ("base_url", "scope", "key")
_PARKED = sa.table("parked", *(sa.column(name) for name in (*_WHERE, "wants", "verb", "reason", "since", "attempts", "next_at")))
_DECLINED = sa.table("declined", *(sa.column(name) for name in (*_WHERE, "wants", "verb", "why", "at", "run", "decision")))
_RUN = sa.table("run", *(sa.column(name) for name in ("number", "base_url", "scope", "undo", "began_at")))
_CHANGE = sa.table("planned_change", *(sa.column(name) for name in ("run", "key", "verb", "before", "after")))


def upgrade() -> None:
    """One table; the rows keep their times, and find the run that took the change back."""
    texts = [sa.Column(name, sa.Text, nullable=False) for name in (*_WHERE, "wants", "verb", "why")]
    run = sa.Column("run", _BIG, sa.ForeignKey("run.number", name="fk_declined_run_run"), nullable=True)
    decision = sa.Column("decision", _BIG, sa.ForeignKey("approval.number", name="fk_declined_decision_approval"), nullable=True)
    key = sa.PrimaryKeyConstraint(*_WHERE, name="pk_declined")
    op.create_table("declined", *texts, sa.Column("at", Utc, nullable=False), run, decision, key, sqlite_strict=True)
    connection = op.get_bind()
    for row in connection.execute(sa.select(_PARKED).where(_PARKED.c.reason == "undone")).mappings().all():
        kept = {name: row[name] for name in (*_WHERE, "verb")}
        values = {**kept, "wants": _wants(connection, row), "why": "undone", "at": row["since"], "run": _run(connection, row)}
        connection.execute(sa.insert(_DECLINED).values(**values))
    connection.execute(sa.delete(_PARKED).where(_PARKED.c.reason == "undone"))


def downgrade() -> None:
    """What was undone is parked again; what was declined is forgotten."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(_DECLINED).where(_DECLINED.c.why == "undone")).mappings().all():
        kept = {name: row[name] for name in (*_WHERE, "wants", "verb")}
        connection.execute(sa.insert(_PARKED).values(**kept, reason="undone", since=row["at"], attempts=1))
    op.drop_table("declined")


def _run(connection: sa.Connection, row: Any) -> int | None:
    """The last undo that had begun by then."""
    here = (_RUN.c.base_url == row["base_url"], _RUN.c.scope == row["scope"], _RUN.c.undo.is_not(None), _RUN.c.began_at <= row["since"])
    found: int | None = connection.execute(sa.select(sa.func.max(_RUN.c.number)).where(*here)).scalar()
    return found


def _wants(connection: sa.Connection, row: Any) -> str:
    """By the fields that an update sets; it was by all of the object's, as people had edited it."""
    same = (_CHANGE.c.key == row["key"], _CHANGE.c.verb == "update")
    for change in connection.execute(sa.select(_CHANGE).where(*same).order_by(_CHANGE.c.run.desc())):
        before, after = (json.loads(side)["fields"] for side in (change.before, change.after))
        if _sha(after) == row["wants"]:
            return _sha({name: value for name, value in after.items() if before.get(name) != value})
    return str(row["wants"])


def _sha(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

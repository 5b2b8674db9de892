"""The worker's tables: wishes, pause, heartbeats, jobs that were done, notices that are to be sent."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from ilc_canvas.store.db.utc import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLES = ("wish", "pause", "heartbeat", "job_done", "notice")


def upgrade() -> None:
    """Five tables."""
    _table("wish", _number("number", key=True), _moment("at"), _text("actor"), _text("trigger"), _text("reason"), _text("only"),
           _number("full"), _number("priority"), _text("state"), _text("taken_by"), _number("run", null=True), _text("result"),
           _moment("ended_at", null=True))  # fmt: skip
    op.create_index("ix_wish_state", "wish", ["state"])
    _table("pause", _number("number", key=True), _moment("since"), _moment("until", null=True), _text("actor"), _text("reason"))
    _table(
        "heartbeat", _text("worker", key=True), _moment("at"), _moment("started_at"), _text("state"), _text("version"), _text("sentence")
    )
    _table("job_done", _text("job", key=True), _text("due", key=True), _moment("at"), _text("worker"), _text("sentence"))
    told = (_text("kind"), _text("about"), _text("subject"), _text("body"), _text("data"))
    times = (_number("attempts"), _moment("next_at"), _moment("sent_at", null=True), _text("told"), _text("error"))
    _table("notice", _number("number", key=True), _moment("at"), *told, *times)
    op.create_index("ix_notice_about", "notice", ["about"])


def downgrade() -> None:
    """As before."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _table(name: str, *columns: sa.Column[Any]) -> None:
    keys = [column.name for column in columns if column.primary_key]
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{name}")), sqlite_strict=True)


def _text(name: str, *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False, primary_key=key)


def _number(name: str, *, key: bool = False, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, _BIG, nullable=null, primary_key=key, autoincrement=False)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Utc, nullable=null)

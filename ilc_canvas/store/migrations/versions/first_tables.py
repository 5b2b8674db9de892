"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from ilc_canvas.store.db.utc import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    "roster_version", "roster_file", "roster_content", "run", "planned_change", "run_reason", "approval",
    "audit_event", "audit_person", "ledger", "seen", "tenant", "lease",
)  # fmt: skip


def upgrade() -> None:
    """All tables, the row of the lease, and the triggers that keep the audit log append-only."""
    _rosters()
    _runs()
    _approvals()
    _audit()
    _ours()
    op.execute("INSERT INTO lease (number, holder, token, expires) VALUES (1, '', 0, '1970-01-01T00:00:00.000000Z')")
    for statement in _TRIGGERS[op.get_context().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Nothing remains."""
    for name in reversed(_TABLES):
        op.drop_table(name)
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_event_append_only()")


_TRIGGERS = {
    "sqlite": tuple(
        f"CREATE TRIGGER audit_event_no_{verb} BEFORE {verb} ON audit_event BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        for verb in ("update", "delete")
    ),
    "postgresql": (
        "CREATE FUNCTION audit_event_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
        "CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION audit_event_append_only()",
        "CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_event_append_only()",
    ),
}


def _table(name: str, *parts: Any) -> None:
    op.create_table(name, *parts, sqlite_strict=True)


def _text(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=null)


def _number(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Utc(), nullable=null)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=f"fk_{table}_{column}_{to.partition('.')[0]}")


def _once(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(column, name=f"uq_{table}_{column}")


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _rosters() -> None:
    _table(
        "roster_version",
        _number("number"), _text("school_year"), _text("state"), _number("people"), _number("errors"), _number("warnings"),
        _text("findings"), _moment("imported_at"), _text("imported_by"), _text("import_reason"),
        _number("manifest_version", null=True), _text("manifest_signed_by"), _text("manifest_signed_at"), _text("signed_by"),
        _text("second"), _text("reason"), _moment("signed_at", null=True), _number("place", null=True),
        _key("roster_version", "number"), _once("roster_version", "place"),
    )  # fmt: skip
    _index("roster_version", "state")
    _table(
        "roster_file",
        _number("version"), _text("name"), _text("sha256"), _number("rows"), _key("roster_file", "version", "name"),
        _points("roster_file", "version", "roster_version.number"),
    )  # fmt: skip
    _table(
        "roster_content",
        _number("version"), _text("content"), _key("roster_content", "version"),
        _points("roster_content", "version", "roster_version.number"),
    )  # fmt: skip


def _runs() -> None:
    _table(
        "run",
        _number("number"), _text("scope"), _text("base_url"), _number("token"), _text("actor"), _text("trigger"),
        _text("reason"), _number("dry_run"), _text("only"), _number("roster_version"), _moment("began_at"),
        _moment("planned_at", null=True), _moment("closed_at", null=True), _text("status"), _text("digest"), _text("drift"),
        _text("by_hand"), _text("report"), _key("run", "number"),
    )  # fmt: skip
    _index("run", "status", "digest")
    _table(
        "planned_change",
        _number("run"), _number("position"), _text("verb"), _text("key"), _text("course"), _text("fingerprint"),
        _text("before", null=True), _text("after", null=True), _number("covers"), _key("planned_change", "run", "position"),
        _points("planned_change", "run", "run.number"),
    )  # fmt: skip
    _index("planned_change", "key", "fingerprint")
    _table(
        "run_reason",
        _number("run"), _number("position"), _text("code"), _text("text"), _number("count"), _number("limit"), _text("keys"),
        _text("course", null=True), _key("run_reason", "run", "position"), _points("run_reason", "run", "run.number"),
    )  # fmt: skip


def _approvals() -> None:
    _table(
        "approval",
        _number("number"), _text("digest"), _text("decision"), _number("run"), _text("actor"), _text("reason"),
        _text("fingerprints"), _number("roster_version"), _text("scope"), _text("base_url"), _moment("at"), _moment("expires"),
        _moment("ended_at", null=True), _number("spent_by", null=True), _key("approval", "number"),
        _points("approval", "run", "run.number"), _points("approval", "spent_by", "run.number"),
    )  # fmt: skip
    _index("approval", "digest")


def _audit() -> None:
    _table(
        "audit_event",
        _number("seq"), _text("prev_hash"), _text("hash"), _moment("at"), _text("kind"), _text("actor"),
        _number("run", null=True), _text("key", null=True), _number("intent", null=True), _text("body"),
        _key("audit_event", "seq"), _once("audit_event", "prev_hash"), _once("audit_event", "hash"),
        _once("audit_event", "intent"),
    )  # fmt: skip
    _index("audit_event", "kind", "run", "key")
    _table(
        "audit_person",
        _number("seq"), _text("key"), _text("salt"), _text("content"), _key("audit_person", "seq"),
        _points("audit_person", "seq", "audit_event.seq"),
    )  # fmt: skip
    _index("audit_person", "key")


def _ours() -> None:
    _table(
        "ledger",
        _text("base_url"), _text("scope"), _text("key"), _text("fields"), _text("how"), _moment("at"),
        _key("ledger", "base_url", "scope", "key"),
    )  # fmt: skip
    _table(
        "seen",
        _text("base_url"), _text("scope"), _text("course"), _number("active"), _number("run"),
        _key("seen", "base_url", "scope", "course"), _points("seen", "run", "run.number"),
    )  # fmt: skip
    _table(
        "tenant",
        _number("number"), _text("base_url"), _number("root_account_id"), _text("account_name"), _moment("pinned_at"),
        _key("tenant", "number"),
    )  # fmt: skip
    _table(
        "lease",
        _number("number"), _text("holder"), _number("token"), _moment("expires"), _key("lease", "number"),
    )  # fmt: skip

"""People are people across school years, held by the numbers of their accounts; their addresses are rows of their own."""

import json
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_COLUMNS = ("base_url", "scope", "key", "fields", "how", "at", "handle")
_LEDGER = sa.table("ledger", *(sa.column(name) for name in _COLUMNS))
_EVENT = sa.table("audit_event", *(sa.column(name) for name in ("seq", "kind", "key", "body")))
_ANSWER = sa.table("answer", *(sa.column(name) for name in ("base_url", "scope", "key", "handle", "at")))
_QUESTION = sa.table("question", *(sa.column(name) for name in ("base_url", "scope")))
_SHARED = ("account=", "role=", "user=")
_FORMER = "former_email"


def upgrade() -> None:
    """Rows of accounts, roles and people move to where all school years find them; numbers that are not a person's are forgotten."""
    op.add_column("run", sa.Column("not_ours", sa.Text, nullable=False, server_default="[]"))
    op.add_column("question", sa.Column("accounts", sa.Text, nullable=False, server_default="[]"))
    op.add_column(
        "answer", sa.Column("administrator", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, server_default="0")
    )
    connection = op.get_bind()
    numbers = _people_numbers(connection)
    _share(connection, numbers)
    _share_answers(connection)
    connection.execute(sa.delete(_QUESTION))  # each run asks afresh


def downgrade() -> None:
    """The columns go; rows that were moved stay where they are."""
    op.drop_column("answer", "administrator")
    op.drop_column("question", "accounts")
    op.drop_column("run", "not_ours")


def _people_numbers(connection: sa.Connection) -> dict[str, set[int]]:
    """Numbers that Canvas gave when an account was made or taken; after a change of login the ledger kept the login's number instead."""
    numbers: dict[str, set[int]] = defaultdict(set)
    query = sa.select(_EVENT.c.key, _EVENT.c.body).where(_EVENT.c.kind == "happened", _EVENT.c.key.like("user=%")).order_by(_EVENT.c.seq)
    for row in connection.execute(query):
        body = json.loads(row.body)
        if body["verb"] in ("create", "adopt") and body["result"] in ("applied", "noop") and body.get("handle"):
            numbers[row.key] = {body["handle"]}
    for row in connection.execute(sa.select(_ANSWER.c.key, _ANSWER.c.handle).where(_ANSWER.c.handle.is_not(None))):
        numbers[row.key].add(row.handle)
    return numbers


def _share(connection: sa.Connection, numbers: dict[str, set[int]]) -> None:
    """The newest row of each, whatever school year it was noted in."""
    columns = [_LEDGER.c[name] for name in _COLUMNS]
    rows = connection.execute(sa.select(*columns).order_by(_LEDGER.c.at)).all()
    shared = [row for row in rows if row.key.startswith(_SHARED)]
    newest = {(row.base_url, _prefix(row.scope), row.key): row for row in shared}
    for row in shared:
        same = (_LEDGER.c.base_url == row.base_url, _LEDGER.c.scope == row.scope, _LEDGER.c.key == row.key)
        connection.execute(sa.delete(_LEDGER).where(*same))
    values = [row for (_, prefix, _), old in newest.items() for row in _rows(old._mapping, prefix, numbers)]
    if values:
        connection.execute(sa.insert(_LEDGER), values)


def _rows(old: Any, prefix: str, numbers: dict[str, set[int]]) -> list[dict[str, Any]]:
    """A person's row as several: the account, its first address, and a former one that is still to go."""
    row = {**old, "scope": prefix}
    if not row["key"].startswith("user="):
        return [row]
    fields, user = json.loads(row["fields"]), row["key"].removeprefix("user=")
    known = numbers.get(row["key"], set())
    row["handle"] = row["handle"] if row["handle"] in known else next(iter(known), None) if len(known) == 1 else None
    addresses = {"main": fields.pop("email", None), "former": fields.pop(_FORMER, None)}
    row["fields"] = _dumps({**fields, "sis_id": user})
    channels = [{**row, "key": f"channel={user}|{part}", "fields": _dumps({"address": text})} for part, text in addresses.items() if text]
    return [row, *channels]


def _share_answers(connection: sa.Connection) -> None:
    seen = set()
    rows = connection.execute(sa.select(_ANSWER.c.base_url, _ANSWER.c.scope, _ANSWER.c.key).order_by(_ANSWER.c.at.desc())).all()
    for row in rows:
        same = (_ANSWER.c.base_url == row.base_url, _ANSWER.c.scope == row.scope, _ANSWER.c.key == row.key)
        name = (row.base_url, _prefix(row.scope), row.key)
        move = sa.delete(_ANSWER) if name in seen else sa.update(_ANSWER).values(scope=_prefix(row.scope))
        connection.execute(move.where(*same))
        seen.add(name)


def _prefix(scope: str) -> str:
    return scope.rpartition(":")[0] or scope


def _dumps(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

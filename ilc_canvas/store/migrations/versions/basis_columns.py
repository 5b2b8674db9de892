"""Runs and approvals tell the versions of everything that their plan was made from, not the roster's alone."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLES = ("run", "approval")
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_RUN = sa.table("run", sa.column("number"), sa.column("report"))


def upgrade() -> None:
    """What was made from version 7 of the roster has the basis {"roster":7}, in its row and in its report."""
    for name in _TABLES:
        op.add_column(name, sa.Column("basis", sa.Text, nullable=False, server_default="{}"))
        table = _of(name)
        for version in _distinct(table.c.roster_version):
            same = sa.update(table).where(table.c.roster_version == version)
            op.execute(same.values(basis=_dumps({"roster": version})))
        op.drop_column(name, "roster_version")
    _rewrite(lambda report: {"basis": {"roster": report.pop("roster_version")}, **report})


def downgrade() -> None:
    """Of the versions only the roster's is kept."""
    for name in _TABLES:
        op.add_column(name, sa.Column("roster_version", _BIG, nullable=False, server_default="0"))
        table = _of(name)
        for basis in _distinct(table.c.basis):
            same = sa.update(table).where(table.c.basis == basis)
            op.execute(same.values(roster_version=json.loads(basis).get("roster", 0)))
        op.drop_column(name, "basis")
    _rewrite(lambda report: {"roster_version": report.pop("basis").get("roster", 0), **report})


def _of(name: str) -> sa.TableClause:
    return sa.table(name, sa.column("roster_version", _BIG), sa.column("basis", sa.Text))


def _distinct(column: Any) -> list[Any]:
    return list(op.get_bind().execute(sa.select(column).distinct()).scalars())


def _rewrite(changed: Any) -> None:
    """Each report that there is, one by one."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(_RUN).where(_RUN.c.report != "")).all():
        report = _dumps(changed(json.loads(row.report)))
        connection.execute(sa.update(_RUN).where(_RUN.c.number == row.number).values(report=report))


def _dumps(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

"""Plans as they were made: changes with before and after, and the reasons to hold."""

from collections.abc import Collection, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from ilc_canvas.reconcile.change import Change, Plan, fingerprint
from ilc_canvas.reconcile.guards.guard import Reason, Verdict
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.db.codec import change_from_json, change_to_json, dumps, keys_from_json, keys_to_json, loads
from ilc_canvas.store.runs.tables import CHANGE, REASON

_BATCH = 5000  # rows in one statement

Rows = list[dict[str, object]]


def rows_of(run: int, plan: Plan, verdict: Verdict) -> tuple[Rows, Rows]:
    """All changes in their order, and all reasons: made before the transaction that keeps them begins, for a large plan takes long."""
    changes = [{"run": run, "position": position, **_change(change)} for position, change in enumerate(plan.changes)]
    reasons = [{"run": run, "position": position, **_reason(reason)} for position, reason in enumerate(verdict.reasons)]
    return changes, reasons


def keep_plan(connection: Connection, changes: Rows, reasons: Rows) -> None:
    """What `rows_of` has made, a batch at a time, so that no statement takes long."""
    for table, rows in ((CHANGE, changes), (REASON, reasons)):
        for first in range(0, len(rows), _BATCH):
            connection.execute(insert(table), rows[first : first + _BATCH])


def _change(change: Change) -> Mapping[str, object]:
    value = change_to_json(change)
    which = {"how": value["how"]} if "how" in value else {}
    sides = {side: dumps({**value[side], **which}) if value[side] else None for side in ("before", "after")}
    named = {"key": str(change.key), "course": str(change.subject.course or ""), "fingerprint": fingerprint(change)}
    return {"verb": value["verb"], "covers": value["covers"], **sides, **named}


def change_of(row: Row[Any]) -> Change:
    """The change of a row."""
    before, after = (loads(text) if text else None for text in (row.before, row.after))
    how = (after or {}).get("how", "adopted")
    return change_from_json({"verb": row.verb, "covers": row.covers, "how": how, "before": before, "after": after})


def _reason(reason: Reason) -> Mapping[str, object]:
    plain = {"code": reason.code, "text": reason.text, "count": reason.count, "limit": reason.limit}
    return {**plain, "keys": keys_to_json(reason.keys), "course": str(reason.course) if reason.course else None}


def reasons_of(connection: Connection, run: int) -> tuple[Reason, ...]:
    """The reasons of a run."""
    rows = connection.execute(select(REASON).where(REASON.c.run == run).order_by(REASON.c.position)).mappings()
    return tuple(_reason_of(row) for row in rows)


def reasons_by_run(connection: Connection, runs: Collection[int]) -> Mapping[int, tuple[Reason, ...]]:
    """The reasons of each of these runs that has some."""
    rows = connection.execute(select(REASON).where(REASON.c.run.in_(runs)).order_by(REASON.c.run, REASON.c.position)).mappings()
    return {run: tuple(map(_reason_of, each)) for run, each in groupby(rows, key=lambda row: int(row["run"]))}


def _reason_of(row: Mapping[Any, Any]) -> Reason:
    course = Key.parse(row["course"]) if row["course"] else None
    return Reason(row["code"], row["text"], row["count"], row["limit"], keys_from_json(row["keys"]), course)

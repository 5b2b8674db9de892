"""What runs found changed by hand in Canvas, and what people have decided about it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ilc_canvas import clock
from ilc_canvas.reconcile.change import Drift
from ilc_canvas.reconcile.compare.drift_decisions import DriftDecision, DriftDecisions
from ilc_canvas.reconcile.compare.editors import Edit, Edits
from ilc_canvas.reconcile.errors import OutrunError
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.audit.recorded import recorded
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.rosters.rekey import renamed
from ilc_canvas.store.runs.sequence import after_ledger
from ilc_canvas.store.runs.tables import DRIFT_DECISION, RUN

_LOOK_BACK = 500  # runs: what was changed before these was changed long ago


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One field that a plan found changed by hand. `edit` is empty in plans of older versions."""

    key: Key
    field: str
    edit: str = ""
    conflict: bool = False
    editor: int | None = None  # Canvas's number of who did it; 0: it was asked, and does not tell
    edited_at: str | None = None


@dataclass(frozen=True, slots=True)
class FoundDrift:
    """The same, with the run that found it first and, as bounds of when it was changed, the times of that run and of the one before."""

    row: DriftRow
    run: int
    by: datetime
    after: datetime | None  # None if no earlier run is known


def to_json(drift: Iterable[Drift]) -> str:
    """Keys, fields, edits, and who made them by number, without values: these may be names."""
    return dumps([[str(each.key), each.field, each.edit, each.conflict, each.editor, each.edited_at] for each in drift])


def rows_from_json(text: str) -> list[DriftRow]:
    """What `to_json` wrote, in this version or an older one."""
    return [DriftRow(Key.parse(key), field, *more) for key, field, *more in loads(text)]


def known_edits(connection: Connection, canvas_scope: CanvasScope) -> Edits:
    """Who made the edits that the newest plan found, as far as Canvas told."""
    plans = select(RUN.c.drift).where(canvas_scope.of(RUN), RUN.c.planned_at.is_not(None)).order_by(RUN.c.number.desc()).limit(1)
    rows = rows_from_json(connection.execute(plans).scalar() or "[]")
    return {(row.key, row.edit): Edit(row.editor, row.edited_at) for row in rows if row.editor is not None}


def in_force(connection: Connection, canvas_scope: CanvasScope) -> DriftDecisions:
    """The decisions about this school year, and about what all of them share. One that the audit log does not have so is none: what it is
    about is listed again.
    """
    rows = [
        row
        for place in (canvas_scope.shared, canvas_scope)
        for row in connection.execute(select(DRIFT_DECISION).where(place.of(DRIFT_DECISION))).all()
    ]
    known = _recorded(connection) if rows else {}
    decisions = (DriftDecision(Key.parse(row.key), row.field, row.edit, row.choice, row.at, row.actor, row.reason) for row in rows)
    good = (each for each in decisions if known.get((str(each.key), each.field)) == (each.edit, each.choice, each.at))
    return {(each.key, each.field): each for each in good}


def _recorded(connection: Connection) -> dict[tuple[str, str], tuple[str, str, datetime]]:
    """The last decision that the audit log has about each thing, under the id that its person has now."""
    known: dict[tuple[str, str], tuple[str, str, datetime]] = {}
    for event in recorded(connection, "drift-decided", "person-renamed"):
        if event.kind == "person-renamed":
            old, new = Key.parse(event.body["old"]), Key.parse(event.body["new"])
            known = {(renamed(key, old, new), field): said for (key, field), said in known.items()}
        else:
            known |= {(key, field): (edit, event.body["choice"], event.at) for key, field, edit in event.body["about"]}
    return known


def decisions(store: Store, canvas_scope: CanvasScope) -> DriftDecisions:
    """The same, to be looked at."""
    with store.read() as connection:
        return in_force(connection, canvas_scope)


def found(store: Store, canvas_scope: CanvasScope) -> list[FoundDrift]:
    """What the newest plan for everything found changed by hand, each since when it has been found without a break."""
    plans = select(RUN.c.number, RUN.c.planned_at, RUN.c.drift).where(canvas_scope.of(RUN), RUN.c.planned_at.is_not(None))
    whole = plans.where(RUN.c.only == "[]", RUN.c.undo.is_(None)).order_by(RUN.c.number.desc()).limit(_LOOK_BACK)
    with store.read() as connection:
        runs = [(row.number, row.planned_at, rows_from_json(row.drift)) for row in connection.execute(whole)]
    return list(_since(runs)) if runs else []


_Run = tuple[int, datetime, list[DriftRow]]


def _since(runs: Sequence[_Run]) -> Iterator[FoundDrift]:
    """Newest first, each followed backward as long as it is there."""
    (_, _, newest), names = runs[0], [{(each.key, each.field) for each in rows} for _, _, rows in runs]
    for row in newest:
        length = next((place for place, there in enumerate(names) if (row.key, row.field) not in there), len(runs))
        number, by, _ = runs[length - 1]
        yield FoundDrift(row, number, by, runs[length][1] if length < len(runs) else None)


def decide(
    store: Store,
    canvas_scope: CanvasScope,
    rows: Sequence[DriftRow],
    *,
    choice: str,
    actor: str,
    reason: str,
    at: datetime,
    seen: DriftDecisions | None = None,
) -> None:
    """Remember one decision about each of these, in place of earlier ones, in one transaction and one audit event.

    OutrunError if one of them was decided otherwise than in the decisions `seen`.
    """
    with store.write() as connection:
        if seen is not None:
            _require_seen(in_force(connection, canvas_scope), rows, seen)
        at = after_ledger(connection, canvas_scope, at)
        for row in rows:
            values = {"field": row.field, "edit": row.edit, "choice": choice, "at": at, "actor": actor, "reason": reason}
            canvas_scope.for_key(row.key).put(connection, DRIFT_DECISION, {"key": str(row.key), **values})
        body = {"choice": choice, "about": [[str(row.key), row.field, row.edit] for row in rows]}
        append(connection, Entry("drift-decided", at, actor, body, personal=said(reason=reason)))


def _require_seen(now: DriftDecisions, rows: Iterable[DriftRow], seen: DriftDecisions) -> None:
    """In the transaction of the decision itself: of two people who decide at once, the second one learns of the first."""
    for row in rows:
        made, shown = now.get((row.key, row.field)), seen.get((row.key, row.field))
        if made and made.edit == row.edit and (shown is None or made.at != shown.at):
            raise OutrunError(f"{made.actor} decided about {row.key} on {clock.at(made.at)}. Nothing was changed.")

"""Whether the decisions about two ids are those that the audit log recorded."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row

from ilc_canvas.reconcile.errors import ChainError
from ilc_canvas.store.audit.recorded import BY_OTHER_MEANS, WHOLE_AGAIN, recorded

EVENTS = {"person-rekeyed": "same", "person-told-apart": "different"}
"""Of an event that records such a decision: which one."""
_TAKEN_BACK = "person-asked-again"
_Pair = tuple[str, str]


def require_recorded(connection: Connection, rows: Iterable[Row[Any]]) -> None:
    """ChainError unless these are the decisions that the log has, carried out if it says so."""
    known = _decided(connection)
    there = {(row.old, row.new): (row.decision, row.applied_at is not None) for row in rows}
    for pair in sorted(there.keys() | known.keys()):
        if there.get(pair) != known.get(pair):
            raise ChainError(
                f"The decision about {pair[0]} and {pair[1]} in the store is not as the audit log recorded it. {BY_OTHER_MEANS} "
                f"Nothing was changed. {WHOLE_AGAIN}"
            )


def _decided(connection: Connection) -> dict[_Pair, tuple[str, bool]]:
    """By pair of ids: the decision that holds, and whether a roster with the new id was signed since."""
    found: dict[_Pair, tuple[str, bool]] = {}
    for event in recorded(connection, *EVENTS, _TAKEN_BACK, "roster-finalized"):
        if event.kind == "roster-finalized":
            for pair in dict(event.body.get("new_ids", {})).items():
                found |= {pair: (found[pair][0], True)} if pair in found else {}
            continue
        pair = (_person(event.body["old"]), _person(event.body["new"]))
        found.pop(pair, None)
        if found.get(pair[::-1], ("", False))[0] == "different":
            found.pop(pair[::-1])
        if event.kind in EVENTS:
            found[pair] = (EVENTS[event.kind], False)
    return found


def _person(key: str) -> str:
    return key.rpartition(":")[2]

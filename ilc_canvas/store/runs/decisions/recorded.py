"""Whether approvals, and decisions about people, are those that the audit log recorded, and still hold by it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from ilc_canvas.reconcile.errors import ChainError
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.recorded import BY_OTHER_MEANS, Recorded, digest_of, recorded
from ilc_canvas.store.db.codec import loads
from ilc_canvas.store.db.utc import written

_SEALED = ("number", "digest", "decision", "run", "fingerprints", "selection", "basis", "scope")
"""Of a row. Its address of Canvas may move, and is in the digest; who and why can be erased."""


def seal(values: Any) -> str:
    """Names what a row says; `values` are its columns by name."""
    times = [written(values["at"]), written(values["expires"])]
    return digest_of([*(values[name] for name in _SEALED), *times])


def split_by_record(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """Of approvals that the table has in force: those that are, and those that are not by the log."""
    if not rows:
        return [], []
    events = recorded(connection, "approved", "rejected", "accepted", "closed", "moved")
    good = [row for row in rows if _holds(row, events)]
    return good, [row for row in rows if row not in good]


def _holds(row: Row[Any], events: Sequence[Recorded]) -> bool:
    given = next((event for event in events if _is_of(event, row)), None)
    return given is not None and not any(_ends(event, row) for event in events if event.seq > given.seq)


def _is_of(event: Recorded, row: Row[Any]) -> bool:
    if event.kind == "moved":
        return bool(event.body.get("approvals", {}).get(str(row.number)) == seal(row._mapping))
    if event.kind != "approved":
        return False
    if "row" in event.body:
        return bool(event.body["row"] == seal(row._mapping))
    said = (event.run, event.at, event.body["digest"], event.body["changes"])  # by an earlier version of this program
    return said == (row.run, row.at, row.digest, len(loads(row.fingerprints)))


def _ends(event: Recorded, row: Row[Any]) -> bool:
    if event.kind == "rejected":
        return bool(event.body["digest"] == row.digest)
    return event.kind == "accepted" or row.number in event.body.get("spent", ())


def not_used(rows: Iterable[Row[Any]]) -> list[str]:
    """What to tell about approvals that the log does not have."""
    return [
        f"The approval of {row.digest} in the store is not as the audit log recorded it, and was not used. {BY_OTHER_MEANS} "
        f"Find out by whom ({Next.VERIFY_LOG}), look at the plan, and approve it again: {Next.PLAN}"
        for row in rows
    ]


def require_recorded_decisions(connection: Connection, rows: Iterable[Row[Any]], *, prefix: str, elsewhere: Collection[str]) -> None:
    """ChainError unless these decisions about people are the last ones that the log has of people with this prefix. `elsewhere` are the
    keys of people whose decision may lie at another address of Canvas.
    """
    there, known = {row.key: row for row in rows}, last_decisions(connection, prefix)
    forgotten = max((event.body["before"] for event in recorded(connection, "forgotten")), default="")
    for key in sorted(there.keys() | known.keys() - set(elsewhere)):
        row, event = there.get(key), known.get(key)
        if row is None or event is None or not _is_decision(row, event, forgotten=forgotten):
            person = Key.parse(key).id.rpartition(":")[2]
            raise ChainError(
                f"The decision about {person} in the store is not as the audit log recorded it. {BY_OTHER_MEANS} Nothing was changed. "
                f"Find out by whom ({Next.VERIFY_LOG}), then decide about {person} again: {Next.ASK_ABOUT_PERSON.of(person)}"
            )


def last_decisions(connection: Connection, prefix: str) -> dict[str, Recorded]:
    """By key of the person, as it is now: the event of the decision that holds, of people with this prefix."""
    found: dict[str, Recorded] = {}
    for event in recorded(connection, "identity-decided", "person-renamed"):
        if event.kind == "person-renamed" and event.body["old"] in found:
            former = found.pop(event.body["old"])
            found.setdefault(event.body["new"], former)
        elif event.kind == "identity-decided" and event.key:
            found.pop(event.key, None)
            if event.body["decision"] != "asked again":
                found[event.key] = event
    return {key: event for key, event in found.items() if key.startswith(f"user={prefix}:")}


def decision_body(decision: str, handle: int | None, *, administrator: bool, at: datetime, login: str) -> dict[str, object]:
    """What the log keeps of a decision in the chain; of its login only that there is one."""
    account = {"handle": handle, "administrator": administrator, "login": bool(login)}
    return {"decision": decision, **account, "since": written(at)}


def _is_decision(row: Row[Any], event: Recorded, *, forgotten: str) -> bool:
    now = decision_body(row.decision, row.handle, administrator=bool(row.administrator), at=row.at, login=row.login)
    same = all(event.body[name] == value for name, value in now.items() if name in event.body and name != "login")
    if "login" not in event.body:  # by an earlier version of this program
        return same
    if "login" in event.personal:
        return bool(same and event.personal["login"] == row.login)
    erased = event.body["login"] and (not row.login or written(event.at) < forgotten)
    return bool(same and (erased or bool(row.login) == event.body["login"] is False))

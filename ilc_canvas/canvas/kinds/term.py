"""The term of a school year, which belongs to the root account."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.failures import NotFoundError
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.records import Row, called, instant
from ilc_canvas.canvas.sis_ids import sis
from ilc_canvas.canvas.write_check import check_echo
from ilc_canvas.reconcile.change import Create, Update
from ilc_canvas.reconcile.state import Fields, Key, Record


def _record(row: Row, key: Key) -> Record:
    return Record(key, {"name": row["name"], "start_at": instant(row["start_at"]), "end_at": instant(row["end_at"])}, handle=row["id"])


def _listed(reading: Reading) -> list[Record]:
    """A deleted term is still found by its SIS id (live.md 3)."""
    key, terms = reading.scope.term, f"accounts/{reading.scope.root}/terms"
    try:
        row: Row | None = reading.transport.call("GET", f"{terms}/{sis(key)}").row
    except NotFoundError:
        number = reading.ours.get(key)
        row = reading.singly(terms, number)[0] if number else None
    if row is None:
        return []
    record = called(_record(row, key), row.get("sis_term_id", key.id))
    gone = {"state": "deleted"} if row["workflow_state"] != "active" else {}
    return [replace(record, fields={**record.fields, **gone})]


def _read(access: Access, subject: Record) -> Record:
    return _record(access.transport.call("GET", _path(access, subject.key)).row, subject.key)


def _create(access: Access, change: Create) -> Answer:
    fields = {**change.after.fields, "sis_term_id": change.key.id}
    return access.made(change.after, access.post(f"accounts/{access.scope.root}/terms", enrollment_term=fields), fields, texts=["name"])


def _update(access: Access, change: Update) -> Answer:
    form = with_sis_id(change.fields, "sis_term_id")
    answer = access.transport.call("PUT", _path(access, change.key), enrollment_term=form)
    check_echo(change.key, form, answer.row, texts={"name": change.before.fields.get("name")})
    return answer


def _path(access: Access, key: Key) -> str:
    return f"accounts/{access.scope.root}/terms/{access.reach.path(key)}"


def with_sis_id(fields: Fields, sis_id: str) -> Mapping[str, Any]:
    """The fields with the SIS id under Canvas's name."""
    return {sis_id if name == "known_as" else name: value for name, value in fields.items()}


TERM = CanvasKind(
    calls=(
        Call(
            r"GET accounts/ID/terms/ID|POST accounts/ID/terms|PUT accounts/ID/terms/ID",
            "see or change terms",
            '"Account-level settings - manage" (manage_account_settings)',
        ),
    ),
    right="Account-level settings - manage (manage_account_settings)",
    create=_create,
    update=_update,
    read=_read,
    listed=_listed,
)

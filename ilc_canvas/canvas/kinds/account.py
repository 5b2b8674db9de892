"""Our sub-account."""

from collections.abc import Mapping
from typing import Any

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.failures import NotFoundError
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind, Need, right
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.records import Row, called
from ilc_canvas.canvas.sis_ids import sis
from ilc_canvas.canvas.write_check import check_echo
from ilc_canvas.reconcile.change import Change, Create, Update
from ilc_canvas.reconcile.errors import CanvasError
from ilc_canvas.reconcile.state import Fields, Key, Record

_LATER = frozenset({"time_zone"})
_NAMES = {"time_zone": "default_time_zone", "known_as": "sis_account_id"}


def _record(row: Row, key: Key) -> Record:
    return Record(key, {"name": row["name"], "time_zone": row["default_time_zone"]}, handle=row["id"])


def _listed(reading: Reading) -> list[Record]:
    """Where nothing has our SIS id any more, ours goes by its number; a deleted one is found by neither (live.md 3)."""
    key = reading.scope.account
    try:
        return [_record(reading.transport.call("GET", f"accounts/{sis(key)}").row, key)]
    except NotFoundError:
        number = reading.ours.get(key)
    if number is None:
        return []
    row, why = reading.singly("accounts", number)
    if row is None or row["workflow_state"] == "deleted":
        return [Record(key, {"state": why or "deleted"}, handle=number)]
    return [called(_record(row, key), row.get("sis_account_id"))]


def _read(access: Access, subject: Record) -> Record:
    return _record(access.transport.call("GET", f"accounts/{access.reach.path(subject.key)}").row, subject.key)


def _create(access: Access, change: Create) -> Answer:
    """Canvas ignores the time zone of a new sub-account (live-client 2.7): a second call sets it.

    If that one fails, the account is there all the same, and the ledger learns its real time zone: the next run sets it.
    """
    after = change.after
    fields = {"name": after.fields["name"], "sis_account_id": after.key.id}
    made = access.made(after, access.post(f"accounts/{access.scope.parent}/sub_accounts", account=fields), fields, texts=["name"])
    try:
        return _set(access, after.key, {"default_time_zone": after.fields["time_zone"]}, texts={})
    except CanvasError:  # whatever it was: the account is made
        return made


def _update(access: Access, change: Update) -> Answer:
    form = {_NAMES.get(name, name): value for name, value in change.fields.items()}
    return _set(access, change.key, form, texts={"name": change.before.fields.get("name")})


def _set(access: Access, key: Key, fields: Mapping[str, Any], *, texts: Mapping[str, Any]) -> Answer:
    answer = access.transport.call("PUT", f"accounts/{access.reach.path(key)}", account=dict(fields))
    check_echo(key, fields, answer.row, texts=texts)
    return answer


def _left(_access: Access, change: Change, answer: Answer) -> Fields:
    return _record(answer.row, change.key).fields


_SETTINGS = '"Account-level settings - manage" (manage_account_settings)'
ACCOUNT = CanvasKind(
    calls=(
        Call(r"GET accounts/ID", "see the account", "an administrator's role there"),
        Call(r"GET accounts/ID/sub_accounts|POST accounts/ID/sub_accounts|PUT accounts/ID", "see or change sub-accounts", _SETTINGS),
    ),
    needs=(
        Need(
            "manage_sis",
            (right("manage_sis"),),
            "set SIS ids: they would be silently dropped, and every run would build everything again",
            "SIS Data - manage",
        ),
        Need("manage_account", (right("manage_account_settings"),), "make the sub-account and the term", "Account-level settings - manage"),
    ),
    right="Account-level settings - manage, and SIS Data - manage (manage_account_settings, manage_sis)",
    create=_create,
    update=_update,
    read=_read,
    listed=_listed,
    left=_left,
    set_later=_LATER,
)

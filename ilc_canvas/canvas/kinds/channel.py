"""A person's addresses: each added, made the first, or removed in a step of its own, by Canvas's numbers."""

from collections.abc import Mapping
from contextlib import suppress

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.failures import NotFoundError
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind
from ilc_canvas.canvas.listing import Row, whole_list
from ilc_canvas.canvas.write_check import check_echo
from ilc_canvas.reconcile.change import Change, Create, Remove, Update
from ilc_canvas.reconcile.kinds import MAIN, NEXT, Kind
from ilc_canvas.reconcile.state import Key, Record, channel_key, person_of

_same = Kind.CHANNEL.rule.same
_THERE = Answer(200, {}, {}, attempts=0)
"""What was to be done is so already: no call was made."""
_GONE = Answer(200, {}, {})
"""It was there a moment ago, and a call of ours was under way."""


def _make_first(access: Access, change: Update) -> Answer:
    address = str(change.after.fields["address"])
    answer = access.transport.call("PUT", f"users/{change.after.handle}", user={"email": address})
    check_echo(change.key, {"email": address}, answer.row)
    return answer


def _add(access: Access, change: Create) -> Answer:
    """A confirmed channel of this address; an unconfirmed one gives way to it, since it cannot be confirmed from here (live-client 2.4)."""
    transport, number, address = access.transport, change.after.handle, str(change.after.fields["address"])
    there = _channel(transport, number, address)
    if there and there["workflow_state"] == "active":
        return _THERE
    if there:
        _delete(transport, number, there)
    path, channel = f"users/{number}/communication_channels", {"address": address, "type": "email"}
    return transport.call("POST", path, repeatable=False, communication_channel=channel, skip_confirmation=True)


def _remove(access: Access, change: Remove) -> Answer:
    number = change.before.handle
    there = _channel(access.transport, number, str(change.before.fields["address"]))
    return _delete(access.transport, number, there) if there else _THERE


def _delete(transport: Transport, number: int | None, channel: Row) -> Answer:
    with suppress(NotFoundError):  # a repeat of a call that got no answer finds it gone
        return transport.call("DELETE", f"users/{number}/communication_channels/{channel['id']}")
    return _GONE


def _channel(transport: Transport, number: int | None, address: str) -> Row | None:
    return next((row for row in _channels(transport, number) if _same("address", row["address"], address)), None)


def _channels(transport: Transport, number: int | None) -> list[Row]:
    return [row for row in whole_list(transport, f"users/{number}/communication_channels") if row["type"] == "email"]


def _read(access: Access, subject: Record) -> Record | None:
    """What there is of the address of a change: the first one by position, or this one, if it is active."""
    rows, user = _channels(access.transport, subject.handle), person_of(subject.key)
    if subject.key == channel_key(user, MAIN):
        return _record(subject, rows[0]) if rows else None
    fitting = [row for row in rows if _same("address", row["address"], str(subject.fields["address"]))]
    confirmed = [row for row in fitting if row["workflow_state"] == "active" or not _is_next(subject.key, user)]
    return _record(subject, confirmed[0]) if confirmed else None


def _is_next(key: Key, user: Key) -> bool:
    return key == channel_key(user, NEXT)


def _record(subject: Record, row: Row) -> Record:
    return Record(subject.key, {"address": row["address"]}, subject.parents, subject.handle)


def _number(change: Change, _answer: Answer) -> int | None:
    """That of the person: the answer may be about a channel."""
    return change.subject.handle


def _concerns_one(_change: Change, rights: Mapping[str, bool]) -> bool:
    """The account is an administrator's, or was merged away (live-people 4)."""
    return rights.get("manage_users", False)


_LOGINS = '"Users - manage login details" (manage_user_logins)'
CHANNEL = CanvasKind(
    calls=(
        Call(r"GET users/ID/communication_channels", "see e-mail addresses", '"Users - view primary email address" (read_email_addresses)'),
        Call(r"POST users/ID/communication_channels|DELETE users/ID/communication_channels/ID", "change e-mail addresses", _LOGINS),
    ),
    right="Users - manage login details (manage_user_logins)",
    create=_add,
    update=_make_first,
    end=_remove,
    read=_read,
    number=_number,
    concerns_one=_concerns_one,
    has_number=False,
    is_reread=False,
)

"""A person's addresses: each added, made the first, or removed in a step of its own, by Canvas's numbers."""

from contextlib import suppress

from ilc_canvas.canvas.answers import Answer
from ilc_canvas.canvas.echo import check_echo
from ilc_canvas.canvas.failures import NotFoundError
from ilc_canvas.canvas.listing import Row, whole_list
from ilc_canvas.canvas.transport import Transport
from ilc_canvas.reconcile.change import Create, Remove, Update
from ilc_canvas.reconcile.comparing import same
from ilc_canvas.reconcile.state import MAIN, NEXT, Key, Record, channel_key

_THERE = Answer(200, {}, {}, attempts=0)
"""What was to be done is so already: no call was made."""
_GONE = Answer(200, {}, {})
"""It was there a moment ago, and a call of ours was under way."""


def write(transport: Transport, change: Create | Update | Remove) -> Answer:
    """One step of a new address: added and confirmed, made the first, or the former one removed."""
    number, address = change.subject.handle, str(change.subject.fields["address"])
    if isinstance(change, Create):
        return _add(transport, number, address)
    if isinstance(change, Remove):
        return _remove(transport, number, address)
    answer = transport.call("PUT", f"users/{number}", user={"email": address})
    check_echo(change.key, {"email": address}, answer.json)
    return answer


def _add(transport: Transport, number: int | None, address: str) -> Answer:
    """A confirmed channel of this address; an unconfirmed one gives way to it, since it cannot be confirmed from here (live-client 2.4)."""
    there = _channel(transport, number, address)
    if there and there["workflow_state"] == "active":
        return _THERE
    if there:
        _delete(transport, number, there)
    path, channel = f"users/{number}/communication_channels", {"address": address, "type": "email"}
    return transport.call("POST", path, repeatable=False, communication_channel=channel, skip_confirmation=True)


def _remove(transport: Transport, number: int | None, address: str) -> Answer:
    there = _channel(transport, number, address)
    return _delete(transport, number, there) if there else _THERE


def _delete(transport: Transport, number: int | None, channel: Row) -> Answer:
    with suppress(NotFoundError):  # a repeat of a call that got no answer finds it gone
        return transport.call("DELETE", f"users/{number}/communication_channels/{channel['id']}")
    return _GONE


def _channel(transport: Transport, number: int | None, address: str) -> Row | None:
    return next((row for row in _channels(transport, number) if same("address", row["address"], address)), None)


def _channels(transport: Transport, number: int | None) -> list[Row]:
    return [row for row in whole_list(transport, f"users/{number}/communication_channels") if row["type"] == "email"]


def read(transport: Transport, subject: Record) -> Record | None:
    """What there is of the address of a change: the first one by position, or this one, if it is active."""
    rows = _channels(transport, subject.handle)
    (user, *_) = subject.parents
    if subject.key == channel_key(user, MAIN):
        return _record(subject, rows[0]) if rows else None
    fitting = [row for row in rows if same("address", row["address"], str(subject.fields["address"]))]
    confirmed = [row for row in fitting if row["workflow_state"] == "active" or not _is_next(subject.key, user)]
    return _record(subject, confirmed[0]) if confirmed else None


def _is_next(key: Key, user: Key) -> bool:
    return key == channel_key(user, NEXT)


def _record(subject: Record, row: Row) -> Record:
    return Record(subject.key, {"address": row["address"]}, subject.parents, subject.handle)

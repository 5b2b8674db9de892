"""People: making them, renaming them, giving them a new address."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ilc_canvas.canvas.answers import Answer
from ilc_canvas.canvas.echo import check_echo
from ilc_canvas.canvas.failures import NotFoundError
from ilc_canvas.canvas.listing import Row, whole_list
from ilc_canvas.canvas.paths import sis
from ilc_canvas.canvas.transport import Transport
from ilc_canvas.reconcile.change import Update
from ilc_canvas.reconcile.errors import RefusedError
from ilc_canvas.reconcile.state import Fields, Key, Record


def create(transport: Transport, root: int, after: Record) -> tuple[Answer, Mapping[str, Any]]:
    """A registered person with login, SIS id and a confirmed address; nobody is mailed. The answer, and what it must echo."""
    fields, named = after.fields, _named(after.fields)
    answer = transport.call(
        "POST",
        f"accounts/{root}/users",
        repeatable=False,
        user={**named, "skip_registration": True},
        pseudonym={"unique_id": fields["login"], "sis_user_id": after.key.id, "send_confirmation": False},
        communication_channel={"type": "email", "address": fields["email"], "skip_confirmation": True},
    )
    return answer, {**named, "login_id": fields["login"], "sis_user_id": after.key.id}


def _named(fields: Fields) -> dict[str, Any]:
    """Names are sent together: a rename alone may derive the sortable name anew (live.md 3)."""
    return {"name": fields["name"], "sortable_name": fields["sortable_name"]}


def update(transport: Transport, root: int, change: Update) -> Answer:
    """New names in one call. A new address is added as a confirmed channel first, then made the first one, then the old one is dropped:
    `user[email]` alone would leave it unconfirmed (live-client 2.4). The login follows where it is among the changed fields.
    """
    user, changed = sis(change.key), change.fields
    form: dict[str, Any] = _named(change.after.fields) if {"name", "sortable_name"} & changed.keys() else {}
    if "email" in changed:
        _add_channel(transport, user, str(changed["email"]))
        form["email"] = changed["email"]
    if form:
        answer = transport.call("PUT", f"users/{user}", user=form)
        check_echo(change.key, form, answer.json)
    if "email" in changed:
        _drop_channel(transport, user, str(change.before.fields.get("email")))
    if "login" in changed:
        answer = _change_login(transport, root, change.key, str(changed["login"]))
    return answer


def keeps_address(transport: Transport, change: Update) -> bool:
    """Whether a person whose address was to change still has the old one besides."""
    old = change.before.fields.get("email")
    return "email" in change.fields and _channel(transport, sis(change.key), str(old)) is not None


def _add_channel(transport: Transport, user: str, address: str) -> None:
    """A confirmed channel of this address; an unconfirmed one gives way to it, since it cannot be confirmed from here."""
    there = _channel(transport, user, address)
    if there and there["workflow_state"] == "active":
        return
    if there:
        _delete_channel(transport, user, there)
    path, channel = f"users/{user}/communication_channels", {"address": address, "type": "email"}
    transport.call("POST", path, repeatable=False, communication_channel=channel, skip_confirmation=True)


def _drop_channel(transport: Transport, user: str, address: str) -> None:
    there = _channel(transport, user, address)
    if there:
        _delete_channel(transport, user, there)


def _delete_channel(transport: Transport, user: str, channel: Row) -> None:
    with suppress(NotFoundError):  # a repeat of a call that got no answer finds it gone
        transport.call("DELETE", f"users/{user}/communication_channels/{channel['id']}")


def _channel(transport: Transport, user: str, address: str) -> Row | None:
    rows = whole_list(transport, f"users/{user}/communication_channels")
    same = (row for row in rows if row["type"] == "email" and str(row["address"]).casefold() == address.casefold())
    return next(same, None)


def _change_login(transport: Transport, root: int, key: Key, login: str) -> Answer:
    rows = whole_list(transport, f"users/{sis(key)}/logins")
    number = next((row["id"] for row in rows if row.get("sis_user_id") == key.id), None)
    if number is None:
        raise RefusedError(f"{key} has no login under this SIS id.")
    answer = transport.call("PUT", f"accounts/{root}/logins/{number}", login={"unique_id": login})
    check_echo(key, {"unique_id": login}, answer.json)
    return answer

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
from ilc_canvas.reconcile.plan import same
from ilc_canvas.reconcile.state import Fields, Key, Record


def create(transport: Transport, root: int, after: Record, *, revive: bool = False) -> tuple[Answer, Mapping[str, Any]]:
    """A registered person with login, SIS id and a confirmed address; nobody is mailed. The answer, and what it must echo.

    `revive`: the account of this SIS id was deleted and comes back, with the new name and the old login (live.md 3).
    """
    fields, named = after.fields, _named(after.fields)
    again = {"enable_sis_reactivation": True} if revive else {}
    answer = transport.call(
        "POST",
        f"accounts/{root}/users",
        repeatable=False,
        user={**named, "skip_registration": True},
        pseudonym={"unique_id": fields["login"], "sis_user_id": after.key.id, "send_confirmation": False},
        communication_channel={"type": "email", "address": fields["email"], "skip_confirmation": True},
        **again,
    )
    return answer, {"sis_user_id": after.key.id, **({"name": fields["name"]} if revive else {**named, "login_id": fields["login"]})}


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
    if "sis_id" in changed:
        answer = _give_sis_id(transport, root, change)
    if "login" in changed:
        answer = _change_login(transport, root, change.key, login=str(changed["login"]))
    return answer


def _give_sis_id(transport: Transport, root: int, change: Update) -> Answer:
    """Our SIS id for the account that a person has pointed out: on the login that the roster names, or on its only one."""
    rows = whole_list(transport, f"users/{change.before.handle}/logins")
    named = [row for row in rows if same("login", row["unique_id"], change.after.fields.get("login"))]
    login = next(iter(named or (rows if len(rows) == 1 else [])), None)
    if login is None:
        raise RefusedError(f"Canvas's account {change.before.handle} has several logins, none of which is the roster's.")
    if login.get("sis_user_id"):
        raise RefusedError(f"Canvas's account {change.before.handle} has another SIS id already.")
    answer = transport.call("PUT", f"accounts/{root}/logins/{login['id']}", login={"sis_user_id": change.key.id})
    check_echo(change.key, {"sis_user_id": change.key.id}, answer.json)
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


def _change_login(transport: Transport, root: int, key: Key, *, login: str) -> Answer:
    rows = whole_list(transport, f"users/{sis(key)}/logins")
    number = next((row["id"] for row in rows if row.get("sis_user_id") == key.id), None)
    if number is None:
        raise RefusedError(f"{key} has no login under this SIS id.")
    answer = transport.call("PUT", f"accounts/{root}/logins/{number}", login={"unique_id": login})
    check_echo(key, {"unique_id": login}, answer.json)
    return answer

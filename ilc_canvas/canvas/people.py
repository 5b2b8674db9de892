"""People's accounts: made under our SIS id, changed by Canvas's number, one call at a time."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ilc_canvas.canvas.answers import Answer
from ilc_canvas.canvas.echo import check_echo
from ilc_canvas.canvas.listing import Row, whole_list
from ilc_canvas.canvas.paths import sis
from ilc_canvas.canvas.records import user_record
from ilc_canvas.canvas.transport import Transport
from ilc_canvas.reconcile.change import Update
from ilc_canvas.reconcile.comparing import NAMES, same
from ilc_canvas.reconcile.errors import RefusedError
from ilc_canvas.reconcile.state import Fields, Key, Record, Value


def create(transport: Transport, root: int, after: Record, *, revive: bool = False) -> tuple[Answer, Mapping[str, Any]]:
    """A registered person with login, SIS id and a confirmed address; nobody is mailed. The answer, and what it must echo.

    `revive`: the account of this SIS id was removed and comes back, with the new name and the old login (live-people 6). It is sent for
    nobody else: of a login that a living person has lost it would rename that person.
    """
    fields, sis_id = after.fields, after.fields.get("sis_id") or after.key.id
    named = {name: fields[name] for name in NAMES}
    again = {"enable_sis_reactivation": True} if revive else {}
    answer = transport.call(
        "POST",
        f"accounts/{root}/users",
        repeatable=False,
        user={**named, "skip_registration": True},
        pseudonym={"unique_id": fields["login"], "sis_user_id": sis_id, "send_confirmation": False},
        communication_channel={"type": "email", "address": fields["email"], "skip_confirmation": True},
        **again,
    )
    return answer, {"sis_user_id": sis_id, **({"name": fields["name"]} if revive else {**named, "login_id": fields["login"]})}


def update(transport: Transport, root: int, change: Update) -> Answer:
    """Names, or the SIS id, or the login: one of them in one call."""
    number, changed = change.after.handle, change.fields
    if "login" in changed:
        return _change_login(transport, root, change, form={"unique_id": changed["login"]}, which=_of_login)
    if "sis_id" in changed:
        return _change_login(transport, root, change, form={"sis_user_id": changed["sis_id"] or ""}, which=_of_sis_id)
    form = {name: change.after.fields[name] for name in NAMES}  # together: a rename alone may derive the sortable name anew (live.md 3)
    answer = transport.call("PUT", f"users/{number}", user=form)
    check_echo(change.key, form, answer.json)
    return answer


def read(transport: Transport, subject: Record) -> Record | None:
    """The account: by its number, or by our SIS id as long as that is not known. Of several logins the one that is meant counts."""
    made = subject.handle is None
    path = f"users/{sis(Key(subject.key.kind, str(subject.fields.get('sis_id') or subject.key.id)))}" if made else f"users/{subject.handle}"
    row = transport.call("GET", path).json
    record = user_record(row, subject.key)
    if "login_id" not in row and not made:
        return None  # removed from the account (live-people 4)
    logins = [] if made else whole_list(transport, f"users/{subject.handle}/logins")
    meant = {
        "login": _first(logins, "unique_id", subject.fields.get("login")),
        "sis_id": _first(logins, "sis_user_id", subject.fields.get("sis_id") or subject.key.id),
    }
    also: dict[str, Value] = {"sis_id": meant["sis_id"]["sis_user_id"] if meant["sis_id"] else None} if logins else {}
    also |= {"login": meant["login"]["unique_id"]} if meant["login"] else {}
    return replace(record, fields={**record.fields, **also})


def _change_login(
    transport: Transport, root: int, change: Update, *, form: Mapping[str, Any], which: Callable[[list[Row], Fields], Row | None]
) -> Answer:
    """The account's login that is ours, by its own number, which is no person's number."""
    number = change.after.handle
    login = which(whole_list(transport, f"users/{number}/logins"), change.before.fields)
    if login is None:
        raise RefusedError(f"Canvas's account {number} does not have the login that was to be changed.")
    answer = transport.call("PUT", f"accounts/{root}/logins/{login['id']}", login=dict(form))
    check_echo(change.key, {name: value or None for name, value in form.items()}, answer.json)
    return answer


def _of_login(logins: list[Row], before: Fields) -> Row | None:
    """The one under our SIS id, else the one of this name, else the only one."""
    return _first(logins, "sis_user_id", before.get("sis_id")) or _of_name(logins, before)


def _of_sis_id(logins: list[Row], before: Fields) -> Row | None:
    """The one that has the former SIS id; of an account that has none, the one that was seen."""
    former = before.get("sis_id")
    return _first(logins, "sis_user_id", former) if former else _of_name(logins, before)


def _of_name(logins: list[Row], before: Fields) -> Row | None:
    return _first(logins, "unique_id", before.get("login")) or (logins[0] if len(logins) == 1 else None)


def _first(logins: list[Row], name: str, value: Value) -> Row | None:
    return next((row for row in logins if value and same("login" if name == "unique_id" else name, row.get(name), value)), None)

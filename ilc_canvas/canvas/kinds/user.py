"""People's accounts: made under our SIS id, changed by Canvas's number, one call at a time."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind, Need, right
from ilc_canvas.canvas.listing import Row, whole_list
from ilc_canvas.canvas.lookup import login_holder
from ilc_canvas.canvas.sis_ids import sis
from ilc_canvas.canvas.write_check import check_echo
from ilc_canvas.reconcile.change import Change, Create, Update
from ilc_canvas.reconcile.errors import CanvasError, RefusedError
from ilc_canvas.reconcile.kinds import NAMES, Kind, Value
from ilc_canvas.reconcile.state import Fields, Key, Record

_same = Kind.USER.rule.same


def _record(row: Row, key: Key) -> Record:
    """`email` and `login_id` are absent if the token may not see them (live-server 2.3)."""
    fields: dict[str, Value] = {"name": row["name"], "sortable_name": row["sortable_name"]}
    fields |= {ours: row[theirs] for ours, theirs in (("email", "email"), ("login", "login_id")) if theirs in row}
    return Record(key, fields, handle=row["id"])


def _create(access: Access, change: Create) -> Answer:
    """A registered person with login, SIS id and a confirmed address, in one call; nobody is mailed.

    With something before, the account of this SIS id was removed and comes back, with the new name and the old login (live-people 6).
    That is asked for nobody else: of a login that a living person has lost it would rename that person.
    """
    after, revive = change.after, change.before is not None
    fields, sis_id = after.fields, after.fields.get("sis_id") or after.key.id
    named = {name: fields[name] for name in NAMES}
    again = {"enable_sis_reactivation": True} if revive else {}
    answer = access.post(
        f"accounts/{access.scope.root}/users",
        user={**named, "skip_registration": True},
        pseudonym={"unique_id": fields["login"], "sis_user_id": sis_id, "send_confirmation": False},
        communication_channel={"type": "email", "address": fields["email"], "skip_confirmation": True},
        **again,
    )
    sent = {"name": fields["name"]} if revive else {**named, "login_id": fields["login"]}
    return access.made(after, answer, {"sis_user_id": sis_id, **sent}, texts=NAMES)


def _update(access: Access, change: Update) -> Answer:
    """Names, or the SIS id, or the login: one of them in one call."""
    number, changed = change.after.handle, change.fields
    if "login" in changed:
        return _change_login(access, change, form={"unique_id": changed["login"]}, which=_of_login)
    if "sis_id" in changed:
        return _change_login(access, change, form={"sis_user_id": changed["sis_id"] or ""}, which=_of_sis_id)
    form = {name: change.after.fields[name] for name in NAMES}  # together: a rename alone may derive the sortable name again (live.md 3)
    answer = access.transport.call("PUT", f"users/{number}", user=form)
    check_echo(change.key, form, answer.row, texts={name: change.before.fields.get(name) for name in NAMES})
    return answer


def _read(access: Access, subject: Record) -> Record | None:
    """The account: by its number, or by our SIS id as long as that is not known. Of several logins the one that is meant counts."""
    made = subject.handle is None
    path = f"users/{sis(Key(subject.key.kind, str(subject.fields.get('sis_id') or subject.key.id)))}" if made else f"users/{subject.handle}"
    row = access.transport.call("GET", path).row
    record = _record(row, subject.key)
    if "login_id" not in row and not made:
        return None  # removed from the account (live-people 4)
    logins = [] if made else whole_list(access.transport, f"users/{subject.handle}/logins")
    meant = {
        "login": _first(logins, "unique_id", subject.fields.get("login")),
        "sis_id": _first(logins, "sis_user_id", subject.fields.get("sis_id") or subject.key.id),
    }
    also: dict[str, Value] = {"sis_id": meant["sis_id"]["sis_user_id"] if meant["sis_id"] else None} if logins else {}
    also |= {"login": meant["login"]["unique_id"]} if meant["login"] else {}
    return replace(record, fields={**record.fields, **also})


def _change_login(access: Access, change: Update, *, form: Mapping[str, Any], which: Callable[[list[Row], Fields], Row | None]) -> Answer:
    """The account's login that is ours, by its own number, which is not a person's number."""
    number = change.after.handle
    login = which(whole_list(access.transport, f"users/{number}/logins"), change.before.fields)
    if login is None:
        raise RefusedError(f"Canvas's account {number} does not have the login that was to be changed.")
    answer = access.transport.call("PUT", f"accounts/{access.scope.root}/logins/{login['id']}", login=dict(form))
    check_echo(change.key, {name: value or None for name, value in form.items()}, answer.row)
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
    return next((row for row in logins if value and _same("login" if name == "unique_id" else name, row.get(name), value)), None)


def _taken(access: Access, after: Record) -> tuple[str, ...]:
    """Its SIS id need not be looked up: Canvas refuses one that is in use, or was, whoever has it (live-people 6). A login it takes twice,
    if the first one is tied to another way of signing in.
    """
    return () if login_holder(access.transport, str(after.fields["login"])) is None else ("unique_id",)


def _left(access: Access, change: Change, answer: Answer) -> Fields | None:
    """An account that came back has its former login; with the fields of old, as far as they are known."""
    if not isinstance(change, Create) or change.before is None:
        return None
    with suppress(CanvasError):  # it is back all the same
        row = access.transport.call("GET", f"users/{answer.row['id']}").row
        return {**_record(row, change.key).fields, "sis_id": change.after.fields.get("sis_id")}
    return None


def _number(change: Change, answer: Answer) -> int | None:
    """The answer to a step of an account that is there may be about a login."""
    return answer.row.get("id") if isinstance(change, Create) else change.subject.handle


def _concerns_one(change: Change, rights: Mapping[str, bool]) -> bool:
    """The account is an administrator's, or was merged away (live-people 4)."""
    return rights.get("manage_users", False) and not isinstance(change, Create)


_LOGINS = '"Users - manage login details" (manage_user_logins)'
_MANAGE = "Users - manage login details"
_CANNOT_TELL = "who has an account already cannot be seen, and nobody new can be given one"
USER = CanvasKind(
    calls=(
        Call(r"GET accounts/ID/users|GET users/ID", "see people", '"Users - view list" (read_roster)'),
        Call(r"GET users/ID/logins", "see logins", '"Users - view login IDs" (view_user_logins)'),
        Call(r"GET accounts/ID/admins", "list administrators", '"Admins - add / remove" (manage_account_memberships)'),
        Call(r"POST accounts/ID/users|PUT (users/ID|accounts/ID/logins/ID)", "make people or change their names and logins", _LOGINS),
    ),
    needs=(
        Need(
            "manage_users",
            (right("manage_user_logins"),),
            "make people and change their names and addresses",
            _MANAGE,
        ),
        Need("see_people", (right("read_roster"),), "list people", "Users - view list"),
        Need("see_emails", (right("read_email_addresses"),), f"see e-mail addresses: {_CANNOT_TELL}", "Users - view primary email address"),
        Need("see_logins", (right("view_user_logins"),), f"see logins: {_CANNOT_TELL}", "Users - view login IDs"),
        Need("see_sis", (right("read_sis"), right("manage_sis")), f"see SIS ids: {_CANNOT_TELL}", "SIS Data - read"),
        Need(
            "see_admins",
            (right("manage_account_memberships"),),
            "list administrators: who has an account already is asked about one by one",
            "Admins - add / remove",
            is_mild=True,
        ),
    ),
    right="Users - manage login details (manage_user_logins)",
    create=_create,
    update=_update,
    read=_read,
    left=_left,
    number=_number,
    taken=_taken,
    concerns_one=_concerns_one,
)

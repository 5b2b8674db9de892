"""Accounts: the root, sub-accounts, what the caller may do in them."""

from typing import Any
from zoneinfo import available_timezones

from ilc_canvas.sandbox.account.rights import NAMES
from ilc_canvas.sandbox.account.sis import taken
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.records import Account
from ilc_canvas.sandbox.world.world import uuid_of

NO_SIS = "user not authorized to manage SIS data - account[sis_account_id]"


def as_json(call: Call, account: Account) -> dict[str, Any]:
    """An account; the root has no parent and no SIS keys."""
    root = account.parent_id is None
    shown: dict[str, Any] = {
        "id": account.id,
        "name": account.name,
        "workflow_state": account.state,
        "parent_account_id": account.parent_id,
        "root_account_id": None if root else call.world.root.id,
        "uuid": uuid_of(account),
        **{f"default_{kind}_quota_mb": size for kind, size in account.quotas.items()},
        "default_time_zone": account.time_zone,
    }
    if call.templates:
        shown["course_template_id"] = None
    return shown if root else shown | sis_keys(call, account)


def sis_keys(call: Call, account: Account) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if call.rights.reads_sis:
        shown = {"sis_account_id": account.sis_id, "integration_id": account.integration_id}
    return shown | {"sis_import_id": None} if call.rights.writes_sis else shown


def index(call: Call) -> Answer:
    """The accounts that the caller administers."""
    past = call.of_lists()
    mine = [admin.account_id for admin in past.world.admins if admin.user_id == call.world.caller.id and admin.state == "active"]
    return paging.counted(past, [past.world.accounts[number] for number in sorted(mine)], lambda row: as_json(past, row))


def show(call: Call) -> Answer:
    return Answer(as_json(call, find.account(call, call.ids["account"])))


def permissions(call: Call) -> Answer:
    """True or false for each right asked for, false for unknown ones; all rights when none is named."""
    find.account(call, call.ids["account"])
    asked = call.params.any_of("permissions") or sorted(NAMES)
    return Answer({name: call.rights.has(name) for name in asked})


def sub_accounts(call: Call) -> Answer:
    past, account = call.of_lists(), find.account(call, call.ids["account"])
    if call.params.flag("recursive"):
        below = list(past.world.at_and_below(account))[1:]
        return paging.thin(past, below, lambda row: as_json(past, row))
    return paging.counted(past, past.world.sub_accounts(account), lambda row: as_json(past, row))


def create(call: Call) -> Answer:
    """A sub-account. Its time zone is its parent's, whatever was sent."""
    if not call.newer and find.as_number(call.ids["account"]) is None:
        raise errors.not_found()
    parent, asked = find.account(call, call.ids["account"]), call.params.group("account")
    call.rights.need("manage_account_settings")
    name, sis_id = asked.text("name") or "", asked.text("sis_account_id")
    if call.newer and not name.strip():
        raise errors.message(400, "Account name is required")
    check_sis(call, None, sis_id)
    account = call.world.add_account(
        lambda n: Account(
            id=n, created_at=call.now, state="active", name=name, parent_id=parent.id, time_zone=parent.time_zone, sis_id=sis_id
        )
    )
    set_quotas(account, asked)
    return Answer(as_json(call, account))


def check_sis(call: Call, account: Account | None, sis_id: str | None) -> None:
    if sis_id and not call.rights.writes_sis:
        raise errors.message(401, NO_SIS)
    flaws = taken(call.world.accounts, account, sis_id)
    if flaws:
        raise errors.invalid(flaws)


def update(call: Call) -> Answer:
    account, asked = find.account(call, call.ids["account"]), call.params.group("account")
    if not call.rights.has("manage_account_settings"):
        flaw = errors.own("You are not allowed to manage account settings")
        raise errors.refused(401, {"errors": errors.as_errors({"name": [flaw]})})
    check_fields(account, asked)
    if "sis_account_id" in asked:
        set_sis(call, account, asked.text("sis_account_id"))
    account.name = asked.text("name") or account.name
    account.time_zone = asked.text("default_time_zone") or account.time_zone
    set_quotas(account, asked)
    return Answer(as_json(call, account))


def check_fields(account: Account, asked: Params) -> None:
    if "name" in asked and not (asked.text("name") or "").strip():
        raise errors.invalid({"name": [errors.own("The account name cannot be blank")]})
    zone = asked.text("default_time_zone")
    if zone and zone not in available_timezones():
        raise errors.invalid({"default_time_zone": [errors.own(f"'{zone}' is not a recognized time zone")]})
    if account.parent_id is None and "sis_account_id" in asked:
        flaw = errors.own("Cannot set sis_account_id on a root_account.")
        raise errors.refused(401, {"errors": errors.as_errors({"unauthorized": [flaw]})})


def set_sis(call: Call, account: Account, sis_id: str | None) -> None:
    check_sis(call, account, sis_id)
    call.world.accounts.set_sis(account, sis_id)


def set_quotas(account: Account, asked: Params) -> None:
    for kind in account.quotas:
        size = find.as_number(asked.text(f"default_{kind}_quota_mb") or "")
        account.quotas[kind] = account.quotas[kind] if size is None else size


def delete(call: Call) -> Answer:
    """Only an empty sub-account goes; its SIS id stays taken."""
    account = find.account(call, call.ids["sub"])
    call.rights.need("manage_account_settings")
    if account.parent_id is None:
        raise errors.message(401, "You can't delete a root account.")
    if any(course.state != "deleted" for course in call.world.account_courses(account)):
        raise errors.message(409, "You can't delete a sub-account that has courses in it.")
    if call.world.sub_accounts(account):
        raise errors.message(409, "You can't delete a sub-account that has sub-accounts in it.")
    account.state = "deleted"
    return Answer(as_json(call, account))

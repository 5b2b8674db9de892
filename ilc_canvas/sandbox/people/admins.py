"""Administrators: people with an account role."""

from typing import Any

from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.people import users
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.records import Account, Admin, Role


def as_json(call: Call, admin: Admin) -> dict[str, Any]:
    return {
        "id": admin.id,
        "role": call.world.roles[admin.role_id].name,
        "role_id": admin.role_id,
        "user": users.as_json(call, call.world.users[admin.user_id]),
        "workflow_state": admin.state,
    }


def index(call: Call) -> Answer:
    """The administrators of this account only, not of accounts above or below. `user_id[]` narrows the list; unknown people are dropped."""
    account = find.account(call, call.ids["account"])
    call.rights.need("manage_account_memberships")
    past = call.of_lists()
    rows = [admin for admin in past.world.admins if admin.account_id == account.id and admin.state == "active"]
    if "user_id" in call.params.names:
        people = find.known_numbers(call, find.user, call.params.any_of("user_id"))
        rows = [admin for admin in rows if admin.user_id in people]
    return paging.counted(past, rows, lambda row: as_json(past, row))


def wanted_role(call: Call, account: Account) -> Role:
    asked = call.params.text("role_id")
    if asked is None:
        return next(role for role in call.world.roles if role.name == "AccountAdmin")
    role = find.role_in(call.world, account, find.as_number(asked))
    if role is None or role.base != "AccountMembership":
        raise errors.not_found()
    return role


def create(call: Call) -> Answer:
    """Asking again gives the same row."""
    account = find.account(call, call.ids["account"])
    call.rights.need("manage_account_memberships")
    user, role = find.user(call, call.params.text("user_id") or ""), wanted_role(call, account)
    same = (admin for admin in call.world.admins if (admin.user_id, admin.account_id, admin.role_id) == (user.id, account.id, role.id))
    admin = next(same, None) or call.world.admins.add(
        lambda n: Admin(id=n, created_at=call.now, state="active", user_id=user.id, account_id=account.id, role_id=role.id)
    )
    admin.state = "active"
    return Answer(as_json(call, admin))


def delete(call: Call) -> Answer:
    account = find.account(call, call.ids["account"])
    call.rights.need("manage_account_memberships")
    user, role = find.user(call, call.ids["user"]), wanted_role(call, account)
    for admin in call.world.admins:
        if (admin.user_id, admin.account_id, admin.role_id, admin.state) == (user.id, account.id, role.id, "active"):
            admin.state = "deleted"
            return Answer(as_json(call, admin))
    raise errors.not_found()

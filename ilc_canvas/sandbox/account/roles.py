"""Roles: the built-in ones and an account's own, which serve all accounts below it."""

from typing import Any

from ilc_canvas.sandbox.account import accounts
from ilc_canvas.sandbox.account.rights import GRANULAR, NAMES, PEOPLE
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import loose_flag
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.clock import in_utc, in_zone
from ilc_canvas.sandbox.world.records import Account, Role

BASES = {"AccountMembership", *PEOPLE}
LABELS = {
    "StudentEnrollment": "Student",
    "TeacherEnrollment": "Teacher",
    "TaEnrollment": "TA",
    "DesignerEnrollment": "Designer",
    "ObserverEnrollment": "Observer",
}
LISTED_RIGHTS = sorted(name for name in NAMES - GRANULAR if name.startswith(("manage_", "read_", "view_", "become_", "import_")))


def as_json(call: Call, role: Role) -> dict[str, Any]:
    """A role; its `role` is the class name of a built-in one and the label of a custom one."""
    shown: dict[str, Any] = {
        "id": role.id,
        "role": role.name,
        "label": role.label,
        "last_updated_at": in_utc(role.updated_at),
        "base_role_type": role.base,
        "workflow_state": role.state,
        "created_at": in_zone(role.created_at, call.world.root.time_zone),
        "permissions": {name: permission(role, name) for name in LISTED_RIGHTS},
        "is_account_role": role.base == "AccountMembership",
    }
    if role.state != "built_in":
        shown["account"] = accounts.as_json(call, call.world.accounts[role.account_id])
    return shown


def permission(role: Role, name: str) -> dict[str, bool]:
    explicit = name in role.permissions
    enabled = role.permissions.get(name, role.name == "AccountAdmin")
    return {"enabled": enabled, "locked": False, "readonly": role.state == "built_in", "explicit": explicit}


def index(call: Call) -> Answer:
    """Built-in roles first, then the account's own; `show_inherited` adds those of the accounts above."""
    account = find.account(call, call.ids["account"])
    call.rights.need("manage_role_overrides")
    past = call.of_lists()
    above = {place.id for place in past.world.at_and_above(account)}
    places = above if call.params.flag("show_inherited") else {account.id}
    states = {*(call.params.any_of("state") or ["active"])}
    built_in = [role for role in past.world.roles if role.state == "built_in" and "active" in states]
    own = [role for role in past.world.roles if role.account_id in places and role.state in states]
    return paging.counted(past, built_in + own, lambda row: as_json(past, row))


def wanted(call: Call) -> Role:
    account = find.account(call, call.ids["account"])
    role = find.role_in(call.world, account, find.as_number(call.ids["role"]))
    if role is None:
        raise errors.message(404, "role not found")
    return role


def show(call: Call) -> Answer:
    return Answer(as_json(call, wanted(call)))


def create(call: Call) -> Answer:
    """Without a base type it becomes an account role, which can enroll nobody."""
    account = find.account(call, call.ids["account"])
    call.rights.need("manage_role_overrides")
    label = call.params.text("label") or call.params.text("role")
    if not label:
        raise errors.message(400, "missing required parameter 'role'")
    base = call.params.text("base_role_type") or "AccountMembership"
    check(call, account, label, base=base)
    role = call.world.roles.add(
        lambda n: Role(
            id=n,
            created_at=call.now,
            updated_at=call.now,
            state="active",
            name=label,
            label=label,
            base=base,
            account_id=account.id,
            permissions=overrides(call),
        )
    )
    labelled = {"base_role_type_label": LABELS[base]} if base in LABELS else {}
    return Answer(as_json(call, role) | labelled)


def check(call: Call, account: Account, label: str, *, base: str) -> None:
    if label in BASES | {"AccountAdmin"}:
        raise errors.invalid({"name": [("exclusion", "is reserved")]})
    if base not in BASES:
        raise errors.invalid({"base_role_type": [("inclusion", "is invalid")]})
    if active_namesake(call, account.id, label) or label in LABELS.values():
        raise errors.invalid({"label": [errors.own("A role with this name already exists")]})


def active_namesake(call: Call, account_id: int, label: str) -> Role | None:
    own = (role for role in call.world.roles if role.account_id == account_id)
    return next((role for role in own if role.label == label and role.state == "active"), None)


def overrides(call: Call) -> dict[str, bool]:
    asked = call.params.group("permissions")
    flags = {name: loose_flag(asked.group(name).text("enabled")) for name in asked.names}
    return {name: on for name, on in flags.items() if on is not None}


def update(call: Call) -> Answer:
    """A new label shows at once in every enrollment that has the role."""
    role = wanted(call)
    call.rights.need("manage_role_overrides")
    label = call.params.text("label")
    if label and role.state != "built_in" and label != role.label:
        check(call, call.world.accounts[role.account_id], label, base=role.base)
        role.label = role.name = label
    role.permissions |= overrides(call)
    role.updated_at = call.now
    return Answer(as_json(call, role))


def deactivate(call: Call) -> Answer:
    role = wanted(call)
    call.rights.need("manage_role_overrides")
    if role.state == "built_in":
        raise errors.message(400, "Cannot remove a built-in role")
    if role.state == "inactive":
        raise errors.message(400, "Cannot deactivate an already inactive role")
    role.state, role.updated_at = "inactive", call.now
    return Answer(as_json(call, role))


def activate(call: Call) -> Answer:
    """Reviving a role whose label another has taken meanwhile breaks Canvas."""
    role = wanted(call)
    call.rights.need("manage_role_overrides")
    if role.state != "inactive":
        raise errors.message(400, "no inactive role found")
    if active_namesake(call, role.account_id, role.label):
        raise errors.occurred(500, "internal_server_error", report=role.id)
    role.state, role.updated_at = "active", call.now
    return Answer(as_json(call, role))

"""Which people a call may read and change, in addition to the rights that apply to everybody."""

from ilc_canvas.sandbox.account.rights import NAMES
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.records import Role, User


def readable(call: Call, ref: str) -> User:
    """A person whose pages may be read; the pages of merged-away people are refused, although users/:id is 404."""
    user = find.anybody(call, ref)
    if user.merged_into:
        raise errors.unauthorized(401)  # every recorded refusal of this kind is 401
    return user


def of_oneself_or_others(call: Call, ref: str) -> User:
    """A person whose addresses and logins may be read: the caller, or anybody if the caller may manage logins."""
    user = readable(call, ref)
    call.rights.insist(user is call.present.caller or call.rights.has("manage_user_logins"))
    return user


def changeable(call: Call, ref: str) -> User:
    """A person whom the call may change, which excludes administrators with a right that the caller lacks."""
    user = readable(call, ref)
    call.rights.need("manage_user_logins")
    call.rights.insist(user is call.present.caller or call.rights.cover(rights_of(call, user)))
    return user


def rights_of(call: Call, user: User) -> frozenset[str]:
    """All rights that a person has as an administrator of any account."""
    roles = (call.world.roles[admin.role_id] for admin in call.world.admins if admin.user_id == user.id and admin.state == "active")
    return frozenset[str]().union(*(granted(role) for role in roles))


def granted(role: Role) -> frozenset[str]:
    return NAMES if role.name == "AccountAdmin" else frozenset(name for name, on in role.permissions.items() if on)

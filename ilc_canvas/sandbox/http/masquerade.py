"""as_user_id: the token's person acts for somebody else."""

from dataclasses import replace

from ilc_canvas.sandbox.account.rights import GRANULAR, NAMES, Rights
from ilc_canvas.sandbox.content import access
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.routes import FOR_OTHERS, Rule
from ilc_canvas.sandbox.people import reach
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.records import User


def acting_for(call: Call, rule: Rule) -> Call:
    """The call of the person it is for. Anybody who cannot be acted for, and any rule that cannot do it, is 401.

    It takes the right become_user, and nobody acts for an administrator with more rights.
    """
    if not call.params.text("as_user_id"):
        return call
    user = person(call)
    if user is None or rule not in FOR_OTHERS or not call.rights.has("become_user") or not call.rights.cover(reach.rights_of(call, user)):
        raise errors.refused(401, {"errors": "Invalid as_user_id"})
    return call if user is call.world.caller else replace(call, acting=user, rights=own_rights(call, user))


def own_rights(call: Call, user: User) -> Rights:
    """What the person may do where the call goes: as an administrator, and by enrollments in the course of the path or in any."""
    course = find.in_table(call.present.courses, call.ids.get("course", ""), "sis_course_id")
    rows = [
        row for row in call.world.user_enrollments(user.id) if row.state == "active" and course in (None, call.world.courses[row.course_id])
    ]
    own = {right for row in rows for right in NAMES if access.gives(call, row, right)}
    return Rights(NAMES - GRANULAR - own - reach.rights_of(call, user), refusal=401)


def person(call: Call) -> User | None:
    try:
        return find.user(call, call.params.text("as_user_id") or "")
    except errors.RefusedError:
        return None

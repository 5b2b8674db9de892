"""Two entries for one person become one: everything of the source goes to the kept one."""

from ilc_canvas.sandbox import errors, find, users
from ilc_canvas.sandbox.answers import Answer
from ilc_canvas.sandbox.call import Call
from ilc_canvas.sandbox.records import Enrollment, User

STRENGTH = ("active", "invited", "creation_pending", "inactive", "completed", "rejected", "deleted")


def merge(call: Call) -> Answer:
    """Both SIS ids then find the kept person, who shows the source's; merging into oneself does nothing."""
    gone = call.world.users.get(find.as_number(call.ids["user"]))
    if gone is not None and gone.merged_into:
        raise errors.unauthorized(401)  # every recorded refusal of this kind is 401
    source, kept = find.user(call, call.ids["user"]), find.user(call, call.ids["target"])
    call.rights.need("manage_user_logins")
    if source is not kept:
        move_addresses(call, source, kept)
        move_logins(call, source, kept)
        for enrollment in call.world.user_enrollments(source.id):
            move_enrollment(call, enrollment, kept)
        source.state, source.merged_into = "deleted", kept.id
    return Answer(users.as_json(call, kept) | {"locale": kept.locale})


def move_addresses(call: Call, source: User, kept: User) -> None:
    """They line up behind the kept person's, one place further than needed."""
    behind = max((channel.position for channel in call.world.all_channels(kept.id)), default=-1) + 1
    for channel in call.world.all_channels(source.id):
        channel.position += behind
        call.world.give_channel(channel, kept.id)


def move_logins(call: Call, source: User, kept: User) -> None:
    behind = max((login.place for login in call.world.live_logins(kept.id)), default=0)
    for login in call.world.live_logins(source.id):
        login.place += behind
        call.world.give_login(login, kept.id)


def move_enrollment(call: Call, enrollment: Enrollment, kept: User) -> None:
    """Where both have the same enrollment the source's row is deleted, and the kept row gets the stronger state."""
    twin = next((row for row in call.world.user_enrollments(kept.id) if same_place(row, enrollment)), None)
    if twin is None:
        call.world.give_enrollment(enrollment, kept.id)
        return
    twin.state = min(twin.state, enrollment.state, key=STRENGTH.index)
    enrollment.state, enrollment.updated_at = "deleted", call.now


def same_place(one: Enrollment, other: Enrollment) -> bool:
    return (one.section_id, one.type, one.role_id) == (other.section_id, other.type, other.role_id)

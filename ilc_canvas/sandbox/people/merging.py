"""Merge two entries for one person, and split them again: everything the source has moves to the kept entry, and back."""

from typing import Any

from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.people import reach, users
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.clock import in_zone
from ilc_canvas.sandbox.world.records import Channel, Enrollment, Merge, User

STRENGTH = ("active", "invited", "creation_pending", "completed", "rejected", "inactive", "deleted")


def merge(call: Call) -> Answer:
    """Afterwards every SIS id and login finds the kept person; merging a person into the same person does nothing."""
    source, kept = reach.changeable(call, call.ids["user"]), reach.changeable(call, call.ids["target"])
    if source is not kept:
        call.world.merges.append(remembered(call, source, kept))
        move_addresses(call, source, kept)
        move_logins(call, source, kept)
        move_roles(call, source, kept)
        move_observers(call, source, kept)
        for enrollment in moving(call, source):
            move_enrollment(call, enrollment, kept)
        source.state, source.merged_into = "deleted", kept.id
    return Answer(users.as_json(call, kept) | {"locale": kept.locale})


def moving(call: Call, source: User) -> list[Enrollment]:
    """The enrollments that move; deleted ones stay behind."""
    return [row for row in call.world.user_enrollments(source.id) if row.state != "deleted"]


def remembered(call: Call, source: User, kept: User) -> Merge:
    rows = {row.id: twin_of(call, row, kept) for row in moving(call, source)}
    clashes = [row for number, twin in rows.items() if twin for row in (call.world.enrollments[number], twin)]
    return Merge(
        source_id=source.id,
        kept_id=kept.id,
        state=source.state,
        logins={login.id: login.place for login in call.world.all_logins(source.id)},
        channels={channel.id: (channel.state, channel.position) for channel in call.world.all_channels(source.id)},
        moved=frozenset(number for number, twin in rows.items() if twin is None),
        changed={row.id: row.state for row in clashes},
        observers=frozenset(row.id for row in call.world.enrollments if row.associated_id == source.id),
        admins=frozenset(admin.id for admin in call.world.admins if admin.user_id == source.id),
    )


def move_addresses(call: Call, source: User, kept: User) -> None:
    """Add the source's addresses after the kept person's, one place further than needed; an address that both have stays once."""
    behind = max((channel.position for channel in call.world.all_channels(kept.id)), default=-1) + 1
    own = {channel.address.lower(): channel for channel in call.world.live_channels(kept.id)}
    for channel in call.world.live_channels(source.id):
        weaker = weaker_of(channel, own.get(channel.address.lower()))
        if weaker:
            weaker.state = "retired"
        channel.position += behind
        call.world.give_channel(channel, kept.id)


def weaker_of(channel: Channel, twin: Channel | None) -> Channel | None:
    """Of two channels with the same address, the one to retire: the kept person's only if just the other one is confirmed."""
    if twin is None:
        return None
    return twin if channel.state == "active" != twin.state else channel


def move_logins(call: Call, source: User, kept: User) -> None:
    behind = max((login.place for login in call.world.all_logins(kept.id)), default=0)
    for login in call.world.all_logins(source.id):
        login.place += behind
        call.world.give_login(login, kept.id)


def move_roles(call: Call, source: User, kept: User) -> None:
    for admin in call.world.admins:
        admin.user_id = kept.id if admin.user_id == source.id else admin.user_id


def move_observers(call: Call, source: User, kept: User) -> None:
    for row in call.world.enrollments:
        row.associated_id = kept.id if row.associated_id == source.id else row.associated_id


def move_enrollment(call: Call, enrollment: Enrollment, kept: User) -> None:
    """Where both have the same enrollment the source's row is deleted, and the kept row gets the stronger state."""
    twin = twin_of(call, enrollment, kept)
    if twin is None:
        call.world.give_enrollment(enrollment, kept.id)
        return
    twin.state = min(twin.state, enrollment.state, key=STRENGTH.index)
    enrollment.state, enrollment.updated_at = "deleted", call.now


def twin_of(call: Call, enrollment: Enrollment, kept: User) -> Enrollment | None:
    return next((row for row in call.world.user_enrollments(kept.id) if same_place(row, enrollment)), None)


def same_place(one: Enrollment, other: Enrollment) -> bool:
    return (one.section_id, one.type, one.role_id, one.associated_id) == (
        other.section_id,
        other.type,
        other.role_id,
        other.associated_id,
    )


def split(call: Call) -> Answer:
    """Restore everybody who was merged into this person, with everything they had."""
    kept = find.anybody(call, call.ids["user"])
    merges = [each for each in call.world.merges if each.kept_id == kept.id]
    if not merges:
        raise errors.message(400, "Nothing to split off of this user")
    reach.changeable(call, str(kept.id))
    for each in reversed(merges):
        give_back(call, each)
        call.world.merges.remove(each)
    people = [*(call.world.users[each.source_id] for each in merges), kept]
    return Answer([bare(call, user) for user in people])


def give_back(call: Call, merge: Merge) -> None:
    world, source = call.world, call.world.users[merge.source_id]
    for number, place in merge.logins.items():
        world.logins[number].place = place
        world.give_login(world.logins[number], source.id)
    for number, (state, position) in merge.channels.items():
        channel = world.channels[number]
        channel.state, channel.position = state, position
        world.give_channel(channel, source.id)
    for number in merge.moved:
        world.give_enrollment(world.enrollments[number], source.id)
    for number, state in merge.changed.items():
        world.enrollments[number].state = state
    for number in merge.observers:
        world.enrollments[number].associated_id = source.id
    for number in merge.admins:
        world.admins[number].user_id = source.id
    source.state, source.merged_into = merge.state, None


def bare(call: Call, user: User) -> dict[str, Any]:
    """The five keys that the answer to a split has."""
    return {
        "id": user.id,
        "name": user.name,
        "created_at": in_zone(user.created_at, call.zone),
        "sortable_name": user.sortable_name,
        "short_name": user.short_name,
    }

"""A person's addresses, by position; the first is the e-mail that Canvas shows."""

import re
from typing import Any

from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.people import reach
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import Channel, User

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
BOUNCES = ("bounce_at", "bounce_summary", "suppression_bounce_at", "transient_bounce_at", "transient_bounce_summary")


def as_json(call: Call, channel: Channel) -> dict[str, Any]:
    """An address. Only a site administrator sees what bounced."""
    bounces = dict.fromkeys((f"last_{name}" for name in BOUNCES), None) if call.rights.site_admin else {}
    return {
        "id": channel.id,
        "user_id": channel.user_id,
        "position": channel.position,
        "workflow_state": channel.state,
        "created_at": in_utc(channel.created_at),
        "address": channel.address,
        "type": channel.kind,
        **bounces,
    }


def index(call: Call) -> Answer:
    user, past = reach.of_oneself_or_others(call, call.ids["user"]), call.of_lists()
    return paging.counted(past, past.world.live_channels(user.id), lambda row: as_json(past, row))


def by_address(call: Call, user: User, address: str) -> Channel | None:
    return next((each for each in call.world.live_channels(user.id) if each.address.lower() == address.lower()), None)


def add(call: Call, user: User, address: str, *, confirmed: bool) -> Channel:
    """Add a new address at the end; a retired one returns to its old place."""
    state = "active" if confirmed else "unconfirmed"
    former = next((each for each in call.world.all_channels(user.id) if each.address.lower() == address.lower()), None)
    if former is not None:
        former.state = state
        return former
    position = max((channel.position for channel in call.world.all_channels(user.id)), default=0) + 1
    return call.world.add_channel(
        lambda n: Channel(id=n, created_at=call.now, state=state, user_id=user.id, address=address, position=position)
    )


def create(call: Call) -> Answer:
    """Anybody may claim any address, but people cannot confirm their own in this way."""
    user, asked = reach.of_oneself_or_others(call, call.ids["user"]), call.params.group("communication_channel")
    address = asked.text("address") or ""
    if not ADDRESS.fullmatch(address):
        raise errors.invalid({"email": [("invalid", address)]})
    if by_address(call, user, address) is not None:
        raise errors.invalid({"path": [errors.own("unique!")]})
    confirmed = call.params.flag("skip_confirmation") and user is not call.present.caller
    return Answer(as_json(call, add(call, user, address, confirmed=confirmed)))


def delete(call: Call) -> Answer:
    """By number or by address; once retired it is gone."""
    user, ref = reach.of_oneself_or_others(call, call.ids["user"]), call.ids["channel"]
    named = by_address(call, user, ref) if call.ids.get("kind") else call.world.channels.get(find.as_number(ref))
    if named is None or named.user_id != user.id or named.state == "retired":
        raise errors.not_found()
    named.state = "retired"
    return Answer(as_json(call, named))


def first_address(call: Call, user: User, login: str) -> None:
    """The address that comes with a new person: the one sent, else the login where it looks like one; a bad one is dropped."""
    asked = call.params.group("communication_channel")
    address = asked.text("address") or login
    if ADDRESS.fullmatch(address):
        add(call, user, address, confirmed=asked.flag("skip_confirmation"))


def move_to_top(call: Call, user: User, address: str) -> None:
    """An address the person has moves up as it is; a new one stands on top, unconfirmed."""
    if not ADDRESS.fullmatch(address):
        raise errors.invalid({"email": [("invalid", address)]})
    channel = by_address(call, user, address) or add(call, user, address, confirmed=False)
    for other in call.world.all_channels(user.id):
        other.position += other.position < channel.position
    channel.position = 1

"""Creating people with their first login, or by bringing back a deleted login."""

from dataclasses import replace

from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.people import channels
from ilc_canvas.sandbox.people.logins import flaws_of_login, new_login, provider_of, sis_id_of
from ilc_canvas.sandbox.people.sortable_names import sortable
from ilc_canvas.sandbox.people.users import as_json, long_names, take_names
from ilc_canvas.sandbox.world import find, notifying
from ilc_canvas.sandbox.world.records import Login, User


def create(call: Call) -> Answer:
    """A person with a login. Whatever account the path names, the person belongs to the root."""
    find.account(call, call.ids["account"])
    if not call.rights.has("manage_user_logins"):
        raise errors.refused(403, {})
    asked, login = call.params.group("user"), call.params.group("pseudonym")
    sis_id = sis_id_of(login) if call.rights.writes_sis else None
    gone = call.world.logins.by_sis(sis_id)
    if call.params.flag("enable_sis_reactivation") and gone is not None and gone.state == "deleted":
        return reactivate(call, gone)
    unique_id = (login.text("unique_id") or "").strip()
    draft = named(call, unique_id if asked.text("name") is None else asked.text("name") or "")
    check(draft, flaws_of_login(call, None, unique_id, sis_id=sis_id, provider_id=provider_of(login)))
    user = call.world.users.add(lambda n: replace(draft, id=n))
    new_login(call, user, unique_id, asked=login)
    channels.first_address(call, user, unique_id)
    if login.flag("send_confirmation"):
        what = notifying.REGISTERED if user.state == "registered" else notifying.REGISTRATION
        notifying.add(call.world, call.now, what, user_id=user.id)
    return Answer(as_json(call, user) | {"locale": user.locale})


def named(call: Call, name: str) -> User:
    """A new person, not yet kept, as the request describes one."""
    asked = call.params.group("user")
    registered = asked.flag("skip_registration") or bool(call.params.group("pseudonym").text("password"))
    return User(
        id=0,
        created_at=call.now,
        updated_at=call.now,
        state="registered" if registered else "pre_registered",
        name=name,
        short_name=asked.text("short_name") or name,
        sortable_name=asked.text("sortable_name") or sortable(name),
        time_zone=asked.text("time_zone"),
        locale=asked.text("locale"),
    )


def check(draft: User, login: dict[str, list[errors.Flaw]]) -> None:
    """Refuse in the one shape that only this call has: the flaws of person and login side by side."""
    person = long_names({"name": draft.name, "short_name": draft.short_name, "sortable_name": draft.sortable_name})
    if login:
        person["pseudonyms"] = [("invalid", "invalid")]
    if person:
        found = {"user": errors.as_errors(person), "pseudonym": errors.as_errors(login)}
        raise errors.refused(400, {"errors": {**found, "observee": {}, "pairing_code": {}, "recaptcha": None}})


def confirm_last(call: Call, user: User) -> None:
    """Confirm the person's latest address, even a retired one; the address in the request is ignored."""
    last = max(call.world.all_channels(user.id), key=lambda channel: channel.id, default=None)
    if last is not None:
        last.state = "active"


def reactivate(call: Call, login: Login) -> Answer:
    """Bring a deleted login back with its person, who may be active: the new name applies, the new login does not."""
    if any(other.provider_id == login.provider_id for other in call.world.logins_named(login.unique_id)):
        raise errors.clash("unique_id", "ID already in use for this account and authentication provider")
    user = call.world.users[login.user_id]
    call.world.revive_login(login)
    take_names(user, call.params.group("user"), call.now)
    user.state = "registered"
    if "skip_registration" in call.params.group("user") and "skip_confirmation" in call.params.group("communication_channel"):
        confirm_last(call, user)
    return Answer(as_json(call, user) | {"locale": user.locale})

"""People: made with their first login, found by number, SIS id or login, renamed, suspended, removed."""

from dataclasses import replace
from typing import Any

from ilc_canvas.sandbox import channels, errors, find
from ilc_canvas.sandbox.answers import Answer
from ilc_canvas.sandbox.call import Call
from ilc_canvas.sandbox.clock import in_zone
from ilc_canvas.sandbox.logins import flaws_of_login, new_login
from ilc_canvas.sandbox.names import sortable
from ilc_canvas.sandbox.records import Instant, Login, User
from ilc_canvas.sandbox.sis import too_long
from ilc_canvas.sandbox.world import World

SETTABLE = {"name", "short_name", "sortable_name", "time_zone", "email", "locale", "event", "avatar", "title", "bio", "pronouns"}
NEVER_SET = """
    avatar_image_url avatar_image_source avatar_image_updated_at school_name school_position deleted_at storage_quota
    visible_inbox_types last_user_note subscribe_to_emails browser_locale public initial_enrollment_type crocodoc_id
    last_logged_out lti_context_id turnitin_id pronouns
"""
DEFAULT_ZONE = "Mountain Time (US & Canada)"
PERMISSIONS = {"can_update_name": True, "can_update_avatar": False, "limit_parent_app_web_access": False}


def as_json(call: Call, user: User) -> dict[str, Any]:
    """A person as lists and other records show one; what the rights do not reach is left out."""
    login = call.world.shown_login(user.id)
    shown: dict[str, Any] = {
        "id": user.id,
        "name": user.name,
        "created_at": in_zone(user.created_at, call.world.root.time_zone),
        "sortable_name": user.sortable_name,
        "short_name": user.short_name,
    }
    if call.rights.reads_sis:
        shown |= {"sis_user_id": login and login.sis_id, "integration_id": login and login.integration_id}
    if call.rights.writes_sis:
        shown["sis_import_id"] = None
    if login and call.rights.has("view_user_logins"):
        shown["login_id"] = login.unique_id
    return shown | ({"merged_into_user_id": user.merged_into} if user.merged_into else {})


def email_key(call: Call, user: User) -> dict[str, Any]:
    """The first address by position, confirmed or not; the key is absent without the right to read addresses."""
    if not call.rights.has("read_email_addresses"):
        return {}
    return {"email": next((channel.address for channel in call.world.live_channels(user.id)), None)}


def in_full(call: Call, user: User) -> dict[str, Any]:
    """A person as a single read shows one."""
    return as_json(call, user) | email_key(call, user) | {"locale": user.locale, "permissions": dict(PERMISSIONS)}


def show(call: Call) -> Answer:
    """A merged person is 404 as well, but the answer still says into whom."""
    merged = call.world.users.get(find.as_number(call.ids["user"]))
    if merged is not None and merged.merged_into:
        return Answer(in_full(call, merged), status=404)
    user = find.user(call, call.ids["user"])
    own = {"effective_locale": "en"} if user is call.world.caller else {}
    return Answer(in_full(call, user) | own)


def create(call: Call) -> Answer:
    """A person with a login. Whatever account the path names, the person belongs to the root."""
    find.account(call, call.ids["account"])
    if not call.rights.has("manage_user_logins"):
        raise errors.refused(403, {})
    asked, login = call.params.group("user"), call.params.group("pseudonym")
    sis_id = login.text("sis_user_id") if call.rights.writes_sis else None
    gone = call.world.logins.by_sis(sis_id)
    if call.params.flag("enable_sis_reactivation") and gone is not None and gone.state == "deleted":
        return reactivate(call, gone)
    unique_id = (login.text("unique_id") or "").strip()
    draft = named(call, asked.text("name") or unique_id)
    check(draft, flaws_of_login(call, None, unique_id, sis_id=sis_id))
    user = call.world.users.add(lambda n: replace(draft, id=n))
    integration_id = login.text("integration_id") if call.rights.writes_sis else None
    new_login(call, user, unique_id, sis_id=sis_id, integration_id=integration_id)
    channels.first_address(call, user, unique_id)
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
    person = long_names(draft)
    if login:
        person["pseudonyms"] = [("invalid", "invalid")]
    if person:
        found = {"user": errors.as_errors(person), "pseudonym": errors.as_errors(login)}
        raise errors.refused(400, {"errors": {**found, "observee": {}, "pairing_code": {}, "recaptcha": None}})


def long_names(draft: User) -> dict[str, list[errors.Flaw]]:
    names = {"name": draft.name, "short_name": draft.short_name, "sortable_name": draft.sortable_name}
    return {key: flaws for name, text in names.items() for key, flaws in too_long(name, text).items()}


def reactivate(call: Call, login: Login) -> Answer:
    """A deleted login comes back with its person: the new name is taken, the new login is not."""
    if call.world.login_by_name(login.unique_id) is not None:
        raise errors.clash("unique_id", "ID already in use for this account and authentication provider")
    user = call.world.users[login.user_id]
    call.world.revive_login(login)
    rename(user, call.params.group("user").text("name") or user.name, call.now)
    user.state = "registered"
    if call.params.group("communication_channel").flag("skip_confirmation"):
        channels.first_address(call, user, "")
    return Answer(as_json(call, user) | {"locale": user.locale})


def rename(user: User, name: str, now: Instant) -> None:
    """The sortable and the short name follow as long as they still match the old name."""
    if user.sortable_name == sortable(user.name):
        user.sortable_name = sortable(name)
    if user.short_name == user.name:
        user.short_name = name
    user.name, user.updated_at = name, now


def update(call: Call) -> Answer:
    """One key that may not be set, and nothing is saved."""
    user, asked = find.user(call, call.ids["user"]), call.params.group("user")
    call.rights.need("manage_user_logins")
    if asked.names - SETTABLE:
        raise errors.unauthorized(401)  # every recorded refusal of this kind is 401
    flaws = {key: found for name in ("name", "short_name", "sortable_name") for key, found in too_long(name, asked.text(name)).items()}
    if flaws:
        raise errors.invalid(flaws)
    if asked.text("name") is not None:
        rename(user, asked.text("name") or "", call.now)
    for name in ("short_name", "sortable_name", "time_zone", "locale"):
        setattr(user, name, asked.text(name) or getattr(user, name))
    if asked.text("email"):
        channels.move_to_top(call, user, asked.text("email") or "")
    suspend(call.world, user, asked.text("event"))
    own = {"locale": user.locale, "time_zone": user.time_zone or DEFAULT_ZONE}
    return Answer(as_json(call, user) | email_key(call, user) | own)


def suspend(world: World, user: User, event: str | None) -> None:
    """Suspending oneself does nothing, and says nothing."""
    states = {"suspend": "suspended", "unsuspend": "active"}
    if event in states and user is not world.caller:
        for login in world.live_logins(user.id):
            login.state = states[event]


def remove(call: Call) -> Answer:
    """Takes a person's logins, enrollments, roles and addresses; only the root account can. The answer shows the old state."""
    if find.account(call, call.ids["account"]).parent_id is not None:
        raise errors.not_found()
    user = find.user(call, call.ids["user"])
    call.rights.need("manage_user_logins")
    logins = call.world.live_logins(user.id)
    call.rights.insist(call.rights.writes_sis or not any(login.sis_id for login in logins))
    shown = in_database(call, user)
    for login in logins:
        call.world.delete_login(login)
    for enrollment in call.world.user_enrollments(user.id):
        enrollment.state = "deleted"
    for channel in call.world.live_channels(user.id):
        channel.state = "retired"
    for admin in call.world.admins:
        admin.state = "deleted" if admin.user_id == user.id else admin.state
    return Answer({"user": shown})


def in_database(call: Call, user: User) -> dict[str, Any]:
    """The bare row of the database, which only the removal of a person answers."""
    zone = call.world.root.time_zone
    return dict.fromkeys(NEVER_SET.split()) | {
        "id": user.id,
        "name": user.name,
        "sortable_name": user.sortable_name,
        "short_name": user.short_name,
        "workflow_state": user.state,
        "time_zone": user.time_zone,
        "locale": user.locale,
        "created_at": in_zone(user.created_at, zone),
        "updated_at": in_zone(user.updated_at, zone),
        "show_user_services": True,
        "page_views_count": 0,
        "reminder_time_for_due_dates": 172800,
        "reminder_time_for_grading": 0,
        "preferences": {},
        "avatar_state": "none",
        "unread_conversations_count": 0,
        "stuck_sis_fields": ["name", "sortable_name"],
        "lti_id": f"00000000-0000-4000-8000-{user.id:012}",
        "root_account_ids": [1],
        "merged_into_user_id": user.merged_into,
    }

"""People: showing, renaming, suspending and removing them."""

from typing import Any

from ilc_canvas.sandbox.account.sis import too_long
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.people import channels, reach
from ilc_canvas.sandbox.people.sortable_names import is_derived, sortable
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.clock import in_zone
from ilc_canvas.sandbox.world.records import Instant, User
from ilc_canvas.sandbox.world.world import World, uuid_of

SETTABLE = {"name", "short_name", "sortable_name", "time_zone", "email", "locale", "event", "avatar", "title", "bio", "pronouns"}
NEVER_SET = """
    avatar_image_url avatar_image_source avatar_image_updated_at school_name school_position deleted_at storage_quota
    visible_inbox_types last_user_note subscribe_to_emails browser_locale public initial_enrollment_type crocodoc_id
    last_logged_out lti_context_id turnitin_id pronouns
"""
DEFAULT_ZONE = "Mountain Time (US & Canada)"
PROFILE = ("id", "name", "short_name", "sortable_name", "sis_user_id", "locale")
PERMISSIONS = {"can_update_name": True, "can_update_avatar": False, "limit_parent_app_web_access": False}


def as_json(call: Call, user: User) -> dict[str, Any]:
    """A person as lists and other records show one; what the rights do not reach is left out."""
    login = call.world.shown_login(user.id, listed=call.listing)
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
    if user.merged_into and call.rights.site_admin:
        shown["merged_into_user_id"] = user.merged_into
    return shown


def email_key(call: Call, user: User) -> dict[str, Any]:
    """The first address by position, confirmed or not; the key is absent without the right to read addresses."""
    if not call.rights.has("read_email_addresses"):
        return {}
    return {"email": next((channel.address for channel in call.world.live_channels(user.id)), None)}


def in_full(call: Call, user: User) -> dict[str, Any]:
    """A person as a single read shows one."""
    return as_json(call, user) | email_key(call, user) | {"locale": user.locale, "permissions": dict(PERMISSIONS)}


def show(call: Call) -> Answer:
    """A removed person still answers by number. A merged-away one is 404, and only a site administrator learns who was kept."""
    user = find.anybody(call, call.ids["user"])
    if user.merged_into and call.rights.site_admin:
        return Answer(in_full(call, user), status=404)
    if user.merged_into:
        raise errors.not_found()
    own = {"effective_locale": "en"} if user is call.world.caller else {}
    return Answer(in_full(call, user) | own)


def profile(call: Call) -> Answer:
    """The profile shows login and integration id regardless of rights; they are null for people without a login."""
    user = reach.readable(call, call.ids["user"])
    known, login = in_full(call, user), call.world.shown_login(user.id)
    shown: dict[str, Any] = {name: known[name] for name in PROFILE if name in known}
    shown |= {"login_id": login and login.unique_id, "integration_id": login and login.integration_id}
    shown |= {"title": None, "bio": None, "time_zone": user.time_zone or call.zone}
    if "email" in known:
        shown["primary_email"] = known["email"]
    own = {"effective_locale": "en", "calendar": {"ics": f"{call.base}/feeds/calendars/user_{uuid_of(user)}.ics"}}
    return Answer(shown | (own if user is call.world.caller else {}))


def long_names(names: dict[str, str]) -> dict[str, list[errors.Flaw]]:
    return {key: flaws for name, text in names.items() for key, flaws in too_long(name, text).items()}


def take_names(user: User, asked: Params, now: Instant) -> None:
    """Set the names in the request. An empty sortable or short name is derived again; a missing one follows the name if it did before."""
    before, follows = user.sortable_name, is_derived(user.sortable_name, user.name)
    short = None if user.short_name == user.name else user.short_name
    if asked.text("name") is not None:
        follows = follows and asked.text("name") != user.name
        user.name, user.updated_at = asked.text("name") or "", now
    elif "sortable_name" not in asked:
        follows = False
    user.short_name = (asked.text("short_name") if "short_name" in asked else short) or user.name
    sent = asked.text("sortable_name")
    user.sortable_name = sent or (sortable(user.name, before=before) if follows or "sortable_name" in asked else before)


def update(call: Call) -> Answer:
    """One key that may not be set, and nothing is saved."""
    user, asked = reach.changeable(call, call.ids["user"]), call.params.group("user")
    if asked.names - SETTABLE:
        raise errors.unauthorized(401)  # every recorded refusal of this kind is 401
    flaws = long_names({name: asked.text(name) or "" for name in ("name", "short_name", "sortable_name")})
    if flaws:
        raise errors.invalid(flaws)
    take_names(user, asked, call.now)
    user.time_zone, user.locale = asked.text("time_zone") or user.time_zone, asked.text("locale") or user.locale
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
    reach.changeable(call, str(user.id))
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
        "root_account_ids": [call.world.root.id],
        "merged_into_user_id": user.merged_into,
    }

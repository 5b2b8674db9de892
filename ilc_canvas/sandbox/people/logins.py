"""Logins: unique per provider in any letter case while they live; their SIS ids stay reserved after deletion."""

from typing import Any

from ilc_canvas.sandbox.account.sis import taken
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.errors import Flaw
from ilc_canvas.sandbox.http.params import Params
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.people import reach
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import Login, User

LONGEST = 100
SETTABLE = {"unique_id", "sis_user_id", "integration_id", "password", "workflow_state", "authentication_provider_id", "declared_user_type"}
SIS_FIELDS = {"sis_user_id", "integration_id"}
CANVAS_PROVIDER = 1  # the one authentication provider of the institution
PROVIDER_NAMES = {str(CANVAS_PROVIDER), "canvas"}
IN_USE = ("taken", "ID already in use for this account and authentication provider")


def as_json(call: Call, login: Login) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": login.id,
        "user_id": login.user_id,
        "account_id": call.world.root.id,
        "workflow_state": login.state,
        "unique_id": login.unique_id,
        "created_at": in_utc(login.created_at),
        "authentication_provider_id": login.provider_id,
        "declared_user_type": login.declared_user_type,
    }
    if login.provider_id:
        shown["authentication_provider_type"] = "canvas"
    if call.rights.reads_sis:
        shown |= {"sis_user_id": login.sis_id, "integration_id": login.integration_id}
    return shown


def providers(call: Call) -> Answer:
    """The ways to sign in, which is Canvas itself; the list has no pages."""
    find.account(call, call.ids["account"])
    call.rights.need("manage_account_settings")
    settings = {"position": 1, "self_registration": "none", "mfa_required": False, "enable_captcha": False}
    return Answer([{"id": CANVAS_PROVIDER, "auth_type": "canvas", **settings}])


def on_root(call: Call) -> None:
    if find.account(call, call.ids["account"]).parent_id is not None:
        raise errors.message(400, "Action must be called on a root account.")


def of_account(call: Call) -> Answer:
    """The logins of the person in `user[id]`, or the caller's own; never all logins of the account."""
    on_root(call)
    return of(call, call.params.group("user").text("id") or "self")


def of_user(call: Call) -> Answer:
    return of(call, call.ids["user"])


def of(call: Call, ref: str) -> Answer:
    find.person(call, ref)
    user, past = reach.of_oneself_or_others(call, ref), call.of_lists()
    return paging.counted(past, past.world.live_logins(user.id), lambda row: as_json(past, row))


def flaws_of_login(
    call: Call, login: Login | None, unique_id: str, *, sis_id: str | None, provider_id: int | None
) -> dict[str, list[Flaw]]:
    """What is wrong with these for `login` (None: a new one). A name that is taken hides a SIS id that is taken too."""
    if any(other is not login and other.provider_id == provider_id for other in call.world.logins_named(unique_id)):
        return {"unique_id": [IN_USE]}
    if not unique_id:
        return {"unique_id": [("too_short", "too_short"), ("invalid", "invalid")]}
    if len(unique_id) > LONGEST:
        return {"unique_id": [("too_long", "too_long")] * 2}
    found = taken(call.world.logins, login, sis_id).get("sis_source_id", [])
    return {"sis_user_id": [("too_long" if text == "too_long" else "taken", text) for _, text in found]} if found else {}


def provider_of(asked: Params) -> int | None:
    """The authentication provider that a request names by number or type; 404 if it is unknown."""
    ref = asked.text("authentication_provider_id")
    if ref is not None and ref not in PROVIDER_NAMES:
        raise errors.not_found()
    return None if ref is None else CANVAS_PROVIDER


def sis_id_of(asked: Params, name: str = "sis_user_id") -> str | None:
    """A SIS id as sent, including its blanks; blanks alone mean no SIS id."""
    text = asked.text(name) or ""
    return text if text.strip() else None


def new_login(call: Call, user: User, unique_id: str, *, asked: Params) -> Login:
    """Store a login that has been checked; SIS ids are dropped without the right to manage them."""
    writes = call.rights.writes_sis
    place = max((login.place for login in call.world.live_logins(user.id)), default=0) + 1
    return call.world.add_login(
        lambda n: Login(
            id=n,
            created_at=call.now,
            state="active",
            user_id=user.id,
            unique_id=unique_id,
            place=place,
            provider_id=provider_of(asked),
            sis_id=sis_id_of(asked) if writes else None,
            integration_id=sis_id_of(asked, "integration_id") if writes else None,
        )
    )


def refuse(flaws: dict[str, list[Flaw]]) -> None:
    if flaws:
        raise errors.invalid(flaws)


def create(call: Call) -> Answer:
    """Give a person another login, which also brings a removed person back; the default is the caller."""
    on_root(call)
    asked = call.params.group("login")
    user = reach.changeable(call, call.params.group("user").text("id") or "self")
    check_fields(call, asked)
    unique_id = (asked.text("unique_id") or "").strip()
    refuse(flaws_of_login(call, None, unique_id, sis_id=sis_id_of(asked), provider_id=provider_of(asked)))
    return Answer(as_json(call, new_login(call, user, unique_id, asked=asked)))


def check_fields(call: Call, asked: Params) -> None:
    """Refuse a request without any known field (400 with the body null), or with a SIS id, even an empty one, without the right to it."""
    provider_of(asked)
    if not asked.names & SETTABLE:
        raise errors.refused(400, None)
    call.rights.insist(call.rights.writes_sis or not asked.names & SIS_FIELDS)
    if "workflow_state" in asked and asked.text("workflow_state") not in {"active", "suspended"}:
        raise errors.invalid({"workflow_state": [errors.own("invalid workflow_state")]})


def update(call: Call) -> Answer:
    """Change only the fields in the request."""
    on_root(call)
    login, asked = find.login(call, call.ids["login"]), call.params.group("login")
    reach.changeable(call, str(login.user_id))
    check_fields(call, asked)
    unique_id = (asked.text("unique_id") or "").strip() if "unique_id" in asked else login.unique_id
    sis_id = sis_id_of(asked) if "sis_user_id" in asked else login.sis_id
    provider_id = provider_of(asked) or login.provider_id
    refuse(flaws_of_login(call, login, unique_id, sis_id=sis_id, provider_id=provider_id))
    login.provider_id = provider_id
    call.world.rename_login(login, unique_id)
    call.world.logins.set_sis(login, sis_id)
    set_rest(call, login, asked)
    return Answer(as_json(call, login))


def set_rest(call: Call, login: Login, asked: Params) -> None:
    if "integration_id" in asked:
        call.world.logins.set_integration(login, sis_id_of(asked, "integration_id"))
    if "declared_user_type" in asked:
        login.declared_user_type = asked.text("declared_user_type")
    login.state = asked.text("workflow_state") or login.state


def delete(call: Call) -> Answer:
    """Delete a login, unless it is the last one; a login with a SIS id requires the right to manage SIS ids."""
    user, login = find.person(call, call.ids["user"]), find.login(call, call.ids["login"])
    if login.user_id != user.id:
        raise errors.not_found()
    reach.changeable(call, str(user.id))
    call.rights.insist(call.rights.writes_sis or not login.sis_id)
    if len(call.world.live_logins(user.id)) == 1:
        raise errors.invalid({"base": [errors.own("Users must have at least one login")]})
    call.world.delete_login(login)
    return Answer(as_json(call, login))

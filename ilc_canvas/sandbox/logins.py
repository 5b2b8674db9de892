"""Logins: unique without regard to case while they live; their SIS ids stay taken for good."""

from typing import Any

from ilc_canvas.sandbox import errors, find, paging
from ilc_canvas.sandbox.answers import Answer
from ilc_canvas.sandbox.call import Call
from ilc_canvas.sandbox.clock import in_utc
from ilc_canvas.sandbox.errors import Flaw
from ilc_canvas.sandbox.params import Params
from ilc_canvas.sandbox.records import Login, User
from ilc_canvas.sandbox.sis import taken

LONGEST = 100
SETTABLE = {"unique_id", "sis_user_id", "integration_id", "password", "workflow_state", "authentication_provider_id", "declared_user_type"}
IN_USE = ("taken", "ID already in use for this account and authentication provider")


def as_json(call: Call, login: Login) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": login.id,
        "user_id": login.user_id,
        "account_id": call.world.root.id,
        "workflow_state": login.state,
        "unique_id": login.unique_id,
        "created_at": in_utc(login.created_at),
        "authentication_provider_id": None,
        "declared_user_type": login.declared_user_type,
    }
    if call.rights.reads_sis:
        shown |= {"sis_user_id": login.sis_id, "integration_id": login.integration_id}
    return shown


def on_root(call: Call) -> None:
    if find.account(call, call.ids["account"]).parent_id is not None:
        raise errors.message(400, "Action must be called on a root account.")
    call.rights.need("manage_user_logins")


def of_account(call: Call) -> Answer:
    on_root(call)
    past = call.of_lists()
    rows = [login for login in past.world.logins if login.state != "deleted"]
    return paging.counted(past, rows, lambda row: as_json(past, row))


def of_user(call: Call) -> Answer:
    user = find.user(call, call.ids["user"])
    call.rights.need("manage_user_logins")
    past = call.of_lists()
    return paging.counted(past, past.world.live_logins(user.id), lambda row: as_json(past, row))


def flaws_of_login(call: Call, login: Login | None, unique_id: str, *, sis_id: str | None) -> dict[str, list[Flaw]]:
    """What is wrong with these for `login` (None: a new one). A name that is taken hides a SIS id that is taken too."""
    namesake = call.world.login_by_name(unique_id)
    if namesake is not None and namesake is not login:
        return {"unique_id": [IN_USE]}
    if not unique_id:
        return {"unique_id": [("too_short", "too_short"), ("invalid", "invalid")]}
    if len(unique_id) > LONGEST:
        return {"unique_id": [("too_long", "too_long")] * 2}
    found = taken(call.world.logins, login, sis_id).get("sis_source_id", [])
    return {"sis_user_id": [("too_long" if text == "too_long" else "taken", text) for _, text in found]} if found else {}


def new_login(call: Call, user: User, unique_id: str, *, sis_id: str | None, integration_id: str | None) -> Login:
    place = max((login.place for login in call.world.live_logins(user.id)), default=0) + 1
    return call.world.add_login(
        lambda n: Login(
            id=n,
            created_at=call.now,
            state="active",
            user_id=user.id,
            unique_id=unique_id,
            place=place,
            sis_id=sis_id,
            integration_id=integration_id,
        )
    )


def refuse(flaws: dict[str, list[Flaw]]) -> None:
    if flaws:
        raise errors.invalid(flaws)


def create(call: Call) -> Answer:
    """Without a person named, the caller gets the login."""
    on_root(call)
    asked = call.params.group("login")
    user = find.user(call, call.params.group("user").text("id") or "self")
    call.rights.insist(call.rights.writes_sis or not asked.text("sis_user_id"))
    unique_id = (asked.text("unique_id") or "").strip()
    refuse(flaws_of_login(call, None, unique_id, sis_id=asked.text("sis_user_id")))
    login = new_login(call, user, unique_id, sis_id=asked.text("sis_user_id"), integration_id=asked.text("integration_id"))
    return Answer(as_json(call, login))


def update(call: Call) -> Answer:
    """Only what is sent changes; nothing that can be set is 400 with the body null."""
    on_root(call)
    login, asked = find.login(call, call.ids["login"]), call.params.group("login")
    if not asked.names & SETTABLE:
        raise errors.refused(400, None)
    if "workflow_state" in asked and asked.text("workflow_state") not in {"active", "suspended"}:
        raise errors.invalid({"workflow_state": [errors.own("invalid workflow_state")]})
    call.rights.insist(call.rights.writes_sis or not asked.text("sis_user_id"))
    unique_id = (asked.text("unique_id") or login.unique_id).strip()
    sis_id = asked.text("sis_user_id") if "sis_user_id" in asked else login.sis_id
    refuse(flaws_of_login(call, login, unique_id, sis_id=sis_id))
    call.world.rename_login(login, unique_id)
    call.world.logins.set_sis(login, sis_id)
    set_rest(call, login, asked)
    return Answer(as_json(call, login))


def set_rest(call: Call, login: Login, asked: Params) -> None:
    if "integration_id" in asked:
        call.world.logins.set_integration(login, asked.text("integration_id"))
    if "declared_user_type" in asked:
        login.declared_user_type = asked.text("declared_user_type")
    login.state = asked.text("workflow_state") or login.state


def delete(call: Call) -> Answer:
    """Nobody loses the last login."""
    user, login = find.user(call, call.ids["user"]), find.login(call, call.ids["login"])
    call.rights.need("manage_user_logins")
    if login.user_id != user.id:
        raise errors.not_found()
    if len(call.world.live_logins(user.id)) == 1:
        raise errors.invalid({"base": [errors.own("Users must have at least one login")]})
    call.world.delete_login(login)
    return Answer(as_json(call, login))

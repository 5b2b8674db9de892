"""Whoever is signed in: the own sessions, and the password."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas.console.refusals import needs_new_sign_in
from ilc_canvas.console.rendering import page
from ilc_canvas.console.security import passwords
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.errors import AccountError
from ilc_canvas.store.people import attempts, credentials, sessions

_DONE = {
    "password": "You have a new password. Other sessions of yours are over.",
    "code": "Codes of the new key count from now on, and those of the former one no more. Other sessions of yours are over.",
    "session": "That session is over.",
    "sessions": "All other sessions of yours are over.",
}
_WRONG = "This is not your present password. Nothing was changed."
_TOO_MANY = "Too many wrong passwords were typed. Nothing was changed. Wait a quarter of an hour, then try again."
_GONE = "That session has already ended."


def show(visit: Visit) -> Response:
    """Own sessions, and what one signs in with."""
    return _page(visit, {})


def end_session(visit: Visit) -> Response:
    """End one of the own sessions, or all others. It needs a recent sign-in."""
    if refusal := needs_new_sign_in(visit, "/me"):
        return refusal
    if visit.typed("which") == "others":
        sessions.end_others(visit.store, visit.account, visit.token, at=visit.at)
        return RedirectResponse("/me?done=sessions", HTTPStatus.SEE_OTHER)
    if visit.typed("which") == sessions.handle_of(visit.token):
        return _page(visit, {"": "This is the session that you are in: sign out to end it. Nothing was changed."})
    if not sessions.end_one(visit.store, visit.account, visit.typed("which"), at=visit.at):
        return _page(visit, {"": _GONE})
    return RedirectResponse("/me?done=session", HTTPStatus.SEE_OTHER)


def change_password(visit: Visit) -> Response:
    """Take a new password in place of the present one, which must be typed once more."""
    if not visit.account.password:
        return _page(visit, {"": "You sign in without a password here, so there is none to change. Nothing was changed."})
    old, new, again = (_secret(visit, name) for name in ("old", "new", "again"))
    errors = _misfits(old, new, again)
    if errors:
        return _page(visit, errors)
    if attempts.begin(visit.store, visit.account.name, address=visit.address, at=visit.at) is None:
        return _page(visit, {"old": _TOO_MANY}, HTTPStatus.TOO_MANY_REQUESTS)
    if not passwords.matches(old, visit.account.password):
        attempts.failed(visit.store, known=visit.account.name, address=visit.address, at=visit.at)
        return _page(visit, {"old": _WRONG})
    attempts.succeeded(visit.store, visit.account.name)
    try:
        hashed = passwords.hashed(new, visit.account.name)
    except AccountError as error:
        return _page(visit, {"new": str(error)})
    credentials.set_password(visit.store, visit.account, hashed, token=visit.token, at=visit.at)
    return RedirectResponse("/me?done=password", HTTPStatus.SEE_OTHER)


def _secret(visit: Visit, name: str) -> str:
    """As it was typed: spaces count in a password."""
    value = visit.form.get(name)
    return value if isinstance(value, str) else ""


def _misfits(old: str, new: str, again: str) -> Mapping[str, str]:
    if not old:
        return {"old": "Type your present password. Nothing was changed."}
    if new != again:
        return {"again": "The two new passwords are not the same. Nothing was changed."}
    if new == old:
        return {"new": "The new password is the present one. Nothing was changed."}
    return {}


def _page(visit: Visit, errors: Mapping[str, str], status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> Response:
    values = {
        "sessions": sessions.of_account(visit.store, visit.account.login, visit.at),
        "own": sessions.handle_of(visit.token),
        "errors": errors,
        "done": "" if errors else _DONE.get(visit.asked("done"), ""),
        "shortest": passwords.SHORTEST,
    }
    return page(visit, "me.html", values, status=status if errors else HTTPStatus.OK)

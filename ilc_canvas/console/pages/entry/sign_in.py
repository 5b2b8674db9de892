"""Signing in with name, password and code; and out."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from ilc_canvas.console.rendering import bare
from ilc_canvas.console.security import codes, passwords
from ilc_canvas.console.security.tokens import drop_cookie, set_cookie
from ilc_canvas.console.visit import Visit
from ilc_canvas.store.people import accounts, attempts, sessions
from ilc_canvas.store.people.accounts import Account
from ilc_canvas.store.people.sessions import How, Origin

_WRONG = "Name, password and code do not match. A code works only once: wait for the next one."
_TOO_MANY = "Too many sign-ins have failed. Wait a quarter of an hour, then try again."


def show(visit: Visit) -> Response:
    """The form."""
    return _form(visit, next_path(visit.asked("next")), "", status=HTTPStatus.OK)


def sign_in(visit: Visit) -> Response:
    """A new session if all three are right; whatever session there was is over."""
    name, target = visit.typed("name"), next_path(visit.typed("next"))
    if attempts.begin(visit.store, name, address=visit.address, at=visit.at) is None:
        return _form(visit, target, _TOO_MANY, status=HTTPStatus.TOO_MANY_REQUESTS)
    account = accounts.find(visit.store, name)
    if account is None or not _proves(visit, account):
        if account is None:
            passwords.matches("", None)
        attempts.failed(visit.store, known=account.name if account else "", address=visit.address, at=visit.at)
        return _form(visit, target, _WRONG, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    attempts.succeeded(visit.store, name)
    return signed_in(visit, account, target)


def _proves(visit: Visit, account: Account) -> bool:
    """Whether password and code are right; the code is used up by that."""
    password, code = visit.form.get("password"), visit.typed("code")
    if not passwords.matches(password if isinstance(password, str) else "", account.password):
        return False
    step = codes.step_of(account.secret, code, visit.at)
    return step is not None and accounts.use_step(visit.store, account.login, step)


def signed_in(visit: Visit, account: Account, target: str, *, how: How = How.PASSWORD, proved: bool = True) -> Response:
    """A new session for this account, and the way on; whatever session there was is over."""
    origin = Origin(visit.address, visit.agent, how, proved)
    return let_in(visit, target, lambda token: sessions.begin(visit.store, account, token, origin=origin, at=visit.at))


def let_in(visit: Visit, target: str, begin: Callable[[str], object]) -> Response:
    """A new token for the session that `begin` begins, and the way on; whatever session there was has ended."""
    token = visit.console.new_token()
    if visit.token:
        sessions.replace(visit.store, visit.token)
    begin(token)
    answer = RedirectResponse(target, HTTPStatus.SEE_OTHER)
    set_cookie(answer, token)
    return answer


def sign_out(visit: Visit) -> Response:
    """The session is over, in the store as well."""
    sessions.end(visit.store, visit.token, actor=visit.actor, at=visit.at, person=visit.guest.person if visit.guest else None)
    answer = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    drop_cookie(answer)
    return answer


def next_path(text: str) -> str:
    """A path of ours; anything that could lead elsewhere becomes the first page."""
    parts = urlsplit(text) if text.isascii() and text.isprintable() else None
    is_ours = parts and not parts.scheme and not parts.netloc and text.startswith("/") and not text.startswith("//") and "\\" not in text
    return text if is_ours else "/"


def _form(visit: Visit, target: str, problem: str, *, status: int) -> Response:
    values = {
        "next": target,
        "problem": problem,
        "name": visit.typed("name"),
        "again": visit.session is not None,
        "school": bool(visit.settings.console_oidc_issuer),
        "canvas": bool(visit.settings.console_canvas_client),
        "network_user": visit.network_user,
    }
    return bare(visit, "sign_in.html", values, status=status)

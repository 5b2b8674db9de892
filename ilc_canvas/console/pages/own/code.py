"""A new key for the authenticator: shown as a picture and as text, and in force once a code of it was typed."""

from http import HTTPStatus

import segno
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from ilc_canvas.console.refusals import needs_new_sign_in
from ilc_canvas.console.rendering import message, page
from ilc_canvas.console.security import codes
from ilc_canvas.console.visit import Visit
from ilc_canvas.store.people import attempts, credentials

_HERE = "/me/code"
_WRONG = "This is not a code of the new key: type the six digits that the authenticator shows now. The former key still counts."
_TOO_MANY = "Too many wrong codes were typed. The former key still counts. Wait a quarter of an hour, then try again."
_NONE = "You sign in without a password here, so there is no key to renew. Nothing was changed."


def begin(visit: Visit) -> Response:
    """Make a key, which counts for nothing yet. It needs a recent sign-in."""
    if refusal := _refusal(visit, back="/me"):
        return refusal
    credentials.propose_secret(visit.store, visit.token, codes.new_secret())
    return RedirectResponse(_HERE, HTTPStatus.SEE_OTHER)


def show(visit: Visit) -> Response:
    """The key that waits to be confirmed."""
    if refusal := _refusal(visit, back=_HERE):
        return refusal
    secret = credentials.proposed_secret(visit.store, visit.token)
    return _page(visit, secret) if secret else RedirectResponse("/me", HTTPStatus.SEE_OTHER)


def confirm(visit: Visit) -> Response:
    """From now on codes are those of the key, if this is one."""
    if refusal := _refusal(visit, back=_HERE):
        return refusal
    secret = credentials.proposed_secret(visit.store, visit.token)
    if not secret:
        return RedirectResponse("/me", HTTPStatus.SEE_OTHER)
    if attempts.begin(visit.store, visit.account.name, address=visit.address, at=visit.at) is None:
        return _page(visit, secret, _TOO_MANY, status=HTTPStatus.TOO_MANY_REQUESTS)
    step = codes.step_of(secret, visit.typed("code"), visit.at)
    if step is None:
        return _page(visit, secret, _WRONG)
    attempts.succeeded(visit.store, visit.account.name)
    done = credentials.confirm_secret(visit.store, visit.account, secret, step=step, token=visit.token, at=visit.at)
    return RedirectResponse("/me?done=code" if done else "/me", HTTPStatus.SEE_OTHER)


def _refusal(visit: Visit, *, back: str) -> Response | None:
    if not visit.account.password:
        return message(visit, "This cannot be done", _NONE, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return needs_new_sign_in(visit, back)


def _page(visit: Visit, secret: str, problem: str = "", *, status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> Response:
    values = {
        "picture": picture(codes.uri_of(secret, visit.account.name)),
        "pieces": [secret[start : start + 4] for start in range(0, len(secret), 4)],
        "errors": {"code": problem} if problem else {},
    }
    return page(visit, "me_code.html", values, status=status if problem else HTTPStatus.OK)


def picture(text: str) -> Markup:
    """A QR code as SVG, dark on light in both schemes: only so do all cameras read it."""
    drawn = segno.make(text, error="m", micro=False)
    return Markup(drawn.svg_inline(svgclass="qr", lineclass=None, omitsize=True, dark="#000", light="#fff"))  # noqa: S704 - segno drew it

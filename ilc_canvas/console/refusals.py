"""Why a visit is refused before its page is asked: not signed in, another role, a foreign form, too fast."""

from collections.abc import Collection
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response

from ilc_canvas.console.rendering import bare, message
from ilc_canvas.console.routes import Page
from ilc_canvas.console.security.gate import SAFE
from ilc_canvas.console.security.tokens import is_form_token
from ilc_canvas.console.visit import Visit
from ilc_canvas.store.people import accounts, attempts
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.people.sessions import digest_of

_FACILITATORS = "This page is a facilitator's, who signs in with Canvas. Nothing was changed. Courses and people are in the menu."
FRESH = timedelta(minutes=15)
"""So recently has somebody signed in who approves, or takes data away."""


def refused(visit: Visit, page: Page, headers: Headers) -> Response | None:
    """The answer of a refusal; None if the page may be asked."""
    if page.public:
        return None
    if visit.guest:
        return _to_guest(visit, page)
    if visit.session is None:
        return _signed_out(visit, page, headers)
    if not page.roles:
        _note(visit, page, "role")
        return message(visit, "You may not do this", _FACILITATORS, status=HTTPStatus.FORBIDDEN)
    if not visit.may(*page.roles):
        _note(visit, page, "role")
        return message(visit, "You may not do this", _not_allowed(visit, page.roles), status=HTTPStatus.FORBIDDEN)
    return None if page.method in SAFE else _foreign(visit, page)


def _note(visit: Visit, page: Page, why: str) -> None:
    """In the audit log, with the page by its pattern; not more often than a session may change something, so that nobody floods it."""
    if visit.console.pace.allows(f"refused {digest_of(visit.token)}", visit.at):
        person = visit.guest.person if visit.guest else None
        attempts.access_refused(visit.store, f"{page.method} {page.path}", why, actor=visit.actor, at=visit.at, person=person)


def _to_guest(visit: Visit, page: Page) -> Response | None:
    """Facilitators have their own pages, and for them there are no others."""
    if page.facilitators:
        return None if page.method in SAFE else _foreign(visit, page)
    if visit.path == "/" and page.method in SAFE:
        return RedirectResponse("/my", HTTPStatus.SEE_OTHER)
    _note(visit, page, "role")
    return message(visit, "There is no such page", "Nothing was changed.", status=HTTPStatus.NOT_FOUND)


def _signed_out(visit: Visit, page: Page, headers: Headers) -> Response:
    """A link in a mail comes without the cookie, which is for our own pages alone: the page asks for itself once more."""
    if page.method not in SAFE:
        return message(visit, "Your session is over", "Nothing was changed. Sign in and do it once more.", status=HTTPStatus.UNAUTHORIZED)
    if not visit.token and headers.get("sec-fetch-site") == "cross-site":
        return bare(visit, "reload.html", {"url": _whole(visit)})
    return to_sign_in(_whole(visit))


def _whole(visit: Visit) -> str:
    """The address that was asked for, with what it looks for."""
    return f"{visit.path}?{visit.query}" if visit.query else visit.path


def to_sign_in(path: str) -> Response:
    """Sign in, then come back to this path."""
    return RedirectResponse(f"/sign-in?next={quote(path)}", HTTPStatus.SEE_OTHER)


def needs_new_sign_in(visit: Visit, back: str) -> Response | None:
    """For what needs a fresh sign-in: the way there and back, if the last one is too old."""
    if visit.session and visit.session.proved and visit.at - visit.session.began_at < FRESH:
        return None
    return to_sign_in(back)


def _not_allowed(visit: Visit, roles: Collection[Role]) -> str:
    wanted = " or ".join(sorted(roles))
    admins = [each.name for each in accounts.listing(visit.store) if Role.ADMIN in each.roles]
    who = f" {' or '.join(admins[:3])} can give you the role." if admins else ""
    return f"This is for the {wanted}; you are {' and '.join(sorted(visit.account.roles))}. Nothing was changed.{who}"


def _foreign(visit: Visit, page: Page) -> Response | None:
    if not is_form_token(visit.form.get("form_token"), visit.token):
        _note(visit, page, "form")
        text = "This form belongs to another session. Nothing was changed. Open the page again, and do it once more."
        return message(visit, "This form is out of date", text, status=HTTPStatus.FORBIDDEN)
    if not visit.console.pace.allows(digest_of(visit.token), visit.at):
        _note(visit, page, "pace")
        text = "More than 60 changes in a minute came from your session. Nothing was changed. Wait a minute."
        return message(visit, "That was too fast", text, status=HTTPStatus.TOO_MANY_REQUESTS)
    return None

"""Who may do what: accounts, their roles, and who is signed in."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas.console.refusals import needs_new_sign_in
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.errors import AccountError
from ilc_canvas.store.people import accounts, identities, sessions
from ilc_canvas.store.people.accounts import Role


def show(visit: Visit) -> Response:
    """All accounts."""
    return _page(visit, {})


def set_roles(visit: Visit) -> Response:
    """Give an account the roles that are ticked; whoever has it signs in anew."""
    if refusal := needs_new_sign_in(visit, "/accounts"):
        return refusal
    roles = [role for role in Role if role in visit.ticked("role")]
    try:
        accounts.set_roles(visit.store, visit.typed("name"), roles, actor=visit.actor, at=visit.at)
    except AccountError as error:
        return _page(visit, {"": str(error)})
    return RedirectResponse("/accounts", HTTPStatus.SEE_OTHER)


def end_sessions(visit: Visit) -> Response:
    """Sign an account out wherever it is signed in."""
    try:
        sessions.end_all(visit.store, visit.typed("name"), actor=visit.actor, at=visit.at)
    except AccountError as error:
        return _page(visit, {"": str(error)})
    return RedirectResponse("/accounts", HTTPStatus.SEE_OTHER)


def link(visit: Visit) -> Response:
    """Whoever the school means by this name is this account from now on; with nothing typed, nobody is."""
    if refusal := needs_new_sign_in(visit, "/accounts"):
        return refusal
    issuer, name, subject = visit.settings.console_oidc_issuer, visit.typed("name"), visit.typed("subject")
    try:
        if not issuer:
            raise AccountError("The settings name no school sign-in. Nothing was changed.")  # noqa: TRY301 - one place answers
        if subject:
            identities.link(visit.store, name, subject, issuer=issuer, actor=visit.actor, at=visit.at)
        else:
            identities.unlink(visit.store, name, issuer=issuer, actor=visit.actor, at=visit.at)
    except AccountError as error:
        return _page(visit, {"": str(error)})
    return RedirectResponse("/accounts", HTTPStatus.SEE_OTHER)


def _page(visit: Visit, errors: Mapping[str, str]) -> Response:
    here = sessions.signed_in(visit.store, visit.at)
    rows = [(each, each.login in here) for each in accounts.listing(visit.store)]
    values = {"rows": rows, "signed_in": sum(is_in for _, is_in in rows), "all_roles": list(Role), "errors": errors}
    issuer = visit.settings.console_oidc_issuer
    values |= {"issuer": issuer, "subjects": identities.subjects(visit.store, issuer) if issuer else {}}
    return page(visit, "accounts.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK)

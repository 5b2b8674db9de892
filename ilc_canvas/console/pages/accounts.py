"""Who may do what: accounts, their roles, and who is signed in."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas.console.refusals import needs_new_sign_in
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.errors import AccountError
from ilc_canvas.store.people import accounts, identities, sessions
from ilc_canvas.store.people.accounts import Account, Role


def show(visit: Visit) -> Response:
    """All accounts."""
    return _page(visit, {})


def set_roles(visit: Visit) -> Response:
    """Give an account the roles that are ticked; whoever has it signs in again."""
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
    here, issuer = sessions.signed_in(visit.store, visit.at), visit.settings.console_oidc_issuer
    subjects = identities.subjects(visit.store, issuer) if issuer else {}
    by_proxy = identities.subjects(visit.store, identities.PROXY) if visit.settings.console_proxy_header else {}
    rows = [(each, each.login in here, _ways(each, subjects, by_proxy)) for each in accounts.listing(visit.store)]
    values = {
        "rows": rows,
        "signed_in": sum(is_in for _, is_in, _ in rows),
        "all_roles": list(Role),
        "errors": errors,
        "issuer": issuer,
        "subjects": subjects,
    }
    return page(visit, "accounts.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK)


def _ways(account: Account, subjects: Mapping[str, str], by_proxy: Mapping[str, str]) -> str:
    """By what somebody can sign in, as the settings are now."""
    ways = {
        "school account": account.login in subjects,
        "the network": account.login in by_proxy,
        "password and code": bool(account.password),
    }
    return ", ".join(way for way, is_there in ways.items() if is_there) or "no way to sign in"

"""In by the proxy in front of the console, if it has signed somebody in and is believed."""

from starlette.responses import Response

from ilc_canvas.console.pages.entry import trips
from ilc_canvas.console.pages.entry.sign_in import next_path, signed_in
from ilc_canvas.console.visit import MissingPageError, Visit
from ilc_canvas.reconcile.errors import SignInError
from ilc_canvas.store.people import attempts, identities
from ilc_canvas.store.people.sessions import How

_UNKNOWN = "The network knows you, but nobody has given you an account here. Nothing was changed. Ask an administrator, and give this name:"


def come_in(visit: Visit) -> Response:
    """A session of whoever the proxy says it is. It is not one that was proved just now: nobody knows when it was."""
    if not visit.settings.console_proxy_header or not visit.network_user:
        raise MissingPageError
    account = identities.account_of(visit.store, identities.PROXY, visit.network_user)
    if account is None:
        error = SignInError("unknown", _UNKNOWN, subject=visit.network_user)
        attempts.refused(visit.store, how=How.PROXY, why=error.code, subject=error.subject, address=visit.address, at=visit.at)
        return trips.stopped(visit, error)
    return signed_in(visit, account, next_path(visit.typed("next")), how=How.PROXY, proved=False)

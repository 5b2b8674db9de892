"""There and back: the cookie that goes along, the page that asks for itself once more, and what is said if nobody may come in."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas.console.pages.entry.sign_in import next_path
from ilc_canvas.console.rendering import bare
from ilc_canvas.console.visit import Visit
from ilc_canvas.console.ways.remote import Departure
from ilc_canvas.console.ways.trip import Trip, drop_trip, set_trip, trip_in
from ilc_canvas.reconcile.errors import SignInError
from ilc_canvas.store.people import attempts
from ilc_canvas.store.people.sessions import How

_FOREIGN = "This sign-in was not begun in this browser, or too long ago. Nothing was changed. Begin it here."
_REFUSED = "The sign-in was canceled there. Nothing was changed."
_TOO_MANY = "Too many sign-ins have failed. Wait a quarter of an hour, then try again."
_TOO_QUICK = "More than 60 sign-ins in a minute were begun from your address. Nothing was changed. Wait a minute."
_STATUS = {"away": HTTPStatus.BAD_GATEWAY, "busy": HTTPStatus.SERVICE_UNAVAILABLE, "many": HTTPStatus.TOO_MANY_REQUESTS}


def depart(visit: Visit, how: How, way: Callable[[], Departure]) -> Response:
    """Off to the other place, with a cookie that only this browser has."""
    try:
        if not visit.console.pace.allows(f"away {visit.address}", visit.at):
            raise SignInError("many", _TOO_QUICK)  # noqa: TRY301 - one place says what went wrong
        there = way()
    except SignInError as error:
        return stopped(visit, error)
    again = visit.session is not None
    answer = RedirectResponse(there.url, HTTPStatus.SEE_OTHER)
    set_trip(answer, Trip(how, there.state, there.nonce, there.verifier, next_path(visit.asked("next")), again))
    return answer


def arrive(visit: Visit, how: How, admit: Callable[[Trip, str], Response]) -> Response:
    """Back again. The cookie is missing from a request that comes from elsewhere, so the page asks for itself once more, from here."""
    if not visit.trip and not visit.asked("here"):
        return bare(visit, "reload.html", {"url": f"{visit.path}?{visit.query}{'&' if visit.query else ''}here=1"})
    attempt = visit.console.new_token()
    try:
        if attempts.begin(visit.store, attempt, address=visit.address, at=visit.at) is None:
            raise SignInError("many", _TOO_MANY)  # noqa: TRY301 - one place says what went wrong
        answer = admit(*_returned(visit, how))
        attempts.succeeded(visit.store, attempt)
    except SignInError as error:
        if error.code != "many":
            attempts.refused(visit.store, how=how, why=error.code, subject=error.subject, address=visit.address, at=visit.at)
        answer = stopped(visit, error)
    drop_trip(answer)
    return answer


def way_back(visit: Visit, how: How) -> str:
    """The address to which the other place sends the browser back."""
    return f"{visit.console.place.origins[0]}/sign-in/{how}/return"


def _returned(visit: Visit, how: How) -> tuple[Trip, str]:
    """The trip that this answer ends, and its code. SignInError if it ends none that this browser has begun."""
    trip = trip_in(visit.trip)
    if trip is None or not trip.is_of(how, visit.asked("state")):
        raise SignInError("foreign", _FOREIGN)
    if visit.asked("error") or not visit.asked("code"):
        raise SignInError("broken-off", _REFUSED)
    return trip, visit.asked("code")


def stopped(visit: Visit, error: SignInError) -> Response:
    """Why nobody was signed in."""
    status = _STATUS.get(error.code, HTTPStatus.FORBIDDEN)
    return bare(
        visit, "not_signed_in.html", {"text": str(error), "subject": error.subject if error.code == "unknown" else ""}, status=status
    )

"""In with Canvas, for facilitators: whoever the store holds the account of, and nobody about whom somebody must still decide."""

from starlette.responses import Response

from ilc_canvas.console.pages.entry import trips
from ilc_canvas.console.pages.entry.sign_in import let_in
from ilc_canvas.console.visit import MissingPageError, Visit
from ilc_canvas.console.ways.canvas import CanvasSignIn, canvas_of
from ilc_canvas.console.ways.trip import Trip
from ilc_canvas.reconcile.errors import SignInError
from ilc_canvas.store.people import guests
from ilc_canvas.store.people.sessions import How, Origin
from ilc_canvas.views.people.facilitator import by_number

UNKNOWN = "We do not know you in this roster; write to the office."


def depart(visit: Visit) -> Response:
    """Off to Canvas."""
    canvas = _canvas(visit)
    return trips.depart(visit, How.CANVAS, lambda: canvas.depart(trips.way_back(visit, How.CANVAS)))


def arrive(visit: Visit) -> Response:
    """Back from Canvas."""
    canvas = _canvas(visit)
    return trips.arrive(visit, How.CANVAS, lambda trip, code: _admit(visit, trip, canvas=canvas, code=code))


def _admit(visit: Visit, trip: Trip, *, canvas: CanvasSignIn, code: str) -> Response:
    number = canvas.arrive(code, trips.way_back(visit, How.CANVAS), verifier=trip.verifier)
    found = by_number(visit.settings, visit.store, number, at=visit.at)
    if found is None:
        raise SignInError("stranger", UNKNOWN, subject=str(number))
    origin = Origin(visit.address, visit.agent, How.CANVAS)
    target = trip.target if trip.target.startswith("/my/") else "/my"
    return let_in(visit, target, lambda token: guests.begin(visit.store, found.key, token, origin=origin, at=visit.at))


def _canvas(visit: Visit) -> CanvasSignIn:
    canvas = canvas_of(visit.settings)
    if canvas is None:
        raise MissingPageError
    return canvas

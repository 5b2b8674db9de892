"""In by the school's sign-in: whoever is meant has an account already, or is told to ask for one."""

from starlette.responses import Response

from ilc_canvas.console.pages.entry import trips
from ilc_canvas.console.pages.entry.sign_in import signed_in
from ilc_canvas.console.visit import MissingPageError, Visit
from ilc_canvas.console.ways.school import School, school_of
from ilc_canvas.console.ways.trip import Trip
from ilc_canvas.reconcile.errors import SignInError
from ilc_canvas.store.people import identities
from ilc_canvas.store.people.sessions import How

_UNKNOWN = "The school knows you, but nobody has given you an account here. Nothing was changed. Ask an administrator, and give this name:"
_STALE = "The school did not say that you have just signed in there. Nothing was changed. Sign out there, or sign in with a password."


def depart(visit: Visit) -> Response:
    """Off to the school; whoever is signed in here already proves it there once more."""
    school = _school(visit)
    return trips.depart(visit, How.SCHOOL, lambda: school.depart(trips.way_back(visit, How.SCHOOL), again=visit.session is not None))


def arrive(visit: Visit) -> Response:
    """Back from the school."""
    school = _school(visit)
    return trips.arrive(visit, How.SCHOOL, lambda trip, code: _admit(visit, trip, school=school, code=code))


def _admit(visit: Visit, trip: Trip, *, school: School, code: str) -> Response:
    if visit.asked("iss") not in ("", school.issuer):
        raise SignInError("odd", "This answer is not from the school that was asked. Nothing was changed. Begin once more.")
    proof = school.arrive(code, trips.way_back(visit, How.SCHOOL), nonce=trip.nonce, verifier=trip.verifier, at=visit.at)
    account = identities.account_of(visit.store, school.issuer, proof.subject)
    if account is None:
        raise SignInError("unknown", _UNKNOWN, subject=proof.subject)
    if trip.again and not proof.is_fresh:
        raise SignInError("stale", _STALE, subject=proof.subject)
    return signed_in(visit, account, trip.target, how=How.SCHOOL, proved=proof.is_fresh)


def _school(visit: Visit) -> School:
    school = school_of(visit.settings)
    if school is None:
        raise MissingPageError
    return school

"""Asking for courses to be opened to their people, and taking that back. Nothing happens before a plan with it is approved."""

from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas.actions import opening
from ilc_canvas.actions.opening import Request
from ilc_canvas.console.pages.courses import course_values, listing_values
from ilc_canvas.console.pages.runs.decisions import SHORT_REASON
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import MissingPageError, Visit
from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.store.rosters import school_years


def ask(visit: Visit) -> Response:
    """Ask for one course to be opened: only if it is ready, or if `anyway` is ticked."""
    return _one(visit, withdraw=False)


def withdraw(visit: Visit) -> Response:
    """Take back what was asked for. What is open stays open."""
    return _one(visit, withdraw=True)


def _one(visit: Visit, *, withdraw: bool) -> Response:
    word, year, reason = visit.where["word"], visit.typed("year"), visit.typed("reason")
    if year not in school_years.signed_years(visit.store):
        raise MissingPageError
    errors = {} if reason else {"reason": SHORT_REASON}
    asked = Request((word,), ready=False, anyway=bool(visit.typed("anyway")), actor=visit.actor, reason=reason, school_year=year)
    try:
        if not errors:
            (opening.withdraw if withdraw else opening.request)(visit.settings, visit.store, asked, at=visit.at)
            return RedirectResponse(f"/courses/{word}?year={year}", HTTPStatus.SEE_OTHER)
    except ValueError as error:
        raise MissingPageError from error
    except IlcError as error:
        errors = {"": str(error)}
    values = course_values(visit, year, errors=errors, reason=reason)
    return page(visit, "course.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def ask_for_ready(visit: Visit) -> Response:
    """Ask for every course that is ready and still closed."""
    reason = visit.typed("reason")
    errors = {} if reason else {"reason": SHORT_REASON}
    asked = Request((), ready=True, anyway=False, actor=visit.actor, reason=reason)
    try:
        if not errors:
            opening.request(visit.settings, visit.store, asked, at=visit.at)
            return RedirectResponse("/courses", HTTPStatus.SEE_OTHER)
    except IlcError as error:
        errors = {"": str(error)}
    values = listing_values(visit, errors=errors, reason=reason)
    return page(visit, "courses.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY)

"""Ending a quarantine: writing to Canvas goes on with the next run."""

from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas.actions import quarantine
from ilc_canvas.console.pages.health import health_values
from ilc_canvas.console.pages.runs.decisions import SHORT_REASON
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.errors import QuarantineError, RosterError


def release(visit: Visit) -> Response:
    """End it, with a reason; or the page again, with what is missing."""
    reason = visit.typed("reason")
    errors = {} if reason else {"reason": SHORT_REASON}
    try:
        if not errors:
            quarantine.release(visit.settings, visit.store, actor=visit.actor, reason=reason, at=visit.at)
            return RedirectResponse("/health", HTTPStatus.SEE_OTHER)
    except (QuarantineError, RosterError) as error:
        errors = {"": str(error)}
    values = health_values(visit, errors=errors, reason=reason)
    return page(visit, "health.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY)

"""Asking a worker for something, taking a request of one's own back, pausing and resuming."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from ilc_canvas.actions import sync_requests as actions
from ilc_canvas.console.pages.runs.decisions import SHORT_REASON
from ilc_canvas.console.pages.sync import sync_values
from ilc_canvas.console.rendering import message, page
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.store.worker import pauses, sync_requests
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest

_KINDS = {"sync": RequestKind.SYNC, "plan": RequestKind.PLAN}


def request(visit: Visit) -> Response:
    """Ask a worker for a sync or a plan; if it is asked for already, that request is shown."""
    kind, only, reason = _KINDS.get(visit.typed("kind")), visit.typed("only"), visit.typed("reason")
    errors = {} if reason else {"reason": SHORT_REASON}
    if kind is None:
        errors["kind"] = "Choose what is to be done."
    if errors or kind is None:
        return _again(visit, errors)
    words = (only,) if only else ()
    wanted = SyncRequest(kind, visit.actor, reason, only=words, retry=bool(visit.typed("retry")) and kind is RequestKind.SYNC)
    try:
        actions.request(visit.settings, visit.store, wanted, join=True, at=visit.at)
    except IlcError as error:
        return _again(visit, {"only": str(error)})
    return RedirectResponse("/sync", HTTPStatus.SEE_OTHER)


def ask_for(kind: RequestKind, back: str) -> Callable[[Visit], Response]:
    """A page that asks for this, which writes nothing to Canvas and needs no reason, and leads back to where the result is shown."""

    def ask(visit: Visit) -> Response:
        return _asked(visit, SyncRequest(kind, visit.actor), back)

    return ask


def look(visit: Visit) -> Response:
    """Ask for a look at one person in Canvas."""
    person = visit.where["person"]
    return _asked(visit, SyncRequest(RequestKind.LOOK, visit.actor, only=(f"person:{person}",)), f"/people/{quote(person)}#places")


def _asked(visit: Visit, wanted: SyncRequest, back: str) -> Response:
    try:
        actions.request(visit.settings, visit.store, wanted, join=True, at=visit.at)
    except IlcError as error:
        return message(visit, "This cannot be asked for", str(error), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(back, HTTPStatus.SEE_OTHER)


def cancel(visit: Visit) -> Response:
    """Take back a request of one's own that still waits."""
    try:
        sync_requests.cancel(visit.store, actor=visit.actor, at=visit.at, number=visit.number("number"), own=True)
    except IlcError as error:
        return _again(visit, {"": str(error)})
    return RedirectResponse("/sync", HTTPStatus.SEE_OTHER)


def pause(visit: Visit) -> Response:
    """Nothing is written to Canvas from now on, until the time that was given or until somebody resumes."""
    reason, until = visit.typed("why"), _until(visit)
    errors = {} if reason else {"why": SHORT_REASON}
    if visit.typed("until") and (until is None or until <= visit.at):
        errors["until"] = "Give a time that is still to come, or none."
    if errors:
        return _again(visit, errors)
    pauses.pause(visit.store, until=until, actor=visit.actor, reason=reason, at=visit.at)
    return RedirectResponse("/sync", HTTPStatus.SEE_OTHER)


def _until(visit: Visit) -> datetime | None:
    """The moment that was typed, in the program's time zone; None if none was, or it is none."""
    try:
        return datetime.fromisoformat(visit.typed("until")).replace(tzinfo=visit.settings.zone)
    except ValueError:
        return None


def resume(visit: Visit) -> Response:
    """Writing goes on."""
    reason = visit.typed("why")
    if not reason:
        return _again(visit, {"why": SHORT_REASON})
    try:
        pauses.resume(visit.store, actor=visit.actor, reason=reason, at=visit.at)
    except IlcError as error:
        return _again(visit, {"": str(error)})
    return RedirectResponse("/sync", HTTPStatus.SEE_OTHER)


def _again(visit: Visit, errors: dict[str, str]) -> Response:
    """The page with what was typed, and what is wrong with it."""
    typed = {name: visit.typed(name) for name in ("only", "reason", "kind", "why", "until")}
    return page(
        visit,
        "sync.html",
        sync_values(visit, errors=errors, retry=bool(visit.typed("retry")), **typed),
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
    )

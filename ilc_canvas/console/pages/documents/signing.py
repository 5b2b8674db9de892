"""Signing a roster: by one person, or by two if more than a tenth of the people are missing."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas import clock
from ilc_canvas.actions import rosters
from ilc_canvas.console.links import Part
from ilc_canvas.console.pages.documents.rosters import info_of, version_values
from ilc_canvas.console.pages.runs.decisions import SHORT_REASON
from ilc_canvas.console.rendering import message, page
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.errors import IlcError, RosterError, RosterHeldError
from ilc_canvas.store.documents.signing import ReviewedDraft
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.rosters import versions

NOT_READ = "Tick that you have read it."


def sign(visit: Visit) -> Response:
    """Sign the draft whose files were shown. If two have to, this is the first signature."""
    return _signed(visit, _sign)


def second(visit: Visit) -> Response:
    """The second signature on the draft whose files were shown: it takes effect."""
    return _signed(visit, _second)


def _sign(visit: Visit, seen: ReviewedDraft, reason: str) -> None:
    settings, store = visit.settings, visit.store
    try:
        rosters.finalize(settings, store, seen, signed_by=visit.actor, second=None, actor=visit.actor, reason=reason, at=visit.at)
    except RosterHeldError:
        rosters.sign_first(settings, store, seen, actor=visit.actor, reason=reason, at=visit.at)


def _second(visit: Visit, seen: ReviewedDraft, reason: str) -> None:
    rosters.sign_second(visit.settings, visit.store, seen, actor=visit.actor, reason=reason, at=visit.at)


def _signed(visit: Visit, do: Callable[[Visit, ReviewedDraft, str], None]) -> Response:
    info, reason, files = info_of(visit), visit.typed("reason"), visit.typed("files")
    if errors := missing(visit):
        return _again(visit, info, errors)
    try:
        do(visit, ReviewedDraft(info.number, files), reason)
    except IlcError as error:
        return _outrun(visit, info, files) or _again(visit, info, {"": str(error)})
    return RedirectResponse(f"/roster/{info.number}", HTTPStatus.SEE_OTHER)


def missing(visit: Visit) -> dict[str, str]:
    """What the form lacks: which files were shown comes with every form of ours."""
    errors = {} if visit.typed("reason") else {"reason": SHORT_REASON}
    if not visit.typed("read"):
        errors["read"] = NOT_READ
    return errors if visit.typed("files") else {"": "This form does not say which files were shown. Nothing was changed.", **errors}


def _outrun(visit: Visit, shown: VersionInfo, files: str) -> Response | None:
    """The answer to whoever has read what was signed or replaced meanwhile."""
    try:
        now = versions.info(visit.store, shown.number)
    except RosterError:
        now = None
    return quicker(visit, now, files)


def quicker(visit: Visit, now: VersionInfo | None, files: str) -> Response | None:
    """Who has signed or replaced what was shown; None if nobody has."""
    if now is None:
        done = "The draft that you have read was replaced by another one."
    elif now.state != "draft" and now.signed_at:
        done = f"{' and '.join(filter(None, (now.signed_by, now.second)))} signed version {now.number} on {clock.at(now.signed_at)}."
    elif now.files_digest != files:
        done = f"{now.imported_by} replaced the draft on {clock.at(now.imported_at)}: it has other files than those that you have read."
    else:
        return None
    text = f"{done} Nothing of what you typed was kept, and nothing was signed by it."
    link = Part("See how it stands", visit.path.rpartition("/")[0] if now else f"/{visit.path.split('/')[1]}")
    return message(visit, "Somebody else was quicker", text, status=HTTPStatus.UNPROCESSABLE_ENTITY, link=link)


def _again(visit: Visit, info: VersionInfo, errors: Mapping[str, str]) -> Response:
    values = {**version_values(visit, info), "errors": errors, "reason": visit.typed("reason")}
    return page(visit, "roster.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY)

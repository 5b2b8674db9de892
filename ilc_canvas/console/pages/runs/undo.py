"""Undoing a run: what that would do, and asking for the plan to do it. Approving that plan is an approval like any other."""

from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas.actions import sync_requests as actions
from ilc_canvas.console.letter import MANY, letter, names_of
from ilc_canvas.console.pages.runs.decisions import SHORT_REASON
from ilc_canvas.console.pages.runs.runs import run_of
from ilc_canvas.console.rendering import message, page
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions.approvals import GOOD_FOR
from ilc_canvas.store.runs.details import RunDetail, RunInfo, Step
from ilc_canvas.store.worker import sync_requests
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest
from ilc_canvas.views.runs.outcomes import change_outcomes

_LOOKED_BACK = 200  # runs among which plans to undo one are looked for


def ask(visit: Visit) -> Response:
    """What the run has done, what undoing it means, and the form."""
    detail = run_of(visit)
    return _refused(visit, detail) or _page(visit, detail, {})


def request(visit: Visit) -> Response:
    """Ask for the plan; if somebody has asked already, that request is shown."""
    detail = run_of(visit)
    if refusal := _refused(visit, detail):
        return refusal
    if not visit.typed("reason"):
        return _page(visit, detail, {"reason": SHORT_REASON})
    try:
        actions.request(visit.settings, visit.store, _wanted(visit, detail), join=True, at=visit.at)
    except IlcError as error:
        return _page(visit, detail, {"": str(error)})
    return RedirectResponse(f"/runs/{detail.info.number}/undo", HTTPStatus.SEE_OTHER)


def _wanted(visit: Visit, detail: RunDetail) -> SyncRequest:
    return SyncRequest(RequestKind.PLAN, visit.actor, visit.typed("reason"), undo=detail.info.number)


def _refused(visit: Visit, detail: RunDetail) -> Response | None:
    if made_by(detail):
        return None
    why = "It is still under way." if detail.info.closed_at is None else "It has changed nothing in Canvas."
    return message(
        visit, f"Run {detail.info.number} cannot be undone", f"{why} Nothing was changed.", status=HTTPStatus.UNPROCESSABLE_ENTITY
    )


def made_by(detail: RunDetail) -> list[Step]:
    """What a run that has ended has changed."""
    if detail.info.closed_at is None:
        return []
    return [each.step for each in change_outcomes(detail) if each.result == "applied"]


def plans_to_undo(visit: Visit, number: int) -> list[RunInfo]:
    """Plans to undo this run that can still be approved, the newest first."""
    plans = [info for info in details.runs(visit.store, _LOOKED_BACK) if info.undo == number and info.dry_run and info.digest]
    return [info for info in plans if info.planned_at and visit.at - info.planned_at <= GOOD_FOR and info.status in ("held", "planned")]


def _page(visit: Visit, detail: RunDetail, errors: dict[str, str]) -> Response:
    made, wanted = made_by(detail), _wanted(visit, detail)
    show_rows = len(made) <= MANY or "all" in visit.query
    values = {
        "info": detail.info,
        "courses": letter(detail, names_of(visit.settings, visit.store, detail), made, rows=show_rows),
        "total": len(made),
        "show_rows": show_rows,
        "plans": plans_to_undo(visit, detail.info.number)[:1],
        "waiting": sync_requests.same_open(visit.store, wanted),
        "last": sync_requests.newest(visit.store, wanted),
        "reason": visit.typed("reason"),
        "errors": errors,
    }
    return page(visit, "undo.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK)

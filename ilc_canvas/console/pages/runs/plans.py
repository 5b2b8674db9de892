"""A plan to read: counts, why it is held, course by course, and what is not touched."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas.console.letter import MANY, letter, names_of, roster_line
from ilc_canvas.console.rendering import page
from ilc_canvas.console.untouched import untouched
from ilc_canvas.console.visit import MissingPageError, Visit
from ilc_canvas.reconcile.change import Change, without_steps
from ilc_canvas.reconcile.errors import ApprovalError, RosterError
from ilc_canvas.store.rosters import school_years
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions import approvals
from ilc_canvas.store.runs.decisions.waiting import is_decided
from ilc_canvas.store.runs.details import RunDetail, RunInfo
from ilc_canvas.views import years
from ilc_canvas.views.names import Names
from ilc_canvas.views.runs import plan, plan_notes
from ilc_canvas.views.status import Year, current_status


def newest(visit: Visit) -> Response:
    """The plan that waits; without one, how things stand."""
    held = _held(visit)
    if len(held) == 1:
        return RedirectResponse(f"/plans/{held[0][1].digest}", HTTPStatus.SEE_OTHER)
    last = next((info for info in details.runs(visit.store) if info.digest), None)
    agrees = last if last and last.status in ("applied", "converged") and not last.only and last.undo is None else None
    return page(visit, "plan_none.html", {"held": held, "last": last, "agrees": agrees})


def _held(visit: Visit) -> list[tuple[Year, RunInfo]]:
    status = current_status(visit.settings, visit.store, visit.at)
    return [(year, info) for year in status.years if year.cared_for for info in year.held]


def plan_of(visit: Visit) -> RunDetail:
    """The plan that the path names. MissingPageError if there is none."""
    digest = visit.where["digest"]
    try:
        return details.planned(visit.store, digest, years.of_plan(visit.settings, visit.store, digest))
    except (ApprovalError, RosterError) as error:
        raise MissingPageError from error


def show(visit: Visit) -> Response:
    """One plan."""
    detail = plan_of(visit)
    names = names_of(visit.settings, visit.store, detail)
    changes = [step.change for step in detail.steps]
    total = len(without_steps(changes))
    show_rows = total <= MANY or "all" in visit.query
    values = {
        "info": detail.info,
        "roster": roster_line(visit.store, detail),
        "counts": plan.counts(changes) if changes else "",
        "courses_text": plan.courses(changes),
        "total": total,
        "courses": letter(detail, names, rows=show_rows),
        "is_large": total > MANY,
        "show_rows": show_rows,
        "reasons": [plan.reason_text(reason, names) for reason in detail.reasons],
        "untouched": untouched(detail, names),
        **notes(visit, detail, changes, names=names),
        "decisions": approvals.plan_decisions(visit.store, detail.info.number),
        "trouble": trouble(visit, detail),
        "is_decided": is_decided(visit.store, detail.info, visit.at),
    }
    return page(visit, "plan.html", values)


def notes(visit: Visit, detail: RunDetail, changes: Sequence[Change], *, names: Names) -> dict[str, object]:
    """What else whoever approves these changes should know."""
    return {
        "hearing": plan_notes.who_hears(detail),
        "texts": plan_notes.text_changes(changes, names),
        "openings": plan_notes.openings(visit.store, detail, changes, names=names),
    }


def trouble(visit: Visit, detail: RunDetail) -> str:
    """Why this plan cannot be decided about now; empty if it can."""
    info = detail.info
    if info.status != "held" and not (info.undo is not None and info.status == "planned"):
        return f"Run {info.number} is {info.status}, so there is nothing to approve."
    if info.planned_at is None or visit.at - info.planned_at > approvals.GOOD_FOR:
        return "This plan is older than a day. Ask for a new one."
    newest = next((year for year in current_status(visit.settings, visit.store, visit.at).years if _is_newest(visit, year, info)), None)
    if info.undo is None and newest is None:
        return "This plan is not the newest any more. Read the newest, or ask for one."
    outdated = newest.outdated(info) if newest else ""
    return f"It is out of date: {outdated}. Ask for a new one." if outdated else ""


def _is_newest(visit: Visit, year: Year, info: RunInfo) -> bool:
    """Whether it is the newest plan of its kind in this year, decided about or not."""
    here = details.held_plans(visit.store, visit.settings.canvas_scope(year.school_year))
    return year.cared_for and any(each.digest == info.digest for each in here)


def has_roster(visit: Visit) -> bool:
    """Whether any roster is signed: before that most pages have nothing to show."""
    return bool(school_years.signed_years(visit.store))

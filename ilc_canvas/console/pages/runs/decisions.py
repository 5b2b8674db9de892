"""Approving a plan, whole or in part, and declining it. Each is a page of its own, with all names once more."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas import clock
from ilc_canvas.actions import approvals, sync_requests
from ilc_canvas.console.letter import Course, by_course, letter, names_of
from ilc_canvas.console.links import Part
from ilc_canvas.console.pages.runs.plans import notes, plan_of, trouble
from ilc_canvas.console.refusals import needs_new_sign_in
from ilc_canvas.console.rendering import message, page
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.change import without_steps
from ilc_canvas.reconcile.errors import ApprovalError, IlcError, OutrunError
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.store.runs.decisions.approvals import PlanDecision, plan_decisions
from ilc_canvas.store.runs.details import RunDetail, Step
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest
from ilc_canvas.views.names import Names
from ilc_canvas.views.selectors import word_of

SHORT_REASON = "Say why: others will ask next year."
_NO_COURSE = "-"


def ask(visit: Visit) -> Response:
    """What is ticked, by name, and what it takes to approve it."""
    detail = plan_of(visit)
    chosen = _chosen(detail, visit.query_list("change"), visit.query_list("course"))
    return needs_new_sign_in(visit, _plan_url(detail)) or _refused(visit, detail) or _approval_page(visit, detail, chosen, errors={})


def approve(visit: Visit) -> Response:
    """Approve what is ticked, and ask for the sync that carries it out; or the form again with what is missing."""
    detail = plan_of(visit)
    chosen = _chosen(detail, visit.ticked("change"), visit.ticked("course"))
    if refusal := needs_new_sign_in(visit, _plan_url(detail)) or _refused(visit, detail) or _outrun(visit, detail):
        return refusal
    if errors := _missing(visit, letter(detail, Names({}), chosen, rows=False)):
        return _approval_page(visit, detail, chosen, errors=errors)
    try:
        _carry_out(visit, detail, chosen)
    except OutrunError:
        return _quicker(visit, detail)
    except IlcError as error:
        return _approval_page(visit, detail, chosen, errors={"": str(error)})
    return RedirectResponse("/sync", HTTPStatus.SEE_OTHER)


def _carry_out(visit: Visit, detail: RunDetail, chosen: Sequence[Step]) -> None:
    info, reason, seen = detail.info, visit.typed("reason"), int(visit.typed("seen"))
    whole = len(chosen) == len(detail.steps)
    if whole or info.undo is not None:
        if not whole:
            raise ApprovalError("A plan to undo a run is approved whole or not at all. Nothing was changed.")
        approvals.approve_whole(
            visit.settings, visit.store, info.digest, undo=info.undo, actor=visit.actor, reason=reason, at=visit.at, seen=seen
        )
    else:
        names = {step.fingerprint for step in chosen}
        approvals.approve_changes(
            visit.settings, visit.store, info.digest, fingerprints=names, actor=visit.actor, reason=reason, at=visit.at, seen=seen
        )
    kind = RequestKind.SYNC if info.undo is None else RequestKind.UNDO
    wanted = SyncRequest(kind, visit.actor, reason, only=info.only, undo=info.undo)
    sync_requests.request(visit.settings, visit.store, wanted, join=True, at=visit.at)


def _chosen(detail: RunDetail, fingerprints: Sequence[str], words: Sequence[str]) -> list[Step]:
    """The steps that these boxes tick: of single changes, or of whole courses."""
    courses = {word_of(key) if key else _NO_COURSE: steps for key, steps in by_course(detail.steps).items()} if words else {}
    named = {step.fingerprint for word in words for step in courses.get(word, ())}
    wanted = {*named, *fingerprints} & {step.fingerprint for step in detail.steps}
    return approvals.with_companions(detail, wanted)


def _missing(visit: Visit, courses: Sequence[Course]) -> dict[str, str]:
    """What the form lacks, by field."""
    ends = sum(course.ends for course in courses)
    errors = {} if courses else {"": "Nothing is ticked. Go back to the plan and tick what may be done."}
    if not visit.typed("reason"):
        errors["reason"] = SHORT_REASON
    if ends and visit.typed("ends").replace(",", "") != str(ends):
        errors["ends"] = f"Type {ends:,}, the number of places that end."
    return errors


def _approval_page(visit: Visit, detail: RunDetail, chosen: Sequence[Step], *, errors: Mapping[str, str]) -> Response:
    names = names_of(visit.settings, visit.store, detail)
    left = [step for step in detail.steps if step not in chosen]
    courses, waiting = letter(detail, names, chosen), letter(detail, names, left, rows=False)
    values = {
        "info": detail.info,
        "courses": courses,
        "waiting": waiting,
        "total": sum(course.size for course in courses),
        "of": sum(course.size for course in [*courses, *waiting]),
        "ends": sum(course.ends for course in courses),
        **_ticked(visit, chosen),
        "seen": len(plan_decisions(visit.store, detail.info.number)),
        "reason": visit.typed("reason"),
        "typed_ends": visit.typed("ends"),
        **notes(visit, detail, [step.change for step in chosen], names=names),
        "errors": errors,
    }
    return page(visit, "approve.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK)


def _ticked(visit: Visit, chosen: Sequence[Step]) -> dict[str, object]:
    """What the form sends on: the courses that were ticked, as it came, since a form has only so many fields; or each change."""
    words = visit.query_list("course") or visit.ticked("course")
    changes = visit.query_list("change") or visit.ticked("change")
    return {"words": words, "fingerprints": changes if words else [step.fingerprint for step in chosen]}


def ask_decline(visit: Visit) -> Response:
    """Whether the plan is to be declined, and why."""
    detail = plan_of(visit)
    return _refused(visit, detail) or _decline_page(visit, detail, {})


def decline(visit: Visit) -> Response:
    """Decline the plan: none of its changes is made until somebody decides otherwise."""
    detail = plan_of(visit)
    if refusal := _refused(visit, detail) or _outrun(visit, detail):
        return refusal
    reason = visit.typed("reason")
    if not reason:
        return _decline_page(visit, detail, {"reason": SHORT_REASON})
    try:
        approvals.reject(
            visit.settings, visit.store, detail.info.digest, actor=visit.actor, reason=reason, at=visit.at, seen=int(visit.typed("seen"))
        )
    except OutrunError:
        return _quicker(visit, detail)
    except ApprovalError as error:
        return _decline_page(visit, detail, {"": str(error)})
    return RedirectResponse(_plan_url(detail), HTTPStatus.SEE_OTHER)


def _decline_page(visit: Visit, detail: RunDetail, errors: Mapping[str, str]) -> Response:
    values = {
        "info": detail.info,
        "total": len(without_steps([step.change for step in detail.steps])),
        "seen": len(plan_decisions(visit.store, detail.info.number)),
        "reason": visit.typed("reason"),
        "errors": errors,
    }
    return page(visit, "decline.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK)


def _plan_url(detail: RunDetail) -> str:
    return f"/plans/{detail.info.digest}"


def _refused(visit: Visit, detail: RunDetail) -> Response | None:
    why = trouble(visit, detail)
    if not why:
        return None
    title, text, link = "This plan cannot be decided about", f"{why} Nothing was changed.", Part("See which plan waits", "/plan")
    return message(visit, title, text, status=HTTPStatus.UNPROCESSABLE_ENTITY, link=link)


def _outrun(visit: Visit, detail: RunDetail) -> Response | None:
    """The answer to whoever decides on a page that shows less than has been decided by now; the decision itself asks once more."""
    made = plan_decisions(visit.store, detail.info.number)
    return None if visit.typed("seen") == str(len(made)) else _quicker(visit, detail)


def _quicker(visit: Visit, detail: RunDetail) -> Response:
    """What has been decided instead."""
    made = plan_decisions(visit.store, detail.info.number)
    text = f"{_told(made[-1])} Nothing of what you typed was kept." if made else "The plan has changed. Nothing was changed."
    link = Part("See how it stands", _plan_url(detail))
    return message(visit, "Somebody else was quicker", text, status=HTTPStatus.UNPROCESSABLE_ENTITY, link=link)


def _told(each: PlanDecision) -> str:
    deed = f"approved {count(each.changes, 'change')} of this plan" if each.decision == "approved" else "declined this plan"
    return f"{each.actor} {deed} on {clock.at(each.at)}{f': “{each.reason}”.' if each.reason else '.'}"

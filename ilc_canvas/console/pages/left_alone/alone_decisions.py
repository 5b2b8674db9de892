"""Deciding about what is left alone: keep or put back what people changed by hand, and take back what keeps changes undone."""

from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas.actions import declines, drift
from ilc_canvas.console.pages.left_alone.alone import alone_values, name_of_decline, name_of_drift
from ilc_canvas.console.pages.runs.decisions import SHORT_REASON
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.views.runs.drift import drift_items
from ilc_canvas.views.runs.parked import parked_view

_CHOICES = ("keep", "put-back")
_NOT_AS_SHOWN = "Some of what you ticked is not as it was shown any more. Nothing was changed. Look at the list again."


def decide_drift(visit: Visit) -> Response:
    """One decision about all that is ticked; or the page again, with what is missing."""
    items = {name_of_drift(item): item for item in drift_items(visit.settings, visit.store, visit.at)}
    ticked, choice = dict.fromkeys(visit.ticked("item")), visit.typed("choice")
    errors = {} if choice in _CHOICES else {"choice": "Choose whether it is kept or put back."}
    errors |= _missing(visit, ticked, "drift") | ({} if ticked.keys() <= items.keys() else {"": _NOT_AS_SHOWN})
    if errors:
        return _again(visit, "drift", errors)
    try:
        drift.decide_on(
            visit.store, [items[name] for name in ticked], choice=choice, actor=visit.actor, reason=visit.typed("reason"), at=visit.at
        )
    except IlcError as error:
        return _again(visit, "drift", {"": str(error)})
    return RedirectResponse("/alone", HTTPStatus.SEE_OTHER)


def take_back(visit: Visit) -> Response:
    """The decisions that are ticked are in force no more."""
    there = {name_of_decline(each): each for each in parked_view(visit.settings, visit.store, visit.at).declined}
    ticked = dict.fromkeys(visit.ticked("item"))
    errors = _missing(visit, ticked, "declined") | ({} if ticked.keys() <= there.keys() else {"": _NOT_AS_SHOWN})
    if errors:
        return _again(visit, "declined", errors)
    words = [str(there[name].key) for name in ticked]
    try:
        declines.forget(visit.settings, visit.store, words, actor=visit.actor, reason=visit.typed("reason"), at=visit.at)
    except IlcError as error:
        return _again(visit, "declined", {"": str(error)})
    return RedirectResponse("/alone", HTTPStatus.SEE_OTHER)


def _missing(visit: Visit, ticked: dict[str, None], form: str) -> dict[str, str]:
    errors = {} if ticked else {f"{form}-list": "Tick what you decide about."}
    return errors if visit.typed("reason") else {**errors, f"reason-{form}": SHORT_REASON}


def _again(visit: Visit, form: str, errors: dict[str, str]) -> Response:
    typed = {form: {"reason": visit.typed("reason"), "choice": visit.typed("choice")}}
    values = alone_values(visit, errors=errors, ticked=visit.ticked("item"), typed=typed)
    return page(visit, "alone.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY)

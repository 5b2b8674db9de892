"""Deciding who is who, as far as that needs no look at Canvas: leave somebody out for now, and take answers back."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import NoReturn

from starlette.responses import RedirectResponse, Response

from ilc_canvas.actions import identities
from ilc_canvas.console.pages.decisions import SHORT_REASON
from ilc_canvas.console.pages.who import who_values
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.program.decisions import Decision, DecisionContext, Word
from ilc_canvas.reconcile.errors import IlcError, SettingsError
from ilc_canvas.reconcile.people.identity import Question

_WORDS: Mapping[str, Word] = {"leave-out": "leave-out", "ask-again": "ask-again"}


def decide(visit: Visit) -> Response:
    """Record one answer."""
    word, person, reason = visit.typed("answer"), visit.typed("person"), visit.typed("reason")
    if not reason:
        return _again(visit, {f"reason-{person}": SHORT_REASON})
    if word not in _WORDS:
        return _again(visit, {"": "Choose an answer. Nothing was changed."})
    try:
        identities.decide(
            visit.settings, visit.store, [Decision(person, _WORDS[word])], look=_no_look, holder=visit.console.holder, actor=visit.actor,
            reason=reason, at=visit.at,
        )  # fmt: skip
    except IlcError as error:
        return _again(visit, {"": str(error)})
    return RedirectResponse("/who", HTTPStatus.SEE_OTHER)


def _no_look(_context: DecisionContext, _questions: Sequence[Question]) -> NoReturn:
    raise SettingsError("The console does not reach Canvas. Nothing was changed.")


def _again(visit: Visit, errors: dict[str, str]) -> Response:
    return page(visit, "who.html", {**who_values(visit), "errors": errors}, status=HTTPStatus.UNPROCESSABLE_ENTITY)

"""Deciding who is who, by what Canvas showed to the last plan: adopt, create, leave out, ask again."""

from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from ilc_canvas import clock
from ilc_canvas.actions import identities
from ilc_canvas.console.pages.people.who import who_values
from ilc_canvas.console.pages.runs.decisions import SHORT_REASON
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.program.people.decisions import Decision, id_of
from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.store.runs.decisions import identities as kept
from ilc_canvas.views import years
from ilc_canvas.views.people.open_questions import OpenQuestion, open_questions, shown_accounts

_FIELDS = ("answer", "login", "reason")


def decide(visit: Visit) -> Response:
    """Record one answer; or the page once more, with what is missing or why it cannot be."""
    person, decision = visit.typed("person"), _decision(visit)
    field = "again" if decision and decision.word == "ask-again" else "reason"
    errors = {} if visit.typed("reason") else {f"{field}-{person}": SHORT_REASON}
    if decision is None:
        errors[f"answer-{person}"] = "Choose an answer."
    if errors or decision is None:
        return _again(visit, errors)
    if outrun := _outrun(visit, decision):
        return _again(visit, {"": outrun})
    try:
        identities.decide(
            visit.settings,
            visit.store,
            [decision],
            look=shown_accounts(visit.settings, visit.store, visit.at),
            holder=visit.console.holder,
            actor=visit.actor,
            reason=visit.typed("reason"),
            at=visit.at,
            shown={person: visit.typed("given")},
        )
    except IlcError as error:
        return _again(visit, {"": str(error)})
    return RedirectResponse("/who", HTTPStatus.SEE_OTHER)


def _decision(visit: Visit) -> Decision | None:
    """What was chosen, in the words of `word_of`: an account's number, perhaps with "administrator"; new; leave out; ask again."""
    person, (word, _, more) = visit.typed("person"), visit.typed("answer").partition(" ")
    if word.isascii() and word.isdigit() and len(word) < 19 and more in ("", "administrator"):
        return Decision(person, "adopt", int(word), administrator=more == "administrator")
    if (word, more) == ("new", ""):
        return Decision(person, "create", login=visit.typed("login"))
    if (word, more) == ("leave", "out"):
        return Decision(person, "leave-out")
    return Decision(person, "ask-again") if (word, more) == ("ask", "again") else None


def _outrun(visit: Visit, decision: Decision) -> str:
    """Why an answer is not to what is asked by now: somebody has answered, or Canvas shows something else; empty if it is."""
    seen = visit.typed("seen")
    if decision.word == "ask-again" or (decision.word == "leave-out" and not seen):
        return ""
    asked = next((each for each in open_questions(visit.settings, visit.store, visit.at) if each.person_id == decision.person_id), None)
    if asked is None:
        return _answered(visit, decision.person_id)
    return "" if seen == asked.digest else _changed(asked)


def _changed(asked: OpenQuestion) -> str:
    when = f" Canvas was read again on {clock.at(asked.read_at)}." if asked.read_at else ""
    return f"What is shown about {asked.person_id} has changed since you opened the page.{when} Nothing was changed. Compare once more."


def _answered(visit: Visit, person_id: str) -> str:
    """Who was quicker; empty if nobody was: then there is no question at all, and the decision is refused for that."""
    given = kept.reasons(visit.store, years.newest(visit.settings, visit.store))
    actor, reason = next((said for key, said in given.items() if id_of(key) == person_id), ("", ""))
    because = f": “{reason}”." if reason else "."
    return f"Somebody else was quicker. {actor} has decided about {person_id}{because} Nothing of what you typed was kept." if actor else ""


def _again(visit: Visit, errors: dict[str, str]) -> Response:
    typed = {visit.typed("person"): {name: visit.typed(name) for name in _FIELDS}}
    return page(visit, "who.html", who_values(visit, errors=errors, typed=typed), status=HTTPStatus.UNPROCESSABLE_ENTITY)

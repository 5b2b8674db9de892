"""Who is who: people about whom somebody must decide, beside the accounts in question, and what was decided before."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from ilc_canvas.console.pages.runs.plans import has_roster
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.program.people.decisions import id_of
from ilc_canvas.reconcile.people.identity import Answer
from ilc_canvas.store.runs.decisions import identities
from ilc_canvas.views import years
from ilc_canvas.views.names import known_names
from ilc_canvas.views.people.decision_options import word_of
from ilc_canvas.views.people.open_questions import open_questions


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given before."""

    person_id: str
    name: str
    decision: str
    account: int | None
    at: datetime
    actor: str
    reason: str

    @property
    def given(self) -> str:
        """Names this answer."""
        return self.at.isoformat()


def show(visit: Visit) -> Response:
    """All questions, and all answers."""
    if not has_roster(visit):
        return page(visit, "no_roster.html", {"title": "Who is who"})
    return page(visit, "who.html", who_values(visit))


def who_values(visit: Visit, **changed: object) -> dict[str, object]:
    """What the page shows, and how its forms are filled in."""
    values = {
        "questions": open_questions(visit.settings, visit.store, visit.at),
        "answers": _answers(visit),
        "word_of": word_of,
        "errors": {},
        "typed": {},
    }
    return {**values, **changed}


def _answers(visit: Visit) -> list[Given]:
    """The newest first."""
    canvas_scope = years.newest(visit.settings, visit.store)
    answers = sorted(identities.decided(visit.store, canvas_scope).values(), key=lambda answer: answer.at, reverse=True)
    if not answers:
        return []
    names, why = known_names(visit.settings, visit.store), identities.reasons(visit.store, canvas_scope)
    return [_given(answer, names[answer.key], why.get(answer.key, ("", ""))) for answer in answers]


def _given(answer: Answer, name: str, why: tuple[str, str]) -> Given:
    actor, reason = why
    return Given(id_of(answer.key), name, answer.decision, answer.handle, answer.at, actor, reason)

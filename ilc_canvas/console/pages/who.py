"""Who is who: people about whom somebody must decide, and what was decided before."""

from starlette.responses import Response

from ilc_canvas.console.pages.plans import has_roster
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.program.decisions import DecisionContext, id_of
from ilc_canvas.reconcile.people.identity import Question
from ilc_canvas.views.people.review import read_context
from ilc_canvas.views.sentences import question_text


def show(visit: Visit) -> Response:
    """All questions, and all answers."""
    if not has_roster(visit):
        return page(visit, "no_roster.html", {"title": "Who is who"})
    return page(visit, "who.html", who_values(visit))


def who_values(visit: Visit) -> dict[str, object]:
    """What the page shows."""
    context = read_context(visit.settings, visit.store, visit.at)
    questions = sorted(context.questions.values(), key=lambda question: question.key)
    answers = sorted(context.answers.values(), key=lambda answer: answer.at, reverse=True)
    return {
        "questions": [_asked(question, context) for question in questions],
        "errors": {},
        "answers": [(id_of(answer.key), context.named(answer.key), answer) for answer in answers],
    }


def _asked(question: Question, context: DecisionContext) -> dict[str, object]:
    return {
        "id": id_of(question.key),
        "person": context.people.get(question.key),
        "text": question_text(question.kind),
        "accounts": question.accounts,
        "others": [context.named(other) for other in question.others],
    }

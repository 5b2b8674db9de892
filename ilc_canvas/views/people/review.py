"""Identity questions that await a decision, with their accounts as Canvas shows them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ilc_canvas.program.people.decisions import DecisionContext
from ilc_canvas.reconcile.errors import CanvasError, SettingsError
from ilc_canvas.reconcile.people.accounts import AccountDetails, AccountReading
from ilc_canvas.reconcile.people.identity import Answer, Question
from ilc_canvas.reconcile.state import Key
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs import ledger
from ilc_canvas.store.runs.decisions import identities
from ilc_canvas.views import years

Look = Callable[[DecisionContext, Sequence[Question]], AccountReading]
"""Reads all accounts of these questions from Canvas. SettingsError or CanvasError if Canvas cannot be read."""


@dataclass(frozen=True)
class Review:
    """All open questions, with their accounts as Canvas shows them; `canvas_error` says why Canvas could not be read."""

    context: DecisionContext
    accounts: Mapping[int, AccountDetails] = field(default_factory=dict)
    canvas_error: str = ""

    @property
    def questions(self) -> list[Question]:
        """The questions, sorted by key."""
        return sorted(self.context.questions.values(), key=lambda question: question.key)

    @property
    def matched(self) -> list[Key]:
        """People in the roster who use an account that others made."""
        return sorted(key for key in self.context.people if key in self.context.ledger and self.context.ledger[key].how == "matched")


def stamp(answer: Answer | None) -> str:
    """Names the answer that a page shows; empty if there is none."""
    return answer.at.isoformat() if answer else ""


def read_context(settings: Settings, store: Store, at: datetime) -> DecisionContext:
    """What the store knows about all current school years. RosterError if no roster is finalized."""
    canvas_scope = years.newest(settings, store)
    return DecisionContext(
        settings.prefix,
        years.everybody(settings, store, at),
        {question.key: question for question in identities.open_questions(store, years.canvas_scopes(settings, store, at))},
        identities.decided(store, canvas_scope),
        ledger.everything(store, canvas_scope),
    )


def review(settings: Settings, store: Store, look: Look, *, at: datetime) -> Review:
    """The questions raised by the last plan or run. If Canvas cannot be read: what the store knows about them."""
    context = read_context(settings, store, at)
    if not context.questions:
        return Review(context)
    try:
        reading = look(context, list(context.questions.values()))
    except (SettingsError, CanvasError) as error:
        return Review(context, canvas_error=str(error))
    return Review(replace(context, found=reading.search), reading.accounts)

"""What commands read from Canvas themselves, with the token in the settings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ilc_canvas import bootstrap, process
from ilc_canvas.program.people.decisions import DecisionContext
from ilc_canvas.reconcile.people.accounts import AccountReading
from ilc_canvas.reconcile.people.identity import Question
from ilc_canvas.settings import Settings
from ilc_canvas.views.people.review import Look

if TYPE_CHECKING:
    from ilc_canvas.canvas.client import CanvasClient


def accounts(settings: Settings) -> Look:
    """A function that reads the accounts of questions from Canvas."""

    def look(context: DecisionContext, questions: Sequence[Question]) -> AccountReading:
        canvas = _client(settings, context.roster.school_year)
        tenant = canvas.tenant()
        accounts = canvas.show_accounts({number for question in questions for number in question.accounts})
        return AccountReading(accounts, int(tenant.token_user), process.now())

    return look


def _client(settings: Settings, school_year: str) -> "CanvasClient":
    """A client for an address that the token may be sent to."""
    canvas = bootstrap.client(settings, school_year)
    with bootstrap.open_store(settings) as store:
        bootstrap.require_token_address(settings, store)
    return canvas

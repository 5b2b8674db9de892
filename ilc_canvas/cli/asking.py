"""What a command asks Canvas itself, with the token of the settings."""

from collections.abc import Mapping, Sequence

from ilc_canvas import bootstrap
from ilc_canvas.program.deciding import Basis
from ilc_canvas.reconcile.accounts import Found
from ilc_canvas.reconcile.errors import CanvasError, SettingsError
from ilc_canvas.reconcile.identity import Question
from ilc_canvas.reconcile.state import Key
from ilc_canvas.settings import Settings
from ilc_canvas.views.people import Look, Shown
from ilc_canvas.views.person import Ask


def accounts(settings: Settings) -> Look:
    """Looks at the accounts of questions."""

    def look(basis: Basis, questions: Sequence[Question]) -> tuple[Found, Mapping[int, Shown]]:
        canvas = bootstrap.client(settings, basis.roster.school_year)
        tenant = canvas.tenant()
        shown = canvas.show_accounts({number for question in questions for number in question.accounts})
        is_hidden = any(each.administrator is None for each in shown.values())
        admins = None if is_hidden else frozenset(number for number, each in shown.items() if each.administrator)
        found = {number: each.account for number, each in shown.items()}
        return Found(found, admins=admins, token_user=int(tenant.token_user)), shown

    return look


def not_asked(*_: object) -> tuple[None, str]:
    """For somebody who does not want Canvas to be asked."""
    return None, "Canvas was not asked."


def enrollments(settings: Settings) -> Ask:
    """Asks for the enrollments of one person: one request."""

    def ask(school_year: str, ours: Mapping[Key, int | None], user: Key, number: int | None) -> tuple[Mapping[Key, str] | None, str]:
        if number is None:
            return None, "No Canvas account is known for this person."
        try:
            canvas = bootstrap.client(settings, school_year)
            canvas.know(ours)
            found = canvas.enrollments_of(user, number)
        except (SettingsError, CanvasError) as error:
            return None, f"Canvas was not asked: {error}"
        if found is None:
            return None, f"Canvas does not answer to account {number} any more."
        return {record.key: str(record.fields["state"]) for record in found}, ""

    return ask

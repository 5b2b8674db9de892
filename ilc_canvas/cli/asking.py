"""What a command asks Canvas itself, with the token of the settings."""

from collections.abc import Mapping, Sequence

from ilc_canvas import bootstrap
from ilc_canvas.program.deciding import Basis
from ilc_canvas.reconcile.accounts import Found
from ilc_canvas.reconcile.identity import Question
from ilc_canvas.settings import Settings
from ilc_canvas.views.people import Look, Shown


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

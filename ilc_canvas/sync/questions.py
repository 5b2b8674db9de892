"""What Canvas shows of the accounts in question, for whoever decides who is who without reaching Canvas."""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from ilc_canvas.reconcile.errors import CanvasError
from ilc_canvas.reconcile.people.accounts import AccountReading
from ilc_canvas.reconcile.people.identity import Question
from ilc_canvas.reconcile.run.values import Tenant
from ilc_canvas.sync.context import RunContext

log = structlog.get_logger(__name__)


def shown_accounts(asked: Sequence[Question], tenant: Tenant, *, context: RunContext, now: Callable[[], datetime]) -> AccountReading | None:
    """The accounts in these questions as Canvas shows them now; None without a question, or if they cannot be read.

    No run fails for want of them: they are read again by the next plan.
    """
    if not asked:
        return None
    try:
        accounts = context.canvas.show_accounts({number for question in asked for number in question.accounts})
    except CanvasError as error:
        log.warning("questions.accounts_not_read", reason=str(error))
        return None
    return AccountReading(accounts, int(tenant.token_user), now())

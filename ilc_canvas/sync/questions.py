"""What Canvas showed of the accounts in question, for whoever decides who is who without reaching Canvas."""

from collections import defaultdict
from datetime import datetime

from ilc_canvas.reconcile.people.accounts import AccountDetails, AccountReading
from ilc_canvas.reconcile.state import State, number_in
from ilc_canvas.sync.plan_values import PlanResult


def shown_accounts(result: PlanResult, now: datetime) -> AccountReading | None:
    """The accounts in the questions of a plan, as its own look-ups found them: no request is made for this. None without a question."""
    if not result.asked:
        return None
    found, courses = result.found, _courses(result.observed)
    numbers = sorted({number for question in result.asked for number in question.accounts})
    accounts = {
        number: AccountDetails(account, courses[number], None if found.admins is None else number in found.admins)
        for number in numbers
        if (account := found.account(number))
    }
    return AccountReading(accounts, found.token_user, now)


def _courses(observed: State) -> defaultdict[int, tuple[str, ...]]:
    """By account: the SIS ids of our courses that it is active in."""
    ours = {record.key: record.handle for record in observed.people()}
    courses = defaultdict[int, tuple[str, ...]](tuple)
    for record in observed.placements():
        if record.is_live and record.course and record.user and (number := ours.get(record.user) or number_in(record.user)):
            courses[number] = tuple(sorted({*courses[number], record.course.id}))
    return courses

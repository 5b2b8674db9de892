"""A decision and the ledger know which of them came first, whatever the clocks of two machines say."""

from datetime import timedelta

import pytest

from ilc_canvas.reconcile.change import Create
from ilc_canvas.reconcile.people.identity import Answer
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.decisions import identities
from tests.store.cast import BASE, NOON, ROSA, SCOPE, Desk


def decide(desk: Desk, clock_is_off: timedelta) -> Answer:
    """Somebody decides, on a machine with another clock, that this person gets an account."""
    at = desk.clock() + clock_is_off
    decided = identities.Decided([Answer(ROSA.key, "create", at)])
    identities.note(desk.store, CanvasScope(BASE, SCOPE), decided, actor="ana", reason="new", at=at)
    return desk.journal.answers()[ROSA.key]


@pytest.mark.parametrize("off", [timedelta(days=-1), timedelta(seconds=-2), timedelta(), timedelta(seconds=2), timedelta(days=1)])
def test_decision_follows_the_ledger(desk: Desk, off: timedelta) -> None:
    """What is decided after the ledger took note of an account is still to be carried out; after that it is not, once and for all."""
    desk.carried(Create(ROSA))
    assert decide(desk, off).at > desk.journal.ledger()[ROSA.key].at
    desk.carried(Create(ROSA))
    answer, owned = desk.journal.answers()[ROSA.key], desk.journal.ledger()[ROSA.key]
    assert owned.at >= answer.at >= NOON

"""A plan with questions about people keeps what Canvas shows of their accounts, for whoever decides without reaching Canvas."""

import pytest

from ilc_canvas.reconcile.people.accounts import AccountReading
from ilc_canvas.reconcile.run.values import RunRequest
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs import identities
from tests.sync.test_identity import LOGIN, decide, key, with_new_person
from tests.sync.world import SCOPE, World, now, opened


def kept(world: World) -> dict[str, AccountReading]:
    """By person."""
    with opened(world.store) as store:
        found = identities.account_readings_of(store, [CanvasScope(world.sandbox.url, SCOPE)])
    return {each.id: reading for each, reading in found.items()}


@pytest.fixture
def taken(filled: World) -> tuple[World, int]:
    """A new person of the next roster has an account with this login already, under another name; its number."""
    number = filled.human().person("Zoe Field", LOGIN, LOGIN)
    with_new_person(filled)
    return filled, number


def test_plan_keeps_what_canvas_shows(taken: tuple[World, int]) -> None:
    """A dry plan keeps name, logins, addresses and whether it is an administrator, with the time; an answer ends it."""
    world, number = taken
    before = now()
    world.run(ask=RunRequest("ana", "plan", dry_run=True))
    reading = kept(world)["ilc:p:P8"]
    shown = reading.accounts[number]
    assert (shown.account.login, shown.account.addresses, shown.administrator, shown.courses) == (LOGIN, (LOGIN,), False, ())
    assert before <= reading.read_at <= now()
    decide(world, 8, "adopt", handle=number)
    assert kept(world) == {}


def test_next_plan_shows_them_anew(taken: tuple[World, int]) -> None:
    """What the account has become by the next plan is what is kept then."""
    world, number = taken
    world.run()
    world.human().ask("PUT", f"users/{number}", {"user[name]": "Zoe Other"})
    world.run()
    assert kept(world)["ilc:p:P8"].accounts[number].account.name == "Zoe Other"


def test_plan_without_questions_asks_nothing_more(filled: World) -> None:
    """Nobody in question is no request more."""
    filled.sandbox.forget_requests()
    filled.run()
    assert not [each for each in filled.sandbox.requests() if "last_login" in str(each)]


def test_plan_does_not_fail_for_it(taken: tuple[World, int]) -> None:
    """If the accounts cannot be shown the plan is made all the same, and what was shown before stays with its time."""
    world, number = taken
    world.run()
    before = kept(world)
    world.sandbox.fault("500", f"users/{number}", method="GET", times=50)
    report = world.run()
    world.sandbox.mend()
    assert (report.status, kept(world)) == ("partial", before)
    assert key(8).id in before

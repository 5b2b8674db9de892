"""A plan with questions about people keeps what Canvas shows of their accounts, for whoever decides without reaching Canvas."""

import pytest

from ilc_canvas.reconcile.people.accounts import AccountReading
from ilc_canvas.reconcile.run.values import RunRequest
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.decisions import identities
from tests.sync.test_identity import LOGIN, decide, with_new_person
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
    """A dry plan keeps name, login, address, our courses, and whether it is an administrator, with the time; an answer ends it."""
    world, number = taken
    world.human().enroll("sis_course_id:ilc:2021-22:cop:EQ", number)
    before = now()
    world.run(ask=RunRequest("ana", "plan", dry_run=True))
    reading = kept(world)["ilc:p:P8"]
    shown = reading.accounts[number]
    assert (shown.account.login, shown.account.email, shown.administrator) == (LOGIN, LOGIN, False)
    assert shown.courses == ("ilc:2021-22:cop:EQ",)
    assert before <= reading.read_at <= now()
    decide(world, 8, "adopt", handle=number)
    assert kept(world) == {}


def test_next_plan_shows_them_again(taken: tuple[World, int]) -> None:
    """What the account has become by the next plan is what is kept then."""
    world, number = taken
    world.run()
    world.human().ask("PUT", f"users/{number}", {"user[name]": "Zoe Other"})
    world.run()
    assert kept(world)["ilc:p:P8"].accounts[number].account.name == "Zoe Other"


def test_nothing_is_read_for_it(taken: tuple[World, int]) -> None:
    """No request names an account in question beyond the two that tell whether its address is active: the look-ups show the rest."""
    world, number = taken
    world.sandbox.forget_requests()
    world.run()
    about = [row["path"].split("?")[0].removeprefix("/api/v1/") for row in world.sandbox.requests()]
    assert {path for path in about if path.startswith(f"users/{number}")} <= {
        f"users/{number}/logins",
        f"users/{number}/communication_channels",
    }

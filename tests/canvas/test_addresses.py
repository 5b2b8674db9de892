"""A new address of a person, step by step: added and confirmed, made the first, the former one removed."""

from collections.abc import Sequence

import pytest

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.reconcile.change import Change, Remove
from ilc_canvas.reconcile.kinds import FORMER, MAIN
from ilc_canvas.reconcile.people.addresses import address_steps
from tests.canvas.cast import address, channels, client, person, settle, there, write, writes
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

OLD, NEW = "p1@example.org", "ada@example.org"
FAULTS = ["503", "500", "reset-before", "reset-after", "429", "throttle403", "truncate", "html"]
METHODS = ("POST", "PUT", "DELETE")


def moving(sandbox: Sandbox) -> tuple[CanvasClient, int, Sequence[Change]]:
    """A client, the number of Ada's account, and the three steps of her new address."""
    canvas = client(sandbox)
    write(canvas, [person(1)])
    number: int = there(sandbox, person(1))[0]["id"]
    sandbox.forget_requests()
    return canvas, number, list(address_steps(address(MAIN, NEW, None), address(MAIN, OLD, number), (), retire=True))


def test_new_address_in_three_steps(sandbox: Sandbox) -> None:
    """Each step is one write with an outcome of its own, seen by a look; in between the person is never without a confirmed address."""
    canvas, number, steps = moving(sandbox)
    seen = []
    for change in steps:
        assert canvas.look(change).result == "not_applied"
        assert (canvas.apply(change).result, canvas.look(change).result) == ("applied", "applied")
        seen.append([text for text, state in channels(sandbox, number) if state == "active"])
    assert (seen, writes(sandbox)) == ([[OLD, NEW], [NEW, OLD], [NEW]], list(METHODS))


def test_step_tells_account_number(sandbox: Sandbox) -> None:
    """Applied, looked at or done already: the number that the ledger gets is the account's, never the channel's or the login's."""
    canvas, number, steps = moving(sandbox)
    for change in steps:
        outcomes = [canvas.apply(change), canvas.apply(change)]
        assert [outcome.handle for outcome in outcomes] == [number, number]
    assert [outcome.handle for outcome in map(canvas.look, steps[:2])] == [number, number]


def test_new_address_leaves_login(sandbox: Sandbox) -> None:
    """The login is a matter of its own."""
    canvas, _, steps = moving(sandbox)
    assert [canvas.apply(change).result for change in steps] == ["applied"] * 3
    assert there(sandbox, person(1))[0]["login_id"] == OLD


@pytest.mark.parametrize("which", [0, 2])
def test_step_done_already_is_noop(sandbox: Sandbox, which: int) -> None:
    """An address that is there, confirmed, is not added, and one that is gone is not removed: no call is made."""
    canvas, number, steps = moving(sandbox)
    for change in steps:
        canvas.apply(change)
    before = channels(sandbox, number)
    sandbox.forget_requests()
    assert canvas.apply(steps[which]).result == "noop"
    assert (writes(sandbox), channels(sandbox, number)) == ([], before)


@pytest.mark.parametrize("do", [None, "reset-after", "truncate", "503"])
def test_unconfirmed_address_gives_way(sandbox: Sandbox, do: str | None) -> None:
    """An unconfirmed copy of the new address, which nobody could be mailed at, is replaced by a confirmed one, in trouble as well."""
    canvas, number, steps = moving(sandbox)
    Person(sandbox.url).ask("PUT", f"users/{number}", {"user[email]": NEW})
    assert (NEW, "unconfirmed") in channels(sandbox, number)
    assert canvas.look(steps[0]).result == "not_applied"
    if do:
        sandbox.fault(do, method="DELETE")
    assert canvas.apply(steps[0]).result == "applied"
    assert (NEW, "active") in channels(sandbox, number)


def test_unconfirmed_former_address_goes(sandbox: Sandbox) -> None:
    """A former address is removed, confirmed or not, in whatever letter case Canvas has it."""
    canvas, number, _ = moving(sandbox)
    Person(sandbox.url).ask("POST", f"users/{number}/communication_channels", {"communication_channel[address]": "Spare@Example.org"})
    removal = Remove(address(FORMER, "spare@example.org", number))
    assert canvas.look(removal).result == "not_applied"
    assert (canvas.apply(removal).result, canvas.look(removal).result) == ("applied", "applied")
    assert channels(sandbox, number) == [(OLD, "active")]


def test_new_person_is_confirmed(sandbox: Sandbox) -> None:
    """A new person has one address, confirmed, without a mail about it."""
    _, number, _ = moving(sandbox)
    assert channels(sandbox, number) == [(OLD, "active")]


@pytest.mark.parametrize("do", ["reset-after", "truncate"])
@pytest.mark.parametrize("which", [1, 2])
def test_unanswered_step_is_repeated(sandbox: Sandbox, do: str, which: int) -> None:
    """A step that was done without an answer is repeated, and its being done already is no refusal."""
    canvas, number, steps = moving(sandbox)
    sandbox.fault(do, method=METHODS[which])
    assert all(canvas.apply(change).done for change in steps)
    assert channels(sandbox, number) == [(NEW, "active")]


@pytest.mark.parametrize("do", FAULTS)
@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("which", [0, 1, 2])
def test_troubled_step_heals(sandbox: Sandbox, which: int, times: int, do: str) -> None:
    """Whichever step fails, once or for good, looking and applying again leads to the one new address."""
    canvas, number, steps = moving(sandbox)
    assert all(canvas.apply(change).done for change in steps[:which])
    sandbox.fault(do, "communication_channels|users/", method=METHODS[which], times=times)
    assert canvas.apply(steps[which]).result in ("applied", "noop", "in_doubt", "unavailable")
    sandbox.mend()
    assert settle(canvas, steps[which]).done
    assert all(canvas.apply(change).done for change in steps[which + 1 :])
    assert channels(sandbox, number) == [(NEW, "active")]


@pytest.mark.parametrize("do", FAULTS)
def test_troubled_reading_before_step(sandbox: Sandbox, do: str) -> None:
    """The list of addresses that a step begins with is asked for again; nothing is written before it is there."""
    canvas, number, steps = moving(sandbox)
    for change in steps:
        sandbox.fault(do, "communication_channels", method="GET", times=2)
        assert canvas.apply(change).result == "applied"
    assert channels(sandbox, number) == [(NEW, "active")]


def test_unread_addresses_stop_step(sandbox: Sandbox) -> None:
    """Where the addresses cannot be read nothing is written."""
    canvas, number, steps = moving(sandbox)
    sandbox.fault("503", "communication_channels", method="GET", times=9)
    assert canvas.apply(steps[0]).result == "unavailable"
    assert writes(sandbox) == []
    sandbox.mend()
    assert channels(sandbox, number) == [(OLD, "active")]


def test_step_of_lost_account_refused(sandbox: Sandbox) -> None:
    """The addresses of an account that was merged away are not to be had (401): that is refused, and stops nobody else's changes."""
    canvas, number, steps = moving(sandbox)
    keeper = Person(sandbox.url).user("keeper")
    assert Person(sandbox.url).ask("PUT", f"users/{number}/merge_into/{keeper}").status == 200
    for change in steps:
        outcome = canvas.apply(change)
        assert (outcome.result, outcome.reason) == ("refused", "account-protected")
    assert canvas.look(steps[0]).result == "not_applied"
    assert channels(sandbox, keeper) == [(OLD, "active")]

"""Addresses that change, are exchanged, and are handed on: right in one run, and never half done."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.sync.crash import Crash, Forge
from tests.sync.roster import FIRST
from tests.sync.world import World

Addresses = Mapping[int, int]  # who gets whose former address; somebody who is not there has a new one
SWAP: Addresses = {2: 3, 3: 2}
CHAIN: Addresses = {2: 3, 3: 4, 4: 20}
BACKWARDS: Addresses = {4: 3, 3: 2, 2: 20}
CIRCLE: Addresses = {2: 3, 3: 4, 4: 2}
TWO_CIRCLES: Addresses = {2: 3, 3: 2, 4: 5, 5: 4}
CASES = {"swap": SWAP, "chain": CHAIN, "chain backwards": BACKWARDS, "circle of three": CIRCLE, "two circles": TWO_CIRCLES}


def address(number: int) -> str:
    """As the first roster has it."""
    return f"p{number}@example.org"


def handed_on(world: World, moves: Addresses) -> None:
    """The next roster, with these addresses."""
    emails = {f"P{who}": address(whose) for who, whose in moves.items()}
    people = tuple(replace(each, email=emails.get(each.person_id, each.email)) for each in FIRST.people)
    world.finalize(replace(FIRST, people=people))


def signs_in(world: World, number: int) -> tuple[str, list[tuple[str, str]]]:
    """Login and addresses, in their order, each with its state."""
    human, user = world.human(), f"users/sis_user_id:ilc:p:P{number}"
    channels = [(row["address"], row["workflow_state"]) for row in human.get(f"{user}/communication_channels").body]
    return human.get(user).body["login_id"], channels


def wanted(moves: Addresses) -> dict[int, tuple[str, list[tuple[str, str]]]]:
    """Everybody has just the one new address, confirmed, and signs in with it."""
    return {who: (address(whose), [(address(whose), "active")]) for who, whose in moves.items()}


@pytest.mark.parametrize("moves", CASES.values(), ids=CASES)
def test_handed_on_in_one_run(filled: World, moves: Addresses) -> None:
    """Who gives up an address goes before who takes it; a circle is opened by a login for the time between."""
    handed_on(filled, moves)
    report = filled.sync()
    assert (report.status, report.failed, report.asked) == ("applied", 0, 0)
    assert {who: signs_in(filled, who) for who in moves} == wanted(moves)
    again = filled.run()
    assert (again.status, again.writes, again.drift, filled.complaints()) == ("converged", 0, 0, [])


def test_newcomer_gets_a_former_address(filled: World) -> None:
    """Somebody new has the address that one of ours gives up: an account of their own, and nobody is asked."""
    people = tuple(replace(each, email=address(20)) if each.person_id == "P3" else each for each in FIRST.people)
    newcomer = replace(FIRST.people[3], person_id="P9", display_name="Ada Later", sortable_name="Later, Ada", email=address(3))
    filled.finalize(replace(FIRST, people=(*people, newcomer)))
    report = filled.sync()
    assert (report.status, report.asked) == ("applied", 0)
    assert (signs_in(filled, 9)[0], signs_in(filled, 3)[0]) == (address(3), address(20))
    assert (filled.run().status, filled.complaints()) == ("converged", [])


@pytest.mark.parametrize("sent", range(1, 10))
def test_death_in_mid_exchange(filled: World, forge: Forge, sent: int) -> None:
    """Wherever an exchange is cut off by SIGKILL, the next runs finish it: nobody has the address of the other in the end."""
    handed_on(filled, SWAP)
    assert forge.run(filled.sandbox.url, filled.store, Crash("send", "before", sent, in_flight=1)) == -9
    assert filled.heal(most=3).drift == 0
    assert {who: signs_in(filled, who) for who in SWAP} == wanted(SWAP)
    assert (filled.run().writes, filled.complaints()) == (0, [])


@pytest.mark.parametrize("do", ["500", "reset-after", "truncate", "503"])
@pytest.mark.parametrize(("method", "path"), [("PUT", "logins"), ("POST", "channels"), ("PUT", "users/"), ("DELETE", "channels")])
def test_trouble_in_mid_exchange(filled: World, do: str, method: str, path: str) -> None:
    """Whichever step fails for a while, nothing is dropped before the login has changed, and the next run finishes."""
    handed_on(filled, SWAP)
    filled.sandbox.fault(do, path, method=method, times=6)
    filled.sync()
    for who in SWAP:
        login, channels = signs_in(filled, who)
        assert channels, f"P{who} has no address at all"
        assert login in (address(2), address(3), f"ilc:p:P{who}:moving")
    filled.sandbox.mend()
    filled.heal(most=3)
    assert {who: signs_in(filled, who) for who in SWAP} == wanted(SWAP)


def test_login_of_a_stranger_is_asked_about(filled: World) -> None:
    """The new address of somebody belongs to an account that is not ours: nothing is changed, neither address nor login."""
    filled.human().user(address(20))
    handed_on(filled, {3: 20})
    report = filled.sync()
    assert (report.status, report.asked, report.writes) == ("partial", 1, 0)
    assert signs_in(filled, 3) == (address(3), [(address(3), "active")])


def test_question_ends_with_its_cause(filled: World) -> None:
    """The stranger's account is gone, or has another login by now: the next run goes on by itself."""
    stranger = filled.human().user(address(20))
    handed_on(filled, {3: 20})
    filled.sync()
    login = filled.human().get(f"users/{stranger}/logins").body[0]["id"]
    filled.human().ask("PUT", f"accounts/1/logins/{login}", {"login[unique_id]": "stranger"})
    report = filled.sync()
    assert (report.status, report.asked) == ("applied", 0)
    assert signs_in(filled, 3) == (address(20), [(address(20), "active")])


def test_suspended_stranger_is_found(filled: World) -> None:
    """A suspended account has the login, which no search finds: it is asked about, and the address is neither added nor dropped."""
    human, hidden = filled.human(), filled.human().user(address(20))
    human.ask("PUT", f"users/{hidden}", {"user[event]": "suspend"})
    for channel in human.get(f"users/{hidden}/communication_channels").body:
        human.ask("DELETE", f"users/{hidden}/communication_channels/{channel['id']}")
    handed_on(filled, {3: 20})
    report = filled.sync()
    assert (report.status, report.asked, report.writes) == ("partial", 1, 0)
    assert signs_in(filled, 3) == (address(3), [(address(3), "active")])


def test_address_back_again(filled: World) -> None:
    """The address before, and then the new one once more: each time one address is left, the one that the roster has."""
    for whose in (20, 3, 20, 21):
        handed_on(filled, {3: whose})
        assert filled.sync().status == "applied"
        assert signs_in(filled, 3) == (address(whose), [(address(whose), "active")])


def test_unconfirmed_copy_gives_way(filled: World) -> None:
    """Somebody has put the new address on the account without confirming it: it is confirmed all the same."""
    filled.human().ask("PUT", "users/sis_user_id:ilc:p:P3", {"user[email]": address(20)})
    handed_on(filled, {3: 20})
    filled.heal()
    assert signs_in(filled, 3)[1][0][1] == "active"


def test_own_second_address_stays(filled: World) -> None:
    """An address that a person has added stays beside the new one."""
    path, more = "users/sis_user_id:ilc:p:P3/communication_channels", "home@example.org"
    form = {"communication_channel[address]": more, "communication_channel[type]": "email", "skip_confirmation": "true"}
    assert filled.human().ask("POST", path, form).status == 200
    handed_on(filled, {3: 20})
    filled.sync()
    assert sorted(signs_in(filled, 3)[1]) == [(more, "active"), (address(20), "active")]


def test_refused_login_keeps_the_address(filled: World) -> None:
    """Somebody takes the login in the moment before it is changed: the address is neither added nor dropped."""
    handed_on(filled, {3: 20})
    human, taken = filled.human(), list[int]()

    def stop() -> bool:
        taken.extend([] if taken else [human.user(address(20))])
        return False

    report = filled.run(stop=stop)
    assert (report.status, set(report.failures.values())) == ("partial", {"login-taken"})
    assert signs_in(filled, 3) == (address(3), [(address(3), "active")])
    assert filled.run().asked == 1

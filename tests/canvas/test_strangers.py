"""Finding the accounts of people whom the ledger does not know: what counts as evidence, and what does not."""

import pytest

from ilc_canvas.reconcile.people.accounts import WantedPerson
from tests.canvas.cast import person, sought
from tests.canvas.finding import crowd, fill, look, second_address, strangers
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

ALL = "accounts/1/users"
ways = pytest.mark.parametrize("others", [0, 6], ids=["one by one", "by list"])
"""Somebody is looked for alone, or with so many others that the whole list is read."""


def seeking(others: int, one: WantedPerson | None = None) -> list[WantedPerson]:
    return [one or sought(1), *strangers(50, others)]


def test_few_strangers_one_by_one(sandbox: Sandbox) -> None:
    """Up to five are asked for one by one: by SIS id, by login, and by a search for the address; no list is read."""
    looked = look(sandbox, strangers(1, 5))
    assert (looked.count("sis_user_id"), looked.count("sis_login_id"), looked.count("example.org")) == (5, 5, 5)
    assert (len(looked.asked), looked.found.accounts) == (15, {})


def test_sis_id_settles_a_stranger(sandbox: Sandbox, hand: Person) -> None:
    """Whom our SIS id leads to need not be searched for; letter by letter, for another case is another person."""
    number, _ = hand.user("a", sis_user_id="ilc:p:1"), hand.user("b", sis_user_id="ILC:P:2")
    looked = look(sandbox, strangers(1, 2))
    assert (looked.hits(1), looked.hits(2)) == ({number}, set())
    assert looked.count(" p1@example.org") == 0


def test_many_strangers_by_one_list(sandbox: Sandbox) -> None:
    """More than five are looked for in the account's list; who is not in it by its login is searched for."""
    fill(sandbox, (f"p{number}@example.org" for number in range(1, 121)))
    looked = look(sandbox, [*strangers(1, 8), *strangers(200, 2)])
    assert all(looked.hits(number) for number in range(1, 9))
    searched = [f"{ALL} {words}" for words in ("ilc:p:", "p200@example.org", "p201@example.org")]
    assert sorted(looked.asked) == ["accounts/1/admins", ALL, ALL, *searched]


def test_few_accounts_read_in_full(sandbox: Sandbox, hand: Person) -> None:
    """In an account of three people 324 strangers cost a few requests: everybody in it is read instead of searched for."""
    known, second = hand.person("Ada", "p1@example.org", "p1@example.org"), hand.person("Grace", "grace", "grace@home.test")
    second_address(hand, second, "p2@example.org")
    looked = look(sandbox, strangers(1, 324))
    assert (looked.hits(1), looked.hits(2), looked.hits(3)) == ({known}, {second}, set())
    assert (len(looked.asked) <= 9, looked.count(" p")) == (True, 0)


@ways
def test_substring_is_no_hit(sandbox: Sandbox, hand: Person, others: int) -> None:
    """A search finds parts of logins, addresses and SIS ids; only whole ones count."""
    crowd(sandbox)
    hand.user("x.p1@example.org", sis_user_id="x-ilc:p:1")
    hand.person("Ada", "b", "p1@example.org.test", sis_user_id="ilc:p:11")
    assert look(sandbox, seeking(others)).hits() == set()


@ways
def test_unconfirmed_address_no_evidence(sandbox: Sandbox, hand: Person, others: int) -> None:
    """Anybody can claim any address: one that nobody has confirmed leads to nobody, though lists show it."""
    crowd(sandbox)
    number = hand.person("Mallory", "mallory", "p1@example.org", confirmed=False)
    looked = look(sandbox, seeking(others))
    account = looked.found.account(number)
    assert account
    assert (looked.hits(), account.addresses, account.has_address("p1@example.org")) == (set(), (), None)


@ways
def test_active_second_address_counts(sandbox: Sandbox, hand: Person, others: int) -> None:
    """An active address leads to its account though lists show another one; an unconfirmed second one does not."""
    crowd(sandbox)
    number, other = hand.person("Ada", "ada", "ada@home.test"), hand.person("Bo", "bo", "bo@home.test")
    second_address(hand, number, "P1@Example.org")
    second_address(hand, other, "p1@example.org", confirmed=False)
    looked = look(sandbox, seeking(others))
    account = looked.found.account(number)
    assert (looked.hits(), account and account.has_address("p1@example.org")) == ({number}, True)


@ways
def test_claim_hides_no_real_account(sandbox: Sandbox, hand: Person, others: int) -> None:
    """Somebody who claims an address, unconfirmed, as the first one does not keep its real owner from being found."""
    crowd(sandbox)
    hand.person("Mallory", "mallory", "p1@example.org", confirmed=False)
    number = hand.person("Ada", "ada", "ada@home.test")
    second_address(hand, number, "p1@example.org")
    assert number in look(sandbox, seeking(others)).hits()


@ways
@pytest.mark.parametrize("login", ["p1@example.org", "P1@Example.ORG", "ada"])
def test_whole_login_is_a_hit(sandbox: Sandbox, hand: Person, others: int, login: str) -> None:
    """The whole login leads to its account, in any letter case, whatever address the account has."""
    crowd(sandbox)
    number = hand.person("Ada", login, "ada@home.test")
    asked = sought(1, login="ADA" if login == "ada" else "")
    looked = look(sandbox, seeking(others, asked))
    account = looked.found.account(number)
    assert (looked.hits(), account and account.has_login(asked.login)) == ({number}, True)


@ways
@pytest.mark.parametrize("written", ["zoe\N{COMBINING ACUTE ACCENT}@example.org", "ZOÉ@example.org"])
@pytest.mark.parametrize("place", ["login", "address"])
def test_accents_in_either_form(sandbox: Sandbox, hand: Person, others: int, written: str, place: str) -> None:
    """A letter and its accent may be one sign or two; with and without accent are two people."""
    crowd(sandbox)
    login, address = ("zoé@example.org", "zoe@home.test") if place == "login" else ("zoe", "zoé@example.org")
    number = hand.person("Zoé", login, address)
    hand.person("Zoe", "zoe@example.org", "zoe@example.org")
    one = WantedPerson(person(1).key, written, written)
    assert look(sandbox, seeking(others, one)).hits() == {number}


@ways
def test_suspended_login_is_a_hit(sandbox: Sandbox, hand: Person, others: int) -> None:
    """A suspended login, which no search finds, leads to its account, and is known to be suspended."""
    crowd(sandbox)
    number = hand.person("Ada", "p1@example.org", "ada@home.test")
    hand.ask("PUT", f"users/{number}", {"user[event]": "suspend"})
    looked = look(sandbox, seeking(others))
    account = looked.found.account(number)
    assert (looked.hits(), account and account.suspended) == ({number}, True)


@ways
def test_login_behind_shown_one(sandbox: Sandbox, hand: Person, others: int) -> None:
    """A second login that no list shows is found by its name and by our SIS id."""
    crowd(sandbox)
    number = hand.person("Ada", "ada", "ada@home.test", sis_user_id="district-7")
    hand.login(number, "p1@example.org", sis_user_id="ilc:p:1")
    looked = look(sandbox, seeking(others))
    account = looked.found.account(number)
    assert account
    assert (looked.hits(), account.login, account.sis_id) == ({number}, "ada", "district-7")
    assert (account.has_login("p1@example.org"), account.has_sis_id("ilc:p:1")) == (True, True)


@ways
def test_sis_id_behind_shown_one(sandbox: Sandbox, hand: Person, others: int) -> None:
    """An account that has our SIS id on a login of another name is found, though lists show another SIS id and login."""
    crowd(sandbox)
    number = hand.person("Ada", "ada", "ada@home.test", sis_user_id="district-7")
    hand.login(number, "behind", sis_user_id="ilc:p:1")
    looked = look(sandbox, seeking(others))
    account = looked.found.account(number)
    assert (looked.hits(), account and account.has_sis_id("ilc:p:1")) == ({number}, True)


@ways
def test_several_accounts_are_all_hits(sandbox: Sandbox, hand: Person, others: int) -> None:
    """One address that stands on two accounts leads to both."""
    crowd(sandbox)
    numbers = {hand.person("Ada", login, "p1@example.org") for login in ("a", "b")}
    looked = look(sandbox, seeking(others))
    assert (looked.hits(), looked.count("users/1")) == (numbers, 4)

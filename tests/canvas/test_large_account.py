"""What looking people up costs in an account of 2,600."""

from collections.abc import Iterator

import pytest

from ilc_canvas.reconcile.people.accounts import WantedPerson
from tests.canvas.cast import sought
from tests.canvas.finding import fill, look, second_address, strangers
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox, start_sandbox

SIZE, BY_LOGIN, BY_ADDRESS = 2600, 300, 24
PAGES = SIZE // 100


@pytest.fixture(scope="module")
def large() -> Iterator[Sandbox]:
    """People 1 to 300 have their login there, the next 24 their address as a second one of other accounts."""
    with start_sandbox() as sandbox:
        fill(sandbox, (f"p{number}@example.org" for number in range(1, BY_LOGIN + 1)))
        fill(sandbox, (f"other{number}@example.org" for number in range(SIZE - 1 - BY_LOGIN)))
        hand = Person(sandbox.url)
        for number in range(BY_ADDRESS):
            second_address(hand, hand.found(f"other{number}@")[0], f"p{BY_LOGIN + 1 + number}@example.org")
        assert len(sandbox.state()["users"]) == SIZE
        yield sandbox


def test_most_people_known_by_login(large: Sandbox) -> None:
    """324 of whom 300 are found by login and 24 by a second address cost at most 110 requests."""
    looked = look(large, strangers(1, BY_LOGIN + BY_ADDRESS))
    assert all(len(looked.hits(number)) == 1 for number in range(1, BY_LOGIN + BY_ADDRESS + 1))
    assert len(looked.asked) == PAGES + 1 + BY_ADDRESS * 3 + 1  # list, our SIS ids, a search and two readings each, administrators
    assert len(looked.asked) <= 110


def test_nobody_known_costs_one_search_each(large: Sandbox) -> None:
    """324 who are not there at all cost at most 360 requests."""
    looked = look(large, strangers(1001, 324))
    assert not any(looked.found.hits.values())
    assert (len(looked.asked), len(looked.asked) <= 360) == (PAGES + 1 + 324, True)


@pytest.mark.parametrize(("count", "listed"), [(5, 0), (12, 24), (13, PAGES)])
def test_list_only_if_it_is_shorter(large: Sandbox, count: int, listed: int) -> None:
    """The list is read to its end for as many people as make it pay; for fewer they are asked for one by one, three requests each."""
    looked = look(large, strangers(1001, count))
    each = count if listed == PAGES else 3 * count
    assert looked.asked.count("accounts/1/users") == listed
    assert len(looked.asked) == listed + each + (listed == PAGES)


def test_known_people_cost_no_list(large: Sandbox) -> None:
    """Those whose numbers are known are read singly, or by the account's list if there are many, and never searched for."""
    logins = {row["id"]: row["login_id"] for row in large.state()["users"] if row["login_id"].startswith("p")}
    people = [sought(which, number, login=login) for which, (number, login) in enumerate(sorted(logins.items()), 1)]
    for count, requests in ((50, 2 + 50), (300, 2 + PAGES)):
        looked = look(large, people[:count])
        assert {person.number for person in people[:count]} <= looked.found.accounts.keys()
        assert len(looked.asked) == requests


def test_people_found_are_the_right_ones(large: Sandbox) -> None:
    """Each is led to by what the account really has."""
    people: list[WantedPerson] = strangers(1, BY_LOGIN + BY_ADDRESS)
    looked = look(large, people)
    for number, person in enumerate(people, 1):
        (hit,) = looked.hits(number)
        account = looked.found.accounts[hit]
        assert account.has_login(person.login) != (number > BY_LOGIN)
        assert account.has_address(person.email)

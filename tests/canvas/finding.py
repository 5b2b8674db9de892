"""What the tests of looking people up share: a look-up with the addresses that it asked for, and accounts of others."""

from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests

from ilc_canvas.reconcile.people.accounts import AccountSearch, WantedPerson
from tests.canvas.cast import client, person, sought
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox


@dataclass(frozen=True)
class Looked:
    """What was found, and what was asked for it."""

    found: AccountSearch
    asked: list[str]

    def hits(self, which: int = 1) -> set[int]:
        """The accounts that evidence of a person leads to."""
        return set(self.found.hits.get(person(which).key, ()))

    @property
    def admins(self) -> set[int] | None:
        """Who is an administrator; None if nobody can tell."""
        return None if self.found.admins is None else set(self.found.admins)

    def count(self, *words: str) -> int:
        """The requests whose address has one of these in it."""
        return sum(any(word in each for word in words) for each in self.asked)


def look(sandbox: Sandbox, people: Iterable[WantedPerson], also: Collection[int] = (), **options: Any) -> Looked:
    """Look these people up as a run does."""
    canvas = client(sandbox, **options)
    sandbox.forget_requests()
    found = canvas.find_people(list(people), also)
    return Looked(found, [shortened(entry["path"]) for entry in sandbox.requests()])


def shortened(path: str) -> str:
    """A request's address below /api/v1, and after it what it searches for."""
    parts = urlsplit(path)
    return " ".join([unquote(parts.path).removeprefix("/api/v1/"), *parse_qs(parts.query).get("search_term", [])])


def fill(sandbox: Sandbox, logins: Iterable[str]) -> None:
    """People of others, each with a login that is the address as well; a few are made at once."""

    def make(login: str) -> None:
        form = {"user[name]": login.partition("@")[0], "pseudonym[unique_id]": login, "communication_channel[skip_confirmation]": "true"}
        assert session.post(f"{sandbox.url}/api/v1/accounts/1/users", data=form | {"user[skip_registration]": "true"}).status_code == 200

    with requests.Session() as session, ThreadPoolExecutor(4) as pool:
        session.headers["Authorization"] = f"Bearer {sandbox.token}"
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=4))
        list(pool.map(make, logins))


def crowd(sandbox: Sandbox, count: int = 6) -> None:
    """So many people of others."""
    fill(sandbox, (f"other{number}@example.org" for number in range(count)))


def strangers(first: int, count: int = 6) -> list[WantedPerson]:
    """So many people of the roster whose accounts are not known, from this one on."""
    return [sought(number) for number in range(first, first + count)]


def second_address(hand: Person, number: int, text: str, *, confirmed: bool = True) -> None:
    """A further address of an account."""
    form = {"communication_channel[address]": text, "communication_channel[type]": "email", "skip_confirmation": str(confirmed).lower()}
    assert hand.ask("POST", f"users/{number}/communication_channels", form).status == 200

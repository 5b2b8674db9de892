"""What Canvas's accounts show about who somebody is: evidence, not yet a judgment."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from ilc_canvas.reconcile.state import Key


@dataclass(frozen=True, slots=True)
class WantedPerson:
    """One person in the roster, and what to ask Canvas about them."""

    key: Key
    login: str
    email: str
    number: int | None = None  # the number of the account in the ledger
    known_login: str | None = None  # as we last left it
    known_email: str | None = None  # as we last left it
    takes: str = ""  # a login that the account with this number will get and none of our accounts has


@dataclass(frozen=True, slots=True)
class Login:
    """One of an account's logins."""

    unique_id: str
    sis_id: str | None = None
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class UserAccount:
    """One account, by Canvas's number. A list shows only one of its logins, SIS ids and addresses (live-people 3).

    `logins` and `addresses` (the active ones) are None until they have been read; `login` and `email` are also None if the token
    may not see them. `removed`: it still answers by number, but has no login left (live-people 4).
    """

    number: int
    name: str
    sortable_name: str
    login: str | None = None
    email: str | None = None
    sis_id: str | None = None
    sees_email: bool = True
    logins: tuple[Login, ...] | None = None
    addresses: tuple[str, ...] | None = None
    removed: bool = False
    last_login: str | None = None  # ISO 8601; None if it has never been used, or Canvas does not say

    def has_login(self, login: str) -> bool:
        """Whether this is one of its logins: the whole login, in any letter case."""
        return folded(login) in {folded(each) for each in (*(one.unique_id for one in self.logins or ()), self.login) if each}

    def has_sis_id(self, sis_id: str) -> bool:
        """Whether this is exactly one of its SIS ids (live-people 2)."""
        return sis_id in {*(one.sis_id for one in self.logins or ()), self.sis_id}

    def has_address(self, address: str) -> bool | None:
        """Whether this is one of its active addresses; None if it shows none. An unconfirmed one is not evidence: anybody can add it."""
        known = self.addresses if self.addresses is not None else (self.email,) if self.email else ()
        return folded(address) in {folded(each) for each in known} if known else None

    @property
    def suspended(self) -> bool:
        """Whether all of its logins are suspended."""
        return bool(self.logins) and all(one.suspended for one in self.logins or ())


@dataclass(frozen=True)
class AccountSearch:
    """What one run found when it looked accounts up.

    `hits` are the numbers of accounts that evidence about a person leads to; `gone` are known numbers that answer 404 (merged away, or
    hidden from us). `admins` is None if the token may not list administrators.
    """

    accounts: Mapping[int, UserAccount] = field(default_factory=dict)
    hits: Mapping[Key, frozenset[int]] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()
    admins: frozenset[int] | None = frozenset()
    token_user: int = 0

    def account(self, number: int | None) -> UserAccount | None:
        """The account with this number, if it was found."""
        return self.accounts.get(number) if number is not None else None


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """An account, as far as the token may see it, for somebody who decides: with what the look-ups do not need."""

    account: UserAccount
    courses: tuple[str, ...] = ()  # SIS ids of our courses that it is active in
    administrator: bool | None = None  # None: the token may not list administrators


@dataclass(frozen=True)
class AccountReading:
    """Accounts as Canvas showed them at one moment, for somebody who decides whose they are. Who cannot be read is not among them."""

    accounts: Mapping[int, AccountDetails]
    token_user: int
    read_at: datetime

    @property
    def search(self) -> AccountSearch:
        """The same, as decisions are checked against it."""
        is_hidden = any(each.administrator is None for each in self.accounts.values())
        admins = None if is_hidden else frozenset(number for number, each in self.accounts.items() if each.administrator)
        return AccountSearch({number: each.account for number, each in self.accounts.items()}, admins=admins, token_user=self.token_user)

    def of(self, numbers: Collection[int]) -> "AccountReading":
        """These accounts alone."""
        return replace(self, accounts={number: each for number, each in self.accounts.items() if number in numbers})


def composed(text: str) -> str:
    """The text with each letter and its accent as one character: Canvas finds nobody by the other form (live-people 1)."""
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """The form in which Canvas compares logins and addresses: composed, any letter case, accents count (live-people 1, 2)."""
    return composed(text).casefold()

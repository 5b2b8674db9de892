"""Canvas's accounts as far as they show who somebody is: evidence, not yet a judgment."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from ilc_canvas.reconcile.state import Key


@dataclass(frozen=True, slots=True)
class Sought:
    """One person of the roster, and what Canvas is asked about them."""

    key: Key
    login: str
    email: str
    number: int | None = None  # of the account that the ledger holds
    known_login: str | None = None  # as we last left it
    known_email: str | None = None  # likewise
    takes: str = ""  # a login that the account of this number is to get, which none of ours has


@dataclass(frozen=True, slots=True)
class Login:
    """One of an account's logins."""

    unique_id: str
    sis_id: str | None = None
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """One account, by Canvas's number. A list shows one login, one SIS id and one address of it (live-people 3).

    `logins` and `addresses` (the active ones) are None as long as nobody has read them; `login` and `email` are None also if the token
    may not see them. `removed`: it still answers by number, but no login is left (live-people 4).
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

    def has_login(self, login: str) -> bool:
        """Whether this is one of its logins, whole, in any letter case."""
        return folded(login) in {folded(each) for each in (*(one.unique_id for one in self.logins or ()), self.login) if each}

    def has_sis_id(self, sis_id: str) -> bool:
        """Whether this is one of its SIS ids, letter by letter (live-people 2)."""
        return sis_id in {*(one.sis_id for one in self.logins or ()), self.sis_id}

    def has_address(self, address: str) -> bool | None:
        """Whether this is an active address of it; None if it shows none at all. An unconfirmed one is no evidence: anybody can add any."""
        known = self.addresses if self.addresses is not None else (self.email,) if self.email else ()
        return folded(address) in {folded(each) for each in known} if known else None

    @property
    def suspended(self) -> bool:
        """Whether nobody can sign in with it."""
        return bool(self.logins) and all(one.suspended for one in self.logins or ())


@dataclass(frozen=True)
class Found:
    """What the look-ups of one run have shown.

    `hits` are numbers of accounts that some evidence of a person leads to; `gone` are known numbers that answer 404 (merged away, or not
    ours to see). `admins` is None if the token may not list administrators.
    """

    accounts: Mapping[int, Account] = field(default_factory=dict)
    hits: Mapping[Key, frozenset[int]] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()
    admins: frozenset[int] | None = frozenset()
    token_user: int = 0

    def account(self, number: int | None) -> Account | None:
        """The account of this number, if it was found."""
        return self.accounts.get(number) if number is not None else None


def composed(text: str) -> str:
    """Each letter and its accent as one sign: Canvas finds nobody by the other form (live-people 1)."""
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """As Canvas compares logins and addresses: composed, in any letter case, accents matter (live-people 1, 2)."""
    return composed(text).casefold()

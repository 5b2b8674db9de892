"""Finding people who are there already, with few requests: by number, by one pass over a list, by search."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from ilc_canvas.canvas.http.failures import NotFoundError
from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.listing import Row, pages_up_to, whole_list
from ilc_canvas.canvas.records import legible
from ilc_canvas.canvas.sis_ids import login_path, sis
from ilc_canvas.reconcile.errors import IncompleteError, MissingRightError
from ilc_canvas.reconcile.people.accounts import AccountSearch, Login, UserAccount, WantedPerson, composed, folded
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.threads import calls

_SINGLY = 50
"""People whom the ledger knows and no list shows: more than so many is not an accident of paging."""
_SHOWN = ("email", "last_login")
"""What Canvas shows of an account if it is asked to, at no request more."""
_FEW = 5
"""So few strangers are looked up one by one, whatever the size of the account."""
In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True, slots=True)
class Where:
    """Where people are looked for."""

    root: int
    parent: int  # the account below which ours stands
    ours: Key  # our sub-account
    prefix: str  # how the SIS ids of our people begin
    token_user: int


@dataclass
class Finder:
    """The look-ups of one run. `accounts` grows as rows come in; a later, fuller reading of an account wins."""

    transport: Transport
    where: Where
    in_flight: int
    accounts: dict[int, UserAccount] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    rows: dict[int, Row] = field(default_factory=dict)  # as Canvas answered, of accounts that are to be shown
    hidden: set[int] = field(default_factory=set)  # accounts that may not be read further: Site Admin's people (live-people 4)

    def find(self, sought: Sequence[WantedPerson], also: Collection[int]) -> AccountSearch:
        """Everybody: the known by their numbers, the others by evidence; then who of these is an administrator."""
        known = {person.number for person in sought if person.number is not None}
        self._read_known(known | set(also))
        lost = known & (self.gone | {number for number, account in self.accounts.items() if account.removed})
        strangers = [person for person in sought if person.number is None or person.number in lost]
        hits = self._look_up(strangers)
        self._look_up_moving([person for person in sought if person.takes and person.number not in lost | {None}], hits)
        self._read_logins(sought)
        self._read_fully(a.number for p in sought if (a := self.accounts.get(p.number or 0)) and not a.removed and _is_set_by_hand(a, p))
        self._read_evidence(strangers, hits)
        asked = bool(also) or any(hits.values())
        return AccountSearch(
            self.accounts, {k: frozenset(v) for k, v in hits.items()}, frozenset(self.gone), self._admins(asked), self.where.token_user
        )

    def in_full(self, numbers: Collection[int]) -> AccountSearch:
        """These accounts with all that can be read of them, to be shown."""
        for number, row in zip(sorted(numbers), self._each(self._shown, sorted(numbers)), strict=True):
            if row:
                self.rows[number] = row
        self._keep(self.rows.values())
        self._read_fully(self.rows)
        return AccountSearch(self.accounts, {}, frozenset(self.gone), self._admins(bool(numbers)), self.where.token_user)

    def _shown(self, number: int) -> Row | None:
        try:
            row: Row = self.transport.call("GET", f"users/{number}", include=_SHOWN).row
        except (NotFoundError, MissingRightError):
            return None
        return row

    def _each(self, read: Callable[[In], Out], things: Iterable[In]) -> list[Out]:
        with calls(self.in_flight) as pool:
            return list(pool.map(read, things))

    def _keep(self, rows: Iterable[Row]) -> set[int]:
        """The numbers of these rows; a person who comes twice in a list is one (live-people 3)."""
        with legible():
            found = [account_of(row) for row in rows]
        for account in found:
            self.accounts.setdefault(account.number, account)
        return {account.number for account in found}

    def _read_known(self, numbers: set[int]) -> None:
        """Those who are enrolled with us by one list, the rest by a search for our SIS ids, and what is left one by one."""
        if not numbers:
            return
        if len(numbers) > 1:
            self._keep(self._list(f"accounts/{sis(self.where.ours)}/users"))
        if len(numbers - self.accounts.keys()) > _FEW:
            self._keep(self._search(self.where.prefix))
        if len(numbers - self.accounts.keys()) > _SINGLY:
            self._keep(self._list(f"accounts/{self.where.root}/users"))
        left = sorted(numbers - self.accounts.keys())
        if len(left) > _SINGLY:
            raise IncompleteError(
                f"Canvas's lists lack {count(len(left), 'person', 'people')} whom the ledger knows. Nothing was concluded from them."
            )
        for number, account in zip(left, self._each(self._single, left), strict=True):
            if account:
                self.accounts[number] = account
            else:
                self.gone.add(number)

    def _list(self, path: str) -> list[Row]:
        try:
            return whole_list(self.transport, path, include=_SHOWN)
        except NotFoundError:  # our sub-account is not there yet
            return []

    def _single(self, number: int) -> UserAccount | None:
        """By number; without a login it was removed from the account, and is kept as that (live-people 4)."""
        try:
            row = self.transport.call("GET", f"users/{number}").row
        except NotFoundError:
            return None
        with legible():
            account = account_of(row)
        return account if account.login else self._without_login(account)

    def _without_login(self, account: UserAccount) -> UserAccount | None:
        """Removed, or a person of Site Admin's, or one whose login this token may not see."""
        try:
            return replace(account, removed=not self._logins(account.number))
        except NotFoundError:
            return None
        except MissingRightError:
            self.hidden.add(account.number)
            return account

    def _search(self, term: str) -> list[Row]:
        """Substrings in names, logins, SIS ids and addresses (live-people 1): what matched is for the caller to see."""
        words = composed(" ".join(term.split()))
        return whole_list(self.transport, f"accounts/{self.where.root}/users", search_term=words, include=_SHOWN) if words else []

    def _look_up(self, strangers: Sequence[WantedPerson]) -> defaultdict[Key, set[int]]:
        """By evidence: one pass over the account's list if that is fewer requests than two or three for each of them."""
        hits: defaultdict[Key, set[int]] = defaultdict(set)
        listed = self._whole_account(most_pages=2 * len(strangers)) if len(strangers) > _FEW else None
        if listed is not None:
            hits.update(self._match_listed(strangers, listed))
        else:
            self._add(hits, strangers, self._by_sis_id)
        left = [person for person in strangers if not hits[person.key]]
        for person, rows in zip(left, self._searched(left, listed), strict=True):
            hits[person.key] |= self._took(rows, person)
        if listed is None:
            self._add(hits, [person for person in left if not hits[person.key]], self._by_login)
        return hits

    def _look_up_moving(self, moving: Sequence[WantedPerson], hits: defaultdict[Key, set[int]]) -> None:
        """Who has the address that a known person is to get: by login too, since a search does not find a suspended one (live-people 1)."""
        holders = self._each(lambda person: self._by_path(f"users/{login_path(person.takes)}"), moving)
        for person, holder, rows in zip(moving, holders, self._each(lambda one: self._search(one.takes), moving), strict=True):
            hits[person.key] |= self._took(rows, person) | ({holder} if holder else set())

    def _add(self, hits: defaultdict[Key, set[int]], people: Sequence[WantedPerson], look: Callable[[WantedPerson], int | None]) -> None:
        for person, number in zip(people, self._each(look, people), strict=True):
            hits[person.key] |= {number} if number else set()

    def _whole_account(self, *, most_pages: int) -> set[int] | None:
        """Everybody in the account; None if that takes more pages."""
        rows = pages_up_to(self.transport, f"accounts/{self.where.root}/users", most_pages=most_pages, include=_SHOWN)
        return None if rows is None else self._keep(rows)

    def _match_listed(self, strangers: Sequence[WantedPerson], listed: set[int]) -> dict[Key, set[int]]:
        """By what the list shows: SIS id, login, address. Nobody must be hidden by somebody else's claim to the address."""
        index = _Index.of(self.accounts[number] for number in sorted(listed | self._ours()))
        hits = {person.key: index.numbers(person) for person in strangers}
        self._read_evidence(strangers, hits)
        return {person.key: {n for n in hits[person.key] if _speaks_for(self.accounts[n], person)} for person in strangers}

    def _ours(self) -> set[int]:
        """Accounts that have a SIS id of ours, be it on a login that a list does not show, as after a merge (live-people 5)."""
        ours = self._keep(self._search(self.where.prefix))
        self._read_fully(number for number in ours if not str(self.accounts[number].sis_id).startswith(self.where.prefix))
        return ours

    def _by_sis_id(self, person: WantedPerson) -> int | None:
        return self._by_path(f"users/{sis(person.key)}")

    def _by_login(self, person: WantedPerson) -> int | None:
        """No search finds a suspended login, or one that is not the address (live-people 1)."""
        return self._by_path(f"users/{login_path(composed(person.login))}")

    def _by_path(self, path: str) -> int | None:
        try:
            row = self.transport.call("GET", path).row
        except NotFoundError:
            return None
        (number,) = self._keep([row])
        return number

    def _searched(self, left: Sequence[WantedPerson], listed: set[int] | None) -> list[list[Row]]:
        """A search by address for each; in an account of a few people their addresses and logins are read instead."""
        few = listed is not None and 2 * len(listed) < len(left)
        if few and listed is not None:
            self._read_fully(listed)
        if few and not self.hidden & (listed or set()):
            rows: list[Row] = [{"id": number} for number in sorted(listed or ())]
            return [rows for _ in left]
        return self._each(lambda person: self._search(person.email), left)

    def _took(self, rows: Iterable[Row], person: WantedPerson) -> set[int]:
        """Of the rows that a search found those whose whole login or active address it is."""
        numbers = self._keep([row for row in rows if "name" in row]) | {row["id"] for row in rows}
        unclear = {n for n in numbers if not self.accounts[n].has_login(person.email) and self.accounts[n].addresses is None}
        self._read_fully(unclear)
        return {n for n in numbers if self.accounts[n].has_login(person.email) or self.accounts[n].has_address(person.email)}

    def _read_logins(self, sought: Sequence[WantedPerson]) -> None:
        """Of known people who show another login than the wanted one and the one that we left: theirs may be another (live-people 5)."""
        shown = {person: self.accounts.get(person.number) for person in sought if person.number is not None}
        odd = [a.number for p, a in shown.items() if a and not a.removed and a.login and _is_odd(a, p)]
        for number, logins in zip(odd, self._each(self._logins, odd), strict=True):
            self.accounts[number] = replace(self.accounts[number], logins=logins)

    def _read_evidence(self, strangers: Sequence[WantedPerson], hits: Mapping[Key, set[int]]) -> None:
        """Who would be taken by an address, or shows another one, is read: is the address active, are there other logins?"""
        wanted = [(person, number) for person in strangers for number in hits.get(person.key, ())]
        self._read_fully({number for person, number in wanted if _is_doubtful(self.accounts[number], person)})

    def _read_fully(self, numbers: Iterable[int]) -> None:
        left = sorted(number for number in numbers if self.accounts[number].addresses is None and number not in self.hidden)
        for number, account in zip(left, self._each(self._fully, left), strict=True):
            if account:
                self.accounts[number] = account
            else:
                self.hidden.add(number)

    def _fully(self, number: int) -> UserAccount | None:
        """With all logins and active addresses; None if they may not be read."""
        try:
            logins, channels = self._logins(number), whole_list(self.transport, f"users/{number}/communication_channels")
        except (MissingRightError, NotFoundError):
            return None
        with legible():
            active = tuple(row["address"] for row in channels if row["type"] == "email" and row["workflow_state"] == "active")
        return replace(self.accounts[number], logins=logins, addresses=active)

    def _logins(self, number: int) -> tuple[Login, ...]:
        rows = whole_list(self.transport, f"users/{number}/logins")
        with legible():
            return tuple(Login(row["unique_id"], row.get("sis_user_id"), row["workflow_state"] == "suspended") for row in rows)

    def _admins(self, asked: bool) -> frozenset[int] | None:
        """Administrators of each account above ours, and whom we may not read; None if the token may not list them (live-people 4)."""
        if not asked:
            return frozenset(self.hidden)
        try:
            lists = self._each(lambda account: whole_list(self.transport, f"accounts/{account}/admins"), self._above())
        except (MissingRightError, NotFoundError):
            return None
        with legible():
            return frozenset(self.hidden) | {row["user"]["id"] for rows in lists for row in rows if row["workflow_state"] == "active"}

    def _above(self) -> list[int]:
        """The accounts whose administrators count: from the one below which ours stands up to the root."""
        accounts = [self.where.parent]
        while accounts[-1] != self.where.root:
            parent = self.transport.call("GET", f"accounts/{accounts[-1]}").row.get("parent_account_id")
            if not isinstance(parent, int) or parent in accounts:
                return [*accounts, self.where.root]
            accounts.append(parent)
        return accounts


def account_of(row: Mapping[str, Any]) -> UserAccount:
    """A row of a list of people, or one person."""
    return UserAccount(
        number=row["id"],
        name=str(row["name"]),
        sortable_name=str(row["sortable_name"]),
        login=row.get("login_id"),
        email=row.get("email"),
        sis_id=row.get("sis_user_id"),
        sees_email="email" in row,
        last_login=row.get("last_login"),
    )


@dataclass(frozen=True)
class _Index:
    """Accounts by what has been read of them: of most, what a list shows."""

    sis_ids: Mapping[str, set[int]]
    words: Mapping[str, set[int]]  # logins and addresses, folded

    @classmethod
    def of(cls, accounts: Iterable[UserAccount]) -> "_Index":
        """Several accounts may show one address."""
        sis_ids, words = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
        for account in accounts:
            logins = account.logins or ()
            for sis_id in filter(None, (account.sis_id, *(one.sis_id for one in logins))):
                sis_ids[sis_id].add(account.number)
            for text in filter(None, (account.login, account.email, *(one.unique_id for one in logins), *(account.addresses or ()))):
                words[folded(text)].add(account.number)
        return cls(sis_ids, words)

    def numbers(self, person: WantedPerson) -> set[int]:
        """Those that this person's SIS id, login or address leads to."""
        return {*self.sis_ids.get(person.key.id, ()), *self.words.get(folded(person.login), ()), *self.words.get(folded(person.email), ())}


def _is_odd(account: UserAccount, person: WantedPerson) -> bool:
    known = {folded(text) for text in (person.login, person.known_login) if text}
    return account.logins is None and folded(account.login or "") not in known


def _is_set_by_hand(account: UserAccount, person: WantedPerson) -> bool:
    """Whether somebody else has made the wanted address the first one: it may be unconfirmed (live-people 1)."""
    shown, known = folded(account.email or ""), folded(person.known_email or "")
    return bool(known) and shown == folded(person.email) != known


def _speaks_for(account: UserAccount, person: WantedPerson) -> bool:
    """Whether anything that has been read of the account is evidence of this person."""
    logins = account.has_login(person.login) or account.has_login(person.email)
    return account.has_sis_id(person.key.id) or logins or account.has_address(person.email) is True


def _is_doubtful(account: UserAccount, person: WantedPerson) -> bool:
    """Whether what the list shows is not enough: the login is another one, or the address is."""
    agrees = account.has_login(person.login) and (account.email is None or folded(account.email) == folded(person.email))
    return account.addresses is None and not agrees


def login_holder(transport: Transport, login: str) -> int | None:
    """The number of the account that has this login, whole, in any letter case, suspended or not (live-people 2)."""
    try:
        row = transport.call("GET", f"users/{login_path(composed(login))}").row
    except NotFoundError:
        return None
    with legible():
        return int(row["id"])

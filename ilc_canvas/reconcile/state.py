"""Keys, records and states: what is desired and what is observed, in one type."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

Value = str | bool | int | None
Fields = Mapping[str, Value]


class Kind(StrEnum):
    """The kinds of object, parents before children: the order in which they are written."""

    ACCOUNT = "account"
    TERM = "term"
    ROLE = "role"
    USER = "user"
    CHANNEL = "channel"
    COURSE = "course"
    SECTION = "section"
    ENROLLMENT = "enrollment"

    @property
    def rank(self) -> int:
        """0 for what has no parent, growing towards the leaves."""
        return _RANKS[self]


_RANKS: Mapping[Kind, int] = {kind: rank for rank, kind in enumerate(Kind)}
SHARED = frozenset({Kind.ACCOUNT, Kind.ROLE, Kind.USER, Kind.CHANNEL})
"""What belongs to all school years: people are people across years, and our sub-account and its roles stay."""


HIDDEN = "hidden"
"""The state of what is ours, and this token may not see any more."""


class Key(NamedTuple):
    """What an object is called on both sides: its SIS id (a role's is its label, an enrollment's `section|user|role`, a channel's
    `user|main`, `user|next` or `user|former`: keys go into logs, so they never hold an address).
    """

    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{self.kind.value}={self.id}"

    @classmethod
    def parse(cls, text: str) -> "Key":
        """The key that `str(key)` wrote; ValueError for anything else."""
        kind, _, sis_id = text.partition("=")
        return cls(Kind(kind), sis_id)


def enrollment_key(section: Key, user: Key, role: str) -> Key:
    """Canvas's own identity of an enrollment: section, user and role (contract-core 8.3: a repeat is the same row)."""
    return Key(Kind.ENROLLMENT, f"{section.id}|{user.id}|{role}")


MAIN, NEXT, FORMER = "main", "next", "former"
"""A person's addresses: the first one, one that is to become the first, and one that is to go."""


def channel_key(user: Key, place: str) -> Key:
    """An address of a person, by the part that it plays."""
    return Key(Kind.CHANNEL, f"{user.id}|{place}")


def person_of(key: Key) -> Key:
    """The person whom an enrollment, a channel or a part of an account belongs to; any other key is itself."""
    if key.kind is Kind.ENROLLMENT:
        return Key(Kind.USER, key.id.split("|")[1])
    return Key(Kind.USER, key.id.split("|")[0]) if key.kind in (Kind.CHANNEL, Kind.USER) else key


@dataclass(frozen=True, slots=True)
class Record:
    """One object. `fields` are those that we own; `handle` is Canvas's number, a way to reach it and no part of what it is.

    Fields by kind (desired and observed alike; times are ISO 8601 in UTC with Z):
        account     name, time_zone
        term        name, start_at, end_at
        role        base (a Canvas type such as TaEnrollment)
        user        name, sortable_name, login, sis_id; desired only: email (of an account that is still to be made)
        channel     address
        course      name, code, term (SIS id), account (SIS id), time_zone, start_at, end_at, restricted;
                    observed only: state (unpublished, available, completed, deleted), unread (why nothing in it was seen)
        section     name; observed only: stands_in (Canvas's number of another course, into which people have cross-listed it)
        enrollment  state (active, inactive, completed, invited, deleted, ...), limited, base
    Observed of things of ours: known_as, where people have taken or changed the SIS id (a role's label), and namesake, where another
    role has that label; of an account, a term, a role
    or a section that is in the way also state (deleted, inactive, completed, hidden).
    """

    key: Key
    fields: Fields
    parents: tuple[Key, ...] = ()
    handle: int | None = field(default=None, compare=False)
    written: datetime | None = field(default=None, compare=False)  # of an enrollment: when Canvas last wrote it, by its own stamps

    @property
    def course(self) -> Key | None:
        """The course that this belongs to (a course: itself); None for accounts, terms, roles and people."""
        if self.key.kind is Kind.COURSE:
            return self.key
        return next((parent for parent in self.parents if parent.kind is Kind.COURSE), None)

    @property
    def section(self) -> Key | None:
        """The section of an enrollment."""
        return next((parent for parent in self.parents if parent.kind is Kind.SECTION), None)

    @property
    def user(self) -> Key | None:
        """The person of an enrollment (a user: itself)."""
        if self.key.kind is Kind.USER:
            return self.key
        return next((parent for parent in self.parents if parent.kind is Kind.USER), None)


@dataclass(frozen=True)
class State:
    """Records by key, and when they were seen by Canvas's clock (None: desired, no time of its own)."""

    records: Mapping[Key, Record]
    at: datetime | None = None

    @classmethod
    def of(cls, records: Iterable[Record], at: datetime | None = None) -> "State":
        """A state of these records."""
        return cls({record.key: record for record in records}, at)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records.values())

    def __len__(self) -> int:
        return len(self.records)

    def get(self, key: Key) -> Record | None:
        """The record of this key, or None."""
        return self.records.get(key)

    def of_kind(self, kind: Kind) -> list[Record]:
        """All records of one kind, in order of key."""
        return sorted((record for record in self if record.key.kind is kind), key=lambda record: record.key)


@dataclass(frozen=True, slots=True)
class Owned:
    """What the ledger knows of one object: the fields as we last left them, and how it came to be ours.

    `how` is created, adopted (was there under our SIS id before we knew it; never removed), matched (a person's account that others
    made, held by its number; nothing about it is written), ended (an enrollment or course that we ended) or theirs (an enrollment that
    people made, and that ended with a course that we concluded: it comes back with it). An enrollment of ours whose field state is
    completed ended when people concluded its course.
    """

    key: Key
    fields: Fields
    how: str
    at: datetime
    handle: int | None = field(default=None, compare=False)  # Canvas's number: a person is the account of this number

    @property
    def removable(self) -> bool:
        """Only what we created, and have not ended yet, may be removed."""
        return self.how == "created"

    @property
    def stands(self) -> bool:
        """Whether we have not ended it, by itself or with its course."""
        return self.how not in ("ended", "theirs")


Ledger = Mapping[Key, Owned]

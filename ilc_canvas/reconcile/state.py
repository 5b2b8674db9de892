"""Keys, records and states: what is desired and what is observed, in one type."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from ilc_canvas.reconcile.kinds import RULES, Kind, Rule, Value

Fields = Mapping[str, Value]


class Key(NamedTuple):
    """What an object is called on both sides: its SIS id (for a role its label, for an enrollment `section|user|role`, for a channel
    `user|main`, `user|next` or `user|former`: keys go into logs, so they never contain an address).
    """

    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}={self.id}"

    @classmethod
    def parse(cls, text: str) -> "Key":
        """The key that `str(key)` produced; ValueError for anything else."""
        kind, _, sis_id = text.partition("=")
        return cls(Kind.parse(kind), sis_id)

    @property
    def rule(self) -> Rule:
        """The rule for its kind."""
        return RULES[self.kind]


class EnrollmentKey(NamedTuple):
    """How Canvas identifies an enrollment: section, user and role (contract-core 8.3: a repeat is the same row)."""

    section: Key
    user: Key
    role: str  # its label

    @classmethod
    def of(cls, key: Key) -> "EnrollmentKey":
        """The parts of an enrollment's key."""
        section, user, role = key.id.split("|")
        return cls(Key(Kind.SECTION, section), Key(Kind.USER, user), role)

    @property
    def key(self) -> Key:
        """The key itself."""
        return Key(Kind.ENROLLMENT, f"{self.section.id}|{self.user.id}|{self.role}")


def enrollment_key(section: Key, user: Key, role: str) -> Key:
    """The key of an enrollment."""
    return EnrollmentKey(section, user, role).key


def channel_key(user: Key, part: str) -> Key:
    """The key of a person's address in this role: main, next or former."""
    return Key(Kind.CHANNEL, f"{user.id}|{part}")


def person_of(key: Key) -> Key:
    """The person that an enrollment, a channel or part of an account belongs to; any other key is returned as is."""
    person = key.rule.person
    return Key(Kind.USER, person(key.id)) if person else key


def section_of(key: Key) -> Key | None:
    """The section that this key is in, or is."""
    section = key.rule.section
    return Key(Kind.SECTION, section(key.id)) if section else None


def has_number(key: Key) -> bool:
    """Whether it, or the section that it is in, has no SIS id and goes by Canvas's number: Canvas or people have made it."""
    return key.id.startswith("canvas:")


def number_in(key: Key) -> int | None:
    """Canvas's number, of what goes by it."""
    return int(key.id.removeprefix("canvas:")) if has_number(key) else None


def course_of(key: Key) -> Key | None:
    """The course that this key is in, or is."""
    course = key.rule.course
    return Key(Kind.COURSE, course(key.id)) if course else None


@dataclass(frozen=True, slots=True)
class Record:
    """One object. `fields` are the ones we own; `handle` is Canvas's number, used to reach the object and not part of its identity.

    Fields by kind (desired and observed alike; times are ISO 8601 in UTC with Z):
        account     name, time_zone
        term        name, start_at, end_at
        role        base (a Canvas type such as TaEnrollment)
        user        name, sortable_name, login, sis_id; desired only: email (of an account yet to be created)
        channel     address
        course      name, code, term (SIS id), account (SIS id), time_zone, start_at, end_at, restricted;
                    observed only: state (unpublished, available, completed, deleted), unread (why its contents could not be read)
        section     name; observed only: stands_in (Canvas's number of the other course that people cross-listed it into)
        enrollment  state (active, inactive, completed, invited, deleted, ...), limited, base
    Also observed, for our own objects: known_as if people have removed or changed the SIS id (a role's label), and namesake if another
    role has that label; for an account, term, role or section that is in the way, state (deleted, inactive, completed, hidden).
    """

    key: Key
    fields: Fields
    parents: tuple[Key, ...] = ()
    handle: int | None = field(default=None, compare=False)
    written: datetime | None = field(default=None, compare=False)  # for an enrollment: when Canvas last wrote it, by its own timestamps

    @property
    def course(self) -> Key | None:
        """The course that this belongs to (a course: itself); None for accounts, terms, roles and people."""
        return _first_of(Kind.COURSE, self)

    @property
    def section(self) -> Key | None:
        """The section of an enrollment."""
        return _parent(Kind.SECTION, self)

    @property
    def user(self) -> Key | None:
        """The person of an enrollment, channel or account (a user: itself)."""
        return _first_of(Kind.USER, self)

    @property
    def rule(self) -> Rule:
        """The rule for its kind."""
        return RULES[self.key.kind]

    @property
    def is_live(self) -> bool:
        """Whether its state says that it exists."""
        return self.fields.get("state") in RULES[self.key.kind].live

    @property
    def is_over(self) -> bool:
        """Whether its state says that nobody can join it any more."""
        return self.fields.get("state") in self.rule.over


def _first_of(kind: Kind, record: Record) -> Key | None:
    return record.key if record.key.kind == kind else _parent(kind, record)


def _parent(kind: Kind, record: Record) -> Key | None:
    for parent in record.parents:
        if parent.kind == kind:
            return parent
    return None


@dataclass(frozen=True)
class State:
    """Records by key, and when they were read by Canvas's clock (None for desired state, which has no time)."""

    records: Mapping[Key, Record]
    at: datetime | None = None

    @classmethod
    def of(cls, records: Iterable[Record], at: datetime | None = None) -> "State":
        """The state with these records."""
        return cls({record.key: record for record in records}, at)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records.values())

    def __len__(self) -> int:
        return len(self.records)

    def get(self, key: Key) -> Record | None:
        """The record with this key, or None."""
        return self.records.get(key)

    def of_kind(self, kind: Kind) -> list[Record]:
        """All records of one kind, in order of key."""
        return self._sorted(record for record in self if record.key.kind == kind)

    def people(self) -> list[Record]:
        """All people, in order of key."""
        return self._sorted(record for record in self if record.rule.is_person)

    def placements(self) -> list[Record]:
        """All placements, in order of key."""
        return self._sorted(record for record in self if record.rule.is_placement)

    def containers(self) -> list[Record]:
        """All objects that people are placed in, in order of key."""
        return self._sorted(record for record in self if record.rule.is_container)

    @staticmethod
    def _sorted(records: Iterable[Record]) -> list[Record]:
        return sorted(records, key=lambda record: record.key)


@dataclass(frozen=True, slots=True)
class Owned:
    """What the ledger knows about one object: the fields as we last left them, and how it became ours.

    `how` is created, adopted (had our SIS id before we knew it; never removed), matched (a person's account that others made,
    held by its number; nothing about it is written), ended (an enrollment or course that we ended) or theirs (an enrollment that
    people made and that ended with a course that we concluded: it comes back with it). An enrollment of ours whose state field is
    completed ended when people concluded its course.
    """

    key: Key
    fields: Fields
    how: str
    at: datetime
    handle: int | None = field(default=None, compare=False)  # Canvas's number: a person is the account of this number

    @property
    def removable(self) -> bool:
        """Whether it may be removed: only what we created and have not ended yet."""
        return self.how == "created"

    @property
    def stands(self) -> bool:
        """Whether it is still in place: we have not ended it, by itself or with its course."""
        return self.how not in ("ended", "theirs")


Ledger = Mapping[Key, Owned]

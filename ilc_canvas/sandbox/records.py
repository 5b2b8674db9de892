"""The things a Canvas keeps, one dataclass each; numbers point to other records, states are Canvas's stored words."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Instant = datetime
Dates = tuple[Instant | None, Instant | None]


@dataclass(kw_only=True)
class Record:
    """What every record has."""

    id: int
    created_at: Instant
    state: str


@dataclass(kw_only=True)
class SisRecord(Record):
    """A record that a school's own number can find; the number stays taken after deletion."""

    sis_id: str | None = None
    integration_id: str | None = None


@dataclass(kw_only=True)
class Account(SisRecord):
    """The institution (no parent) or a sub-account of it."""

    name: str
    parent_id: int | None
    time_zone: str
    quotas: dict[str, int] = field(default_factory=lambda: {"storage": 500, "user_storage": 50, "group_storage": 50})


@dataclass(kw_only=True)
class Term(SisRecord):
    """A span of time that courses belong to; lives on the root account only."""

    name: str
    start_at: Instant | None = None
    end_at: Instant | None = None
    overrides: dict[str, Dates] = field(default_factory=dict)


@dataclass(kw_only=True)
class Role(Record):
    """What an enrollment or an administrator may do; state is built_in, active or inactive."""

    name: str
    label: str
    base: str
    account_id: int
    updated_at: Instant
    permissions: dict[str, bool] = field(default_factory=dict)


@dataclass(kw_only=True)
class User(Record):
    """A person; state is pre_registered, registered or deleted."""

    name: str
    short_name: str
    sortable_name: str
    time_zone: str | None = None
    locale: str | None = None
    merged_into: int | None = None
    updated_at: Instant


@dataclass(kw_only=True)
class Login(SisRecord):
    """How a person signs in, and where the person's SIS id stands; state is active, suspended or deleted."""

    user_id: int
    unique_id: str
    place: int
    provider_id: int | None = None
    declared_user_type: str | None = None


@dataclass(kw_only=True)
class Channel(Record):
    """An address of a person; state is active, unconfirmed or retired. The first by position is the e-mail shown."""

    user_id: int
    address: str
    position: int
    kind: str = "email"


@dataclass(frozen=True, kw_only=True)
class Merge:
    """What a merge moved from one person to another, as it was before, so that a split can restore it."""

    source_id: int
    kept_id: int
    state: str
    logins: dict[int, int]  # number -> place
    channels: dict[int, tuple[str, int]]  # number -> state and position
    moved: frozenset[int]  # enrollments
    changed: dict[int, str]  # enrollments that both had -> state
    observers: frozenset[int]  # enrollments of people who observe the source
    admins: frozenset[int]


@dataclass(kw_only=True)
class Course(SisRecord):
    """A course; state is created, claimed, available, completed or deleted."""

    account_id: int
    term_id: int
    name: str
    code: str
    start_at: Instant | None = None
    end_at: Instant | None = None
    restricted: bool = False
    time_zone: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class Section(SisRecord):
    """A section of a course; home_id remembers the course it came from while it is cross-listed."""

    course_id: int
    name: str
    start_at: Instant | None = None
    end_at: Instant | None = None
    restricted: bool | None = None
    home_id: int | None = None
    default: bool = False


@dataclass(kw_only=True)
class Enrollment(Record):
    """A person in a section with a role; state is the stored word, whatever dates say."""

    user_id: int
    course_id: int
    section_id: int
    type: str
    role_id: int
    associated_id: int | None = None
    limited: bool = False
    start_at: Instant | None = None
    end_at: Instant | None = None
    updated_at: Instant


@dataclass(kw_only=True)
class Admin(Record):
    """A person with an account role in an account."""

    user_id: int
    account_id: int
    role_id: int


@dataclass(kw_only=True)
class Progress(Record):
    """How far a job is; state is queued, running, completed or failed."""

    account_id: int
    user_id: int
    tag: str
    completion: float = 0.0
    message: str | None = None
    updated_at: Instant

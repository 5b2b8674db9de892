"""The things a Canvas keeps, one dataclass each; numbers point to other records, states are Canvas's stored words."""

from dataclasses import dataclass, field
from datetime import date, datetime
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


@dataclass(frozen=True, kw_only=True)
class Menu:
    """The menu of a course as somebody arranged it: the entries moved, in their order, and the ones hidden."""

    order: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()


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
    syllabus: str | None = None
    front_slug: str | None = None  # the slug of the front page, whether a page has it or not
    front_writes: tuple[int, int] = (0, 0)  # how often it was set, and how often that failed
    menu: "Menu" = field(default_factory=lambda: Menu())
    places: int | None = None  # how many modules a Canvas of July 2022 believes there are; None: it counts them again


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
    last_activity_at: Instant | None = None
    activity_seconds: int = 0


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


@dataclass(kw_only=True)
class CalendarEvent(Record):
    """An event of a course or of a section; state is active or deleted.

    With a parent it is a section's time for an event of the course. `user_id` is whoever wrote it last, `zone` the last
    time_zone_edited that was sent.
    """

    course_id: int
    section_id: int | None = None
    parent_id: int | None = None
    user_id: int
    title: str
    description: str | None = None
    location_name: str | None = None
    location_address: str | None = None
    start_at: Instant | None = None
    end_at: Instant | None = None
    all_day: bool = False
    all_day_date: date | None = None
    zone: str | None = None
    updated_at: Instant


@dataclass(kw_only=True)
class Message(Record):
    """A notification that Canvas queued for one person; state is queued. Whether it becomes a mail is that person's preference.

    It may be about a course, or something in it: what that is, and its number.
    """

    notification: str
    user_id: int
    course_id: int | None
    about: tuple[str, int] | None


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A page as it was; `updated_at` is the time of its text."""

    number: int
    updated_at: Instant
    user_id: int
    title: str
    slug: str
    body: str | None


@dataclass(kw_only=True)
class Page(Record):
    """A page of a course; state is active, unpublished or deleted. `updated_at` is when title or body last changed."""

    course_id: int
    user_id: int
    title: str
    slug: str
    body: str | None = None
    editing_roles: str = "teachers"
    todo_at: Instant | None = None
    updated_at: Instant
    revisions: list[Revision] = field(default_factory=list)


@dataclass(kw_only=True)
class Module(Record):
    """A module of a course; state is active, unpublished or deleted. `opened` says when people first looked at it."""

    course_id: int
    name: str
    position: int
    unlock_at: Instant | None = None
    sequential: bool = False
    prerequisites: list[int] = field(default_factory=list)
    opened: dict[int, Instant] = field(default_factory=dict)


@dataclass(kw_only=True)
class ModuleItem(Record):
    """What stands in a module: a page, a discussion, a heading or a link; state is active, unpublished or deleted.

    Pages and discussions have the state of what they lead to. `completed_by` are the people who did what it requires.
    """

    module_id: int
    course_id: int
    type: str
    content_id: int
    title: str
    position: int | None
    indent: int = 0
    external_url: str | None = None
    new_tab: bool | None = None
    requirement: dict[str, Any] = field(default_factory=dict)
    completed_by: set[int] = field(default_factory=set)


@dataclass(kw_only=True)
class Topic(Record):
    """A discussion or an announcement; state is active, unpublished or deleted. `editor_id` is whoever wrote it last."""

    course_id: int
    user_id: int
    editor_id: int | None = None
    title: str = ""
    message: str | None = None
    type: str = "side_comment"
    is_announcement: bool = False
    is_pinned: bool = False
    position: int | None = None
    is_locked: bool = False
    delayed_post_at: Instant | None = None
    posted_at: Instant
    last_reply_at: Instant
    updated_at: Instant
    was_published: bool = False
    read_by: set[int] = field(default_factory=set)


@dataclass(kw_only=True)
class Entry(Record):
    """What somebody said in a discussion; state is active or deleted. With a parent it replies to another entry."""

    topic_id: int
    user_id: int
    parent_id: int | None = None
    message: str | None = None
    read_by: set[int] = field(default_factory=set)


@dataclass(kw_only=True)
class CourseChange(Record):
    """What somebody did to a course: fields with what they were and are. `created_at` is when."""

    course_id: int
    user_id: int
    kind: str
    data: dict[str, Any]

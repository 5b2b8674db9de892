"""All that the sandbox's Canvas holds, in memory, with what makes each look-up direct."""

from collections.abc import Callable, Iterator
from hashlib import sha256

from ilc_canvas.sandbox.world.collation import Collated, collated
from ilc_canvas.sandbox.world.contents import Contents
from ilc_canvas.sandbox.world.records import (
    Account,
    Admin,
    CalendarEvent,
    Channel,
    Course,
    CourseChange,
    Enrollment,
    Instant,
    Login,
    Merge,
    Message,
    Progress,
    Record,
    Role,
    Section,
    SisRecord,
    Term,
    User,
)
from ilc_canvas.sandbox.world.tables import Index, SisTable, Table

Job = Callable[[Instant], None]


class World(Contents):
    """The tables, the indexes between them, and the jobs that have not run yet.

    Each kind has a hundred thousand numbers of its own, so that a number of one kind never fits another by chance. Only the root
    account and the first administrator are both number 1, as on a real Canvas.
    """

    def __init__(self) -> None:
        super().__init__()
        self.accounts: SisTable[Account] = SisTable(101, founder=1)
        self.users: Table[User] = Table(100_001, founder=1)
        self.courses: SisTable[Course] = SisTable(200_001)
        self.sections: SisTable[Section] = SisTable(300_001)
        self.enrollments: Table[Enrollment] = Table(400_001)
        self.logins: SisTable[Login] = SisTable(500_001)
        self.channels: Table[Channel] = Table(600_001)
        self.terms: SisTable[Term] = SisTable(700_001)
        self.roles: Table[Role] = Table(800_001)
        self.admins: Table[Admin] = Table(900_001)
        self.progresses: Table[Progress] = Table(1_000_001)
        self.events: Table[CalendarEvent] = Table(1_100_001)
        self.messages: Table[Message] = Table(1_200_001)
        self.course_changes: Table[CourseChange] = Table(9_000_001)
        self.children: Index[int] = Index()
        self.courses_by_account: Index[int] = Index()
        self.sections_by_course: Index[int] = Index()
        self.logins_by_user: Index[int] = Index()
        self.channels_by_user: Index[int] = Index()
        self.enrollments_by_course: Index[int] = Index()
        self.enrollments_by_section: Index[int] = Index()
        self.enrollments_by_user: Index[int] = Index()
        self.logins_by_name: Index[str] = Index()
        self.events_by_course: Index[int] = Index()
        self.events_by_section: Index[int] = Index()
        self.events_by_parent: Index[int] = Index()
        self.merges: list[Merge] = []
        self.importing_since: Instant | None = None  # since when a SIS import runs
        self._jobs: list[Job] = []

    @property
    def root(self) -> Account:
        return next(iter(self.accounts))

    @property
    def default_term(self) -> Term:
        return next(iter(self.terms))

    @property
    def caller(self) -> User:
        """The person whose token it is."""
        return next(iter(self.users))

    def later(self, job: Job) -> None:
        """Leave work to Canvas's job queue: it is done when the next request comes."""
        self._jobs.append(job)

    def run_jobs(self, now: Instant) -> None:
        jobs, self._jobs = self._jobs, []
        for job in jobs:
            job(now)

    # accounts
    def add_account(self, make: Callable[[int], Account]) -> Account:
        account = self.accounts.add(make)
        if account.parent_id is not None:
            self.children.add(account.parent_id, account.id)
        return account

    def sub_accounts(self, account: Account) -> list[Account]:
        """The live accounts directly below, by number."""
        found = [self.accounts[number] for number in self.children.of(account.id)]
        return [child for child in found if child.state != "deleted"]

    def at_and_below(self, account: Account) -> Iterator[Account]:
        yield account
        for child in self.sub_accounts(account):
            yield from self.at_and_below(child)

    def at_and_above(self, account: Account | None) -> Iterator[Account]:
        while account is not None:
            yield account
            account = self.accounts.get(account.parent_id)

    # people
    def add_login(self, make: Callable[[int], Login]) -> Login:
        login = self.logins.add(make)
        self.logins_by_user.add(login.user_id, login.id)
        self.logins_by_name.add(login.unique_id.lower(), login.id)
        return login

    def rename_login(self, login: Login, unique_id: str) -> None:
        self.logins_by_name.remove(login.unique_id.lower(), login.id)
        login.unique_id = unique_id
        self.logins_by_name.add(unique_id.lower(), login.id)

    def delete_login(self, login: Login) -> None:
        """The name is free again, the SIS id is not."""
        login.state = "deleted"
        self.logins_by_name.remove(login.unique_id.lower(), login.id)

    def revive_login(self, login: Login) -> None:
        login.state = "active"
        self.logins_by_name.add(login.unique_id.lower(), login.id)

    def give_login(self, login: Login, user_id: int) -> None:
        self.logins_by_user.remove(login.user_id, login.id)
        login.user_id = user_id
        self.logins_by_user.add(user_id, login.id)

    def logins_named(self, unique_id: str) -> list[Login]:
        """The live logins with this name in any letter case: at most one per provider and one without a provider."""
        return [self.logins[number] for number in sorted(self.logins_by_name.of(unique_id.lower()))]

    def login_by_name(self, unique_id: str) -> Login | None:
        return next(iter(self.logins_named(unique_id)), None)

    def all_logins(self, user_id: int) -> list[Login]:
        """A person's logins in order, including deleted ones."""
        found = [self.logins[number] for number in self.logins_by_user.of(user_id)]
        return sorted(found, key=lambda login: login.place)

    def live_logins(self, user_id: int) -> list[Login]:
        """A person's logins that are not deleted, in their order."""
        return [login for login in self.all_logins(user_id) if login.state != "deleted"]

    def shown_login(self, user_id: int, *, listed: bool = False) -> Login | None:
        """The login that is shown for a person with several: one with a SIS id first, then by alphabet.

        Lists prefer active logins to suspended ones; single reads do not.
        """
        return min(self.live_logins(user_id), key=lambda login: rank(login, listed=listed), default=None)

    def sis_login(self, user_id: int, *, listed: bool = False) -> Login | None:
        """The login whose SIS id enrollments show, which is always one with a SIS id."""
        with_sis = [login for login in self.live_logins(user_id) if login.sis_id]
        return min(with_sis, key=lambda login: rank(login, listed=listed), default=None)

    def add_channel(self, make: Callable[[int], Channel]) -> Channel:
        channel = self.channels.add(make)
        self.channels_by_user.add(channel.user_id, channel.id)
        return channel

    def all_channels(self, user_id: int) -> list[Channel]:
        found = [self.channels[number] for number in self.channels_by_user.of(user_id)]
        return sorted(found, key=lambda channel: (channel.position, channel.id))

    def live_channels(self, user_id: int) -> list[Channel]:
        return [channel for channel in self.all_channels(user_id) if channel.state != "retired"]

    def give_channel(self, channel: Channel, user_id: int) -> None:
        self.channels_by_user.remove(channel.user_id, channel.id)
        channel.user_id = user_id
        self.channels_by_user.add(user_id, channel.id)

    # courses and sections
    def add_course(self, make: Callable[[int], Course]) -> Course:
        course = self.courses.add(make)
        self.courses_by_account.add(course.account_id, course.id)
        return course

    def move_course(self, course: Course, account_id: int) -> None:
        self.courses_by_account.remove(course.account_id, course.id)
        course.account_id = account_id
        self.courses_by_account.add(account_id, course.id)

    def account_courses(self, account: Account) -> list[Course]:
        """Every course at and below an account, by number."""
        numbers = [number for place in self.at_and_below(account) for number in self.courses_by_account.of(place.id)]
        return [self.courses[number] for number in sorted(numbers)]

    def add_section(self, make: Callable[[int], Section]) -> Section:
        section = self.sections.add(make)
        self.sections_by_course.add(section.course_id, section.id)
        return section

    def live_sections(self, course_id: int) -> list[Section]:
        found = [self.sections[number] for number in self.sections_by_course.of(course_id)]
        return [section for section in found if section.state != "deleted"]

    def move_section(self, section: Section, course_id: int) -> None:
        """To another course, with all its enrollments."""
        self.sections_by_course.remove(section.course_id, section.id)
        section.course_id = course_id
        self.sections_by_course.add(course_id, section.id)
        for enrollment in self.section_enrollments(section.id):
            self.enrollments_by_course.remove(enrollment.course_id, enrollment.id)
            enrollment.course_id = course_id
            self.enrollments_by_course.add(course_id, enrollment.id)

    # enrollments
    def add_enrollment(self, make: Callable[[int], Enrollment]) -> Enrollment:
        enrollment = self.enrollments.add(make)
        self.enrollments_by_course.add(enrollment.course_id, enrollment.id)
        self.enrollments_by_section.add(enrollment.section_id, enrollment.id)
        self.enrollments_by_user.add(enrollment.user_id, enrollment.id)
        return enrollment

    def give_enrollment(self, enrollment: Enrollment, user_id: int) -> None:
        self.enrollments_by_user.remove(enrollment.user_id, enrollment.id)
        enrollment.user_id = user_id
        self.enrollments_by_user.add(user_id, enrollment.id)

    def course_enrollments(self, course_id: int) -> list[Enrollment]:
        return [self.enrollments[number] for number in self.enrollments_by_course.of(course_id)]

    def section_enrollments(self, section_id: int) -> list[Enrollment]:
        return [self.enrollments[number] for number in self.enrollments_by_section.of(section_id)]

    def user_enrollments(self, user_id: int) -> list[Enrollment]:
        return [self.enrollments[number] for number in self.enrollments_by_user.of(user_id)]

    # calendar events
    def add_event(self, make: Callable[[int], CalendarEvent]) -> CalendarEvent:
        event = self.events.add(make)
        self._events_beside(event).add(event.section_id or event.course_id, event.id)
        if event.parent_id is not None:
            self.events_by_parent.add(event.parent_id, event.id)
        return event

    def put_event(self, event: CalendarEvent) -> CalendarEvent:
        """Keep an event as it is now, in the calendar where it is now."""
        before = self.events[event.id]
        self._events_beside(before).remove(before.section_id or before.course_id, event.id)
        self._events_beside(event).add(event.section_id or event.course_id, event.id)
        return self.events.put(event)

    def _events_beside(self, event: CalendarEvent) -> Index[int]:
        return self.events_by_course if event.section_id is None else self.events_by_section

    def course_events(self, course_id: int) -> list[CalendarEvent]:
        """The live events of the course itself, without those of its sections, in order of arrival."""
        return self._live_events(self.events_by_course.of(course_id))

    def section_events(self, section_id: int) -> list[CalendarEvent]:
        """The live events of a section: its own, and its times for events of the course."""
        return self._live_events(self.events_by_section.of(section_id))

    def child_events(self, event: CalendarEvent) -> list[CalendarEvent]:
        """The live section times of an event."""
        return self._live_events(self.events_by_parent.of(event.id))

    def _live_events(self, numbers: list[int]) -> list[CalendarEvent]:
        found = [self.events[number] for number in numbers]
        return [event for event in found if event.state != "deleted"]


def rank(login: Login, *, listed: bool) -> tuple[bool, bool, Collated, int]:
    return listed and login.state != "active", login.sis_id is None, collated(login.unique_id), login.id


def uuid_of(record: Record) -> str:
    """A record's uuid: forty characters that are the same in every run."""
    return sha256(f"{type(record).__name__} {record.id}".encode()).hexdigest()[:40]


def sis_id_of(record: SisRecord | None) -> str | None:
    return None if record is None else record.sis_id

"""One course as the store knows it: where it is in Canvas, who is in it, its meetings, what waits. Nothing is read from Canvas."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.explain import why_no_course
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.selection import meant
from ilc_canvas.reconcile.state import EnrollmentKey, Key, Owned, State, has_number, person_of, section_of
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters import school_years
from ilc_canvas.store.runs import ledger
from ilc_canvas.views.courses.last_reading import LastReading, last_reading
from ilc_canvas.views.courses.meetings import CourseMeeting, meetings
from ilc_canvas.views.names import Names, known_names
from ilc_canvas.views.roles import role_of
from ilc_canvas.views.selectors import word_of

Published = Literal["yes", "no", "unknown", "ended"]
PersonState = Literal["in", "comes", "goes", "by-hand"]


@dataclass(frozen=True)
class CoursePerson:
    """One person in one section. State: in the course, will join, will leave, or changed by hand in Canvas."""

    key: Key
    name: str
    role: str
    state: PersonState
    why: str = ""  # what a person who joins or leaves waits for, or what was changed by hand: in a sentence

    @property
    def person_id(self) -> str:
        """The id in the roster."""
        return person_of(self.key).id.rpartition(":")[2]


@dataclass(frozen=True)
class AddedPerson:
    """One place that others gave somebody in Canvas. Section: by name, or empty if Canvas or people made it themselves."""

    key: Key
    name: str  # empty: the account is nobody's of ours
    role: str
    section: str

    @property
    def person_id(self) -> str:
        """The id in the roster; empty for others."""
        person = person_of(self.key)
        return "" if has_number(person) else person.id.rpartition(":")[2]

    @property
    def account(self) -> str:
        """Canvas's number of an account that is nobody's of ours."""
        person = person_of(self.key)
        return person.id.rpartition(":")[2] if has_number(person) else ""

    @property
    def section_number(self) -> str:
        """Canvas's number of a section that we did not make."""
        section = EnrollmentKey.of(self.key).section
        return section.id.rpartition(":")[2] if has_number(section) else ""


@dataclass(frozen=True)
class CourseSection:
    """One section: facilitators and leads first, then people about whom there is something to say."""

    key: Key
    name: str
    people: tuple[CoursePerson, ...]


@dataclass(frozen=True)
class CourseView:
    """One course in one school year."""

    key: Key
    school_year: str
    roster_version: int
    published: Published
    number: int | None  # in Canvas
    url: str  # its page; empty without a number
    absent: str  # why it is not in Canvas, in sentences; empty if it is
    reading: LastReading
    names: Names
    sections: tuple[CourseSection, ...] = ()
    added: tuple[AddedPerson, ...] = ()  # whom others put into the course
    meetings: tuple[CourseMeeting, ...] = ()
    calendar_version: int | None = None
    waits: Sequence[tuple[Key, str]] = field(default=())  # what is left out for now, but for people: key and reason

    @property
    def word(self) -> str:
        """cop:EQ"""
        return word_of(self.key)

    @property
    def by_hand(self) -> int:
        """How many people others put into the course."""
        return len({person_of(each.key) for each in self.added})

    @property
    def people(self) -> list[CoursePerson]:
        """Everybody, section by section."""
        return [person for section in self.sections for person in section.people]


def course(settings: Settings, store: Store, word: str, *, year: str) -> CourseView | None:
    """This course in this school year; None if neither roster nor ledger has ever had it. RosterError if no roster is finalized."""
    roster, scope = school_years.roster(store, year), settings.canvas_scope(year)
    key, desired = meant(word, prefix=settings.prefix, school_year=year), desired_state(roster, settings.policy)
    owned = ledger.in_courses(store, scope, [key])
    why_not = why_no_course(tuple(word.split(":")), roster)
    if key not in desired.records and key not in owned and not _is_listed(word, roster):
        return None
    reading = last_reading(store, scope, key)
    names, here = known_names(settings, store), owned.get(key)
    number = here.handle if here else None
    held = meetings(settings, store, roster, course=key, owned=owned)
    sections = tuple(_sections(desired, owned, reading=reading, names=names, policy=settings.policy, roster=roster, course=key))
    placements = {key, *(person.key for section in sections for person in section.people)}
    return CourseView(
        key,
        year,
        roster.version,
        _published(here, reading),
        number,
        f"{settings.address}/courses/{number}" if number else "",
        "" if here else why_not or _not_made(key, reading, names),
        reading,
        names,
        sections,
        _added(reading, names),
        *held,
        [(each, why) for each, why in reading.deferred.items() if each not in placements],
    )


def _added(reading: LastReading, names: Names) -> tuple[AddedPerson, ...]:
    """Those in our sections first, each section's people by name."""
    every = []
    for key in reading.by_hand:
        place = EnrollmentKey.of(key)
        known = "" if has_number(place.user) else names[place.user]
        every.append(AddedPerson(key, known, role_of(key), "" if has_number(place.section) else names[place.section]))
    return tuple(sorted(every, key=lambda each: (not each.section, each.section, each.section_number, each.name.casefold(), each.key)))


def _is_listed(word: str, roster: Roster) -> bool:
    """Whether the roster has it, if only as one that has no course."""
    return word in {f"cop:{cop.code}" for cop in roster.cops}


def _published(here: Owned | None, reading: LastReading) -> Published:
    if here is None or reading.info is None:
        return "unknown"
    if not here.stands or here.fields.get("state") in here.key.rule.over:
        return "ended"
    if here.key in reading.unpublished:
        return "no"
    seen = reading.info.closed_at or reading.info.began_at
    return "yes" if here.at <= seen else "unknown"


def _not_made(key: Key, reading: LastReading, names: Names) -> str:
    """Why a course that the roster asks for is not in Canvas."""
    if reading.info is None:
        return f"No run has made it yet. To see what a run would do: {Next.PLAN}"
    return reading.why_not_done(key, names)


def _sections(
    desired: State,
    owned: Mapping[Key, Owned],
    *,
    reading: LastReading,
    names: Names,
    policy: Policy,
    roster: Roster,
    course: Key,
) -> Iterator[CourseSection]:
    """Each section that has people or is there, the facilitators' first."""
    wanted = {record.key for record in desired.placements() if record.course == course}
    there = {key for key, row in owned.items() if key.rule.is_placement and _is_in(row)}
    sections = {key for key, row in owned.items() if section_of(key) == key and row.stands}
    lead = policy.roles["lead"].label
    sortable = {person.person_id: person.sortable_name for person in roster.people}
    grouped: dict[Key, list[CoursePerson]] = {section: [] for section in sections}
    for key in wanted | there:
        state, why = _state(key, wanted=key in wanted, there=key in there, reading=reading, names=names)
        person = CoursePerson(key, names[person_of(key)], role_of(key), state, why)
        grouped.setdefault(section_of(key) or key, []).append(person)

    def first(person: CoursePerson) -> tuple[int, bool, str, str]:
        rank = 0 if person.role in ("facilitator", "teacher") else 1 if person.role == lead else 2
        return rank, person.state == "in", sortable.get(person.person_id, person.name).casefold(), person.person_id

    for section, people in sorted(grouped.items(), key=lambda each: _place(each[0], names)):
        yield CourseSection(section, names[section], tuple(sorted(people, key=first)))


_ORDER = ("FAC", "STAFF", "MEMBERS", "R1", "R2", "R3", "R4", "NR", "GUEST", "ALL")


def _place(section: Key, names: Names) -> tuple[int, str]:
    code = section.id.rpartition(":")[2]
    return _ORDER.index(code) if code in _ORDER else len(_ORDER), names[section].casefold()


def _is_in(row: Owned) -> bool:
    return row.stands and row.fields.get("state") in row.key.rule.live


def _state(key: Key, *, wanted: bool, there: bool, reading: LastReading, names: Names) -> tuple[PersonState, str]:
    if there and key in reading.drift:
        return "by-hand", "ended or changed by hand in Canvas, and left that way"
    if wanted and there:
        return "in", ""
    return "comes" if wanted else "goes", reading.why_not_done(key, names)

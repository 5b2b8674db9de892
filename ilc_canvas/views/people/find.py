"""People of the rosters, found by a part of the name, by address, by id, or by team and course: where they belong, and who has left."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.names import user_key
from ilc_canvas.program.people.person_lookup import is_found, near
from ilc_canvas.program.roster import Person, Roster
from ilc_canvas.reconcile.state import EnrollmentKey, Key, State, course_of
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.rosters import rekey, school_years, versions
from ilc_canvas.views.names import Names
from ilc_canvas.views.roles import role_of
from ilc_canvas.views.selectors import word_of
from ilc_canvas.views.sentences import heading

_AFFILIATIONS = {"staff": "staff", "guest": "guest", "partner": "partner"}
_TEAM = "team:"


@dataclass(frozen=True)
class CourseRole:
    """One place that a roster gives a person."""

    word: str  # cop:EQ, as --only takes it
    course: str
    section: str
    role: str


@dataclass(frozen=True)
class _Placed:
    """A roster, and where it places everybody, worked out once if somebody asks."""

    settings: Settings
    roster: Roster

    @cached_property
    def desired(self) -> State:
        """All that it asks for."""
        return desired_state(self.roster, self.settings.policy)

    def courses(self) -> dict[str, str]:
        """What each course is called in any school year, by its word."""
        names, year = Names.of([self.desired], ()), f" ({self.roster.school_year})"
        return {word_of(each.key): heading(each.key, names).removesuffix(year) for each in self.desired.containers()}

    @cached_property
    def _by_user(self) -> dict[Key, tuple[CourseRole, ...]]:
        names, found = Names.of([self.desired], ()), defaultdict[Key, list[CourseRole]](list)
        for record in self.desired.placements():
            if record.user:
                found[record.user].append(_place(record.key, names))
        return {user: tuple(places) for user, places in found.items()}

    def places(self, person: Person) -> tuple[CourseRole, ...]:
        """Where it places this person."""
        return self._by_user.get(user_key(self.settings.prefix, person.person_id), ())


def _place(enrollment: Key, names: Names) -> CourseRole:
    section = EnrollmentKey.of(enrollment).section
    course = course_of(enrollment) or section
    return CourseRole(word_of(section), names[course], names[section], role_of(enrollment))


@dataclass(frozen=True)
class RosterEntry:
    """A person in one school year's newest version; of people who have left, in the last version that names them."""

    person: Person
    placed: _Placed = field(repr=False, compare=False)

    @property
    def school_year(self) -> str:
        """2021-22"""
        return self.placed.roster.school_year

    @property
    def version(self) -> int:
        """Of the roster."""
        return self.placed.roster.version

    @property
    def team(self) -> str:
        """Its name; empty for people in no team."""
        team = self.placed.roster.team_by_id.get(self.person.team_id)
        return team.name if team else ""

    @property
    def courses(self) -> tuple[CourseRole, ...]:
        """All places."""
        return self.placed.places(self.person)

    def is_in(self, group: str) -> bool:
        """Whether the person is in this team or course; an empty word narrows nothing."""
        return group in ("", f"{_TEAM}{self.person.team_id}") or any(place.word == group for place in self.courses)

    @property
    def role_text(self) -> str:
        """lead of team "Alder Team" (T1); guest, in no team"""
        if self.person.team_id:
            return f'{self.person.team_role or "member"} of team "{self.team}" ({self.person.team_id})'
        return f"{_AFFILIATIONS.get(self.person.affiliation, self.person.affiliation)}, in no team"

    @property
    def courses_text(self) -> str:
        """COP ELD (facilitator), Region I Network (participant)"""
        return ", ".join(f"{self._short(place)} ({place.role})" for place in self.courses)

    def _short(self, place: CourseRole) -> str:
        kind, _, code = place.word.partition(":")
        return f"COP {code}" if kind == "cop" else place.course.removesuffix(f" ({self.school_year})")


@dataclass(frozen=True)
class FoundPerson:
    """One person, with an entry for each school year, the one signed last first."""

    person_id: str
    entries: tuple[RosterEntry, ...]
    left: VersionInfo | None = None  # the version that no longer names this person, if none does now
    now: str = ""  # the id under which the person goes on

    @property
    def person(self) -> Person:
        """The newest row."""
        return self.entries[0].person


@dataclass(frozen=True)
class PeopleFound:
    """Everybody who was found; if nobody was, people with a name or id spelled much like it."""

    people: tuple[FoundPerson, ...]
    near: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Group:
    """A course or a team whose people can be asked for."""

    word: str  # cop:EQ, team:T101
    name: str


@dataclass(frozen=True)
class Groups:
    """All of them, by name."""

    courses: tuple[Group, ...]
    teams: tuple[Group, ...]


def _by_title(found: Mapping[str, str]) -> tuple[Group, ...]:
    return tuple(sorted((Group(word, name) for word, name in found.items()), key=lambda each: each.name.casefold()))


@dataclass(frozen=True)
class SignedRosters:
    """All rosters that are signed, to find people in."""

    settings: Settings
    store: Store
    newest: Sequence[_Placed]  # of each school year
    former: Sequence[tuple[_Placed, VersionInfo]]  # every version, the highest number first

    @classmethod
    def read(cls, settings: Settings, store: Store) -> "SignedRosters":
        """RosterError if there is none."""
        versions.newest_finalized(store)
        newest = [_Placed(settings, school_years.roster(store, year)) for year in school_years.signed_years(store)]
        signed = [info for info in versions.listing(store) if info.signed_at]
        return cls(settings, store, newest, [(_Placed(settings, versions.read(store, info.number)), info) for info in signed])

    def groups(self) -> Groups:
        """What `find` can be narrowed to, by the newest roster of each school year."""
        newest = [*reversed(self.newest)]
        courses = {word: title for each in newest for word, title in each.courses().items()}
        teams = {f"{_TEAM}{team.team_id}": f"{team.name} ({team.team_id})" for each in newest for team in each.roster.teams}
        return Groups(_by_title(courses), _by_title(teams))

    def find(self, text: str, *, group: str = "") -> PeopleFound:
        """The people who are meant by this text, by name; those who have left come last.

        `group` narrows it to a course or team of `groups`; without a text everybody there is found.
        """

        people = self._people(lambda person: not text or is_found(text, person), group)
        return PeopleFound(people, () if people or not text else tuple(near(text, self._everybody())))

    def by_id(self, person_id: str) -> FoundPerson | None:
        """The person of just this id; None if no signed roster has one."""
        people = self._people(lambda person: person.person_id == person_id)
        return people[0] if people else None

    def _people(self, fits: Callable[[Person], bool], group: str = "") -> tuple[FoundPerson, ...]:
        """Who has left is in the groups of the last version that did name them, and is found by what any version says."""
        entries: dict[str, list[RosterEntry]] = defaultdict(list)
        for entry in _entries(self.newest):
            if fits(entry.person) and entry.is_in(group):
                entries[entry.person.person_id].append(entry)
        here = (FoundPerson(person_id, tuple(rows)) for person_id, rows in entries.items())
        current = {person.person_id for each in self.newest for person in each.roster.people}
        former = [*_entries(each for each, _ in reversed(self.former))]
        meant, last = {entry.person.person_id for entry in former if fits(entry.person)}, {each.person.person_id: each for each in former}
        gone = (self._left(last[person_id], current) for person_id in meant - current if last[person_id].is_in(group))
        return (*sorted(here, key=_by_name), *sorted(gone, key=_by_name))

    def _everybody(self) -> list[Person]:
        """Each by the newest row."""
        every = [*(each for each, _ in reversed(self.former)), *self.newest]
        return list({person.person_id: person for each in every for person in each.roster.people}.values())

    def _left(self, last: RosterEntry, current: Collection[str]) -> FoundPerson:
        """Somebody whom no newest version names, by the last version that did."""
        later = [info for _, info in self.former if info.school_year == last.school_year and info.number > last.version]
        with self.store.read() as connection:
            ids = rekey.keys_of(connection, user_key(self.settings.prefix, last.person.person_id))
        now = next((each for each in (key.id.rpartition(":")[2] for key in ids) if each in current), "")
        return FoundPerson(last.person.person_id, (last,), later[-1] if later else None, now)


def _entries(rosters: Iterable[_Placed]) -> Iterator[RosterEntry]:
    return (RosterEntry(person, placed) for placed in rosters for person in placed.roster.people)


def _by_name(found: FoundPerson) -> tuple[str, str]:
    return found.person.sortable_name.casefold(), found.person_id

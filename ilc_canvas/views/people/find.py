"""People of the rosters, found by a part of the name, by address, by id, or by team and course: where they belong, and who has left."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
class RosterEntry:
    """A person in one school year's newest version; of people who have left, in the last version that names them."""

    school_year: str
    version: int
    person: Person
    team: str  # its name; empty for people in no team
    courses: tuple[CourseRole, ...]

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


def groups(settings: Settings, store: Store) -> Groups:
    """What `find` can be narrowed to, by the newest roster of each school year."""
    placed = [_Placed(settings, school_years.roster(store, year)) for year in school_years.signed_years(store)]
    courses = {word: title for each in reversed(placed) for word, title in each.courses().items()}
    teams = {f"{_TEAM}{team.team_id}": f"{team.name} ({team.team_id})" for each in reversed(placed) for team in each.roster.teams}
    return Groups(_by_title(courses), _by_title(teams))


def _by_title(found: Mapping[str, str]) -> tuple[Group, ...]:
    return tuple(sorted((Group(word, name) for word, name in found.items()), key=lambda each: each.name.casefold()))


def find(settings: Settings, store: Store, text: str, *, group: str = "") -> PeopleFound:
    """The people who are meant by this text, by name; those who have left come last. RosterError if no roster is finalized.

    `group` narrows it to a course or team of `groups`; without a text everybody there is found.
    """
    versions.newest_finalized(store)
    rosters = [_Placed(settings, school_years.roster(store, year)) for year in school_years.signed_years(store)]
    current = {person.person_id for each in rosters for person in each.roster.people}
    entries: dict[str, list[RosterEntry]] = {}
    for placed, person in _matches(text, rosters, group=group):
        entries.setdefault(person.person_id, []).append(placed.entry(person))
    here = (FoundPerson(person_id, tuple(rows)) for person_id, rows in entries.items())
    former = _signed(settings, store)
    last = {person.person_id: (placed, person) for placed, person in reversed([*_matches(text, [each for each, _ in former], group=group)])}
    gone = (_left(settings, store, last[person_id], former=former, current=current) for person_id in last.keys() - current)
    people = (*sorted(here, key=_by_name), *sorted(gone, key=_by_name))
    everybody = {person.person_id: person for each in [*(each for each, _ in reversed(former)), *rosters] for person in each.roster.people}
    return PeopleFound(people, () if people or not text else tuple(near(text, everybody.values())))


@dataclass(frozen=True)
class _Placed:
    """A roster, and where it places everybody, worked out once."""

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
    def by_user(self) -> dict[Key, tuple[CourseRole, ...]]:
        """Everybody's places."""
        names, found = Names.of([self.desired], ()), defaultdict[Key, list[CourseRole]](list)
        for record in self.desired.placements():
            if record.user:
                found[record.user].append(_place(record.key, names))
        return {user: tuple(places) for user, places in found.items()}

    def entry(self, person: Person) -> RosterEntry:
        """The person's team and places."""
        team = self.roster.team_by_id.get(person.team_id)
        return RosterEntry(self.roster.school_year, self.roster.version, person, team.name if team else "", self._places(person))

    def _places(self, person: Person) -> tuple[CourseRole, ...]:
        return self.by_user.get(user_key(self.settings.prefix, person.person_id), ())

    def is_in(self, person: Person, group: str) -> bool:
        """Whether the person is in this team or course."""
        return group == f"{_TEAM}{person.team_id}" or any(place.word == group for place in self._places(person))


def _signed(settings: Settings, store: Store) -> list[tuple[_Placed, VersionInfo]]:
    """All signed versions, the highest number first."""
    return [(_Placed(settings, versions.read(store, info.number)), info) for info in versions.listing(store) if info.signed_at]


def _matches(text: str, rosters: Sequence[_Placed], *, group: str) -> Iterator[tuple[_Placed, Person]]:
    for placed in rosters:
        for person in placed.roster.people:
            if (not text or is_found(text, person)) and (not group or placed.is_in(person, group)):
                yield placed, person


def _by_name(found: FoundPerson) -> tuple[str, str]:
    return found.person.sortable_name.casefold(), found.person_id


def _left(
    settings: Settings,
    store: Store,
    last: tuple[_Placed, Person],
    *,
    former: Sequence[tuple[_Placed, VersionInfo]],
    current: Collection[str],
) -> FoundPerson:
    """Somebody whom no newest version names, by the last version that did."""
    placed, person = last
    later = [info for _, info in former if info.school_year == placed.roster.school_year and info.number > placed.roster.version]
    with store.read() as connection:
        ids = [key.id.rpartition(":")[2] for key in rekey.keys_of(connection, user_key(settings.prefix, person.person_id))]
    now = next((each for each in ids if each in current), "")
    return FoundPerson(person.person_id, (placed.entry(person),), later[-1] if later else None, now)


def _place(enrollment: Key, names: Names) -> CourseRole:
    section = EnrollmentKey.of(enrollment).section
    course = course_of(enrollment) or section
    return CourseRole(word_of(section), names[course], names[section], role_of(enrollment))

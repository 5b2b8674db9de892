"""People of the rosters, found by a part of the name, by address or by id: where they belong, and who has left."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.names import user_key
from ilc_canvas.program.people.person_lookup import is_found, near
from ilc_canvas.program.roster import Person, Roster
from ilc_canvas.reconcile.state import EnrollmentKey, Key, course_of
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.rosters import rekey, school_years, versions
from ilc_canvas.views.names import Names
from ilc_canvas.views.roles import role_of
from ilc_canvas.views.selectors import word_of


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


def find(settings: Settings, store: Store, text: str) -> PeopleFound:
    """The people who are meant by this text, by name; those who have left come last. RosterError if no roster is finalized."""
    versions.newest_finalized(store)
    rosters = [school_years.roster(store, year) for year in school_years.signed_years(store)]
    current = {person.person_id for roster in rosters for person in roster.people}
    entries: dict[str, list[RosterEntry]] = {}
    for roster, person in _matches(text, rosters):
        entries.setdefault(person.person_id, []).append(_entry(settings, roster, person))
    here = (FoundPerson(person_id, tuple(rows)) for person_id, rows in entries.items())
    former = _signed(store)
    last = {person.person_id: (roster, person) for roster, person in reversed([*_matches(text, [each for each, _ in former])])}
    gone = (_left(settings, store, last[person_id], former=former, current=current) for person_id in last.keys() - current)
    people = (*sorted(here, key=_by_name), *sorted(gone, key=_by_name))
    everybody = {person.person_id: person for roster in [*(each for each, _ in reversed(former)), *rosters] for person in roster.people}
    return PeopleFound(people, () if people else tuple(near(text, everybody.values())))


def _signed(store: Store) -> list[tuple[Roster, VersionInfo]]:
    """All signed versions, the highest number first."""
    return [(versions.read(store, info.number), info) for info in versions.listing(store) if info.signed_at]


def _matches(text: str, rosters: Sequence[Roster]) -> Iterator[tuple[Roster, Person]]:
    return ((roster, person) for roster in rosters for person in roster.people if is_found(text, person))


def _by_name(found: FoundPerson) -> tuple[str, str]:
    return found.person.sortable_name.casefold(), found.person_id


def _left(
    settings: Settings,
    store: Store,
    last: tuple[Roster, Person],
    *,
    former: Sequence[tuple[Roster, VersionInfo]],
    current: Collection[str],
) -> FoundPerson:
    """Somebody whom no newest version names, by the last version that did."""
    roster, person = last
    later = [info for _, info in former if info.school_year == roster.school_year and info.number > roster.version]
    with store.read() as connection:
        ids = [key.id.rpartition(":")[2] for key in rekey.keys_of(connection, user_key(settings.prefix, person.person_id))]
    now = next((each for each in ids if each in current), "")
    return FoundPerson(person.person_id, (_entry(settings, roster, person),), later[-1] if later else None, now)


def _entry(settings: Settings, roster: Roster, person: Person) -> RosterEntry:
    """The person's team and places by this roster."""
    alone = desired_state(replace(roster, people=(person,)), settings.policy)
    names, user = Names.of([alone], ()), user_key(settings.prefix, person.person_id)
    places = tuple(_place(record.key, names) for record in alone.placements() if record.user == user)
    team = roster.team_by_id.get(person.team_id)
    return RosterEntry(roster.school_year, roster.version, person, team.name if team else "", places)


def _place(enrollment: Key, names: Names) -> CourseRole:
    section = EnrollmentKey.of(enrollment).section
    course = course_of(enrollment) or section
    return CourseRole(word_of(section), names[course], names[section], role_of(enrollment))

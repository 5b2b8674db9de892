"""A facilitator: whose account a number of Canvas's is, and which COPs that person facilitates by the finalized rosters."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.names import is_cop, user_key
from ilc_canvas.program.roster import Person, Roster
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.state import Key, course_of
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters import school_years
from ilc_canvas.store.runs import ledger
from ilc_canvas.store.runs.decisions import identities
from ilc_canvas.views import years
from ilc_canvas.views.names import Names
from ilc_canvas.views.roles import role_of
from ilc_canvas.views.selectors import word_of
from ilc_canvas.views.sentences import heading


@dataclass(frozen=True)
class OwnCourse:
    """A COP that somebody facilitates."""

    word: str  # cop:EQ
    school_year: str
    name: str


@dataclass(frozen=True)
class Facilitator:
    """Somebody in a finalized roster who facilitates at least one COP of a current school year."""

    key: Key
    name: str
    courses: tuple[OwnCourse, ...]  # the newest school year first


def by_number(settings: Settings, store: Store, number: int, *, at: datetime) -> Facilitator | None:
    """Whose account this is; None unless the store holds it for a facilitator, without an open question about person or account."""
    try:
        scope = years.newest(settings, store)
    except RosterError:
        return None
    key = ledger.people(store, scope).get(number)
    return by_key(settings, store, key, at=at, number=number) if key else None


def by_key(settings: Settings, store: Store, key: Key, *, at: datetime, number: int | None = None) -> Facilitator | None:
    """The same of a person who is known; None if that is no facilitator, or no longer one, or somebody must decide who it is."""
    try:
        scopes = years.canvas_scopes(settings, store, at)
    except RosterError:
        return None
    questions = identities.open_questions(store, scopes)
    if any(key in (question.key, *question.others) or number in question.accounts for question in questions):
        return None
    found = [*_everywhere(settings, store, key, at=at)]
    courses = tuple(course for _, own in found for course in own)
    return Facilitator(key, found[0][0].display_name, courses) if courses else None


def _everywhere(settings: Settings, store: Store, key: Key, *, at: datetime) -> Iterator[tuple[Person, tuple[OwnCourse, ...]]]:
    for year in reversed(years.current_years(settings, store, at)):
        roster = school_years.roster(store, year)
        person = next((each for each in roster.people if user_key(settings.prefix, each.person_id) == key), None)
        if person:
            yield person, tuple(_own(settings, roster, person))


def _own(settings: Settings, roster: Roster, person: Person) -> Iterator[OwnCourse]:
    """By what the roster means in Canvas, so that a COP without a course is none."""
    desired = desired_state(replace(roster, people=(person,)), settings.policy)
    names, user = Names.of([desired], ()), user_key(settings.prefix, person.person_id)
    for record in desired.placements():
        course = course_of(record.key)
        if record.user == user and course and is_cop(course) and role_of(record.key) == "facilitator":
            yield OwnCourse(word_of(course), roster.school_year, heading(course, names))

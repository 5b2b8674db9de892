"""School years side by side: which of them are cared for, and whose word about a person counts."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from ilc_canvas.program.desired import term_of
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Person, Roster

_OF_THE_ACCOUNT = ("given_name", "family_name", "suffix", "display_name", "sortable_name", "email")


def term_ends(school_year: str, policy: Policy) -> datetime:
    """The last moment of its term."""
    return datetime.fromisoformat(str(term_of(school_year, policy).fields["end_at"]))


def cared_for(signed: Sequence[str], policy: Policy, at: datetime | None) -> tuple[str, ...]:
    """The school years whose term is not over at `at` (Canvas's clock), and in any case the one that was signed last; oldest first.

    `signed` are those with a finalized roster, the newest signature first. If Canvas's clock is not known (None), no term is over.
    """
    running = {year for year in signed if at is None or at <= term_ends(year, policy)}
    return tuple(sorted({*running, *signed[:1]}))


def as_last_said(roster: Roster, signed: Iterable[Roster]) -> Roster:
    """The roster with each person's name and address as they were said last, in whatever school year.

    `signed` are all versions in the order of their signing. A row that says what the version of its year before it said says nothing new:
    so a late correction of last year does not bring back names that have changed since.
    """
    before: dict[tuple[str, str], tuple[str, ...]] = {}
    last: dict[str, Person] = {}
    for version in signed:
        for person in version.people:
            key, said = (version.school_year, person.person_id), _account(person)
            if person.email and before.get(key) != said:
                before[key], last[person.person_id] = said, person
    return replace(roster, people=tuple(_with(person, last.get(person.person_id, person)) for person in roster.people))


def _account(person: Person) -> tuple[str, ...]:
    return tuple(str(getattr(person, name)) for name in _OF_THE_ACCOUNT)


def _with(person: Person, said: Person) -> Person:
    if _account(person) == _account(said):
        return person
    return replace(
        person,
        given_name=said.given_name,
        family_name=said.family_name,
        suffix=said.suffix,
        display_name=said.display_name,
        sortable_name=said.sortable_name,
        email=said.email,
    )

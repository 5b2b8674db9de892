"""School years side by side: which are maintained, and which roster decides about a person's name and address."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from ilc_canvas.program.desired import term_of
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Person, Roster


def term_ends(school_year: str, policy: Policy) -> datetime:
    """The last moment of its term."""
    return datetime.fromisoformat(str(term_of(school_year, policy).fields["end_at"]))


def maintained_years(signed: Sequence[str], policy: Policy, at: datetime | None) -> tuple[str, ...]:
    """The school years whose term has not ended at `at` (Canvas's clock), and always the one signed last and the latest one; oldest first.

    `signed` are those with a finalized roster, the newest signature first. If Canvas's clock is not known (None), no term has ended.
    """
    running = {year for year in signed if at is None or at <= term_ends(year, policy)}
    return tuple(sorted({*running, *signed[:1], *sorted(signed)[-1:]}))


def as_last_said(roster: Roster, signed: Iterable[Roster]) -> Roster:
    """The roster with each person's most recently signed name and address, from any school year.

    `signed` are all versions in order of signing. A row that repeats the previous version of its own year does not count as new, so a
    late correction to last year does not bring back names that have changed since.
    """
    before: dict[tuple[str, str], tuple[str, ...]] = {}
    last: dict[str, Person] = {}
    for version in signed:
        for person in version.people:
            key, values = (version.school_year, person.person_id), _account(person)
            if person.email and before.get(key) != values:
                before[key], last[person.person_id] = values, person
    return replace(roster, people=tuple(_with(person, last.get(person.person_id, person)) for person in roster.people))


def _account(person: Person) -> tuple[str, ...]:
    return person.given_name, person.family_name, person.suffix, person.display_name, person.sortable_name, person.email


def _with(person: Person, latest: Person) -> Person:
    if _account(person) == _account(latest):
        return person
    return replace(
        person,
        given_name=latest.given_name,
        family_name=latest.family_name,
        suffix=latest.suffix,
        display_name=latest.display_name,
        sortable_name=latest.sortable_name,
        email=latest.email,
    )

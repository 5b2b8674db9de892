"""Which school years are cared for, and what a run is asked in each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ilc_canvas.program import selection
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.years import cared_for
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.run import Ask
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import Place
from ilc_canvas.store.rosters import school_years, versions
from ilc_canvas.store.runs import details, ledger


def in_care(settings: Settings, store: Store, at: datetime) -> tuple[str, ...]:
    """Every school year with a finalized roster whose term is not over by Canvas's clock, and the one that was signed last; oldest first.

    RosterError where nothing is finalized.
    """
    signed = school_years.signed_years(store)
    if not signed:
        versions.newest_finalized(store)  # says so
    ahead = school_years.canvas_ahead(store, settings.address)
    return cared_for(signed, settings.policy, None if ahead is None else at + ahead)


def places(settings: Settings, store: Store, at: datetime) -> tuple[Place, ...]:
    """The places that are cared for. RosterError where nothing is finalized."""
    return tuple(settings.place(year) for year in in_care(settings, store, at))


def newest(settings: Settings, store: Store) -> Place:
    """The Canvas, and the scope of the newest finalized roster. RosterError if there is none."""
    return settings.place(versions.newest_finalized(store).school_year)


def of_plan(settings: Settings, store: Store, digest: str) -> Place:
    """The Canvas, and the scope of the plan with this digest; if there is none, of the newest finalized roster. RosterError."""
    here = newest(settings, store)
    return Place(here.base_url, details.scope_of(store, digest, here) or here.scope)


def everybody(settings: Settings, store: Store, at: datetime) -> Roster:
    """The roster that was signed last, with the people of all school years that are cared for. RosterError where nothing is finalized."""
    newest = school_years.roster(store, versions.newest_finalized(store).school_year)
    others = (person for year in in_care(settings, store, at) for person in school_years.roster(store, year).people)
    more = {person.person_id: person for person in others if person.person_id not in newest.person_by_id}
    return replace(newest, people=(*newest.people, *more.values()))


def asks(settings: Settings, store: Store, ask: Ask, *, of: Sequence[str]) -> list[tuple[str, Ask]]:
    """What is asked in each school year `of` these: of the words of `--only` those that mean something there.

    A year in which none of them does is left out. RosterError for a word that means nothing in any.
    """
    if not ask.only:
        return [(year, ask) for year in of]
    found = {year: _known(settings, store, ask.only, school_year=year) for year in of}
    for word in ask.only:
        if not any(word in words for words in found.values()):
            raise RosterError(f"--only {word}: there is no such thing in {' and '.join(_told(store, of))}. Nothing was done.")
    return [(year, replace(ask, only=words)) for year, words in found.items() if words]


def _known(settings: Settings, store: Store, words: Sequence[str], *, school_year: str) -> tuple[str, ...]:
    roster, ours = school_years.roster(store, school_year), ledger.ours(store, settings.place(school_year))
    return selection.known(words, roster, settings.policy, ours=ours)


def _told(store: Store, years: Sequence[str]) -> Iterator[str]:
    for number, year in enumerate(years):
        yield f"{'' if number else 'roster '}version {versions.newest_finalized(store, year).version}"

"""The current school years, and what a run is asked to do in each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ilc_canvas.program import selection
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.years import maintained_years, term_ends
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.run.values import RunRequest
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.rosters import school_years, versions
from ilc_canvas.store.runs import details, ledger


@dataclass(frozen=True)
class SchoolYear:
    """A school year with a finalized roster."""

    name: str
    is_maintained: bool
    is_over: bool  # its term has ended by Canvas's clock, so that nobody can join its courses


def all_years(settings: Settings, store: Store, at: datetime) -> list[SchoolYear]:
    """Every school year with a finalized roster, oldest first; none if nothing is finalized."""
    signed = school_years.signed_years(store)
    ahead = school_years.canvas_ahead(store, settings.address)
    time = None if ahead is None else at + ahead
    kept = maintained_years(signed, settings.policy, time)
    return [SchoolYear(year, year in kept, time is not None and time > term_ends(year, settings.policy)) for year in sorted(signed)]


def current_years(settings: Settings, store: Store, at: datetime) -> tuple[str, ...]:
    """Every school year with a finalized roster whose term has not ended by Canvas's clock, the one signed last, and the latest; oldest
    first.

    RosterError if no roster is finalized.
    """
    every = all_years(settings, store, at)
    if not every:
        versions.newest_year(store)  # says so
    return tuple(year.name for year in every if year.is_maintained)


def canvas_scopes(settings: Settings, store: Store, at: datetime) -> tuple[CanvasScope, ...]:
    """The scopes of the current school years. RosterError if no roster is finalized."""
    return tuple(settings.canvas_scope(year) for year in current_years(settings, store, at))


def newest(settings: Settings, store: Store) -> CanvasScope:
    """The scope of the newest finalized roster. RosterError if there is none."""
    return settings.canvas_scope(versions.newest_year(store))


def of_plan(settings: Settings, store: Store, digest: str) -> CanvasScope:
    """The scope of the plan with this digest, or of the newest finalized roster if there is none. RosterError if neither exists."""
    here = newest(settings, store)
    return CanvasScope(here.base_url, details.scope_of(store, digest, here) or here.scope)


def everybody(settings: Settings, store: Store, at: datetime) -> Roster:
    """The roster signed last, with the people of all current school years. RosterError if no roster is finalized."""
    newest = school_years.roster(store, versions.newest_year(store))
    others = (person for year in current_years(settings, store, at) for person in school_years.roster(store, year).people)
    more = {person.person_id: person for person in others if person.person_id not in newest.person_by_id}
    return replace(newest, people=(*newest.people, *more.values()))


def run_requests(settings: Settings, store: Store, ask: RunRequest, *, of: Sequence[str]) -> list[tuple[str, RunRequest]]:
    """The request for each school year in `of`, narrowed to the words that match something there.

    Leaves out years in which no word matches. RosterError for a word that matches in no year.
    """
    if not ask.only:
        return [(year, ask) for year in of]
    words_by_year = {year: _known(settings, store, ask.only, school_year=year) for year in of}
    for word in ask.only:
        if not any(word in words for words in words_by_year.values()):
            text = f"--only {word} does not match anything in {' and '.join(_version_names(store, of))}. Nothing was done."
            raise RosterError(text + selection.suggestion(word, _all_words(store, of)))
    return [(year, replace(ask, only=words)) for year, words in words_by_year.items() if words]


def _known(settings: Settings, store: Store, words: Sequence[str], *, school_year: str) -> tuple[str, ...]:
    roster, owned = school_years.roster(store, school_year), ledger.ours(store, settings.canvas_scope(school_year))
    return selection.known(words, roster, settings.policy, ours=owned)


def _all_words(store: Store, years: Sequence[str]) -> Iterator[str]:
    return (word for year in years for word in selection.words_of(versions.newest_finalized(store, year)))


def _version_names(store: Store, years: Sequence[str]) -> Iterator[str]:
    for number, year in enumerate(years):
        yield f"{'' if number else 'roster '}version {versions.newest_finalized(store, year).version}"

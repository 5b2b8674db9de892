"""Asking for courses to be opened to their people, and taking that back. The next plan holds it for approval."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from ilc_canvas.program.courses.opening import Opening, Openings
from ilc_canvas.program.courses.readiness import CourseReadiness
from ilc_canvas.program.selection import meant
from ilc_canvas.reconcile.errors import DecisionError
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.reconcile.words.wording import listed
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.openings import versions
from ilc_canvas.views.courses.readiness import YearReadiness, every_year
from ilc_canvas.views.selectors import word_of


@dataclass(frozen=True, slots=True)
class Request:
    """Who wants what opened: by words such as cop:EQ, or whatever is ready."""

    words: Sequence[str]
    ready: bool
    anyway: bool
    actor: str
    reason: str
    day: date | None = None  # approved for this day, without asking again
    school_year: str = ""  # empty: every current one


def request(settings: Settings, store: Store, asked: Request, *, at: datetime) -> list[Key]:
    """Have these courses opened by the next sync that somebody approves; the courses that are new on the list.

    DecisionError if a word names no course, or a course that is not ready, unless `anyway`; nothing is recorded then.
    """
    years = [(year, _chosen(settings, year, asked)) for year in _years(settings, store, asked, at=at)]
    _require_found(settings, asked, [year for year, _ in years], found={each.course for _, courses in years for each in courses})
    chosen = [course for _, courses in years for course in courses]
    if not chosen:
        raise DecisionError(f"No course is ready and still closed. Nothing was changed. See what is missing: {Next.READY}")
    late = [course.course for course in chosen if not course.is_ready] + [c.course for year, cs in years if year.stale for c in cs]
    if late and not asked.anyway:
        those = ", ".join(dict.fromkeys(map(word_of, late)))
        raise DecisionError(
            f"Not ready to open, by the last look at Canvas: {those}. Nothing was changed. See what is missing: {Next.READY}"
        )
    return [key for year, courses in years for key in _record(store, year, courses, asked=asked, at=at)]


def _years(settings: Settings, store: Store, asked: Request, *, at: datetime) -> list[YearReadiness]:
    """The school years that are meant. DecisionError if the one that is named is not cared for any more."""
    found = [year for year in every_year(settings, store, at) if asked.school_year in ("", year.school_year)]
    if not found:
        raise DecisionError(f"The courses of {asked.school_year} are left as they are. Nothing was changed.")
    return found


def _chosen(settings: Settings, year: YearReadiness, asked: Request) -> list[CourseReadiness]:
    if asked.ready:
        return [course for course in year.courses if course.is_ready and not course.is_open and not year.stale and year.run is not None]
    keys = _keys(settings, year, asked)
    return [course for course in year.courses if course.course in keys]


def _keys(settings: Settings, year: YearReadiness, asked: Request) -> dict[Key, str]:
    """The courses that the words would be in this school year."""
    return {meant(word, prefix=settings.prefix, school_year=year.school_year): word for word in asked.words}


def _require_found(settings: Settings, asked: Request, years: Sequence[YearReadiness], *, found: Collection[Key]) -> None:
    """DecisionError for a word that names a course in none of these school years."""
    there = {word for year in years for key, word in _keys(settings, year, asked).items() if key in found}
    if missing := [word for word in asked.words if word not in there]:
        of = listed([year.school_year for year in years])
        raise DecisionError(f"No course of the roster of {of} is called {missing[0]}. Nothing was changed.")


def _record(store: Store, year: YearReadiness, courses: Sequence[CourseReadiness], *, asked: Request, at: datetime) -> list[Key]:
    new = {each.course: Opening(each.course, asked.anyway, asked.actor, asked.reason, at, asked.day) for each in courses}
    if not courses:
        return []
    before = versions.record(store, year.school_year, lambda openings: {**openings, **new}, actor=asked.actor, reason=asked.reason, at=at)
    return [key for key in new if key not in before]


def withdraw(settings: Settings, store: Store, asked: Request, *, at: datetime) -> list[Key]:
    """Take these off the list; what is open stays open. DecisionError if one is not on it."""
    found = [(year, _keys(settings, year, asked)) for year in _years(settings, store, asked, at=at)]
    lists = {year.school_year: versions.newest(store, year.school_year) for year, _ in found}
    gone = {year.school_year: [key for key in keys if key in lists[year.school_year]] for year, keys in found}
    named = {word for year, keys in found for key, word in keys.items() if key in gone[year.school_year]}
    if unknown := [word for word in asked.words if word not in named]:
        raise DecisionError(f"Nobody has asked to open {unknown[0]}. Nothing was changed.")
    for year, keys in gone.items():
        if keys:
            versions.record(store, year, partial(_without, keys), actor=asked.actor, reason=asked.reason, at=at)
    return [key for keys in gone.values() for key in keys]


def _without(keys: Collection[Key], openings: Openings) -> Openings:
    return {key: opening for key, opening in openings.items() if key not in keys}

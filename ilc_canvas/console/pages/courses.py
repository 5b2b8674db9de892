"""Courses: the list, and one of them with its sections and what is open."""

from collections import Counter

from starlette.responses import Response

from ilc_canvas.console.pages.plans import has_roster
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import MissingPageError, Visit
from ilc_canvas.program.desired import desired_state
from ilc_canvas.reconcile.state import State
from ilc_canvas.store.rosters import school_years, versions
from ilc_canvas.views import years
from ilc_canvas.views.courses.course import course
from ilc_canvas.views.names import Names
from ilc_canvas.views.selectors import word_of
from ilc_canvas.views.sentences import heading

_KINDS = {"cop": "Communities of Practice", "net": "Regional networks", "pilot": "Start-up teams", "hub": "Hub"}


def listing(visit: Visit) -> Response:
    """All courses that the newest roster of each current school year asks for, by kind."""
    if not has_roster(visit):
        return page(visit, "no_roster.html", {"title": "Courses"})
    found: dict[str, list[tuple[str, str, int]]] = {title: [] for title in _KINDS.values()}
    for year in years.current_years(visit.settings, visit.store, visit.at):
        for word, name, people in _courses(desired_state(school_years.roster(visit.store, year), visit.settings.policy)):
            found[_KINDS.get(word.partition(":")[0], "Hub")].append((f"/courses/{word}?year={year}", name, people))
    return page(visit, "courses.html", {"kinds": {title: rows for title, rows in found.items() if rows}})


def _courses(desired: State) -> list[tuple[str, str, int]]:
    names = Names.of([desired], ())
    people: Counter[str] = Counter(record.course.id for record in desired.placements() if record.course)
    keys = sorted(key for key in desired.records if key.rule.is_container and word_of(key))
    return [(word_of(key), heading(key, names), people[key.id]) for key in keys if key.id in people]


def one(visit: Visit) -> Response:
    """One course, in the school year that is asked for, or the newest one."""
    if not has_roster(visit) or visit.where["word"].startswith("person:"):
        raise MissingPageError
    signed = school_years.signed_years(visit.store)
    year = visit.asked("year") or versions.newest_finalized(visit.store).school_year
    try:
        found = course(visit.settings, visit.store, visit.where["word"], year=year) if year in signed else None
    except ValueError as error:
        raise MissingPageError from error
    if found is None:
        raise MissingPageError
    opened = [person for person in found.people if person.state != "in"]
    roles = Counter(person.role for person in found.people if person.state != "goes")
    values = {"course": found, "title": heading(found.key, found.names), "open": opened, "roles": roles, "other_years": signed}
    return page(visit, "course.html", values)

"""Courses: the list, and one of them with its people, meetings and content, what is open, and whether it can be opened."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from ilc_canvas.console.pages.runs.plans import has_roster
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import MissingPageError, Visit
from ilc_canvas.program.courses.opening import Opening
from ilc_canvas.program.courses.readiness import CourseReadiness
from ilc_canvas.reconcile.state import Key, State, section_of
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.store.openings import versions as openings
from ilc_canvas.store.rosters import school_years, versions
from ilc_canvas.views.courses.course import CourseView, course
from ilc_canvas.views.courses.holdings import holdings
from ilc_canvas.views.courses.readiness import YearReadiness, every_year
from ilc_canvas.views.courses.readiness_words import gap_text
from ilc_canvas.views.names import Names
from ilc_canvas.views.roles import role_of
from ilc_canvas.views.selectors import word_of
from ilc_canvas.views.sentences import heading

_KINDS = {"cop": "Communities of Practice", "net": "Regional networks", "pilot": "Start-up teams", "hub": "Hub"}


@dataclass(frozen=True, slots=True)
class Row:
    """One course in the list."""

    url: str
    name: str
    text: str  # sections, and people by role
    mark: str
    word: str


def listing(visit: Visit) -> Response:
    """All courses that the newest roster of each current school year asks for, by kind."""
    if not has_roster(visit):
        return page(visit, "no_roster.html", {"title": "Courses"})
    return page(visit, "courses.html", listing_values(visit))


def listing_values(visit: Visit, *, errors: Mapping[str, str] | None = None, reason: str = "") -> dict[str, object]:
    """What the list shows, and how its form is filled in."""
    found: dict[str, list[Row]] = {title: [] for title in _KINDS.values()}
    ready = 0
    for year in every_year(visit.settings, visit.store, visit.at, wanted=visit.console.furnished):
        names, sizes = Names.of([year.desired], ()), _sizes(year.desired)
        wanted = openings.newest(visit.store, year.school_year)
        ready += sum(_may_open(each, year) and each.course not in wanted for each in year.courses)
        for each in year.courses:
            kind = _KINDS.get(word_of(each.course).partition(":")[0], "Hub")
            url = f"/courses/{word_of(each.course)}?year={year.school_year}"
            mark, word = state_of(each, wanted.get(each.course))
            found[kind].append(Row(url, heading(each.course, names), sizes.get(each.course, ""), mark, word))
    kinds = {title: rows for title, rows in found.items() if rows}
    return {"kinds": kinds, "ready": ready, "errors": errors or {}, "reason": reason}


def _may_open(each: CourseReadiness, year: YearReadiness) -> bool:
    return each.is_ready and not each.is_open and not year.stale and year.run is not None


def _sizes(desired: State) -> dict[Key, str]:
    """6 sections; 3 facilitators, 20 participants: of each course."""
    sections: Counter[Key] = Counter()
    roles: defaultdict[Key, Counter[str]] = defaultdict(Counter)
    for record in desired:
        if record.course and record.rule.is_placement:
            roles[record.course][role_of(record.key)] += 1
        elif record.course and section_of(record.key) == record.key:
            sections[record.course] += 1
    people = {course: ", ".join(count(number, role) for role, number in sorted(each.items())) for course, each in roles.items()}
    return {course: f"{count(sections[course], 'section')}; {text}" for course, text in people.items()}


def state_of(each: CourseReadiness, asked: Opening | None) -> tuple[str, str]:
    """Its mark and word: open to its people, asked for, ready, or not."""
    if each.is_open:
        return "done", "Open"
    if asked:
        return "wait", f"To be opened: {asked.actor} has asked"
    return ("todo", "Ready to open") if each.is_ready else ("part", f"Not ready: {count(len(each.gaps), 'thing')}")


def one(visit: Visit) -> Response:
    """One course, in the school year that is asked for, or the newest one."""
    return page(visit, "course.html", course_values(visit, visit.asked("year")))


def course_values(visit: Visit, year: str, *, errors: Mapping[str, str] | None = None, reason: str = "") -> dict[str, object]:
    """What the page of a course shows, and how its form is filled in. MissingPageError if there is no such course."""
    found = _found(visit, year)
    opened = [person for person in found.people if person.state != "in"]
    roles = Counter(person.role for person in found.people if person.state != "goes")
    return {
        "course": found,
        "title": heading(found.key, found.names),
        "open": opened,
        "roles": roles,
        "errors": errors or {},
        "reason": reason,
        **_readiness(visit, found),
    }


def _found(visit: Visit, year: str) -> CourseView:
    if not has_roster(visit) or visit.where["word"].startswith("person:"):
        raise MissingPageError
    signed = school_years.signed_years(visit.store)
    asked = year or versions.newest_year(visit.store)
    try:
        found = course(visit.settings, visit.store, visit.where["word"], year=asked) if asked in signed else None
    except ValueError as error:
        raise MissingPageError from error
    if found is None:
        raise MissingPageError
    return found


def _readiness(visit: Visit, found: CourseView) -> dict[str, object]:
    """Whether it is ready to open, what it holds, and who has asked for what; nothing in a school year that is over."""
    every = every_year(visit.settings, visit.store, visit.at, only=(found.word,), wanted=visit.console.furnished)
    year = next((each for each in every if each.school_year == found.school_year), None)
    each = next((each for each in year.courses if each.course == found.key), None) if year else None
    if year is None or each is None:
        return {"readiness": None, "holdings": [], "opening": None, "gaps": []}
    names = Names({**found.names.known, **year.names})
    return {
        "readiness": each,
        "look": year,
        "holdings": list(holdings(year.desired, each, year.names, edited=found.reading.drift.keys())),
        "opening": openings.newest(visit.store, found.school_year).get(found.key),
        "gaps": [gap_text(gap, names) for gap in each.gaps],
    }

"""Why somebody is or is not in a course, for people and for programs."""

from collections.abc import Iterator
from typing import Any

from ilc_canvas.reconcile.state import EnrollmentKey, Key, course_of
from ilc_canvas.views.people.person import PersonCase, account, facts
from ilc_canvas.views.roles import role_of
from ilc_canvas.views.selectors import word_of


def explanation_lines(case: PersonCase, course: Key | None, empty: str) -> Iterator[str]:
    """For people: the person, then each placement."""
    yield f"{case.named}: {case.row}"
    yield from (f"  {word:<9}{text}" for word, text in account(case))
    if empty:
        yield f"Not in {_course(course, case)}. {empty}"
    for key in case.placements(course):
        yield ""
        yield f"{case.names[course_of(key) or key]}: {case.names[EnrollmentKey.of(key).section]}, {role_of(key)}"
        yield from (f"  {word:<9}{text}" for word, text in facts(case, key))


def _course(course: Key | None, case: PersonCase) -> str:
    """The name of the course, or the word that was typed for one that nobody knows."""
    if course is None:
        return "any course"
    return case.names[course] if case.names[course] != course.id else word_of(course)


def explanation_json(case: PersonCase, course: Key | None, empty: str) -> dict[str, Any]:
    """For programs: person, named, roster, account, places, why_not; facts are pairs of label and text."""
    placements = [{"key": str(key), "facts": [list(fact) for fact in facts(case, key)]} for key in case.placements(course)]
    known = [list(fact) for fact in account(case)]
    return {
        "person": case.key.id.rpartition(":")[2],
        "named": case.named,
        "roster": case.row,
        "account": known,
        "places": placements,
        "why_not": empty,
    }

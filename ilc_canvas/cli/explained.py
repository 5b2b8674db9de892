"""Why somebody is, or is not, in a course, told to people and to programs."""

from collections.abc import Iterator
from typing import Any

from ilc_canvas.reconcile.state import EnrollmentKey, Key, course_of
from ilc_canvas.views.person import Case, account, facts, role_of


def told(case: Case, course: Key | None, empty: str) -> Iterator[str]:
    """For people: the person, then place by place."""
    yield f"{case.named}: {case.row}"
    yield from (f"  {word:<9}{text}" for word, text in account(case))
    if empty:
        yield f"Not in {case.names[course] if course else 'any course'}. {empty}"
    for key in case.places(course):
        yield ""
        yield f"{case.names[course_of(key) or key]}: {case.names[EnrollmentKey.of(key).section]}, {role_of(key)}"
        yield from (f"  {word:<9}{text}" for word, text in facts(case, key))


def as_json(case: Case, course: Key | None, empty: str) -> dict[str, Any]:
    """For programs: person, named, roster, account, places, why_not; facts as pairs of word and text."""
    places = [{"key": str(key), "facts": [list(fact) for fact in facts(case, key)]} for key in case.places(course)]
    known = [list(fact) for fact in account(case)]
    return {
        "person": case.key.id.rpartition(":")[2],
        "named": case.named,
        "roster": case.row,
        "account": known,
        "places": places,
        "why_not": empty,
    }

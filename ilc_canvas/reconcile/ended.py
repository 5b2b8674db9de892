"""What is over by Canvas's clock takes no new enrollment."""

from collections.abc import Iterator
from datetime import datetime

from ilc_canvas.reconcile.change import Create, Plan
from ilc_canvas.reconcile.errors import EndedError
from ilc_canvas.reconcile.state import Key, Kind, Record, State


def refuse_ended(plan: Plan, desired: State, observed: State, *, at: datetime) -> None:
    """EndedError, once, where the plan would enroll people into a course or term that is over at `at` (Canvas's clock).

    A course with restricted dates of its own goes by them, any other by its term (live-client 2.1: 400 for every new enrollment).
    """
    courses = {course for change in plan.changes if (course := _enrolled(change)) is not None}
    over = sorted({end for course in courses for end in _over(course, desired, observed, at=at)})
    if over:
        key, ended = over[0]
        raise EndedError(
            f"{key.kind.value.capitalize()} {key.id} ended on {ended[:10]}; by Canvas's clock it is {at:%Y-%m-%d}. "
            "Canvas refuses every new enrollment there. Nothing was written. "
            "Finalize the roster of the present school year, or have the end date in Canvas moved."
        )


def _enrolled(change: object) -> Key | None:
    if isinstance(change, Create) and change.key.kind is Kind.ENROLLMENT:
        return change.after.course
    return None


def _over(course: Key, desired: State, observed: State, *, at: datetime) -> Iterator[tuple[Key, str]]:
    for state in (observed, desired):
        record = state.get(course)
        deciding = record and _deciding(record, state)
        end = deciding and deciding.fields.get("end_at")
        if deciding and isinstance(end, str) and datetime.fromisoformat(end) <= at:
            yield deciding.key, end


def _deciding(course: Record, state: State) -> Record | None:
    """The record whose end counts: the course with restricted dates, else its term."""
    if course.fields.get("restricted") and course.fields.get("end_at"):
        return course
    return state.get(Key(Kind.TERM, str(course.fields.get("term"))))

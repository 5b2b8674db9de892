"""Many courses that end at once."""

from datetime import UTC, datetime

from ilc_canvas.reconcile.compare.removals import removals_of
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, Owned, Record, State, enrollment_key
from tests.work import growth

AT = datetime(2021, 9, 1, tzinfo=UTC)
PEOPLE = 10


def course(number: int) -> list[Record]:
    """A course with a section, and people in it."""
    key = Key(Kind.COURSE, f"ilc:2021-22:cop:C{number}")
    section = Key(Kind.SECTION, f"{key.id}:R1")
    users = [Key(Kind.USER, f"ilc:p:{person}") for person in range(PEOPLE)]
    rows = [Record(enrollment_key(section, user, "StudentEnrollment"), {"state": "active"}, (key, section, user), 1) for user in users]
    return [Record(key, {"state": "available"}, (), number), Record(section, {"name": "I"}, (key,), number), *rows]


def end(courses: int) -> None:
    """That many courses end, each with its people."""
    observed = State.of([record for number in range(1, courses + 1) for record in course(number)], AT)
    ledger = {record.key: Owned(record.key, record.fields, "created", AT, record.handle) for record in observed}
    removals, _ = removals_of(State.of(()), observed, ledger)
    assert [(removal.covers, len(removal.ends)) for removal in removals if removal.key.rule.is_container] == [(PEOPLE, PEOPLE)] * courses


def test_work_grows_with_courses_that_end() -> None:
    """What ends with each course is found with work in proportion to them, not to courses times people."""
    assert growth(end, 20) < 2.2

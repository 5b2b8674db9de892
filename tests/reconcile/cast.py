"""The cast of the core's tests: one COP course, its sections, its people; and a Canvas that is only a dictionary."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Adopt, Create, Plan, Remove, Update
from ilc_canvas.reconcile.compare.fields import CompareSettings
from ilc_canvas.reconcile.kinds import Kind, Value
from ilc_canvas.reconcile.state import Key, Ledger, Owned, Record, State, enrollment_key

NOON = datetime(2021, 8, 16, 19, tzinfo=UTC)
FRAME = CompareSettings(basis=of_roster(3), scope="ilc:2021-22", base_url="http://127.0.0.1")
EQ = Key(Kind.COURSE, "ilc:2021-22:cop:EQ")
R1 = Key(Kind.SECTION, "ilc:2021-22:cop:EQ:R1")
FAC = Key(Kind.SECTION, "ilc:2021-22:cop:EQ:FAC")
BASES = {"teacher": "TeacherEnrollment", "lead": "TaEnrollment", "student": "StudentEnrollment"}


def person(number: int, name: str = "Ada") -> Record:
    """A person of the roster."""
    fields = {"name": name, "sortable_name": name, "email": f"p{number}@example.org", "login": f"p{number}@example.org"}
    return Record(Key(Kind.USER, f"ilc:p:{number}"), fields)


def course(key: Key = EQ, name: str = "Equity & Justice", **fields: str) -> Record:
    """A course."""
    return Record(key, {"name": name, "term": "ilc:2021-22", **fields})


def section(key: Key = R1, name: str = "Region I", course: Key = EQ) -> Record:
    """A section of a course."""
    return Record(key, {"name": name}, (course,))


def enrollment(number: int, role: str = "student", section: Key = R1, *, state: str = "active", course: Key = EQ) -> Record:
    """A person in a section."""
    user = Key(Kind.USER, f"ilc:p:{number}")
    fields: dict[str, Value] = {"state": state, "limited": role == "lead", "base": BASES[role]}
    return Record(enrollment_key(section, user, BASES[role]), fields, (course, section, user))


def full(students: int, teachers: int = 1) -> State:
    """The course EQ with so many students in R1 and teachers in FAC."""
    people = [person(n) for n in range(1, students + teachers + 1)]
    rows = [enrollment(n) for n in range(1, students + 1)]
    rows += [enrollment(n, "teacher", FAC) for n in range(students + 1, students + teachers + 1)]
    return State.of([course(), section(), section(FAC, "Facilitators"), *people, *rows])


def owned(state: Iterable[Record], how: str = "created") -> Ledger:
    """A ledger that knows all of these as ours."""
    return {record.key: Owned(record.key, record.fields, how, NOON) for record in state}


def without(state: State, *keys: Key) -> State:
    """The state less these."""
    return State.of(record for record in state if record.key not in keys)


def changed(state: State, key: Key, /, **fields: Value) -> State:
    """The state with other fields in one record."""
    record = state.records[key]
    return State({**state.records, key: replace(record, fields={**record.fields, **fields})})


def apply_plan(plan: Plan, observed: State, ledger: Ledger) -> tuple[State, Ledger]:
    """Canvas and ledger after a plan that was carried out without a fault."""
    records, known = dict(observed.records), dict(ledger)
    for change in plan.changes:
        if isinstance(change, Remove):
            ended = {**change.before.fields, "state": "inactive" if change.key.kind is Kind.ENROLLMENT else "completed"}
            records[change.key] = replace(change.before, fields=ended)
            known[change.key] = Owned(change.key, ended, "ended", NOON)
            continue
        if isinstance(change, Create | Update):
            records[change.key] = change.after
        fields = change.fields if isinstance(change, Update) else change.after.fields
        base = known[change.key].fields if isinstance(change, Update) and change.key in known else {}
        known[change.key] = Owned(change.key, {**base, **fields}, "adopted" if isinstance(change, Adopt) else "created", NOON)
    for record in plan.settled:
        known[record.key] = replace(known[record.key], fields=record.fields)
    return State(records), known

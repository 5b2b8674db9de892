"""Courses that Canvas lists and would not show: nothing is concluded about what is in them, and all others go on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ilc_canvas.reconcile.change import Aside, Create, Update
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, Ledger, Record, State

FIELD = "unread"
"""The field of a course that could not be read, with the code of why: unread-right or unread-failed."""


def field_of(kind: Kind) -> str:
    """The same of one kind alone, which holds back nothing else."""
    return f"{FIELD} {kind}"


def unread(observed: State) -> dict[Key, str]:
    """The courses that could not be read, with the reason."""
    return {record.key: str(record.fields[FIELD]) for record in observed.containers() if FIELD in record.fields}


@dataclass(frozen=True, slots=True)
class Readable:
    """What can be compared, and what is deferred since it cannot."""

    desired: State
    observed: State
    aside: tuple[Aside, ...]


def readable(desired: State, observed: State, ledger: Ledger) -> Readable:
    """Without what is, or shall be, in a course that could not be read; such a course is never concluded.

    Deferred is the course itself, and what the roster asks for in it and the ledger does not have. A kind that alone could not be read
    there is left out by itself.
    """
    why = unread(observed)
    courses = [record for record in observed.containers() if any(name.startswith(FIELD) for name in record.fields)]
    if not courses:
        return Readable(desired, observed, ())
    inside = {record.key: code for record in desired if (code := _why_unread(record, observed))}
    plain = {course.key: _plain(course) for course in courses}
    seen = [plain.get(record.key, record) for record in observed if record.key not in why or record.key in desired.records]
    return Readable(
        State.of((record for record in desired if record.key not in inside), desired.at),
        State.of(seen, observed.at),
        (*_courses(observed, why, ledger), *_asked(desired, inside, ledger)),
    )


def _why_unread(record: Record, observed: State) -> str:
    """Why it could not be seen whether this is there; empty if it could."""
    course = observed.get(record.course) if record.course and record.course != record.key else None
    fields = course.fields if course else {}
    return str(fields.get(FIELD) or fields.get(field_of(record.key.kind)) or "")


def _plain(record: Record) -> Record:
    return replace(record, fields={name: value for name, value in record.fields.items() if not name.startswith(FIELD)})


def _courses(observed: State, why: Mapping[Key, str], ledger: Ledger) -> Iterator[Aside]:
    for key, code in why.items():
        course = _plain(observed.records[key])
        if key in ledger:
            yield Aside(Update(course, course), code)


def _asked(desired: State, inside: Mapping[Key, str], ledger: Ledger) -> Iterator[Aside]:
    for key, code in inside.items():
        ours = ledger.get(key)
        if ours is None or not ours.stands:
            yield Aside(Create(desired.records[key]), code)

"""Courses that Canvas lists but will not show: nothing is concluded about their contents, and all other courses go ahead."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ilc_canvas.reconcile.change import Create, Deferred, Update
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, Ledger, Record, State

FIELD = "unread"
"""The field that marks a course that could not be read; its value is the reason code: unread-right or unread-failed."""


def field_of(kind: Kind) -> str:
    """The same field for a single kind, which holds back nothing else."""
    return f"{FIELD} {kind}"


def unread(observed: State) -> dict[Key, str]:
    """The courses that could not be read, with the reason."""
    return {record.key: str(record.fields[FIELD]) for record in observed.containers() if FIELD in record.fields}


@dataclass(frozen=True, slots=True)
class Readable:
    """What can be compared, and what is deferred because it cannot."""

    desired: State
    observed: State
    deferred: tuple[Deferred, ...]


def readable(desired: State, observed: State, ledger: Ledger) -> Readable:
    """The states without anything in a course that could not be read; such a course is never concluded.

    The course itself is deferred, and so is what the roster asks for in it and the ledger does not have. If only one kind could not be
    read there, only that kind is left out.
    """
    why = unread(observed)
    courses = [record for record in observed.containers() if any(name.startswith(FIELD) for name in record.fields)]
    if not courses:
        return Readable(desired, observed, ())
    inside = {record.key: code for record in desired if (code := _why_unread(record, observed))}
    plain = {course.key: _plain(course) for course in courses}
    records = [plain.get(record.key, record) for record in observed if record.key not in why or record.key in desired.records]
    return Readable(
        State.of((record for record in desired if record.key not in inside), desired.at),
        State.of(records, observed.at),
        (*_courses(observed, why, ledger), *_not_made(desired, inside, ledger)),
    )


def _why_unread(record: Record, observed: State) -> str:
    """Why nobody can tell whether this exists; empty if it can be told."""
    course = observed.get(record.course) if record.course and record.course != record.key else None
    fields = course.fields if course else {}
    above = (field_of(kind) for kind in (record.key.kind, *(parent.kind for parent in record.parents if parent.rule.is_content)))
    return str(fields.get(FIELD) or next((fields[name] for name in above if name in fields), ""))


def _plain(record: Record) -> Record:
    return replace(record, fields={name: value for name, value in record.fields.items() if not name.startswith(FIELD)})


def _courses(observed: State, why: Mapping[Key, str], ledger: Ledger) -> Iterator[Deferred]:
    for key, code in why.items():
        course = _plain(observed.records[key])
        if key in ledger:
            yield Deferred(Update(course, course), code)


def _not_made(desired: State, inside: Mapping[Key, str], ledger: Ledger) -> Iterator[Deferred]:
    for key, code in inside.items():
        owned = ledger.get(key)
        if owned is None or not owned.stands:
            yield Deferred(Create(desired.records[key]), code)

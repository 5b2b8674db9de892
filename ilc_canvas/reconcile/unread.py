"""Courses that Canvas lists and would not show: nothing is concluded about what is in them, and all others go on."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from ilc_canvas.reconcile.change import Aside, Create, Update
from ilc_canvas.reconcile.state import Key, Ledger, Record, State

FIELD = "unread"
"""The field of a course that could not be read, with the code of why: unread-right or unread-failed."""


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

    Deferred is the course itself, and what the roster asks for in it and the ledger does not have.
    """
    why = unread(observed)
    if not why:
        return Readable(desired, observed, ())
    inside = [record for record in desired if record.course in why and record.course != record.key]
    seen = [_plain(record) for record in observed if record.key not in why or record.key in desired.records]
    return Readable(
        State.of((record for record in desired if record not in inside), desired.at),
        State.of(seen, observed.at),
        (*_courses(observed, why, ledger), *_asked(inside, why, ledger)),
    )


def _plain(record: Record) -> Record:
    return replace(record, fields={name: value for name, value in record.fields.items() if name != FIELD})


def _courses(observed: State, why: Mapping[Key, str], ledger: Ledger) -> Iterator[Aside]:
    for key, code in why.items():
        course = _plain(observed.records[key])
        if key in ledger:
            yield Aside(Update(course, course), code)


def _asked(inside: Collection[Record], why: Mapping[Key, str], ledger: Ledger) -> Iterator[Aside]:
    for record in inside:
        ours = ledger.get(record.key)
        if record.course and (ours is None or not ours.stands):
            yield Aside(Create(record), why[record.course])

"""What to end: what we made, still exists, and is no longer asked for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from ilc_canvas.reconcile.change import Deferred, Remove
from ilc_canvas.reconcile.compare.ended_with_course import everybody_live
from ilc_canvas.reconcile.deferral.blocked import HOST, UNSEEN, cause
from ilc_canvas.reconcile.kinds import HIDDEN
from ilc_canvas.reconcile.people.addresses import is_wanted_again
from ilc_canvas.reconcile.state import Key, Ledger, Record, State, course_of, person_of, section_of


def removals_of(desired: State, observed: State, ledger: Ledger) -> tuple[list[Remove], list[Deferred]]:
    """What to end, and what cannot be ended now: hidden from us, or another course's section is cross-listed into it and would end too.

    Concluding a course ends its enrollments, but not those in sections that people have cross-listed elsewhere.
    """
    surplus = [record for record in observed if record.key not in desired.records and _removable(record, ledger)]
    things = [record for record in surplus if _is_alone(record, desired)]
    courses = {record.key: record for record in surplus if record.rule.is_container}
    guests = _guests(desired, observed)
    blocked = {key: why for key, course in courses.items() if (why := _in_the_way(course, guests))}
    away = {record.key for record in observed if "stands_in" in record.fields}
    rows = [record for record in surplus if record.rule.is_placement]
    alone = [row for row in rows if row.course not in courses or row.course in blocked or row.section in away]
    single = {row.key for row in alone}
    ends, live = _by_course(row for row in rows if row.key not in single), _by_course(everybody_live(observed) if courses else ())
    concluded = [_end(course, ends[key], live=live[key], away=away) for key, course in courses.items()]
    deferred = [Deferred(Remove(courses[key], covers=0), why) for key, why in blocked.items()]
    going = [*(Remove(record, covers=0) for record in things), *(end for end in concluded if end.key not in blocked), *map(Remove, alone)]
    return going, [*deferred, *_unseen(desired, observed, ledger)]


def _by_course(rows: Iterable[Record]) -> defaultdict[Key | None, list[Record]]:
    found: defaultdict[Key | None, list[Record]] = defaultdict(list)
    for row in rows:
        found[row.course].append(row)
    return found


def _end(course: Record, ends: Sequence[Record], *, live: Iterable[Record], away: Collection[Key]) -> Remove:
    """Concludes a course, and with it everybody in it: our people and those added by hand."""
    ours = {row.key for row in ends}
    others = (row for row in live if row.key not in ours and row.section not in away)
    return Remove(course, len(ends), tuple(ends), tuple(others))


def _is_alone(record: Record, desired: State) -> bool:
    """Whether this is ended on its own: not a course or a placement, not an address needed again, and not in a course that ends."""
    if record.rule.is_container or record.rule.is_placement or (record.course and record.course not in desired.records):
        return False
    return not (record.rule.is_stepwise and is_wanted_again(record, desired.records))


def _removable(record: Record, ledger: Ledger) -> bool:
    owned = ledger.get(record.key)
    return owned is not None and owned.removable and record.rule.ends(record.key.id, record.fields.get("state"))


def _guests(desired: State, observed: State) -> dict[int, Key]:
    """Sections that the roster asks for, by the number of the other course that people cross-listed them into."""
    sections = (record for record in observed if record.key in desired.records)
    return {place: record.key for record in sections if isinstance(place := record.fields.get("stands_in"), int)}


def _in_the_way(course: Record, guests: dict[int, Key]) -> str:
    """Why a course cannot be concluded now; empty if it can."""
    if course.fields.get("state") == HIDDEN:
        return cause(UNSEEN, course.key)
    guest = guests.get(course.handle or 0)
    return cause(HOST, guest) if guest else ""


def _unseen(desired: State, observed: State, ledger: Ledger) -> Iterator[Deferred]:
    """Placements to end in a course or section that this token can no longer see: nobody knows whether they still exist."""
    hidden = {record.key for record in observed if record.fields.get("state") == HIDDEN}
    if not hidden:
        return
    for key, owned in ledger.items():
        if key.rule.is_placement and owned.removable and key not in desired.records and key not in observed.records:
            above = tuple(filter(None, (course_of(key), section_of(key))))
            place = next((each for each in above if each in hidden), None)
            if place:
                yield Deferred(Remove(Record(key, owned.fields, (*above, person_of(key)), owned.handle)), cause(UNSEEN, place))

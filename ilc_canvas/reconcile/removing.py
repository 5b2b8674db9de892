"""What is to be ended: what we made, is still there, and is asked for no more."""

from collections.abc import Collection, Iterable, Iterator

from ilc_canvas.reconcile.addresses import is_wanted_again
from ilc_canvas.reconcile.blocked import HOST, UNSEEN, cause
from ilc_canvas.reconcile.change import Aside, Remove
from ilc_canvas.reconcile.kinds import HIDDEN
from ilc_canvas.reconcile.state import Key, Ledger, Record, State, course_of, person_of, section_of
from ilc_canvas.reconcile.with_course import live_in


def removals_of(desired: State, observed: State, ledger: Ledger) -> tuple[list[Remove], list[Aside]]:
    """What is to be ended, and what of it cannot be now: out of sight, or a course in which people of another one would end with it.

    A course that is concluded ends its enrollments with it, but not those in sections that people have cross-listed elsewhere.
    """
    surplus = [record for record in observed if record.key not in desired.records and _removable(record, ledger)]
    things = [record for record in surplus if _is_alone(record, desired)]
    courses = {record.key: record for record in surplus if record.rule.is_container}
    guests = _guests(desired, observed)
    kept = {key: why for key, course in courses.items() if (why := _in_the_way(course, guests))}
    away = {record.key for record in observed if "stands_in" in record.fields}
    rows = [record for record in surplus if record.rule.is_placement]
    alone = [row for row in rows if row.course not in courses or row.course in kept or row.section in away]
    single = {row.key for row in alone}
    concluded = [_end(course, [row for row in rows if row.key not in single], away=away, observed=observed) for course in courses.values()]
    aside = [Aside(Remove(courses[key], covers=0), why) for key, why in kept.items()]
    going = [*(Remove(record, covers=0) for record in things), *(end for end in concluded if end.key not in kept), *map(Remove, alone)]
    return going, [*aside, *_unseen(desired, observed, ledger)]


def _end(course: Record, rows: Iterable[Record], *, away: Collection[Key], observed: State) -> Remove:
    """A course is concluded, and with it everybody who is in it: ours, and those whom people had added."""
    ends = tuple(row for row in rows if row.course == course.key)
    others = (row for row in live_in(course.key, observed) if row not in ends and row.section not in away)
    return Remove(course, len(ends), ends, tuple(others))


def _is_alone(record: Record, desired: State) -> bool:
    """Whether this is ended by itself: no course and nobody's place, not an address that is wanted again, and not in a course that goes."""
    if record.rule.is_container or record.rule.is_placement or (record.course and record.course not in desired.records):
        return False
    return not (record.rule.is_stepwise and is_wanted_again(record, desired.records))


def _removable(record: Record, ledger: Ledger) -> bool:
    ours = ledger.get(record.key)
    return ours is not None and ours.removable and record.rule.ends(record.key.id, record.fields.get("state"))


def _guests(desired: State, observed: State) -> dict[int, Key]:
    """Sections that the roster asks for, by the course of another into which people have cross-listed them."""
    sections = (record for record in observed if record.key in desired.records)
    return {place: record.key for record in sections if isinstance(place := record.fields.get("stands_in"), int)}


def _in_the_way(course: Record, guests: dict[int, Key]) -> str:
    """Why a course cannot be concluded now; empty if it can."""
    if course.fields.get("state") == HIDDEN:
        return cause(UNSEEN, course.key)
    guest = guests.get(course.handle or 0)
    return cause(HOST, guest) if guest else ""


def _unseen(desired: State, observed: State, ledger: Ledger) -> Iterator[Aside]:
    """People who are to leave what this token may not see any more: whether they are still there nobody knows."""
    hidden = {record.key for record in observed if record.fields.get("state") == HIDDEN}
    if not hidden:
        return
    for key, owned in ledger.items():
        if key.rule.is_placement and owned.removable and key not in desired.records and key not in observed.records:
            above = tuple(filter(None, (course_of(key), section_of(key))))
            place = next((each for each in above if each in hidden), None)
            if place:
                yield Aside(Remove(Record(key, owned.fields, (*above, person_of(key)), owned.handle)), cause(UNSEEN, place))

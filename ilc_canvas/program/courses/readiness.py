"""Whether a course is ready to open: what roster and calendar ask for in it, and what of that is in Canvas."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ilc_canvas.program.names import is_cop, section_key
from ilc_canvas.reconcile.kinds import plural
from ilc_canvas.reconcile.state import Key, Ledger, Record, State


@dataclass(frozen=True, slots=True)
class LastLook:
    """What the newest plan for everything found and left undone, by key."""

    deferred: Mapping[Key, str] = field(default_factory=dict)  # why
    failed: Mapping[Key, str] = field(default_factory=dict)  # why
    by_hand: Collection[Key] = ()  # ended, deleted, or not active in Canvas
    conflicts: Collection[Key] = ()  # changed by hand and by the program: somebody must choose
    unpublished: Collection[Key] = ()  # courses that their people do not see yet
    invited: Collection[Key] = ()  # courses in which somebody is only invited


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that keeps a course from being ready, and what it is about. `reason` is the code or text that the last look gave."""

    code: str  # not-made, no-facilitator, missing, different, by-hand, conflict, invited
    keys: tuple[Key, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CourseReadiness:
    """One course: what it should hold, by noun (many), and what is lacking."""

    course: Key
    gaps: tuple[Gap, ...]
    is_open: bool
    holds: Mapping[str, int]

    @property
    def is_ready(self) -> bool:
        """Whether nothing is lacking."""
        return not self.gaps


def readiness(desired: State, ledger: Ledger, look: LastLook, *, only: Collection[Key] = ()) -> list[CourseReadiness]:
    """Every course that is asked for, or those of `only`, also where it is not there yet, in order of key."""
    inside: dict[Key, list[Record]] = {course.key: [] for course in desired.containers() if not only or course.key in only}
    for record in desired:
        course = record.course
        if course in inside and course != record.key and not record.rule.is_opening:
            inside[course].append(record)
    return [_course(desired.records[key], records, ledger, look=look) for key, records in sorted(inside.items())]


def _course(course: Record, records: Sequence[Record], ledger: Ledger, *, look: LastLook) -> CourseReadiness:
    owned = ledger.get(course.key)
    there = owned is not None and owned.stands
    gaps = _gaps(course, records, ledger, look=look) if there else (Gap("not-made", (course.key,), _why(course.key, look)),)
    is_open = there and course.key not in look.unpublished
    kinds = sorted({record.key.kind for record in records}, key=lambda kind: kind.rule.rank)
    shown = [kind for kind in kinds if not kind.rule.is_placement and not kind.rule.is_detail]
    counts = {plural(kind): sum(record.key.kind == kind for record in records) for kind in shown}
    people = len({record.user for record in records if record.rule.is_placement})
    return CourseReadiness(course.key, gaps, is_open, {"people": people, **counts})


def _gaps(course: Record, records: Sequence[Record], ledger: Ledger, *, look: LastLook) -> tuple[Gap, ...]:
    every = [course, *records]
    missing = [record for record in records if not _stands(record, ledger)]
    touched = [record.key for record in every if record.key in look.by_hand]
    conflicts = [record.key for record in every if record.key in look.conflicts]
    gone = {*(record.key for record in missing), *touched, *conflicts}
    different = [record.key for record in every if record.key not in gone and not _is_as_asked(record, ledger)]
    found = [
        *([] if any(_leads(record, course.key) for record in records) else [Gap("no-facilitator", (course.key,))]),
        *_by_reason("missing", [record.key for record in missing], look),
        *([Gap("by-hand", tuple(touched))] if touched else []),
        *([Gap("conflict", tuple(conflicts))] if conflicts else []),
        *_by_reason("different", different, look),
        *([Gap("invited", (course.key,))] if course.key in look.invited and course.key in look.unpublished else []),
    ]
    return tuple(found)


def _by_reason(code: str, keys: Sequence[Key], look: LastLook) -> list[Gap]:
    """One gap for each reason, with all that it concerns."""
    reasons: dict[str, list[Key]] = {}
    for key in keys:
        reasons.setdefault(_why(key, look), []).append(key)
    return [Gap(code, tuple(about), reason) for reason, about in reasons.items()]


def _why(key: Key, look: LastLook) -> str:
    return look.failed.get(key) or look.deferred.get(key) or ""


def _stands(record: Record, ledger: Ledger) -> bool:
    owned = ledger.get(record.key)
    return owned is not None and owned.stands


def _is_as_asked(record: Record, ledger: Ledger) -> bool:
    """Whether we left it so; a field that the ledger does not keep is not compared, nor are texts, which belong to the facilitators."""
    fields = ledger[record.key].fields if record.key in ledger else {}
    theirs = {*(record.rule.rewritten or {}), "position"} if record.rule.is_content else set()
    return all(
        record.rule.same(name, value, fields[name]) for name, value in record.fields.items() if name in fields and name not in theirs
    )


def _leads(record: Record, course: Key) -> bool:
    """Whether this is a facilitator of a COP, or a teacher of another course."""
    place = record.section if record.rule.is_placement and record.fields.get("base") == "TeacherEnrollment" else None
    return place is not None and (place == section_key(course, "FAC") or not is_cop(course))


def touched_by_hand(drift: Iterable[tuple[Key, str]]) -> frozenset[Key]:
    """What people ended, deleted, or have not accepted yet, of all that was changed by hand: its state is not as we left it."""
    return frozenset(key for key, name in drift if name == "state")

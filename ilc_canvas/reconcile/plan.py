"""Desired and observed state into a plan."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ilc_canvas.reconcile.change import Adopt, Change, Create, Drift, Plan, Remove, Update, ordered
from ilc_canvas.reconcile.state import Fields, Key, Kind, Ledger, Record, State, Value

_FOLDED = frozenset({"email", "login"})  # Canvas compares logins and addresses without regard to case (contract-core 9.1)
_LIVE = frozenset({"active", "invited", "creation_pending"})
_GONE = frozenset({"deleted", "completed"})

REOPENED = "unpublished"
"""A course that comes back is for its facilitators to open."""

Selected = Callable[[Record], bool]


@dataclass(frozen=True, slots=True)
class Frame:
    """For what a plan is made: roster version, scope, Canvas; and whether edits by hand are repaired."""

    roster_version: int
    scope: str
    base_url: str
    repair: bool = False


def make_plan(desired: State, observed: State, ledger: Ledger, *, frame: Frame, selected: Selected = lambda _: True) -> Plan:
    """The changes that make `observed` as `desired`, touching only what is ours.

    A field that people changed by hand (observed differs from what the ledger says we left) is drift: said, not changed,
    unless `frame.repair`. Nothing is planned inside what people deleted or concluded. `selected` narrows the plan; parents
    that are missing come along.
    """
    found = [_compare(record, observed.get(record.key), ledger, repair=frame.repair) for record in desired]
    blocked = {
        drift.key for finding in found for drift in finding.drift if drift.field == "state" and drift.key.kind is not Kind.ENROLLMENT
    }
    possible = {finding.change.key: finding.change for finding in found if finding.change and not _inside(finding.change, blocked)}
    wanted = [change for change in possible.values() if selected(change.subject)]
    removals = [removal for removal in _removals(desired, observed, ledger) if selected(removal.before)]
    changes = with_parents(wanted, possible)
    return Plan(
        changes=ordered([*changes, *removals]),
        roster_version=frame.roster_version,
        scope=frame.scope,
        base_url=frame.base_url,
        drift=tuple(drift for finding in found for drift in finding.drift),
        by_hand=tuple(_by_hand(desired, observed, ledger)),
        settled=tuple(finding.settled for finding in found if finding.settled),
    )


def _inside(change: Change, blocked: Collection[Key]) -> bool:
    return any(parent in blocked for parent in change.subject.parents)


@dataclass(frozen=True, slots=True)
class _Finding:
    """What comparing one desired record has shown."""

    change: Change | None = None
    drift: tuple[Drift, ...] = ()
    settled: Record | None = None


def _compare(wanted: Record, seen: Record | None, ledger: Ledger, *, repair: bool) -> _Finding:
    ours = ledger.get(wanted.key)
    if seen is None:
        return _missing(wanted, gone=ours is not None and ours.how != "ended", repair=repair)
    if wanted.key.kind is Kind.ENROLLMENT and seen.fields.get("state") not in _LIVE:
        return _ended_row(wanted, seen, by_hand=ours is not None and ours.how != "ended", repair=repair)
    if wanted.key.kind is Kind.COURSE and seen.fields.get("state") in _GONE:
        if ours is not None and ours.how == "ended" and seen.fields.get("state") == "completed":  # we ended it: the roster has it back
            return _Finding(change=Update(seen, replace(seen, fields={**seen.fields, "state": REOPENED}, parents=wanted.parents)))
        return _Finding(drift=(Drift(wanted.key, "state", "available", seen.fields.get("state")),))
    if ours is None and wanted.key.kind is not Kind.ENROLLMENT:
        return _Finding(change=Adopt(seen, replace(seen, fields={**seen.fields, **wanted.fields})))
    moved = ours is not None and ours.handle not in (None, seen.handle)
    return _fields(wanted, seen, base=ours.fields if ours else {}, repair=repair, moved=moved)


def _missing(wanted: Record, *, gone: bool, repair: bool) -> _Finding:
    """Not in Canvas: to be created, unless people took away what we had made."""
    if gone and not repair:
        return _Finding(drift=(Drift(wanted.key, "state", "there", "gone"),))
    return _Finding(change=Create(wanted))


def _ended_row(wanted: Record, seen: Record, *, by_hand: bool, repair: bool) -> _Finding:
    """An enrollment that is over: people ended it (drift), or we did and the roster asks for it again."""
    if by_hand and not repair:
        return _Finding(drift=(Drift(wanted.key, "state", wanted.fields["state"], seen.fields.get("state")),))
    return _Finding(change=Create(replace(wanted, handle=seen.handle), before=seen))


def _fields(wanted: Record, seen: Record, *, base: Fields, repair: bool, moved: bool) -> _Finding:
    shown = {name: value for name, value in wanted.fields.items() if name in seen.fields}  # what the token may not see says nothing
    different = [name for name, value in shown.items() if not same(name, value, seen.fields[name])]
    if not different:
        stale = base and any(not same(name, value, base.get(name)) for name, value in wanted.fields.items())
        return _Finding(settled=replace(wanted, handle=seen.handle) if stale or moved else None)
    touched = [] if repair else [name for name in different if name in base and not same(name, base[name], seen.fields.get(name))]
    ours = {name: wanted.fields[name] for name in different if name not in touched}
    drift = tuple(Drift(wanted.key, name, wanted.fields[name], seen.fields.get(name)) for name in touched)
    return _Finding(change=_update(wanted, seen, ours), drift=drift)


def _update(wanted: Record, seen: Record, fields: Mapping[str, Value]) -> Change | None:
    if not fields:
        return None
    after = Record(wanted.key, {**seen.fields, **fields}, wanted.parents, seen.handle)
    if wanted.key.kind is Kind.ENROLLMENT:  # there is no PUT for an enrollment: a repeated POST carries all fields (contract-core 8.3)
        return Create(replace(after, fields={**seen.fields, **wanted.fields}), before=seen)
    return Update(seen, after)


def same(name: str, one: Value, other: Value) -> bool:
    """Whether two values of a field are equal as Canvas sees them."""
    if name in _FOLDED and isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    return one == other


def is_live(record: Record | None) -> bool:
    """Whether this is an enrollment that gives its person the course."""
    return record is not None and record.fields.get("state") in _LIVE


def _removals(desired: State, observed: State, ledger: Ledger) -> Iterator[Remove]:
    """What we made, is still there, and is asked for no more. A course that is concluded ends its enrollments with it."""
    surplus = [record for record in observed if record.key not in desired.records and _removable(record, ledger)]
    courses = {record.key: record for record in surplus if record.key.kind is Kind.COURSE}
    rows = [record for record in surplus if record.key.kind is Kind.ENROLLMENT]
    for key, course in courses.items():
        yield Remove(course, covers=sum(row.course == key for row in rows))
    yield from (Remove(row) for row in rows if row.course not in courses)


def _removable(record: Record, ledger: Ledger) -> bool:
    ours = ledger.get(record.key)
    if ours is None or not ours.removable:
        return False
    if record.key.kind is Kind.ENROLLMENT:
        return record.fields.get("state") in _LIVE
    return record.key.kind is Kind.COURSE and record.fields.get("state") not in _GONE


def with_parents(wanted: Iterable[Change], known: Mapping[Key, Change]) -> list[Change]:
    """The changes, and those of their parents that have to come first."""
    taken: dict[Key, Change] = {}
    todo = list(wanted)
    while todo:
        change = todo.pop()
        if change.key not in taken:
            taken[change.key] = change
            todo.extend(known[parent] for parent in change.subject.parents if parent in known and _builds(known[parent]))
    return list(taken.values())


def _builds(change: Change) -> bool:
    return isinstance(change, Create | Adopt)


def _by_hand(desired: State, observed: State, ledger: Ledger) -> Iterator[Record]:
    """Active enrollments in our courses that neither the roster nor the ledger knows: people added them."""
    for record in observed.of_kind(Kind.ENROLLMENT):
        ours = ledger.get(record.key)
        if record.key not in desired.records and (ours is None or ours.how == "ended") and record.fields.get("state") in _LIVE:
            yield record


def active_by_course(observed: State, ledger: Ledger) -> dict[Key, int]:
    """Our active enrollments per course."""
    return _active(observed, ledger, lambda record: record.course)


def active_by_section(observed: State, ledger: Ledger) -> dict[Key, int]:
    """Our active enrollments per section."""
    return _active(observed, ledger, lambda record: record.section)


def _active(observed: State, ledger: Ledger, place: Callable[[Record], Key | None]) -> dict[Key, int]:
    counts: dict[Key, int] = {}
    for record in observed.of_kind(Kind.ENROLLMENT):
        ours, key = ledger.get(record.key), place(record)
        if ours and ours.how != "ended" and key and record.fields.get("state") in _LIVE:
            counts[key] = counts.get(key, 0) + 1
    return counts

"""One desired record against what Canvas shows of it: what is to be changed, what is drift, what is in the way."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ilc_canvas.reconcile.addresses import address_steps
from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.blocked import CONCLUDED, GONE, IN_THE_WAY, MOVED, cause
from ilc_canvas.reconcile.change import Adopt, Change, Create, Drift, Update
from ilc_canvas.reconcile.kinds import Value
from ilc_canvas.reconcile.state import Fields, Key, Ledger, Owned, Record, State, person_of

Selected = Callable[[Record], bool]


@dataclass(frozen=True, slots=True)
class Frame:
    """From what and for what a plan is made: basis, scope, Canvas; whether edits by hand are repaired; what may be written to accounts of
    people that others made: never, sis_id (where they have none), or all.
    """

    basis: Basis
    scope: str
    base_url: str
    repair: bool = False
    existing_write: str = "never"


@dataclass(frozen=True, slots=True)
class Book:
    """What records are compared by."""

    desired: State
    observed: State
    ledger: Ledger
    frame: Frame
    matched: Mapping[Key, str]
    lost: frozenset[Key] = frozenset()  # enrollments that ended when people concluded their course
    selected: Selected = lambda _: True  # what the plan is for

    def repairs(self, wanted: Record) -> bool:
        """Whether what people changed about this is put back."""
        return self.frame.repair and self.selected(wanted)

    def is_made_by_others(self, user: Key) -> bool:
        """Whether this person's account is held by its number only."""
        owned = self.ledger.get(user)
        return (owned.how if owned else self.matched.get(user)) == "matched"


@dataclass(frozen=True, slots=True)
class Finding:
    """What comparing one desired record has shown."""

    key: Key
    changes: tuple[Change, ...] = ()
    drift: tuple[Drift, ...] = ()
    settled: Record | None = None
    not_ours: tuple[Drift, ...] = ()
    block: str = ""  # why nothing can be made at and below it: code and cause


def compare(wanted: Record, seen: Record | None, book: Book) -> Finding:
    """What makes one thing as it is wanted; what people changed about it; and whether it is in the way of what stands below it."""
    finding = _compared(wanted, seen, book)
    return replace(finding, block=cause(MOVED, wanted.course or wanted.key)) if _is_out_of_reach(wanted, book) else finding


def _is_out_of_reach(wanted: Record, book: Book) -> bool:
    """A custom role can be given at and below the account that has it, not where people have moved a course to (live-server 3)."""
    if wanted.course is None or not any(parent.rule.is_bound for parent in wanted.parents):
        return False
    ours, there = book.desired.get(wanted.course), book.observed.get(wanted.course)
    return bool(ours and there and there.fields.get("account") not in (None, ours.fields.get("account")))


def _compared(wanted: Record, seen: Record | None, book: Book) -> Finding:
    ours, repair, rule = book.ledger.get(wanted.key), book.repairs(wanted), wanted.rule
    if rule.is_stepwise:
        return _address(wanted, seen, book)
    if seen is None:
        return _missing(wanted, gone=ours is not None and ours.stands, repair=repair)
    if rule.is_person:
        return _person(wanted, seen, book)
    if rule.is_placement and not seen.is_live:
        return _ended_row(wanted, seen, ours, book=book)
    if not rule.is_placement and str(seen.fields.get("state")) in IN_THE_WAY:
        return _closed(wanted, seen, ours, repair=repair)
    if ours is None and not rule.is_noted:
        return _adopted(wanted, seen)
    finding = _standing(wanted, seen, ours, book=book)
    return replace(finding, block=_host(seen, book)) if "stands_in" in seen.fields else finding


def _host(section: Record, book: Book) -> str:
    """Whether the course of ours into which people have cross-listed a section takes nobody; empty if it does."""
    there = (each for each in book.observed.containers() if each.handle == section.fields["stands_in"])
    over = any(str(course.fields.get("state")) in IN_THE_WAY for course in there)
    return cause(CONCLUDED, section.key) if over else ""


def _closed(wanted: Record, seen: Record, ours: Owned | None, *, repair: bool) -> Finding:
    """Deleted, concluded or switched off by people, or hidden from us. What we ended ourselves the roster has back.

    With repair a course, a section or a role comes back; nothing is known that brings back a term or an account.
    """
    rule, state = wanted.rule, seen.fields["state"]
    ended_by_us = state == rule.ended_as and ours is not None and ours.how == "ended"
    if (ended_by_us or repair) and state in rule.remade_from:
        return Finding(wanted.key, (Create(wanted, before=seen),))
    if rule.reopens_from and ended_by_us:
        return Finding(wanted.key, (_reopened(wanted, seen),))
    back = (_reopened(wanted, seen),) if repair and state in rule.reopens_from else ()
    drift = () if back else (Drift(wanted.key, "state", "available", state),)
    return Finding(wanted.key, back, drift, block=cause(IN_THE_WAY[str(state)], wanted.key))


def _reopened(wanted: Record, seen: Record) -> Update:
    """A course that comes back is for its facilitators to open."""
    return Update(seen, replace(seen, fields={**seen.fields, "state": wanted.rule.starts_as}, parents=wanted.parents))


def _missing(wanted: Record, *, gone: bool, repair: bool) -> Finding:
    """Not in Canvas: to be created, unless people took away what we had made."""
    if gone and not repair:
        return Finding(wanted.key, drift=(Drift(wanted.key, "state", "there", "gone"),), block=cause(GONE, wanted.key))
    return Finding(wanted.key, (Create(wanted),))


def _standing(wanted: Record, seen: Record, ours: Owned | None, *, book: Book) -> Finding:
    """There, by its SIS id or number: another SIS id (or label of a role) is drift as any other field; where a section stands, always."""
    if "known_as" in seen.fields and ours is not None:
        own: dict[str, Value] = {"known_as": wanted.key.id}
        wanted, ours = replace(wanted, fields={**wanted.fields, **own}), replace(ours, fields={**ours.fields, **own})
    finding = _fields(wanted, seen, ours, repair=book.repairs(wanted), stuck=_stuck(wanted, seen, book))
    if "stands_in" not in seen.fields:
        return finding
    return replace(finding, drift=(*finding.drift, Drift(wanted.key, "stands_in", None, seen.fields["stands_in"])))


def _adopted(wanted: Record, seen: Record) -> Finding:
    """Under our SIS id, but not in the ledger: it is taken as it is. Whose names those are that differ nobody can tell, so they stay."""
    same_fields = {name: value for name, value in seen.fields.items() if wanted.rule.same(name, wanted.fields.get(name), value)}
    different = [name for name in _shown(wanted, seen) if name not in same_fields]
    drift = tuple(Drift(wanted.key, name, wanted.fields[name], seen.fields[name]) for name in different)
    return Finding(wanted.key, (Adopt(seen, replace(seen, fields=same_fields)),), drift)


def _ended_row(wanted: Record, seen: Record, ours: Owned | None, *, book: Book) -> Finding:
    """An enrollment that is over: people ended it (drift) or its course (it waits), or we did and the roster asks for it again."""
    course = book.observed.get(wanted.course) if wanted.course else None
    if wanted.key in book.lost and course and course.is_over:
        return Finding(wanted.key, settled=None if _is_noted(ours) else replace(wanted, fields={"state": "completed"}, handle=seen.handle))
    by_hand = ours is not None and ours.stands and wanted.key not in book.lost
    if by_hand and not book.repairs(wanted):
        return Finding(wanted.key, drift=(Drift(wanted.key, "state", wanted.fields["state"], seen.fields.get("state")),))
    return Finding(wanted.key, (Create(replace(wanted, handle=seen.handle), before=seen),))


def _is_noted(ours: Owned | None) -> bool:
    """Whether the ledger knows that this enrollment ended with its course."""
    return ours is not None and ours.fields.get("state") == "completed"


def _shown(wanted: Record, seen: Record) -> dict[str, Value]:
    """What is wanted of the fields that Canvas shows: what the token may not see says nothing."""
    return {name: value for name, value in wanted.fields.items() if name in seen.fields}


def _different(wanted: Record, seen: Record) -> dict[str, Value]:
    same = wanted.rule.same
    return {name: value for name, value in _shown(wanted, seen).items() if not same(name, value, seen.fields[name])}


def _person(wanted: Record, seen: Record, book: Book) -> Finding:
    """An account that others made is held by its number: of it only is written what the settings allow."""
    ours, write = book.ledger.get(wanted.key), book.frame.existing_write
    made_by_others = book.is_made_by_others(wanted.key)
    if not made_by_others and "sis_id" not in (ours.fields if ours else {}):
        seen = replace(seen, fields={name: value for name, value in seen.fields.items() if name != "sis_id"})
    if made_by_others and write != "all":
        allowed = {name: value for name, value in _different(wanted, seen).items() if name == "sis_id" and write == "sis_id"}
        others = tuple(_differences(wanted, seen, ("name", "login")))
        return Finding(wanted.key, (*_taken(wanted, seen, book), *_updates(wanted, seen, allowed)), not_ours=others)
    if ours is None:
        return Finding(wanted.key, _taken(wanted, seen, book) + _updates(wanted, seen, _different(wanted, seen)))
    return _fields(wanted, seen, ours, repair=book.repairs(wanted))


def _taken(wanted: Record, seen: Record, book: Book) -> tuple[Change, ...]:
    """An account that the ledger does not know yet, by its number."""
    if wanted.key in book.ledger:
        return ()
    before = Record(seen.key, {name: value for name, value in seen.fields.items() if name != "sis_id"}, handle=seen.handle)
    how = book.matched.get(wanted.key, "adopted")
    return (Adopt(before, replace(before, fields={**before.fields, "account": seen.handle}), how),)


def _differences(wanted: Record, seen: Record, names: Iterable[str]) -> Iterator[Drift]:
    different = _different(wanted, seen)
    yield from (Drift(wanted.key, name, different[name], seen.fields.get(name)) for name in names if name in different)


def _address(wanted: Record, seen: Record | None, book: Book) -> Finding:
    """The first address of a person whose account is there; a new account brings its address along."""
    user, ours = person_of(wanted.key), book.ledger.get(wanted.key)
    if user not in book.observed.records:
        return Finding(wanted.key)
    writes = not book.is_made_by_others(user) or book.frame.existing_write == "all"
    if not writes or (user not in book.ledger and seen and not _different(wanted, seen)):
        return Finding(wanted.key, not_ours=tuple(_differences(wanted, seen, ("address",))) if seen else ())
    if seen is None:
        return _missing(wanted, gone=ours is not None, repair=book.repairs(wanted))
    return _new_address(wanted, seen, ours, book=book) if _different(wanted, seen) else _fields(wanted, seen, ours, repair=False)


def _new_address(wanted: Record, seen: Record, ours: Owned | None, *, book: Book) -> Finding:
    """Ours gives way to the new one; one that somebody else has put there stays, also if ours is made the first again."""
    mine = ours is None or wanted.rule.same("address", ours.fields.get("address"), seen.fields["address"])
    if not mine and not book.repairs(wanted):
        return Finding(wanted.key, drift=(Drift(wanted.key, "address", wanted.fields["address"], seen.fields["address"]),))
    return Finding(wanted.key, tuple(address_steps(wanted, seen, book.ledger.keys(), retire=mine)))


def _stuck(wanted: Record, seen: Record, book: Book) -> frozenset[str]:
    """What not even repair can set back: where it would go is closed, or another one is called so by now."""
    closed = {str(key.kind) for key in wanted.parents if (up := book.observed.get(key)) and str(up.fields.get("state")) in IN_THE_WAY}
    return frozenset(closed | ({"known_as"} if "namesake" in seen.fields else set()))


def _fields(wanted: Record, seen: Record, ours: Owned | None, *, repair: bool, stuck: frozenset[str] = frozenset()) -> Finding:
    base = ours.fields if ours else {}
    different = _different(wanted, seen)
    unknown = ours is not None and ours.how == "adopted" and not wanted.rule.is_person
    touched = [name for name in different if name in stuck or (not repair and _is_touched(name, seen, base, unknown=unknown))]
    drift = tuple(Drift(wanted.key, name, wanted.fields[name], seen.fields.get(name)) for name in touched)
    left = {name: value for name, value in different.items() if name not in touched}
    return Finding(wanted.key, _updates(wanted, seen, left), drift, _agreed(wanted, seen, ours))


def _agreed(wanted: Record, seen: Record, ours: Owned | None) -> Record | None:
    """What the ledger is to take note of: it agrees with the roster, and is not as the ledger says."""
    shown, different = _shown(wanted, seen), _different(wanted, seen)
    if ours is not None and not ours.stands:  # people brought it back, and the roster asks for it again
        return replace(wanted, fields={name: value for name, value in shown.items() if name not in different}, handle=seen.handle)
    if different:
        return None
    same = wanted.rule.same
    stale = ours is not None and bool(ours.fields) and any(not same(name, value, ours.fields.get(name)) for name, value in shown.items())
    moved = ours is not None and ours.handle != seen.handle and seen.handle is not None
    unbooked = ours is None and wanted.rule.is_noted and bool(shown)
    return replace(wanted, fields=shown, handle=seen.handle) if stale or moved or unbooked else None


def _is_touched(name: str, seen: Record, base: Fields, *, unknown: bool) -> bool:
    """Whether people changed it: it is not as we left it; of what we adopted, what differed then was never ours."""
    return not seen.rule.same(name, base[name], seen.fields.get(name)) if name in base else unknown


def _updates(wanted: Record, seen: Record, fields: Mapping[str, Value]) -> tuple[Change, ...]:
    """One change for each call to Canvas: of a person the names, the SIS id and the login have one each."""
    return tuple(_update(wanted, seen, part) for part in wanted.rule.parts_of(fields))


def _update(wanted: Record, seen: Record, fields: Mapping[str, Value]) -> Change:
    after = Record(wanted.key, {**seen.fields, **fields}, wanted.parents, seen.handle)
    if wanted.rule.is_upserted:  # there is no PUT for an enrollment: a repeated POST carries all fields (contract-core 8.3)
        return Create(replace(after, fields={**seen.fields, **wanted.fields}), before=seen)
    return Update(seen, after)


def is_live(record: Record | None) -> bool:
    """Whether this is an enrollment that gives its person the course."""
    return record is not None and record.is_live

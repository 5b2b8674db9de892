"""Changes, plans and outcomes."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.kinds import LAST, Kind
from ilc_canvas.reconcile.state import Fields, Key, Record, person_of


@dataclass(frozen=True, slots=True)
class Create:
    """Make an object that does not exist, or bring back an enrollment that was ended. `turn` as in `Update`."""

    after: Record
    before: Record | None = None
    turn: int = 0
    verb: ClassVar[str] = "create"

    @property
    def key(self) -> Key:
        return self.after.key

    @property
    def subject(self) -> Record:
        """The record that names, course and person are read from."""
        return self.after

    @property
    def rank(self) -> tuple[int, int, str]:
        """Sorts parents first and removals last, then by turn and key."""
        return (self.key.rule.rank, self.turn, self.key.id)


@dataclass(frozen=True, slots=True)
class Update:
    """Change fields of an existing object: `fields` holds only the new values.

    `turn` orders changes of one kind that depend on each other: a login is given up before somebody else gets it.
    """

    before: Record
    after: Record
    turn: int = 1
    verb: ClassVar[str] = "update"

    @property
    def key(self) -> Key:
        return self.after.key

    @property
    def subject(self) -> Record:
        return self.after

    @property
    def fields(self) -> Fields:
        """The fields that differ, with their new values."""
        return {name: value for name, value in self.after.fields.items() if self.before.fields.get(name) != value}

    @property
    def rank(self) -> tuple[int, int, str]:
        return (self.key.rule.rank, self.turn, self.key.id)


@dataclass(frozen=True, slots=True)
class Adopt:
    """Take an object that the ledger does not know, as it is, without a call to Canvas. It is never removed.

    `how`: adopted (it has our SIS id and becomes ours) or matched (a person's account that others made: nothing about it is written).
    """

    before: Record
    after: Record
    how: str = "adopted"
    verb: ClassVar[str] = "adopt"

    @property
    def key(self) -> Key:
        return self.after.key

    @property
    def subject(self) -> Record:
        return self.after

    @property
    def rank(self) -> tuple[int, int, str]:
        return (-1, 0, self.key.id)


@dataclass(frozen=True, slots=True)
class Remove:
    """The mildest step that policy allows: deactivate or conclude an enrollment, conclude a course. Nothing is ever deleted.

    A person's account that others made is only let go, without a call. `covers` counts our active enrollments that end. Of those that
    end with a course, `ends` are ours, and `others` were added by hand.
    """

    before: Record
    covers: int = 1
    ends: tuple[Record, ...] = ()
    others: tuple[Record, ...] = ()
    verb: ClassVar[str] = "remove"

    @property
    def key(self) -> Key:
        return self.before.key

    @property
    def subject(self) -> Record:
        return self.before

    @property
    def rank(self) -> tuple[int, int, str]:
        return (2 * LAST - self.key.rule.rank, 0, self.key.id)


Change = Create | Update | Adopt | Remove


def fingerprint(change: Change) -> str:
    """Identifies one change by its content: 16 hex digits. Handles do not count."""
    return _sha(describe(change))[:16]


def desired_digest(change: Change) -> str:
    """Identifies the result that a change is after, regardless of what was there before and of other edits beside it: 16 hex digits.
    It differs once the row has changed.
    """
    match change:
        case Remove():
            return _sha("ended")[:16]
        case Adopt():
            return _sha({"account": change.after.handle})[:16]
        case Update():
            return _sha(dict(change.fields))[:16]
        case Create():
            return _sha(dict(change.after.fields))[:16]


def slot(change: Change) -> Key:
    """The key a change is parked under: its own key, except that a person's names, login and SIS id are changed, and parked, one by one."""
    part = change.key.rule.part_named(change.fields) if isinstance(change, Update) else ""
    return Key(change.key.kind, f"{change.key.id}|{part}") if part else change.key


def describe(change: Change) -> Mapping[str, object]:
    """A change as plain JSON values: verb, key, and the fields before and after."""
    after = None if isinstance(change, Remove) else dict(change.after.fields)
    before = dict(change.before.fields) if change.before else None
    return {"verb": change.verb, "key": str(change.key), "before": before, "after": after, **_details(change)}


def _details(change: Change) -> Mapping[str, object]:
    if isinstance(change, Adopt) and change.how != "adopted":
        return {"how": change.how}
    ends = sorted(str(row.key) for row in (*change.ends, *change.others)) if isinstance(change, Remove) else []
    return {"ends": ends} if ends else {}


def _sha(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Drift:
    """Something that people changed, ended or deleted by hand in Canvas: left alone and listed."""

    key: Key
    field: str
    desired: object
    observed: object
    conflict: bool = False  # roster or calendar have changed it as well since we left it: a person must choose
    editor: int | None = None  # Canvas's number of who did it, where Canvas tells
    edited_at: str | None = None  # and when: ISO 8601 in UTC

    @property
    def edit(self) -> str:
        """Identifies just this edit, so that a decision about it does not hold for the next one: 16 hex digits."""
        return _sha([self.observed, self.desired])[:16]


@dataclass(frozen=True, slots=True)
class Deferred:
    """A change that the roster asks for and this plan leaves out, and why: parked, in question, or by a person's decision."""

    change: Change
    why: str  # one sentence, or a code that `run.messages` turns into one; keys, no names


@dataclass(frozen=True)
class Plan:
    """Ordered changes, what is left alone, and the basis, scope and Canvas that the plan was made for."""

    changes: tuple[Change, ...]
    basis: Basis
    scope: str
    base_url: str
    drift: tuple[Drift, ...] = ()
    by_hand: tuple[Record, ...] = ()  # enrollments in our courses that the ledger does not know
    settled: tuple[Record, ...] = ()  # differs from the ledger but agrees with the roster: the ledger is updated
    over: tuple[Key, ...] = ()  # ended by people and no longer in the roster: the ledger is updated
    deferred: tuple[Deferred, ...] = ()
    not_ours: tuple[Drift, ...] = ()  # differences between the roster and accounts that others made: listed, never written
    decided: frozenset[Key] = frozenset()  # people for whom this plan carries out a decision
    approved: frozenset[Key] = frozenset()  # openings that somebody has approved for this day, so that the guard does not ask again
    kept: tuple[Drift, ...] = ()  # changed by hand, and kept so by a person's decision
    returning: tuple[Record, ...] = ()  # enrollments that ended with their course and come back with it
    renamed: frozenset[Key] = frozenset()  # people whose name and address change at once: possibly somebody else by now

    @cached_property
    def digest(self) -> str:
        """Identifies this plan by content, Canvas, scope and basis: 12 hex digits in groups of four."""
        content = [self.base_url, self.scope, self.basis.as_json(), [describe(change) for change in self.changes]]
        sha = _sha(content)
        return "-".join((sha[:4], sha[4:8], sha[8:12]))

    @property
    def conflicts(self) -> tuple[Drift, ...]:
        """What people have changed by hand, and roster or calendar as well: neither side wins until a person has chosen."""
        return tuple(each for each in self.drift if each.conflict)

    @property
    def counts(self) -> dict[str, int]:
        """create, update (including adoptions) and remove, as people count them: the steps to a new address are one update."""
        verbs = Counter(change.verb for change in without_steps(self.changes))
        return {"create": verbs["create"], "update": verbs["update"] + verbs["adopt"], "remove": verbs["remove"]}


def without_steps(changes: Iterable[Change]) -> list[Change]:
    """Counts a new address as one change: drops adding it, moving the login with it, and removing the former one."""
    every = list(changes)
    moved = {(person_of(change.key), change.key.kind) for change in every if isinstance(change, Update)}
    return [change for change in every if not _is_step(change, moved)]


def _is_step(change: Change, moved: Collection[tuple[Key, Kind]]) -> bool:
    rule = change.key.rule
    if rule.is_step(change.verb, change.key.id) or is_between(change):
        return True
    companions = rule.goes_with or {}
    return isinstance(change, Update) and any((change.key, companions[name]) in moved for name in change.fields if name in companions)


def is_between(change: Change) -> bool:
    """Whether this gives somebody an interim login: only a step to the final one."""
    handed_on = change.key.rule.handed_on
    return isinstance(change, Update) and bool(handed_on) and change.fields.get(handed_on) == between_login(change.key)


def between_login(user: Key) -> str:
    """The interim login of somebody who gives one up before the next one is free."""
    return f"{user.id}:moving"


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes in the order they may be applied: parents, children, removals."""
    return tuple(sorted(changes, key=lambda change: change.rank))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one change.

    `result` is applied, noop (already so), refused (the answer was no), unavailable (not done, try again),
    in_doubt (not known yet), or not_applied (settled: it did not happen).
    `after` holds the fields from Canvas's answer. `how` is response, observed or recovered.
    """

    result: str
    after: Fields | None = None
    handle: int | None = None
    attempts: int = 1
    status: int | None = None
    request_id: str | None = None
    reason: str = ""  # keys only, never a name or an address
    how: str = "response"
    at: datetime | None = None

    @property
    def done(self) -> bool:
        """Whether the object is now as the change intended."""
        return self.result in ("applied", "noop")

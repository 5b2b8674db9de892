"""Changes, plans and outcomes."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.kinds import LAST, Kind
from ilc_canvas.reconcile.state import Fields, Key, Record, person_of


@dataclass(frozen=True, slots=True)
class Create:
    """An object that is not there (or an enrollment that was ended) shall be there. `turn` as in `Update`."""

    after: Record
    before: Record | None = None
    turn: int = 0
    verb: ClassVar[str] = "create"

    @property
    def key(self) -> Key:
        return self.after.key

    @property
    def subject(self) -> Record:
        """The record to read names, course and person from."""
        return self.after

    @property
    def rank(self) -> tuple[int, int, str]:
        """Parents first, removals last; then by turn and key."""
        return (self.key.rule.rank, self.turn, self.key.id)


@dataclass(frozen=True, slots=True)
class Update:
    """Fields of an object that is there shall change: `fields` holds the new values only.

    `turn` orders changes of one kind that depend on each other: who gives up a login goes before who takes it.
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
    """An object that the ledger does not know is taken, as it is; no call to Canvas. It is never removed.

    `how`: adopted (it is under our SIS id, and becomes ours) or matched (a person's account that others made: nothing about it is written).
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
    """The mildest step that policy allows: an enrollment is deactivated or concluded, a course concluded. Nothing is ever deleted.

    A person's account that others made is only let go, without a call. `covers` counts the active enrollments of ours that end; those
    that end with a course are `ends`, ours, and `others`, which people had added by hand.
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
    """Names one change by its content: 16 hex digits. Handles play no part."""
    return _sha(describe(change))[:16]


def wanted(change: Change) -> str:
    """Names what a change wants, whatever was there before and whatever people edit beside it: 16 hex digits. A row that changes wants
    something else.
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
    """Under what a change is parked: its key; names, login and SIS id of a person are changed, and parked, one by one."""
    part = change.key.rule.part_named(change.fields) if isinstance(change, Update) else ""
    return Key(change.key.kind, f"{change.key.id}|{part}") if part else change.key


def describe(change: Change) -> Mapping[str, object]:
    """A change as plain JSON values: verb, key, before and after fields."""
    after = None if isinstance(change, Remove) else dict(change.after.fields)
    before = dict(change.before.fields) if change.before else None
    return {"verb": change.verb, "key": str(change.key), "before": before, "after": after, **_which(change)}


def _which(change: Change) -> Mapping[str, object]:
    if isinstance(change, Adopt) and change.how != "adopted":
        return {"how": change.how}
    along = sorted(str(row.key) for row in (*change.ends, *change.others)) if isinstance(change, Remove) else []
    return {"ends": along} if along else {}


def _sha(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Drift:
    """Something that people changed, ended or deleted by hand in Canvas: left as it is, and said."""

    key: Key
    field: str
    desired: object
    observed: object


@dataclass(frozen=True, slots=True)
class Aside:
    """A change that the roster asks for and this plan leaves out, and why: parked, asked, or a word of a person's."""

    change: Change
    why: str  # one sentence or a code word that `cli.outcome` puts into one; keys, no names


@dataclass(frozen=True)
class Plan:
    """Ordered changes, what is left alone, and from what basis, for which scope and Canvas the plan was made."""

    changes: tuple[Change, ...]
    basis: Basis
    scope: str
    base_url: str
    drift: tuple[Drift, ...] = ()
    by_hand: tuple[Record, ...] = ()  # enrollments in our courses that the ledger does not know
    settled: tuple[Record, ...] = ()  # differs from the ledger, agrees with the roster: the ledger takes note
    over: tuple[Key, ...] = ()  # people ended it, and the roster asks for it no more: the ledger takes note
    aside: tuple[Aside, ...] = ()
    not_ours: tuple[Drift, ...] = ()  # how accounts that others made differ from the roster: listed, never written
    decided: frozenset[Key] = frozenset()  # people about whom this plan carries out what somebody decided
    returning: tuple[Record, ...] = ()  # enrollments that ended with their course, and come back with it
    renamed: frozenset[Key] = frozenset()  # people whose name and address change at once: perhaps somebody else by now

    @property
    def digest(self) -> str:
        """Names this plan by content, Canvas, scope and basis: 12 hex digits in groups of four."""
        of = [self.base_url, self.scope, self.basis.as_json(), [describe(change) for change in self.changes]]
        sha = _sha(of)
        return "-".join((sha[:4], sha[4:8], sha[8:12]))

    @property
    def counts(self) -> dict[str, int]:
        """create, update (adoptions among them) and remove, as people count them: the steps to a new address are one update."""
        verbs = Counter(change.verb for change in without_steps(self.changes))
        return {"create": verbs["create"], "update": verbs["update"] + verbs["adopt"], "remove": verbs["remove"]}


def without_steps(changes: Iterable[Change]) -> list[Change]:
    """A new address is one change: not that it is added, that the login goes with it, and that the former one is removed."""
    every = list(changes)
    moved = {(person_of(change.key), change.key.kind) for change in every if isinstance(change, Update)}
    return [change for change in every if not _is_step(change, moved)]


def _is_step(change: Change, moved: Collection[tuple[Key, Kind]]) -> bool:
    rule = change.key.rule
    if rule.is_step(change.verb, change.key.id) or is_between(change):
        return True
    along = rule.goes_with or {}
    return isinstance(change, Update) and any((change.key, along[name]) in moved for name in change.fields if name in along)


def is_between(change: Change) -> bool:
    """Whether this gives somebody a login for the time between: only a step to the one after it."""
    handed_on = change.key.rule.handed_on
    return isinstance(change, Update) and bool(handed_on) and change.fields.get(handed_on) == between_login(change.key)


def between_login(user: Key) -> str:
    """The login of somebody who lets go of one before the next one is free."""
    return f"{user.id}:moving"


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """In the order in which they may be applied: parents, children, removals."""
    return tuple(sorted(changes, key=lambda change: change.rank))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one change.

    `result` is applied, noop (it was so already), refused (the answer was no), unavailable (not done, try again),
    in_doubt (nobody knows yet), or not_applied (settled: it did not happen).
    `after` holds the fields as Canvas answered them. `how` is response, observed or recovered.
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
        """The object is now as the change wanted it."""
        return self.result in ("applied", "noop")

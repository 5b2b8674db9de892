"""Changes, plans and outcomes."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from ilc_canvas.reconcile.state import Fields, Key, Kind, Record


@dataclass(frozen=True, slots=True)
class Create:
    """An object that is not there (or an enrollment that was ended) shall be there."""

    after: Record
    before: Record | None = None
    verb: ClassVar[str] = "create"

    @property
    def key(self) -> Key:
        return self.after.key

    @property
    def subject(self) -> Record:
        """The record to read names, course and person from."""
        return self.after

    @property
    def rank(self) -> tuple[int, str]:
        """Parents first, removals last; then by key."""
        return (self.key.kind.rank, self.key.id)


@dataclass(frozen=True, slots=True)
class Update:
    """Fields of an object that is there shall change: `fields` holds the new values only."""

    before: Record
    after: Record
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
    def rank(self) -> tuple[int, str]:
        return (self.key.kind.rank, self.key.id)


@dataclass(frozen=True, slots=True)
class Adopt:
    """An object under our SIS id that the ledger does not know becomes ours; no call to Canvas. It is never removed."""

    before: Record
    after: Record
    verb: ClassVar[str] = "adopt"

    @property
    def key(self) -> Key:
        return self.after.key

    @property
    def subject(self) -> Record:
        return self.after

    @property
    def rank(self) -> tuple[int, str]:
        return (-1, self.key.id)


@dataclass(frozen=True, slots=True)
class Remove:
    """The mildest step that policy allows: an enrollment is deactivated or concluded, a course concluded. Nothing is ever deleted.

    `covers` counts the active enrollments of ours that end with a concluded course.
    """

    before: Record
    covers: int = 1
    verb: ClassVar[str] = "remove"

    @property
    def key(self) -> Key:
        return self.before.key

    @property
    def subject(self) -> Record:
        return self.before

    @property
    def rank(self) -> tuple[int, str]:
        return (len(Kind) - self.key.kind.rank + len(Kind), self.key.id)


Change = Create | Update | Adopt | Remove


def fingerprint(change: Change) -> str:
    """Names one change by its content: 16 hex digits. Handles play no part."""
    return _sha(describe(change))[:16]


def wanted(change: Change) -> str:
    """Names what a change wants, whatever was there before: 16 hex digits. A row that changes wants something else."""
    return _sha("ended" if isinstance(change, Remove) else dict(change.after.fields))[:16]


def describe(change: Change) -> Mapping[str, object]:
    """A change as plain JSON values: verb, key, before and after fields."""
    after = None if isinstance(change, Remove) else dict(change.after.fields)
    before = dict(change.before.fields) if change.before else None
    return {"verb": change.verb, "key": str(change.key), "before": before, "after": after}


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
    """Ordered changes, what is left alone, and for what roster, scope and Canvas the plan was made."""

    changes: tuple[Change, ...]
    roster_version: int
    scope: str
    base_url: str
    drift: tuple[Drift, ...] = ()
    by_hand: tuple[Record, ...] = ()  # enrollments in our courses that the ledger does not know
    settled: tuple[Record, ...] = ()  # differs from the ledger, agrees with the roster: the ledger takes note
    aside: tuple[Aside, ...] = ()

    @property
    def digest(self) -> str:
        """Names this plan by content, Canvas, scope and roster version: 12 hex digits in groups of four."""
        of = [self.base_url, self.scope, self.roster_version, [describe(change) for change in self.changes]]
        sha = _sha(of)
        return "-".join((sha[:4], sha[4:8], sha[8:12]))

    def count(self, verb: str) -> int:
        """How many changes of this verb."""
        return sum(change.verb == verb for change in self.changes)

    @property
    def counts(self) -> dict[str, int]:
        """create, update (adoptions among them) and remove."""
        return {"create": self.count("create"), "update": self.count("update") + self.count("adopt"), "remove": self.count("remove")}


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

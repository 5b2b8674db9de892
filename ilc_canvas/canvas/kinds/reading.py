"""One whole reading of the scope, as the kinds of thing go through it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from ilc_canvas.canvas.http.failures import NotFoundError
from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.records import Row, called
from ilc_canvas.canvas.scope import Scope
from ilc_canvas.reconcile.errors import MissingRightError
from ilc_canvas.reconcile.kinds import HIDDEN, Kind
from ilc_canvas.reconcile.state import Key, Record, course_of
from ilc_canvas.threads import calls

In = TypeVar("In")
Out = TypeVar("Out")


@dataclass
class Reading:
    """Reads several things at once. `ours` are the numbers of what must be there, `owners` says whose account a number is, `found` is what
    has been read so far.
    """

    transport: Transport
    scope: Scope
    in_flight: int
    ours: Mapping[Key, int]
    owners: Mapping[int, Key]
    found: list[Record] = field(default_factory=list)
    marked: frozenset[Kind] = frozenset()  # the kinds without SIS ids that are asked for: others are not read
    unknown: frozenset[Key] = frozenset()  # what must be there and has no number yet
    titles: Mapping[Key, str] = field(default_factory=dict)  # of what has no body that could hold a marker
    rows: dict[Key, list[Row]] = field(default_factory=dict)  # by course: modules with their items, which two kinds are read from

    def get(self, key: Key) -> Record | None:
        """What has been read of this."""
        return next((record for record in self.found if record.key == key), None)

    def of_kind(self, kind: Kind) -> list[Record]:
        """What has been read of a kind."""
        return [record for record in self.found if record.key.kind == kind]

    @property
    def account(self) -> Record | None:
        """Our account, if there is one in which anything can stand."""
        account = self.get(self.scope.account)
        return account if account and "state" not in account.fields else None

    @cached_property
    def homes(self) -> dict[int, Key]:
        """Our courses, by number: ask for it once all courses have been listed, since it is worked out only once."""
        return {course.handle: course.key for course in self.of_kind(Kind.COURSE) if course.handle}

    def each(self, read: Callable[[In], Out], things: Iterable[In]) -> list[Out]:
        """What is read of each of these, several at once."""
        with calls(self.in_flight) as pool:
            return list(pool.map(read, things))

    def singly(self, path: str, number: int | str, **query: Any) -> tuple[Row | None, str]:
        """What is ours and in no list: its row, or why there is none (deleted, or hidden from this token)."""
        try:
            return self.transport.call("GET", f"{path}/{number}", **query).row, ""
        except NotFoundError:
            return None, "deleted"
        except MissingRightError:
            return None, HIDDEN

    def numbered(self, kind: Kind) -> dict[int, Key]:
        """What of a kind is ours, by number."""
        return {number: key for key, number in self.ours.items() if key.kind == kind}

    def named(self, kind: Kind, records: Iterable[Record]) -> list[Record]:
        """These under the keys of our things: by SIS id or, where nothing is called so any more, by number."""
        every = list(records)
        taken = {record.key for record in every}
        lost = {number: key for number, key in self.numbered(kind).items() if key not in taken}
        return [
            called(record, record.key.id, lost[record.handle]) if record.handle in lost and record.key not in self.ours else record
            for record in every
        ]

    @cached_property
    def _wanted(self) -> frozenset[tuple[str, Key | None]]:
        return frozenset((key.kind, course_of(key)) for key in (*self.ours, *self.unknown))

    def wants(self, kind: Kind, course: Record) -> bool:
        """Whether anything of a kind without SIS ids is asked for in this course."""
        return kind in self.marked and (kind, course.key) in self._wanted

    def numbered_in(self, kind: Kind, course: Record) -> dict[int, Key]:
        """What of a kind is ours in this course, by number."""
        return {number: key for number, key in self.numbered(kind).items() if course_of(key) == course.key}

    def unknown_in(self, kind: Kind, course: Record) -> frozenset[Key]:
        """What of a kind must be in this course and has no number yet."""
        return frozenset(key for key in self.unknown if key.kind == kind and course_of(key) == course.key)

    def missing(self, kind: Kind, seen: Iterable[Record]) -> list[Key]:
        """What of a kind is ours, and not among these."""
        there = {record.key for record in seen}
        return sorted(key for key in self.numbered(kind).values() if key not in there)

    def is_another(self, name: str | None, key: Key) -> bool:
        """Whether people have given something the SIS id of another thing of ours."""
        return name is not None and name != key.id and Key(key.kind, name) in self.ours

"""Reading the scope: complete, or an exception; one course that could not be read is marked so, and the others are read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

import structlog

from ilc_canvas.canvas.failures import NotFoundError, SpentError
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.canvas.paths import sis
from ilc_canvas.canvas.records import (
    Numbers,
    Row,
    account_record,
    called,
    course_record,
    enrollment_record,
    legible,
    role_record,
    section_record,
    term_record,
)
from ilc_canvas.canvas.transport import Transport
from ilc_canvas.reconcile.errors import CanvasError, IncompleteError, MissingRightError, UnavailableError
from ilc_canvas.reconcile.state import HIDDEN, Key, Kind, Record, State, Value
from ilc_canvas.threads import calls

log = structlog.get_logger(__name__)
_STATES = ("active", "invited", "creation_pending", "inactive", "completed", "deleted", "rejected")
_COURSE_STATES = ("created", "claimed", "available", "completed", "deleted")
In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True, slots=True)
class Scope:
    """What we own: SIS ids that begin with the prefix (people), with prefix and school year (courses and below)."""

    prefix: str
    school_year: str
    root: int = 0  # the root account: terms and people live there
    parent: int = 0  # the account below which ours stands

    @property
    def account(self) -> Key:
        """Our sub-account."""
        return Key(Kind.ACCOUNT, self.prefix)

    @property
    def term(self) -> Key:
        """Our term."""
        return Key(Kind.TERM, f"{self.prefix}:{self.school_year}")

    @property
    def people(self) -> str:
        """How the SIS ids of our people begin."""
        return f"{self.prefix}:p:"


Ours = Mapping[Key, int | None]
"""What is ours by the ledger and must be there, and Canvas's number of each."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads several things at once. `ours` are the numbers of what must be there."""

    transport: Transport
    scope: Scope
    in_flight: int
    ours: Mapping[Key, int] = field(default_factory=dict)

    def state(self, owners: Mapping[int, Key], at: Callable[[], datetime]) -> State:
        """Account, term, roles, courses, sections, enrollments; `owners` says whose account a number is."""
        heads = [record for record in (self._account(), self._term()) if record]
        account = next((record for record in heads if record.key == self.scope.account), None)
        if account is None and not self.ours:
            return State.of(heads, at())
        courses = self._courses(account, heads)
        numbers = Numbers(owners, roles={number: key for key, number in self.ours.items() if key.kind is Kind.ROLE})
        homes = {course.handle: course.key for course in courses if course.handle}
        standing = [course for course in courses if course.fields["state"] not in ("deleted", HIDDEN)]
        inside = whole([*self._each(lambda course: tried(course, lambda: self._inside(course, numbers, homes)), standing)])
        elsewhere = self._elsewhere(inside, numbers, homes)
        return State.of([*heads, *self._roles(account, inside), *courses, *inside, *elsewhere], at())

    def _each(self, read: Callable[[In], Out], things: Iterable[In]) -> list[Out]:
        with calls(self.in_flight) as pool:
            return list(pool.map(read, things))

    def _singly(self, path: str, number: int, **query: Any) -> tuple[Row | None, str]:
        """What is ours and in no list: its row, or why there is none (deleted, or hidden from this token)."""
        try:
            return self.transport.call("GET", f"{path}/{number}", **query).json, ""
        except NotFoundError:
            return None, "deleted"
        except MissingRightError:
            return None, HIDDEN

    def _account(self) -> Record | None:
        """Where nothing has our SIS id any more, ours goes by its number; a deleted one is found by neither (live.md 3)."""
        key = self.scope.account
        try:
            return account_record(self.transport.call("GET", f"accounts/{sis(key)}").json, key)
        except NotFoundError:
            number = self.ours.get(key)
        if number is None:
            return None
        row, why = self._singly("accounts", number)
        if row is None or row["workflow_state"] == "deleted":
            return Record(key, {"state": why or "deleted"}, handle=number)
        return called(account_record(row, key), row.get("sis_account_id"))

    def _term(self) -> Record | None:
        """A deleted term is still found by its SIS id (live.md 3)."""
        key, terms = self.scope.term, f"accounts/{self.scope.root}/terms"
        try:
            row: Row | None = self.transport.call("GET", f"{terms}/{sis(key)}").json
        except NotFoundError:
            number = self.ours.get(key)
            row = self._singly(terms, number)[0] if number else None
        if row is None:
            return None
        record = called(term_record(row, key), row.get("sis_term_id", key.id))
        gone = {"state": "deleted"} if row["workflow_state"] != "active" else {}
        return replace(record, fields={**record.fields, **gone})

    def _roles(self, account: Record | None, inside: Iterable[Record]) -> list[Record]:
        """Custom roles of our account; where the token may not list them, those that enrollments show to be in use."""
        if account is None or "state" in account.fields:
            return []
        path = f"accounts/{account.handle}/roles"
        try:
            rows = [row for row in whole_list(self.transport, path) if row["workflow_state"] == "active"]
        except MissingRightError:
            return roles_in_use(account.key, inside)
        ours = {number: key for key, number in self.ours.items() if key.kind is Kind.ROLE}
        known = {ours[row["id"]]: called(role_record(row, account.key), row["role"], ours[row["id"]]) for row in rows if row["id"] in ours}
        others = [role_record(row, account.key) for row in rows if row["id"] not in ours]
        labels = {record.key: record for record in others}
        known = {key: _beside(record, labels) for key, record in known.items()}
        off = [self._role_off(key, path, number) for number, key in ours.items() if key not in {**known, **labels}]
        return [*{**labels, **known}.values(), *(record for record in off if record)]

    def _role_off(self, key: Key, path: str, number: int) -> Record | None:
        """A role of ours that is not listed: switched off (live-server 3)."""
        row, _ = self._singly(path, number)
        return Record(key, {"base": row["base_role_type"], "state": row["workflow_state"]}, (self.scope.account,), number) if row else None

    def _courses(self, account: Record | None, heads: Iterable[Record]) -> list[Record]:
        """Courses of the sub-account that are ours by SIS id or number, deleted ones too: their ids stay taken (contract-core 6.4)."""
        terms = {record.handle: record.key for record in heads if record.key.kind is Kind.TERM and record.handle}
        rows: list[Row] = []
        if account is not None and "state" not in account.fields:
            rows = whole_list(self.transport, f"accounts/{account.handle}/courses", state=list(_COURSE_STATES))
        named = self._named(Kind.COURSE, [course_record(row, self.scope.account, terms) for row in rows])
        listed = [record for record in named if record.key.id.startswith(f"{self.scope.term.id}:")]
        missing = self._missing(Kind.COURSE, listed)
        found = self._each(lambda key: self._course(key, terms), missing)
        return [*listed, *(record for record in found if record)]

    def _course(self, key: Key, terms: Mapping[int, Key]) -> Record | None:
        """A course of ours that is not in our account any more."""
        row, why = self._singly("courses", self.ours[key], include=["all_courses"])
        if row is None:
            return Record(key, {"state": HIDDEN}, (self.scope.account,), self.ours[key]) if why == HIDDEN else None
        if self._is_another(Kind.COURSE, row.get("sis_course_id"), key):
            return None
        record = called(course_record(row, self.scope.account, terms), row.get("sis_course_id"), key)
        return replace(record, fields={**record.fields, "account": str(row["account_id"])})

    def _named(self, kind: Kind, records: Iterable[Record]) -> list[Record]:
        """These under the keys of our things: by SIS id or, where nothing is called so any more, by number."""
        every = list(records)
        taken = {record.key for record in every}
        lost = {number: key for key, number in self.ours.items() if key.kind is kind and key not in taken}
        return [
            called(record, record.key.id, lost[record.handle]) if record.handle in lost and record.key not in self.ours else record
            for record in every
        ]

    def _missing(self, kind: Kind, seen: Iterable[Record]) -> list[Key]:
        there = {record.key for record in seen}
        return sorted(key for key in self.ours if key.kind is kind and key not in there)

    def _inside(self, course: Record, numbers: Numbers, homes: Mapping[int, Key]) -> list[Record]:
        """Sections, and enrollments in every state: without `state` the answer depends on the caller's rights (contract-core 8.5)."""
        rows = whole_list(self.transport, f"courses/{course.handle}/sections")
        sections = self._named(Kind.SECTION, [_section(row, course.key, homes) for row in rows])
        return [*sections, *self._people(f"courses/{course.handle}", course.key, sections, numbers=numbers)]

    def _people(self, place: str, course: Key, sections: Iterable[Record], *, numbers: Numbers) -> list[Record]:
        rows = whole_list(self.transport, f"{place}/enrollments", state=list(_STATES))
        known = replace(numbers, sections={section.handle: section for section in sections if section.handle})
        return [enrollment_record(row, course, known) for row in rows if row["type"] != "StudentViewEnrollment"]

    def _elsewhere(self, inside: Iterable[Record], numbers: Numbers, homes: Mapping[int, Key]) -> list[Record]:
        """Sections of ours that stand in none of our courses, with the people in them: cross-listed, or deleted. Of a course that could
        not be read nothing is known to be missing.
        """
        seen = {record.key: record for record in inside}
        lost = [key for key in sorted(self.ours) if key.kind is Kind.SECTION and key not in seen and _home(key) not in seen]
        return [record for found in self._each(lambda key: self._section(key, numbers, homes), lost) for record in found]

    def _section(self, key: Key, numbers: Numbers, homes: Mapping[int, Key]) -> list[Record]:
        home, number = _home(key), self.ours[key]
        row, why = self._singly("sections", number)
        if row is None:
            return [Record(key, {"state": why}, (home,), number)]
        if self._is_another(Kind.SECTION, row.get("sis_section_id"), key):
            return []
        section = replace(called(section_record(row, home), row.get("sis_section_id"), key), parents=(home,))
        if homes.get(row["course_id"]) == home:  # the list lags
            return [section]
        section = replace(section, fields={**section.fields, "stands_in": row["course_id"], **self._there(row["course_id"])})
        return [section, *self._people(f"sections/{number}", home, [section], numbers=numbers)]

    def _is_another(self, kind: Kind, name: str | None, key: Key) -> bool:
        """Whether people have given it the SIS id of another thing of ours."""
        return name is not None and name != key.id and Key(kind, name) in self.ours

    def _there(self, course: int) -> dict[str, Value]:
        """Whether the other course is over: then it takes nobody."""
        row, why = self._singly("courses", course)
        state = row["workflow_state"] if row else why
        return {} if state in ("available", "unpublished") else {"state": state}


def _home(section: Key) -> Key:
    """The course in which a section of ours was made: its SIS id begins with that of the course."""
    return Key(Kind.COURSE, section.id.rpartition(":")[0])


def _beside(role: Record, others: Mapping[Key, Record]) -> Record:
    """Our role, and whether another one has its label by now."""
    return replace(role, fields={**role.fields, "namesake": True}) if role.key in others else role


def _section(row: Row, course: Key, homes: Mapping[int, Key]) -> Record:
    """A section belongs to the course that it was made in, if that is ours, wherever people have cross-listed it."""
    home = homes.get(row.get("nonxlist_course_id") or 0)
    record = section_record(row, home or course)
    return replace(record, fields={**record.fields, "stands_in": row["course_id"]}) if home else record


Tried = tuple[list[Record], CanvasError | None]


def tried(course: Record, read: Callable[[], list[Record]]) -> Tried:
    """What is in a course; or the course, marked as unread, and why: it alone may be closed to this token, or broken."""
    try:
        with legible():
            return read(), None
    except SpentError:
        raise
    except (MissingRightError, NotFoundError, UnavailableError, IncompleteError) as error:
        code = "unread-failed" if isinstance(error, UnavailableError | IncompleteError) else "unread-right"
        log.warning("canvas.course_unread", key=str(course.key), reason=str(error))
        return [replace(course, fields={**course.fields, "unread": code})], error


def whole(found: Sequence[Tried]) -> list[Record]:
    """All that was read; the error if no course could be."""
    errors = [error for _, error in found if error]
    if errors and len(errors) == len(found):
        raise errors[0]
    return [record for rows, _ in found for record in rows]


def roles_in_use(account: Key, inside: Iterable[Record]) -> list[Record]:
    """Custom roles by the enrollments that have them; their numbers are not known."""
    found: dict[str, Record] = {}
    for row in inside:
        label, base = row.key.id.rsplit("|", 1)[-1], row.fields.get("base")
        if row.key.kind is Kind.ENROLLMENT and label != base:
            found[label] = Record(Key(Kind.ROLE, label), {"base": base}, (account,))
    return list(found.values())

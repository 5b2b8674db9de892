"""Reading the scope: complete, or an exception; one course that could not be read is marked so, and the others are read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import structlog

from ilc_canvas.canvas.failures import NotFoundError, SpentError
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.canvas.paths import sis
from ilc_canvas.canvas.records import (
    account_record,
    course_record,
    enrollment_record,
    legible,
    role_record,
    section_record,
    term_record,
)
from ilc_canvas.canvas.transport import Transport
from ilc_canvas.reconcile.errors import CanvasError, IncompleteError, MissingRightError, UnavailableError
from ilc_canvas.reconcile.state import Key, Kind, Record, State
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


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads several things at once."""

    transport: Transport
    scope: Scope
    in_flight: int

    def state(self, owners: Mapping[int, Key], at: Callable[[], datetime]) -> State:
        """Account, term, roles, courses, sections, enrollments; `owners` says whose account a number is."""
        heads = [record for record in (self._account(), self._term()) if record]
        account = next((record for record in heads if record.key == self.scope.account), None)
        if account is None:
            return State.of(heads, at())
        courses = self._courses(account, heads)
        standing = [course for course in courses if course.fields["state"] != "deleted"]
        inside = whole([*self._each(lambda course: tried(course, lambda: self._inside(course, owners)), standing)])
        return State.of([*heads, *self._roles(account, inside), *courses, *inside], at())

    def _each(self, read: Callable[[In], Out], things: Iterable[In]) -> list[Out]:
        with calls(self.in_flight) as pool:
            return list(pool.map(read, things))

    def _account(self) -> Record | None:
        try:
            row = self.transport.call("GET", f"accounts/{sis(self.scope.account)}").json
        except NotFoundError:
            return None
        return account_record(row, self.scope.account)

    def _term(self) -> Record | None:
        """A deleted term is still found by its SIS id (live.md 3)."""
        try:
            row = self.transport.call("GET", f"accounts/{self.scope.root}/terms/{sis(self.scope.term)}").json
        except NotFoundError:
            return None
        return term_record(row, self.scope.term) if row["workflow_state"] == "active" else None

    def _roles(self, account: Record, inside: Iterable[Record]) -> list[Record]:
        """Custom roles of our account; where the token may not list them, those that enrollments show to be in use."""
        try:
            rows = whole_list(self.transport, f"accounts/{account.handle}/roles")
        except MissingRightError:
            return roles_in_use(account.key, inside)
        return [role_record(row, account.key) for row in rows if row["workflow_state"] == "active"]

    def _courses(self, account: Record, heads: Iterable[Record]) -> list[Record]:
        """Courses of the sub-account whose SIS id is ours, deleted ones too: their ids stay taken (contract-core 6.4)."""
        terms = {record.handle: record.key for record in heads if record.key.kind is Kind.TERM and record.handle}
        rows = whole_list(self.transport, f"accounts/{account.handle}/courses", state=list(_COURSE_STATES))
        ours = [row for row in rows if str(row.get("sis_course_id") or "").startswith(f"{self.scope.term.id}:")]
        return [course_record(row, account.key, terms) for row in ours]

    def _inside(self, course: Record, owners: Mapping[int, Key]) -> list[Record]:
        """Sections, and enrollments in every state: without `state` the answer depends on the caller's rights (contract-core 8.5)."""
        sections = whole_list(self.transport, f"courses/{course.handle}/sections")
        rows = whole_list(self.transport, f"courses/{course.handle}/enrollments", state=list(_STATES))
        people = [row for row in rows if row["type"] != "StudentViewEnrollment"]
        return [*(section_record(row, course.key) for row in sections), *(enrollment_record(row, course.key, owners) for row in people)]


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

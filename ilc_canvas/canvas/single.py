"""One object, read singly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ilc_canvas.canvas import channels, people
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.canvas.observe import Scope
from ilc_canvas.canvas.reach import Reach
from ilc_canvas.canvas.records import (
    Numbers,
    Row,
    account_record,
    called,
    course_record,
    enrollment_record,
    role_record,
    section_record,
    term_record,
)
from ilc_canvas.canvas.transport import Transport
from ilc_canvas.reconcile.state import Key, Kind, Record

LIVE = ("active", "invited", "creation_pending")
OVER = ("inactive", "completed", "deleted")
_TABLES = {Kind.ACCOUNT: "accounts", Kind.TERM: "terms", Kind.COURSE: "courses", Kind.SECTION: "sections"}


@dataclass(frozen=True)
class Single:
    """Reads one object at a time: what it is called, and where it stands, as the last whole reading has shown."""

    transport: Transport
    scope: Scope
    handles: Mapping[Key, int]
    reach: Reach

    def read(self, subject: Record) -> Record | None:
        """One object by its SIS id; a role and an enrollment, which have none, from a short list."""
        key = subject.key
        if key.kind is Kind.CHANNEL:
            return channels.read(self.transport, subject)
        if key.kind is Kind.USER:
            return people.read(self.transport, subject)
        if key.kind in (Kind.ROLE, Kind.ENROLLMENT):
            return self._from_list(subject)
        root = f"accounts/{self.scope.root}/" if key.kind is Kind.TERM else ""
        row = self.transport.call("GET", f"{root}{_TABLES[key.kind]}/{self.reach.path(key)}").json
        return self._record(row, subject)

    def _record(self, row: Row, subject: Record) -> Record:
        key = subject.key
        if key.kind is Kind.ACCOUNT:
            return account_record(row, key)
        if key.kind is Kind.TERM:
            return term_record(row, key)
        if key.kind is Kind.COURSE:
            term = self.handles.get(self.scope.term, 0)
            return course_record(row, self.scope.account, {term: self.scope.term})
        return section_record(row, subject.parents[0])

    def _from_list(self, subject: Record) -> Record | None:
        found = self._roles() if subject.key.kind is Kind.ROLE else self._places(subject)
        return next((record for record in found if record.key == subject.key), None)

    def _roles(self) -> list[Record]:
        rows = whole_list(self.transport, f"accounts/{self.reach.path(self.scope.account)}/roles")
        ours, account = self.roles(), self.scope.account
        active = [row for row in rows if row["workflow_state"] == "active"]
        return [called(role_record(row, account), row["role"], ours.get(row["id"])) for row in active]

    def _places(self, subject: Record) -> list[Record]:
        """What the person of an enrollment has in the course in which its section stands."""
        course, section, user, *_ = subject.parents
        owners = {self.handles[user]: user} if user in self.handles else {}
        who: dict[str, Any] = {"user_id": next(iter(owners))} if owners else {"sis_user_id": [user.id]}
        rows = whole_list(self.transport, f"courses/{self.reach.course(course, section)}/enrollments", **who, state=[*LIVE, *OVER])
        numbers = Numbers(owners, self.sections(), self.roles())
        return [enrollment_record(row, course, numbers) for row in rows]

    def sections(self) -> dict[int, Record]:
        """Our sections by number, each in the course that it was made in."""
        ours = {number: key for key, number in self.handles.items() if key.kind is Kind.SECTION}
        return {number: Record(key, {}, (Key(Kind.COURSE, key.id.rpartition(":")[0]),), number) for number, key in ours.items()}

    def roles(self) -> dict[int, Key]:
        """Our custom roles by number."""
        return {number: key for key, number in self.handles.items() if key.kind is Kind.ROLE}

"""Canvas as a run sees it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from operator import or_
from typing import Any

from ilc_canvas.canvas.failures import NotFoundError, TakenError
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.canvas.observe import Reader, Scope
from ilc_canvas.canvas.paths import sis
from ilc_canvas.canvas.people import keeps_address
from ilc_canvas.canvas.records import (
    Row,
    account_record,
    course_record,
    enrollment_record,
    legible,
    role_record,
    section_record,
    term_record,
    user_record,
    written,
)
from ilc_canvas.canvas.tenant import read_tenant, refuse_importing
from ilc_canvas.canvas.throttle import Throttle
from ilc_canvas.canvas.transport import Timing, Transport
from ilc_canvas.canvas.writing import Writer
from ilc_canvas.reconcile.change import Adopt, Change, Create, Outcome, Remove, Update
from ilc_canvas.reconcile.errors import CanvasError, InDoubtError, MissingRightError, RefusedError, TokenError
from ilc_canvas.reconcile.plan import same
from ilc_canvas.reconcile.run import Tenant, Traffic
from ilc_canvas.reconcile.state import Fields, Key, Kind, Ledger, Record, State

_LIVE = ("active", "invited", "creation_pending")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's account in Canvas, as far as this token may see it."""

    handle: int
    name: str
    login: str | None
    email: str | None
    sis_id: str | None


class CanvasClient:
    """One Canvas, for one run: observe, apply, look. Implements `sync.ports.Canvas`."""

    def __init__(
        self,
        *,
        base_url: str,
        token: str | Callable[[], str],
        account: str = "self",
        prefix: str = "ilc",
        school_year: str,
        in_flight: int = 6,
        ending: str = "deactivate",
        timing: Timing | None = None,
        throttle: Throttle | None = None,
    ) -> None:
        source = token if callable(token) else lambda: token
        self._transport = Transport(base_url, source, in_flight=in_flight, timing=timing or Timing(), throttle=throttle)
        self._account, self._in_flight = account, in_flight
        self._scope = Scope(prefix, school_year)
        self._writer = Writer(self._transport, self._scope, ending)

    @property
    def traffic(self) -> Traffic:
        """Requests so far."""
        return self._transport.traffic

    def canvas_time(self) -> datetime:
        """Our clock plus the offset seen in the last Date header."""
        return datetime.now(UTC) + timedelta(seconds=self._transport.offset)

    def tenant(self) -> Tenant:
        """Account, rights and clock: four requests. From here on the numbers of the root account are known.

        UnavailableError while a SIS import runs.
        """
        tenant = read_tenant(self._transport, self._account, self.canvas_time)
        refuse_importing(tenant)
        self._scope = replace(self._scope, root=tenant.root_account_id, parent=tenant.account_id)
        self._writer.scope = self._scope
        return tenant

    def observe(self, known: Ledger) -> State:
        """Everything in scope, complete, or an exception."""
        with legible():
            state = Reader(self._transport, self._scope, self._in_flight).state(known, self.canvas_time)
        self._writer.handles.update({record.key: record.handle for record in state if record.handle})
        return state

    def apply(self, change: Change) -> Outcome:
        """Carry out one change. Raises TokenError and MissingRightError, where the run must stop, and nothing else."""
        if isinstance(change, Adopt):
            return Outcome("applied", after=change.after.fields, handle=change.before.handle, attempts=0, at=self.canvas_time())
        asked = self.canvas_time()
        try:
            if isinstance(change, Remove) and (over := self._over_already(change)):
                return over
            answer = self._writer.write(change)
        except (TokenError, MissingRightError):
            raise
        except CanvasError as error:
            return self._failed(change, error)
        noop = change.key.kind is Kind.ENROLLMENT and isinstance(change, Create) and _unchanged(answer.json, asked)
        return Outcome(
            "noop" if noop else "applied",
            after=account_record(answer.json, change.key).fields if change.key.kind is Kind.ACCOUNT else None,
            handle=answer.json.get("id") if isinstance(answer.json, dict) else None,
            attempts=answer.attempts,
            status=answer.status,
            request_id=answer.request_id,
            at=self.canvas_time(),
        )

    def _over_already(self, change: Remove) -> Outcome | None:
        """Just before something is ended it is read once more: what is over already, or another one by now, needs no call."""
        seen = self._single(change)
        gone = _ended(change, seen) == "applied" or (seen and change.before.handle not in (None, seen.handle))
        return Outcome("noop", reason="gone already", how="observed", at=self.canvas_time()) if gone else None

    def _failed(self, change: Change, error: CanvasError) -> Outcome:
        """A refused create may be there already: it is read by its SIS id before anything is concluded (live.md rule 3)."""
        now = self.canvas_time()
        if isinstance(error, InDoubtError):
            return Outcome("in_doubt", reason=str(error), at=now)
        if isinstance(change, Remove) and isinstance(error, NotFoundError):
            return Outcome("noop", reason="gone already", at=now)
        if isinstance(error, TakenError):
            return self._taken(change, error)
        return Outcome("refused" if isinstance(error, RefusedError) else "unavailable", reason=str(error), at=now)

    def _taken(self, change: Change, error: TakenError) -> Outcome:
        if isinstance(change, Create):
            try:
                there = self.look(change)
            except (TokenError, MissingRightError):
                raise
            except CanvasError as unread:
                return Outcome("unavailable", reason=str(unread), at=self.canvas_time())
            if there.done:
                return replace(there, result="noop")
        reason = "login-taken" if "unique_id" in error.keys else str(error)
        return Outcome("refused", reason=reason, at=self.canvas_time())

    def look(self, change: Change, since: datetime | None = None) -> Outcome:
        """Read the one object of a change: applied (as wanted), noop (so too, but Canvas wrote it before `since`), not_applied (as
        before, or not there), refused (neither).
        """
        seen = self._single(change)
        if seen and seen.handle:
            self._writer.handles[change.key] = seen.handle
        verdict = "not_applied" if seen and self._half_done(change, seen) else _verdict(change, seen)
        if verdict == "applied" and isinstance(change, Create) and seen and since and _older(seen.written, since - _CLOCKS):
            verdict = "noop"
        reason = "neither as before nor as wanted" if verdict == "refused" else ""
        half = seen is not None and verdict == "not_applied" and self._half_done(change, seen)
        after = seen.fields if seen and (half or change.key.kind is Kind.ACCOUNT) else None
        return Outcome(verdict, after, seen.handle if seen else None, reason=reason, how="observed", at=self.canvas_time())

    def accounts(self, words: Iterable[str]) -> list[Account]:
        """Canvas's accounts that fit any of these words (a login, an address, a name), each once: to be shown to somebody who decides."""
        rows = (row for word in words for row in whole_list(self._transport, f"accounts/{self._scope.root}/users", **_search(word)))
        with legible():
            found = [Account(row["id"], row["name"], row.get("login_id"), row.get("email"), row.get("sis_user_id")) for row in rows]
        return list({account.handle: account for account in found}.values())

    def enrollments_of(self, user: Key) -> list[Record] | None:
        """All that this person has in courses of this scope, in whatever state; one request. None where Canvas has no such account."""
        states = [*_LIVE, "rejected", "inactive", "completed", "deleted"]
        try:
            rows = whole_list(self._transport, f"users/{sis(user)}/enrollments", state=states)
        except NotFoundError:
            return None
        with legible():
            ours = [(row, str(row.get("sis_course_id") or "")) for row in rows]
            found = [(row, Key(Kind.COURSE, course)) for row, course in ours if course.startswith(f"{self._scope.term.id}:")]
            return [enrollment_record({**row, "sis_user_id": user.id}, course) for row, course in found]

    def _half_done(self, change: Change, seen: Record) -> bool:
        """A person of whose changes some are done and others not, or who has the new address, and the old one besides."""
        if not isinstance(change, Update) or change.key.kind is not Kind.USER:
            return False
        now = {name: seen.fields[name] for name in change.fields if name in seen.fields}
        done = [same(name, value, change.fields[name]) for name, value in now.items()]
        before = [same(name, value, change.before.fields.get(name)) for name, value in now.items()]
        if all(done):
            return "email" in now and keeps_address(self._transport, change)
        return any(done) and all(map(or_, done, before))

    def _single(self, change: Change) -> Record | None:
        subject = change.subject
        try:
            with legible():
                return self._read(subject)
        except NotFoundError:
            return None

    def _read(self, subject: Record) -> Record | None:
        """One object by its SIS id; a role and an enrollment, which have none, from a short list."""
        key, call = subject.key, self._transport.call
        if key.kind in (Kind.ROLE, Kind.ENROLLMENT):
            return self._from_list(subject)
        root = f"accounts/{self._scope.root}/" if key.kind is Kind.TERM else ""
        row = call("GET", f"{root}{_TABLES[key.kind]}/{sis(key)}").json
        return replace(self._record(row, subject), written=written(row))

    def _record(self, row: Row, subject: Record) -> Record:
        key = subject.key
        if key.kind is Kind.ACCOUNT:
            return account_record(row, key)
        if key.kind is Kind.TERM:
            return term_record(row, key)
        if key.kind is Kind.USER:
            return user_record({**row, "sis_user_id": key.id})
        if key.kind is Kind.COURSE:
            term = self._writer.handles.get(self._scope.term, 0)
            return course_record(row, self._scope.account, {term: self._scope.term})
        return section_record(row, subject.parents[0])

    def _from_list(self, subject: Record) -> Record | None:
        found: list[tuple[Record, Row]]
        if subject.key.kind is Kind.ROLE:
            rows = whole_list(self._transport, f"accounts/{sis(self._scope.account)}/roles")
            found = [(role_record(row, self._scope.account), row) for row in rows if row["workflow_state"] == "active"]
        else:
            course, _, user, *_ = subject.parents
            query: dict[str, Any] = {"sis_user_id": [user.id], "state": [*_LIVE, "inactive", "completed", "deleted"]}
            rows = whole_list(self._transport, f"courses/{sis(course)}/enrollments", **query)
            found = [(enrollment_record(row, course), row) for row in rows]
        return next((replace(record, written=written(row)) for record, row in found if record.key == subject.key), None)


_TABLES = {Kind.ACCOUNT: "accounts", Kind.TERM: "terms", Kind.USER: "users", Kind.COURSE: "courses", Kind.SECTION: "sections"}
_CLOCKS = timedelta(seconds=5)
"""By how much Canvas's clock, in whole seconds, and what we believe of it may differ."""


def _search(word: str) -> dict[str, Any]:
    return {"search_term": word, "include": ["email"]}


def _unchanged(row: Any, asked: datetime) -> bool:
    """An upsert whose row was last written before we asked changed nothing (whole seconds, so two of grace)."""
    return isinstance(row, dict) and _older(written(row), asked - timedelta(seconds=2))


def _older(moment: datetime | None, than: datetime) -> bool:
    return moment is not None and moment < than


def _verdict(change: Change, seen: Record | None) -> str:
    if isinstance(change, Remove):
        return _ended(change, seen)
    if seen is None or (change.key.kind is Kind.ENROLLMENT and seen.fields["state"] not in _LIVE):
        return "not_applied"
    wanted = change.fields if isinstance(change, Update) else _made(change.after)
    if all(same(name, value, seen.fields.get(name)) for name, value in wanted.items() if name in seen.fields):
        return "applied"
    as_before = change.before is not None and all(same(name, change.before.fields.get(name), seen.fields.get(name)) for name in wanted)
    return "not_applied" if as_before else "refused"


def _made(after: Record) -> Fields:
    """What a create sets in its one call: Canvas ignores the time zone of a new account, which is set afterwards."""
    return {name: value for name, value in after.fields.items() if after.key.kind is not Kind.ACCOUNT or name != "time_zone"}


def _ended(change: Remove, seen: Record | None) -> str:
    """An enrollment that is live no more, or a course that is completed, was ended."""
    if seen is None:
        return "applied"
    live = _LIVE if change.key.kind is Kind.ENROLLMENT else ("unpublished", "available")
    return "not_applied" if seen.fields["state"] in live else "applied"

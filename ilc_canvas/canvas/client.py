"""Canvas as a run sees it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from ilc_canvas.canvas.answers import Answer
from ilc_canvas.canvas.echo import DroppedError
from ilc_canvas.canvas.failures import NotFoundError, TakenError
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.canvas.lookup import Finder, Where, login_holder
from ilc_canvas.canvas.observe import Ours, Reader, Scope
from ilc_canvas.canvas.paths import number_in
from ilc_canvas.canvas.reach import Reach
from ilc_canvas.canvas.records import Numbers, account_record, enrollment_record, legible, user_record
from ilc_canvas.canvas.single import LIVE, OVER, Single
from ilc_canvas.canvas.tenant import read_tenant, refuse_importing
from ilc_canvas.canvas.throttle import Throttle
from ilc_canvas.canvas.transport import Timing, Transport
from ilc_canvas.canvas.writing import Writer
from ilc_canvas.reconcile.accounts import Account, Found, Sought
from ilc_canvas.reconcile.change import Adopt, Change, Create, Outcome, Remove, Update
from ilc_canvas.reconcile.comparing import same
from ilc_canvas.reconcile.errors import CanvasError, InDoubtError, MissingRightError, RefusedError, TokenError
from ilc_canvas.reconcile.run import Tenant, Traffic
from ilc_canvas.reconcile.state import Fields, Key, Kind, Record, State

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """An account, as far as this token may see it, for somebody who decides: with what the look-ups do not need."""

    account: Account
    last_login: str | None  # ISO 8601; None if it has never been used, or Canvas does not say
    courses: tuple[str, ...]  # SIS ids of our courses that it is active in
    administrator: bool | None = None  # None: the token may not list administrators


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
        self._token_user, self._manages_people = 0, False

    @property
    def traffic(self) -> Traffic:
        """Requests so far."""
        return self._transport.traffic

    def canvas_time(self) -> datetime:
        """Our clock plus the offset seen in the last Date header; our own clock if Canvas sends none. For the log only."""
        return datetime.now(UTC) + timedelta(seconds=self._transport.offset or 0.0)

    def tenant(self) -> Tenant:
        """Account, rights and clock: four requests. From here on the numbers of the root account are known.

        UnavailableError while a SIS import runs.
        """
        tenant = read_tenant(self._transport, self._account)
        refuse_importing(tenant)
        self._scope = replace(self._scope, root=tenant.root_account_id, parent=tenant.account_id)
        self._writer.scope = self._scope
        self._token_user, self._manages_people = int(tenant.token_user), tenant.rights.get("manage_users", False)
        return tenant

    def find_people(self, sought: Sequence[Sought], also: Collection[int] = ()) -> Found:
        """Accounts of these people: those whose number is known by that, all others by evidence; `also` are numbers to be read besides."""
        return self._finder().find(sought, also)

    def _finder(self) -> Finder:
        scope = self._scope
        where = Where(scope.root, scope.parent, scope.account, scope.people, self._token_user)
        return Finder(self._transport, where, self._in_flight)

    def observe(self, owners: Mapping[int, Key], ours: Ours | None = None) -> State:
        """Everything in scope but the people, complete, or an exception; `owners` says whose account a number is, `ours` which of our
        things there must be: what lists do not show of them is read singly.
        """
        known = self.know(ours or {})
        with legible():
            state = Reader(self._transport, self._scope, self._in_flight, known).state(owners, self.canvas_time)
        self._writer.reach = Reach()
        self._writer.reach.learn(state)
        seen = {record.key: record.handle for record in state if record.handle}
        others = {row.user: number for row in state.of_kind(Kind.ENROLLMENT) if row.user and (number := number_in(row.user))}
        self._writer.handles |= {**seen, **others, **{key: number for number, key in owners.items()}}
        return state

    def know(self, ours: Ours) -> dict[Key, int]:
        """Take the numbers of our things from the ledger, whatever they are called by now; those that have one."""
        known = {key: number for key, number in ours.items() if number}
        self._writer.handles |= known
        return known

    def apply(self, change: Change) -> Outcome:
        """Carry out one change. Raises TokenError and MissingRightError, where the run must stop, and nothing else."""
        if isinstance(change, Adopt) or is_local(change):
            self._writer.handles.update({change.key: change.subject.handle} if change.subject.handle else {})
            return Outcome("applied", handle=change.subject.handle, attempts=0, at=self.canvas_time())
        try:
            if done := self._done_already(change):
                return done
            answer = self._writer.write(change)
        except (TokenError, DroppedError):
            raise
        except MissingRightError as error:
            if not self._is_about_one_account(change):
                raise
            log.warning("canvas.account_protected", key=str(change.key), reason=str(error))
            return Outcome("refused", reason="account-protected", at=self.canvas_time())
        except CanvasError as error:
            return self._failed(change, error)
        return Outcome(
            "applied" if answer.attempts else "noop",
            after=self._left(change, answer),
            handle=_number_of(change, answer),
            attempts=answer.attempts,
            status=answer.status,
            request_id=answer.request_id,
            at=self.canvas_time(),
        )

    def _is_about_one_account(self, change: Change) -> bool:
        """Whether a refusal says nothing about others: the account is an administrator's, or was merged away (live-people 4)."""
        makes_account = change.key.kind is Kind.USER and isinstance(change, Create)
        return self._manages_people and change.key.kind in (Kind.USER, Kind.CHANNEL) and not makes_account

    def _left(self, change: Create | Update | Remove, answer: Answer) -> Fields | None:
        """The fields as Canvas has them afterwards, if they may be others than those that were sent."""
        if change.key.kind is Kind.ACCOUNT:
            return account_record(answer.json, change.key).fields
        if change.key.kind is Kind.SECTION and isinstance(change, Create) and change.before:  # it came back as it was called
            return {"name": answer.json["name"]}
        if change.key.kind is Kind.USER and isinstance(change, Create) and change.before:  # it came back with its former login
            with suppress(CanvasError):  # it is back all the same; with the fields of old, as far as they are known
                row = self._transport.call("GET", f"users/{answer.json['id']}").json
                return {**user_record(row, change.key).fields, "sis_id": change.after.fields.get("sis_id")}
        return None

    def _done_already(self, change: Create | Update | Remove) -> Outcome | None:
        """Just before something is ended it is read once more; just before an account is made its login is looked up once more.

        Its SIS id need not be: Canvas refuses one that is in use, or was, whoever has it (live-people 6). A login it takes twice, if the
        first one is tied to another way of signing in.
        """
        if isinstance(change, Remove) and change.key.kind is not Kind.CHANNEL:
            return self._over_already(change)
        if isinstance(change, Create) and change.key.kind is Kind.USER and change.before is None:
            holder = login_holder(self._transport, str(change.after.fields["login"]))
            return None if holder is None else self._taken(change, TakenError("", ("unique_id",)))
        return None

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
        codes = {"unique_id": "login-taken", "sis_user_id": "sis-id-taken", "sis_source_id": "sis-id-reserved"}
        reason = next((code for name, code in codes.items() if name in error.keys), str(error))
        return Outcome("refused", reason=reason, at=self.canvas_time())

    def look(self, change: Change) -> Outcome:
        """Read the one object of a change: applied (as wanted), not_applied (as before, or not there), refused (neither)."""
        if is_local(change):
            return Outcome("applied", handle=change.subject.handle, how="observed", at=self.canvas_time())
        seen = self._single(change)
        if seen and seen.handle and change.key.kind is not Kind.CHANNEL:
            self._writer.handles[change.key] = seen.handle
        verdict = _verdict(change, seen)
        reason = "neither as before nor as wanted" if verdict == "refused" else ""
        after = seen.fields if seen and change.key.kind is Kind.ACCOUNT else None
        return Outcome(verdict, after, seen.handle if seen else None, reason=reason, how="observed", at=self.canvas_time())

    def _reader(self) -> Single:
        return Single(self._transport, self._scope, self._writer.handles, self._writer.reach)

    def show_accounts(self, numbers: Collection[int]) -> dict[int, Shown]:
        """These accounts with all that somebody who decides would want to know; who cannot be read any more is left out."""
        finder = self._finder()
        found = finder.in_full(numbers)
        with legible():
            return {
                number: Shown(
                    account, row.get("last_login"), self._courses_of(number), None if found.admins is None else number in found.admins
                )
                for number, row in finder.rows.items()
                if (account := found.account(number))
            }

    def enrollments_of(self, user: Key, number: int) -> list[Record] | None:
        """All that this account has in courses of this scope, in whatever state; one request. None if Canvas has no such account."""
        try:
            rows = whole_list(self._transport, f"users/{number}/enrollments", state=[*LIVE, "rejected", *OVER])
        except RefusedError:
            return None
        known = Numbers({number: user}, self._reader().sections(), self._reader().roles())
        with legible():
            every = [(row, str(row.get("sis_course_id") or "")) for row in rows]
            mine = [
                each for each in every if each[1].startswith(f"{self._scope.term.id}:") or each[0]["course_section_id"] in known.sections
            ]
            return [enrollment_record(row, Key(Kind.COURSE, course), known) for row, course in mine]

    def _courses_of(self, number: int) -> tuple[str, ...]:
        rows = self.enrollments_of(Key(Kind.USER, ""), number) or []
        return tuple(sorted({row.course.id for row in rows if row.course and row.fields["state"] in LIVE}))

    def _single(self, change: Change) -> Record | None:
        subject = change.subject
        try:
            with legible():
                return self._reader().read(subject)
        except NotFoundError:
            return None
        except MissingRightError:
            if not self._is_about_one_account(change):
                raise
            return None


def is_local(change: Change) -> bool:
    """Whether only the ledger takes note of it: what is taken as it is, and an account of others that is let go."""
    return isinstance(change, Adopt) or (isinstance(change, Remove) and change.key.kind is Kind.USER)


def _number_of(change: Change, answer: Answer) -> int | None:
    """Canvas's number of the object itself: the answer to a step of a person's account may be about a login or a channel."""
    if change.key.kind in (Kind.USER, Kind.CHANNEL) and not (change.key.kind is Kind.USER and isinstance(change, Create)):
        return change.subject.handle
    return answer.json.get("id") if isinstance(answer.json, dict) else None


def _verdict(change: Change, seen: Record | None) -> str:
    if isinstance(change, Remove):
        return _ended(change, seen)
    if seen is None or (change.key.kind is Kind.ENROLLMENT and seen.fields["state"] not in LIVE):
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
    """An enrollment that is live no more, a course that is completed, or an address that is gone, was ended."""
    if seen is None or change.key.kind is Kind.CHANNEL:
        return "applied" if seen is None else "not_applied"
    live = LIVE if change.key.kind is Kind.ENROLLMENT else ("unpublished", "available")
    return "not_applied" if seen.fields["state"] in live else "applied"

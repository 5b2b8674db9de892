"""Canvas as a run sees it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from ilc_canvas.canvas.edits import edits
from ilc_canvas.canvas.http.failures import NotFoundError, SettledError, TakenError
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.http.throttle import Throttle
from ilc_canvas.canvas.http.transport import Timing, Transport
from ilc_canvas.canvas.kinds import KINDS, all_calls
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind
from ilc_canvas.canvas.kinds.content.page_saving import one, text_pair
from ilc_canvas.canvas.kinds.course import claim
from ilc_canvas.canvas.kinds.enrollment import places_of
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.lookup import Finder, Where
from ilc_canvas.canvas.observe import Ours, read_all, read_person
from ilc_canvas.canvas.reach import Reach
from ilc_canvas.canvas.records import legible
from ilc_canvas.canvas.scope import Scope
from ilc_canvas.canvas.sis_ids import number_in
from ilc_canvas.canvas.tenant import read_tenant, refuse_importing
from ilc_canvas.canvas.texts.generated_box import box_digest
from ilc_canvas.canvas.verdicts import ended, unchanged, verdict_on
from ilc_canvas.canvas.write_check import DroppedError, naming_right
from ilc_canvas.reconcile.change import Adopt, Change, Create, Outcome, Remove, Update
from ilc_canvas.reconcile.compare.editors import Edit
from ilc_canvas.reconcile.errors import CanvasError, InDoubtError, MissingRightError, RefusedError, TokenError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.people.accounts import AccountDetails, AccountSearch, WantedPerson
from ilc_canvas.reconcile.run.values import Tenant, Traffic
from ilc_canvas.reconcile.state import Key, Record, State, course_of
from ilc_canvas.reconcile.texts import Texts

log = structlog.get_logger(__name__)


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
        store: str = "",
    ) -> None:
        source = token if callable(token) else lambda: token
        self._transport = Transport(base_url, source, all_calls(), in_flight=in_flight, timing=timing or Timing(), throttle=throttle)
        self._account, self._in_flight = account, in_flight
        self._access = Access(self._transport, Scope(prefix, school_year, store=store), ending)
        self._token_user, self._rights = 0, dict[str, bool]()

    @property
    def traffic(self) -> Traffic:
        """Requests so far."""
        return self._transport.traffic

    def claim(self) -> Iterator[tuple[str, str]]:
        """Mark our courses as kept by this store, one after the other: the SIS id of each, and the store that kept it before."""
        with legible():
            yield from claim(self._access)

    def canvas_time(self) -> datetime:
        """Our clock plus the offset seen in the last Date header; our own clock if Canvas sends none. For the log only."""
        return datetime.now(UTC) + timedelta(seconds=self._transport.offset or 0.0)

    def tenant(self) -> Tenant:
        """Account, rights and clock: four requests. From here on the numbers of the root account are known.

        UnavailableError while a SIS import runs.
        """
        with legible():
            tenant = read_tenant(self._transport, self._account)
        refuse_importing(tenant)
        self._access.scope = replace(self._access.scope, root=tenant.root_account_id, parent=tenant.account_id)
        self._token_user, self._rights = int(tenant.token_user), dict(tenant.rights)
        return tenant

    def find_people(self, sought: Sequence[WantedPerson], also: Collection[int] = ()) -> AccountSearch:
        """Accounts of these people: those whose number is known by that, all others by evidence; `also` are numbers to be read besides."""
        with legible():
            return self._finder().find(sought, also)

    def _finder(self) -> Finder:
        scope = self._access.scope
        where = Where(scope.root, scope.parent, scope.account, scope.people, self._token_user)
        return Finder(self._transport, where, self._in_flight)

    def observe(self, owners: Mapping[int, Key], ours: Ours | None = None) -> State:
        """Everything in scope but the people, complete, or an exception; `owners` says whose account a number is, `ours` which of our
        things there must be: what lists do not show of them is read singly.
        """
        known = self.know(ours or {})
        with legible():
            marked = frozenset(key.kind for key in ours or {} if key.rule.has_marker)
            unknown, titles = frozenset(ours or {}) - known.keys(), self._access.texts.titles
            scope, at_once = self._access.scope, self._in_flight
            reading = Reading(self._transport, scope, at_once, known, owners, marked=marked, unknown=unknown, titles=titles)
            state = read_all(reading, self.canvas_time)
        return self._learned(state, owners)

    def provide(self, texts: Texts) -> None:
        """The texts of what this run may write."""
        self._access.texts = texts

    def boxes(self, pages: Mapping[Key, int]) -> dict[Key, str]:
        """What the generated parts of these pages hold by now: digests as in `shown_part`; a page that cannot be read is left out."""
        found = {}
        for key, number in pages.items():
            with suppress(RefusedError, NotFoundError, MissingRightError):
                found[key] = box_digest(one(self._access, course_of(key) or key, number)["body"], self._access.host)
        return found

    def editors(self, objects: Mapping[Key, int]) -> dict[Key, Mapping[str, Edit]]:
        """Who has changed these pages and courses last, and when, by field."""
        return edits(self._access, objects, token_user=self._token_user)

    def text_changes(self, changes: Sequence[Update]) -> list[tuple[Key, str, str]]:
        """By page: its text as it is, and as these changes would make it. What is changed but no text is left out."""
        with legible():
            pairs = [(change.key, text_pair(self._access, change)) for change in changes]
        return [(key, *pair) for key, pair in pairs if pair]

    def observe_person(self, user: Key, number: int, ours: Ours, *, standing: Mapping[Key, Record]) -> State | None:
        """What one person has, and what that stands in; `standing` are our sections near the person, as the ledger has them. None where
        that does not say enough, and everything must be read.
        """
        known, owners = self.know(ours), {number: user}
        self._access.handles[user] = number
        rows = self.enrollments_of(user, number)
        if rows is None:
            return None
        with legible():
            reading = Reading(self._transport, self._access.scope, self._in_flight, known, owners)
            state = read_person(reading, rows, standing=standing, at=self.canvas_time)
        return None if state is None else self._learned(state, owners)

    def _learned(self, state: State, owners: Mapping[int, Key]) -> State:
        """With the numbers of all that was seen known from here on."""
        self._access.reach = Reach()
        self._access.reach.learn(state)
        seen = {record.key: record.handle for record in state if record.handle}
        others = {row.user: number for row in state.placements() if row.user and (number := number_in(row.user))}
        self._access.slugs |= {record.key: str(record.fields["slug"]) for record in state if "slug" in record.fields}
        self._access.courses |= {record.key: record.fields for record in state.containers()}
        self._access.handles |= {**seen, **others, **{key: number for number, key in owners.items()}}
        return state

    def know(self, ours: Ours) -> dict[Key, int]:
        """Take the numbers of our things from the ledger, whatever they are called by now; those that have one."""
        known = {key: number for key, number in ours.items() if number}
        self._access.handles |= known
        return known

    def apply(self, change: Change) -> Outcome:
        """Carry out one change. Raises TokenError and MissingRightError, where the run must stop, and nothing else."""
        if isinstance(change, Adopt) or is_local(change):
            self._access.handles.update({change.key: change.subject.handle} if change.subject.handle else {})
            return Outcome("applied", handle=change.subject.handle, attempts=0, at=self.canvas_time())
        try:
            return self._done_already(change) or self._written(change)
        except TokenError:
            raise
        except MissingRightError as error:
            return self._rejected(change, error)
        except CanvasError as error:
            return self._failed(change, error)

    def _written(self, change: Create | Update | Remove) -> Outcome:
        """What a write has left, as its answer shows; CanvasError if Canvas did not do it, or if its answer shows nothing."""
        kind = _in_canvas(change)
        with self._transport.steps() as done, _whole(done):
            answer = self._write(change)
            _ = answer.row
        return Outcome(
            "applied" if answer.attempts else "noop",
            after=kind.left(self._access, change, answer),
            handle=kind.number(change, answer),
            attempts=answer.attempts,
            status=answer.status,
            request_id=answer.request_id,
            at=self.canvas_time(),
        )

    def _write(self, change: Create | Update | Remove) -> Answer:
        """The call, or calls, of one change; CanvasError if Canvas did not do it."""
        kind = _in_canvas(change)
        with naming_right(kind.right):
            if isinstance(change, Create):
                return kind.create(self._access, change)
            if isinstance(change, Update):
                return kind.update(self._access, change)
            if kind.end is None:
                raise RefusedError(f"Nothing of the kind {change.key.kind} is ever ended in Canvas.")
            return kind.end(self._access, change)

    def _rejected(self, change: Change, error: MissingRightError) -> Outcome:
        """A missing right stops the run, unless it says nothing about others, or holds back nothing else."""
        if not isinstance(error, DroppedError) and _in_canvas(change).concerns_one(change, self._rights):
            log.warning("canvas.account_protected", key=str(change.key), reason=str(error))
            return Outcome("refused", reason="account-protected", at=self.canvas_time())
        if change.key.rule.holds_back:
            raise error
        log.warning("canvas.right_missing", key=str(change.key), reason=str(error))
        return Outcome("refused", reason=str(error), at=self.canvas_time())

    def _done_already(self, change: Create | Update | Remove) -> Outcome | None:
        """Just before something is ended it is read once more; just before something is made it is looked up what others have of it."""
        if isinstance(change, Remove):
            return self._over_already(change) if _in_canvas(change).is_reread else None
        if isinstance(change, Create) and change.before is None:
            keys = _in_canvas(change).taken(self._access, change.after)
            return self._taken(change, TakenError("", keys)) if keys else None
        return None

    def _over_already(self, change: Remove) -> Outcome | None:
        """Just before something is ended it is read once more: what is over already, or another one by now, needs no call."""
        seen = self._single(change)
        gone = ended(change, seen) == "applied" or (seen and change.before.handle not in (None, seen.handle))
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
        if seen and seen.handle and _in_canvas(change).has_number:
            self._access.handles[change.key] = seen.handle
        if seen and "slug" in seen.fields:
            self._access.slugs[change.key] = str(seen.fields["slug"])
        verdict = verdict_on(change, seen)
        reason = "neither as before nor as wanted" if verdict == "refused" else ""
        kind = _in_canvas(change)
        after = seen.fields if seen and (kind.set_later or kind.is_left_as_seen) else None
        return Outcome(verdict, after, seen.handle if seen else None, reason=reason, how="observed", at=self.canvas_time())

    def show_accounts(self, numbers: Collection[int]) -> dict[int, AccountDetails]:
        """These accounts with all that somebody who decides would want to know; who cannot be read any more is left out."""
        finder = self._finder()
        with legible():
            found = finder.in_full(numbers)
            return {
                number: AccountDetails(account, self._courses_of(number), None if found.admins is None else number in found.admins)
                for number in finder.rows
                if (account := found.account(number))
            }

    def enrollments_of(self, user: Key, number: int) -> list[Record] | None:
        """All that this account has in courses of this scope, in whatever state; one request. None if Canvas has no such account."""
        try:
            with legible():
                return places_of(self._access, user, number)
        except RefusedError:
            return None

    def _courses_of(self, number: int) -> tuple[str, ...]:
        rows = self.enrollments_of(Key(Kind.USER, ""), number) or []
        return tuple(sorted({row.course.id for row in rows if row.course and row.is_live}))

    def _single(self, change: Change) -> Record | None:
        subject = change.subject
        try:
            with legible():
                return unchanged(change, _in_canvas(change).read(self._access, subject))
        except NotFoundError:
            return None
        except MissingRightError:
            if change.key.rule.holds_back and not _in_canvas(change).concerns_one(change, self._rights):
                raise
            return None


def _in_canvas(change: Change) -> CanvasKind:
    return KINDS[change.key.kind]


def is_local(change: Change) -> bool:
    """Whether only the ledger takes note of it: what is taken as it is, and an account of others that is let go."""
    return isinstance(change, Adopt) or (isinstance(change, Remove) and _in_canvas(change).end is None)


@contextmanager
def _whole(done: list[str]) -> Iterator[None]:
    """A change of which a step was carried out before another one failed is in doubt, whatever was answered: it is looked at."""
    try:
        yield
    except (InDoubtError, SettledError):
        raise
    except CanvasError as error:
        before = done[:-1] if isinstance(error, DroppedError) else done
        if before:
            raise InDoubtError(f"{error} Before that, {before[-1]} was carried out: the change is half done.") from error
        raise

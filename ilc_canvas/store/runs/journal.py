"""The journal of a run: each call is one transaction, committed and synced when it returns, under the fencing token."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from ilc_canvas.program.basis import calendar_number, opening_number, roster_number
from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.courses.opening import Openings
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.change import Change, Outcome, Plan
from ilc_canvas.reconcile.compare.drift_decisions import DriftDecisions
from ilc_canvas.reconcile.compare.editors import Edits
from ilc_canvas.reconcile.compare.recent_writes import Done
from ilc_canvas.reconcile.deferral.declined import UNDONE, Declined
from ilc_canvas.reconcile.deferral.deferral import Parked
from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.reconcile.guards.guard import History, Verdict
from ilc_canvas.reconcile.people.accounts import AccountReading
from ilc_canvas.reconcile.people.identity import Answers, Question
from ilc_canvas.reconcile.run.quarantine import Quarantine
from ilc_canvas.reconcile.run.values import Approval, Intent, Report, RunRequest, Tenant
from ilc_canvas.reconcile.state import Key, Ledger
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.chain import Entry, Links, append, said
from ilc_canvas.store.audit.change_events import intent_entry, outcome_entry
from ilc_canvas.store.calendars import versions as calendars
from ilc_canvas.store.db.codec import basis_to_json, dumps, places_to_json, report_to_json
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import Lease
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.documents.versions import newest_basis
from ilc_canvas.store.openings import versions as openings
from ilc_canvas.store.rosters import school_years
from ilc_canvas.store.runs import history, parked, tenant_pin
from ilc_canvas.store.runs.decisions import declines, drift, identities
from ilc_canvas.store.runs.decisions.approvals import in_force, spend, unrecorded
from ilc_canvas.store.runs.ledger import book, read_ledger, take_note
from ilc_canvas.store.runs.plans import keep_plan, rows_of
from ilc_canvas.store.runs.sequence import after_decisions
from ilc_canvas.store.runs.tables import COURSE_COUNT, RUN

CALL_AND_MARGIN = 75.0
"""Seconds that a call to Canvas can take at most, and some to spare."""


@dataclass
class _Batch:
    """What one transaction writes of the changes of a run."""

    connection: Connection
    links: Links
    outcomes: list[tuple[Change, Outcome]] = field(default_factory=list)
    at: datetime | None = None  # what the ledger notes, no earlier than any decision


class SqlJournal:
    """The store as a run sees it, for one scope in one Canvas. For one run at a time, from one thread."""

    def __init__(
        self, store: Store, *, lease: Lease, scope: str, base_url: str, now: Callable[[], datetime], call_seconds: float = CALL_AND_MARGIN
    ) -> None:
        self._store = store
        self._lease = lease
        self._canvas_scope = CanvasScope(base_url, scope)
        self._now, self._call_seconds = now, call_seconds
        self._run: int | None = None
        self._actor, self._dry = "", False
        self._stack: ExitStack | None = None  # of `together`
        self._batch: _Batch | None = None

    @contextmanager
    def _unit(self) -> Iterator[Connection]:
        """One unit of writing while the lease is ours, else LeaseError and nothing."""
        with self._store.write() as connection:
            self._lease.verify(connection)
            yield connection

    def basis(self) -> Basis:
        """The newest versions of everything that a run of the scope's school year goes by."""
        with self._store.read() as connection:
            return newest_basis(connection, self._canvas_scope.school_year)

    def roster(self, basis: Basis) -> Roster:
        """The roster of this basis. RosterError if it has none, or somebody in the roster was erased."""
        return school_years.usable_roster(self._store, self._canvas_scope.school_year, version=roster_number(basis))

    def calendar(self, basis: Basis) -> Calendar | None:
        """The calendar of this basis, if it has one."""
        number = calendar_number(basis)
        return None if number is None else calendars.read(self._store, number)

    def openings(self, basis: Basis) -> Openings:
        """The courses that somebody wants opened, of this basis."""
        number = opening_number(basis)
        return {} if number is None else openings.newest(self._store, self._canvas_scope.school_year, number)

    def check_tenant(self, tenant: Tenant) -> None:
        """WrongTenantError if the store belongs to another Canvas, or to another address."""
        with self._unit() as connection:
            tenant_pin.check(connection, tenant, actor=self._actor, run=self._run, at=self._now())

    def pin_tenant(self, tenant: Tenant) -> None:
        """Remember the Canvas of the first run that writes; WrongTenantError as `check_tenant`."""
        with self._unit() as connection:
            tenant_pin.pin(connection, tenant, actor=self._actor, run=self._run, at=self._now())

    def begin(self, ask: RunRequest, basis: Basis) -> int:
        """A new run; its number."""
        with self._unit() as connection:
            number: int = (connection.execute(select(func.max(RUN.c.number))).scalar() or 0) + 1
            asked = {
                "actor": ask.actor,
                "trigger": ask.trigger,
                "reason": ask.reason,
                "dry_run": int(ask.dry_run),
                "only": dumps(ask.only),
                "undo": ask.undo,
            }
            where = {"scope": self._canvas_scope.scope, "base_url": self._canvas_scope.base_url}
            blank = {"status": "running", "digest": "", "drift": "[]", "by_hand": "[]", "report": ""}
            begun = {"token": self._lease.token, "began_at": self._now(), "basis": basis_to_json(basis)}
            connection.execute(insert(RUN).values(number=number, **begun, **asked, **where, **blank))
            whole = {**where, **asked, "basis": basis.as_json(), "token": self._lease.token, "sealed": True}
            body = {name: value for name, value in {**whole, "retry": ask.retry, "redo": ask.redo}.items() if name != "reason"}
            append(connection, Entry("began", self._now(), ask.actor, body, run=number, personal=said(reason=ask.reason)))
        self._run, self._actor, self._dry = number, ask.actor, ask.dry_run
        return number

    def quarantine(self) -> Quarantine | None:
        """The trouble for which nothing is written now."""
        with self._store.read() as connection:
            return parked.quarantine(connection, self._canvas_scope)

    def open_intents(self) -> Sequence[Intent]:
        """Intents without an outcome, of other runs; runs that never ended are closed as interrupted.

        They may have been sent until their run was closed or, where that died, until its lease ended, at the latest until now.
        """
        with self._unit() as connection:
            for number in history.unfinished(connection, besides=self._run):
                closed = {"status": "interrupted", "closed_at": self._now()}
                connection.execute(update(RUN).where(RUN.c.number == number).values(**closed))
                append(connection, Entry("closed", self._now(), self._actor, {"status": "interrupted", "found": "dead"}, run=number))
            left = history.open_intents(connection, self._canvas_scope, besides=self._run)
            ended = self._lease.former_end or history.last_closed(connection, {intent.run for intent in left})
        ago = max((self._now() - ended).total_seconds(), 0.0) if ended else 0.0
        return [replace(intent, ago=ago) for intent in left]

    def recovering(self) -> int:
        """Say that what dead runs left open is being settled; how often that was begun in vain before."""
        with self._unit() as connection:
            before = history.recoveries(connection, self._canvas_scope)
            append(connection, Entry("recovering", self._now(), self._actor, {"before": before}, run=self._run))
        return before

    def recovered(self) -> None:
        """All of it is settled."""
        with self._unit() as connection:
            append(connection, Entry("recovered", self._now(), self._actor, {}, run=self._run))

    def questions(self) -> Sequence[Question]:
        """About whom somebody must decide, by the last plan."""
        return identities.open_questions(self._store, [self._canvas_scope])

    def recent(self, since: datetime) -> Done:
        """What was done since then (by our clock), oldest first."""
        with self._store.read() as connection:
            return history.recent(connection, self._canvas_scope, since=since, now=self._now())

    def done(self, run: int) -> Done:
        """What one run has done. StoreError if it has changed nothing at this Canvas and scope."""
        with self._store.read() as connection:
            found = history.done(connection, self._canvas_scope, run)
        if not any(outcome.result == "applied" for _, outcome in found):
            raise StoreError(f"Run {run} has done nothing here that could be undone. Nothing was changed. See: {Next.RUNS}")
        return found

    def parked(self) -> Mapping[Key, Parked]:
        """What is left alone for a while."""
        with self._store.read() as connection:
            return parked.parked(connection, self._canvas_scope)

    def declined(self) -> Mapping[Key, Declined]:
        """What people want left undone."""
        with self._store.read() as connection:
            return declines.recorded_in_force(connection, self._canvas_scope)

    def known_edits(self) -> Edits:
        """Who made the edits that the last plan found, as far as Canvas told."""
        with self._store.read() as connection:
            return drift.known_edits(connection, self._canvas_scope)

    def drift_decisions(self) -> DriftDecisions:
        """What people have decided about things that were changed by hand in Canvas."""
        with self._store.read() as connection:
            return drift.in_force(connection, self._canvas_scope)

    def keep_undone(self, run: int, changes: Sequence[Change]) -> None:
        """These changes, which a run takes back, are not made again by themselves."""
        with self._unit() as connection:
            declines.keep(connection, self._canvas_scope, changes, why=UNDONE, run=run, at=self._now(), actor=self._actor)

    def answers(self) -> Answers:
        """What people have decided about people."""
        with self._store.read() as connection:
            return identities.answers(connection, self._canvas_scope)

    def require_lease(self) -> None:
        """Before each call: the lease is ours, and lasts longer than the call can. LeaseError where it does not."""
        self._lease.require(self._call_seconds)

    def ledger(self) -> Ledger:
        """What is ours."""
        with self._store.read() as connection:
            return read_ledger(connection, self._canvas_scope)

    def history(self, now: datetime) -> History:
        """What the guard needs to know of the past."""
        with self._store.read() as connection:
            return history.history(connection, self._canvas_scope, now)

    def approvals(self, now: datetime) -> Sequence[Approval]:
        """Approvals in force: not spent, not expired."""
        with self._store.read() as connection:
            return in_force(connection, self._canvas_scope, now)

    def unrecorded_approvals(self, now: datetime) -> Sequence[str]:
        """A sentence about each row that looks like an approval in force and is none by the audit log."""
        with self._store.read() as connection:
            return unrecorded(connection, self._canvas_scope, now)

    def save_course_counts(self, run: int, active: Mapping[Key, int]) -> None:
        """Active enrollments per course in the last complete reading, in place of the one before."""
        canvas_scope = {"base_url": self._canvas_scope.base_url, "scope": self._canvas_scope.scope, "run": run}
        rows = [{**canvas_scope, "course": str(course), "active": count} for course, count in active.items()]
        with self._unit() as connection:
            connection.execute(
                COURSE_COUNT.delete().where(
                    COURSE_COUNT.c.base_url == self._canvas_scope.base_url, COURSE_COUNT.c.scope == self._canvas_scope.scope
                )
            )
            if rows:
                connection.execute(insert(COURSE_COUNT), rows)

    def planned(
        self, run: int, plan: Plan, verdict: Verdict, *, asked: Sequence[Question], whole: bool, shown: AccountReading | None = None
    ) -> None:
        """Keep plan, reasons and questions, with an audit event. What Canvas has `shown` of accounts stays beside the questions alone.

        A dry run leaves it at that: of what it writes no later run takes anything into account. Otherwise the ledger takes note of what
        agrees already, and a plan for everything (`whole`) shows which parked or declined changes are wanted no more.
        """
        rows = rows_of(run, plan, verdict)
        kept = {"digest": plan.digest, "planned_at": self._now(), "by_hand": places_to_json(plan.by_hand)}
        left_out = [[each.change.verb, str(each.change.key), each.why] for each in plan.deferred]
        deferred = dumps([*left_out, *(["ask", str(question.key), f"asked-{question.kind}"] for question in asked)])
        kept["drift"] = drift.to_json(plan.drift)
        kept["not_ours"] = dumps([[str(each.key), each.field] for each in plan.not_ours])
        with self._unit() as connection:
            keep_plan(connection, *rows)
            connection.execute(update(RUN).where(RUN.c.number == run).values(deferred=deferred, **kept))
            identities.keep_questions(connection, self._canvas_scope, asked, shown=shown, at=self._now())
            if not self._dry:
                self._take_note(connection, plan, whole=whole)
            body = {"digest": plan.digest, "basis": plan.basis.as_json(), "counts": plan.counts, "held": verdict.held}
            codes = {"reasons": [reason.code for reason in verdict.reasons], "settled": [str(record.key) for record in plan.settled]}
            left = {"aside": len(plan.deferred), "asked": [str(question.key) for question in asked]}
            append(connection, Entry("planned", self._now(), self._actor, {**body, **codes, **left}, run=run))

    def _take_note(self, connection: Connection, plan: Plan, *, whole: bool) -> None:
        take_note(connection, self._canvas_scope, plan, at=self._now())
        if whole:
            parked.forget_parked(connection, self._canvas_scope, plan)
            declines.forget_unasked(connection, self._canvas_scope, plan)

    def held_before(self, plan: Plan) -> frozenset[str]:
        """By fingerprint: the changes of this plan that the last run to plan them has held for a person."""
        with self._store.read() as connection:
            return history.held_before(connection, self._canvas_scope, plan)

    def waiting_since(self, plan: Plan) -> Mapping[str, datetime]:
        """By fingerprint: when each change of this plan was first planned from this basis by a run that could have made it."""
        with self._store.read() as connection:
            return history.waiting_since(connection, self._canvas_scope, plan, now=self._now())

    @contextmanager
    def together(self) -> Iterator[ExitStack]:
        """What is intended and recorded within is one transaction, whole or absent; it begins with the first of it."""
        if self._stack:
            yield self._stack
            return
        try:
            with ExitStack() as stack:
                self._stack = stack
                yield stack
                if self._batch:
                    self._finish(self._batch)
        finally:
            self._stack = self._batch = None

    def _begun(self, stack: ExitStack) -> _Batch:
        """The transaction of `together`: the lease is looked at once in it."""
        if self._batch is None:
            connection = stack.enter_context(self._unit())
            self._batch = _Batch(connection, Links(connection))
        return self._batch

    def _finish(self, batch: "_Batch") -> None:
        batch.links.write()
        if batch.outcomes:
            parked.note_outcomes(batch.connection, self._canvas_scope, batch.outcomes, at=self._now())
            declines.end(batch.connection, self._canvas_scope, [change for change, outcome in batch.outcomes if outcome.done])

    def intended(self, run: int, change: Change, at: datetime) -> Intent:
        """Committed and synced before the call is made: when this returns, or at the end of `together`. `at` is Canvas's time."""
        with self.together() as stack:
            seq = self._begun(stack).links.append(intent_entry(run, change, at, now=self._now(), actor=self._actor))
        return Intent(seq, run, change, at)

    def happened(self, intent: Intent, outcome: Outcome) -> None:
        """Outcome event and ledger, in one transaction; once for each intent."""
        with self.together() as stack:
            batch, now = self._begun(stack), self._now()
            batch.links.append(outcome_entry(intent, outcome, now=now, actor=self._actor))
            batch.at = batch.at or after_decisions(batch.connection, self._canvas_scope, now)
            book(batch.connection, self._canvas_scope, intent.change, outcome=outcome, at=batch.at)
            batch.outcomes.append((intent.change, outcome))

    def closed(self, report: Report) -> None:
        """The run's end; an approval that was used is spent where the status is applied or converged."""
        with self._unit() as connection:
            ended = {"status": report.status, "closed_at": self._now(), "report": report_to_json(report)}
            connection.execute(update(RUN).where(RUN.c.number == report.run).values(**ended))
            spent = spend(connection, self._canvas_scope, report.run, status=report.status, now=self._now())
            if not self._dry:
                parked.note_end(connection, self._canvas_scope, report, actor=self._actor, at=self._now())
            numbers = {"applied": report.applied, "failed": report.failed, "withheld": report.withheld, "digest": report.digest}
            body = {"status": report.status, **numbers, **({"spent": spent} if spent else {})}
            append(connection, Entry("closed", self._now(), self._actor, body, run=report.run))

"""The journal of a run: each call is one transaction, committed and synced when it returns, under the fencing token."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from ilc_canvas.program.basis import roster_number
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.aside import Parked
from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.change import Change, Outcome, Plan
from ilc_canvas.reconcile.declined import UNDONE, Declined
from ilc_canvas.reconcile.errors import RosterError, StoreError
from ilc_canvas.reconcile.guard import History, Verdict
from ilc_canvas.reconcile.hints import Next
from ilc_canvas.reconcile.identity import Answers, Question
from ilc_canvas.reconcile.overlay import Done
from ilc_canvas.reconcile.quarantine import Quarantine
from ilc_canvas.reconcile.run import Approval, Ask, Intent, Report, Tenant
from ilc_canvas.reconcile.state import Key, Ledger
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.audit.change_events import intent_entry, outcome_entry
from ilc_canvas.store.db.codec import basis_to_json, dumps, keys_to_json, report_to_json
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import Lease
from ilc_canvas.store.db.scope import Place
from ilc_canvas.store.documents.versions import newest_basis
from ilc_canvas.store.rosters import school_years
from ilc_canvas.store.runs import declines, history, identities, parked, tenant_pin
from ilc_canvas.store.runs.approvals import in_force, spend
from ilc_canvas.store.runs.ledger import book, read_ledger, take_note
from ilc_canvas.store.runs.plans import keep_plan
from ilc_canvas.store.runs.sequence import after_decisions
from ilc_canvas.store.runs.tables import RUN, SEEN

CALL_AND_MARGIN = 75.0
"""Seconds that a call to Canvas can take at most, and some to spare."""


class SqlJournal:
    """The store as a run sees it, for one scope in one Canvas. For one run at a time, from one thread."""

    def __init__(
        self,
        store: Store,
        *,
        lease: Lease,
        scope: str,
        base_url: str,
        now: Callable[[], datetime],
        call_seconds: float = CALL_AND_MARGIN,
    ) -> None:
        self._store = store
        self._lease = lease
        self._place = Place(base_url, scope)
        self._now, self._call_seconds = now, call_seconds
        self._run: int | None = None
        self._actor, self._dry = "", False

    @contextmanager
    def _unit(self) -> Iterator[Connection]:
        """One unit of writing while the lease is ours, else LeaseError and nothing."""
        with self._store.write() as connection:
            self._lease.verify(connection)
            yield connection

    def basis(self) -> Basis:
        """The newest versions of everything that a run of the scope's school year goes by."""
        with self._store.read() as connection:
            return newest_basis(connection, self._place.school_year)

    def roster(self, basis: Basis) -> Roster:
        """The roster of this basis. RosterError if it has none, or somebody in the roster was erased."""
        roster = school_years.roster(self._store, self._place.school_year, version=roster_number(basis))
        if any(not (person.email or person.display_name or person.family_name) for person in roster.people):
            raise RosterError(
                f"Somebody in roster version {roster.version} was erased, so no run can go by it any more. Nothing was done. "
                f"To care for {roster.school_year} again, import and finalize a roster of that year without this person."
            )
        return roster

    def check_tenant(self, tenant: Tenant) -> None:
        """WrongTenantError if the store belongs to another Canvas, or to another address."""
        with self._unit() as connection:
            tenant_pin.check(connection, tenant, actor=self._actor, run=self._run, at=self._now())

    def pin(self, tenant: Tenant) -> None:
        """Remember the Canvas of the first run that writes; WrongTenantError as `check_tenant`."""
        with self._unit() as connection:
            tenant_pin.pin(connection, tenant, actor=self._actor, run=self._run, at=self._now())

    def begin(self, ask: Ask, basis: Basis) -> int:
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
            where = {"scope": self._place.scope, "base_url": self._place.base_url}
            blank = {"status": "running", "digest": "", "drift": "[]", "by_hand": "[]", "report": ""}
            begun = {"token": self._lease.token, "began_at": self._now(), "basis": basis_to_json(basis)}
            connection.execute(insert(RUN).values(number=number, **begun, **asked, **where, **blank))
            plain = {name: value for name, value in asked.items() if name != "reason"}
            body = {**where, **plain, "basis": basis.as_json(), "retry": ask.retry, "redo": ask.redo, "token": self._lease.token}
            append(connection, Entry("began", self._now(), ask.actor, body, run=number, personal=said(reason=ask.reason)))
        self._run, self._actor, self._dry = number, ask.actor, ask.dry_run
        return number

    def quarantine(self) -> Quarantine | None:
        """The trouble for which nothing is written now."""
        with self._store.read() as connection:
            return parked.quarantine(connection, self._place)

    def open_intents(self) -> Sequence[Intent]:
        """Intents without an outcome, of other runs; runs that never ended are closed as interrupted.

        They may have been sent until their run was closed or, where that died, until its lease ended, at the latest until now.
        """
        with self._unit() as connection:
            for number in history.unfinished(connection, besides=self._run):
                closed = {"status": "interrupted", "closed_at": self._now()}
                connection.execute(update(RUN).where(RUN.c.number == number).values(**closed))
                append(connection, Entry("closed", self._now(), self._actor, {"status": "interrupted", "found": "dead"}, run=number))
            left = history.open_intents(connection, self._place, besides=self._run)
            ended = self._lease.former_end or history.last_closed(connection, {intent.run for intent in left})
        ago = max((self._now() - ended).total_seconds(), 0.0) if ended else 0.0
        return [replace(intent, ago=ago) for intent in left]

    def recovering(self) -> int:
        """Say that what dead runs left open is being settled; how often that was begun in vain before."""
        with self._unit() as connection:
            before = history.recoveries(connection, self._place)
            append(connection, Entry("recovering", self._now(), self._actor, {"before": before}, run=self._run))
        return before

    def recovered(self) -> None:
        """All of it is settled."""
        with self._unit() as connection:
            append(connection, Entry("recovered", self._now(), self._actor, {}, run=self._run))

    def recent(self, since: datetime) -> Done:
        """What was done since then (by our clock), oldest first."""
        with self._store.read() as connection:
            return history.recent(connection, self._place, since)

    def done(self, run: int) -> Done:
        """What one run has done. StoreError where it has changed nothing at this Canvas and scope."""
        with self._store.read() as connection:
            found = history.done(connection, self._place, run)
        if not any(outcome.result == "applied" for _, outcome in found):
            raise StoreError(f"Run {run} has done nothing here that could be undone. Nothing was changed. See: {Next.RUNS}")
        return found

    def parked(self) -> Mapping[Key, Parked]:
        """What is left alone for a while."""
        with self._store.read() as connection:
            return parked.parked(connection, self._place)

    def declined(self) -> Mapping[Key, Declined]:
        """What people want left undone."""
        with self._store.read() as connection:
            return declines.in_force(connection, self._place)

    def keep_undone(self, run: int, changes: Sequence[Change]) -> None:
        """These changes, which a run takes back, are not made again by themselves."""
        with self._unit() as connection:
            declines.keep(connection, self._place, changes, why=UNDONE, run=run, at=self._now())

    def answers(self) -> Answers:
        """What people have decided about people."""
        with self._store.read() as connection:
            return identities.answers(connection, self._place)

    def fresh(self) -> None:
        """Before each call: the lease is ours, and lasts longer than the call can. LeaseError where it does not."""
        self._lease.require(self._call_seconds)

    def ledger(self) -> Ledger:
        """What is ours."""
        with self._store.read() as connection:
            return read_ledger(connection, self._place)

    def history(self, now: datetime) -> History:
        """What the guard needs to know of the past."""
        with self._store.read() as connection:
            return history.history(connection, self._place, now)

    def approvals(self, now: datetime) -> Sequence[Approval]:
        """Approvals in force: not spent, not expired."""
        with self._store.read() as connection:
            return in_force(connection, self._place, now)

    def seen(self, run: int, active: Mapping[Key, int]) -> None:
        """Active enrollments per course in the last complete reading, in place of the one before."""
        place = {"base_url": self._place.base_url, "scope": self._place.scope, "run": run}
        rows = [{**place, "course": str(course), "active": count} for course, count in active.items()]
        with self._unit() as connection:
            connection.execute(SEEN.delete().where(SEEN.c.base_url == self._place.base_url, SEEN.c.scope == self._place.scope))
            if rows:
                connection.execute(insert(SEEN), rows)

    def planned(self, run: int, plan: Plan, verdict: Verdict, *, asked: Sequence[Question], whole: bool) -> None:
        """Keep plan, reasons and questions, with an audit event.

        A dry run leaves it at that: of what it writes no later run takes anything into account. Otherwise the ledger takes note of what
        agrees already, and a plan for everything (`whole`) shows which parked or declined changes are wanted no more.
        """
        with self._unit() as connection:
            keep_plan(connection, run, plan, verdict=verdict)
            kept = {"digest": plan.digest, "planned_at": self._now(), "by_hand": keys_to_json(record.key for record in plan.by_hand)}
            drift = dumps([[str(each.key), each.field] for each in plan.drift])
            left_out = [[each.change.verb, str(each.change.key), each.why] for each in plan.aside]
            aside = dumps([*left_out, *(["ask", str(question.key), f"asked-{question.kind}"] for question in asked)])
            kept["not_ours"] = dumps([[str(each.key), each.field] for each in plan.not_ours])
            connection.execute(update(RUN).where(RUN.c.number == run).values(drift=drift, aside=aside, **kept))
            identities.keep_questions(connection, self._place, asked, at=self._now())
            if not self._dry:
                self._take_note(connection, plan, whole=whole)
            body = {"digest": plan.digest, "basis": plan.basis.as_json(), "counts": plan.counts, "held": verdict.held}
            codes = {"reasons": [reason.code for reason in verdict.reasons], "settled": [str(record.key) for record in plan.settled]}
            left = {"aside": len(plan.aside), "asked": [str(question.key) for question in asked]}
            append(connection, Entry("planned", self._now(), self._actor, {**body, **codes, **left}, run=run))

    def _take_note(self, connection: Connection, plan: Plan, *, whole: bool) -> None:
        take_note(connection, self._place, plan, at=self._now())
        if whole:
            parked.forget_parked(connection, self._place, plan)
            declines.forget_unasked(connection, self._place, plan)

    def held_before(self, plan: Plan) -> frozenset[str]:
        """By fingerprint: the changes of this plan that the last run to plan them has held for a person."""
        with self._store.read() as connection:
            return history.held_before(connection, self._place, plan)

    def waiting_since(self, plan: Plan) -> Mapping[str, datetime]:
        """By fingerprint: when each change of this plan was first planned from this basis by a run that could have made it."""
        with self._store.read() as connection:
            return history.waiting_since(connection, self._place, plan)

    def intended(self, run: int, change: Change, at: datetime) -> Intent:
        """Committed and synced before the call is made. `at` is Canvas's time."""
        with self._unit() as connection:
            seq = append(connection, intent_entry(run, change, at, now=self._now(), actor=self._actor))
        return Intent(seq, run, change, at)

    def happened(self, intent: Intent, outcome: Outcome) -> None:
        """Outcome event and ledger, in one transaction; once for each intent."""
        with self._unit() as connection:
            append(connection, outcome_entry(intent, outcome, now=self._now(), actor=self._actor))
            at = after_decisions(connection, self._place, self._now())
            book(connection, self._place, intent.change, outcome=outcome, at=at)
            parked.note_outcome(connection, self._place, intent.change, outcome=outcome, at=self._now())
            if outcome.done:
                declines.end(connection, self._place, intent.change)

    def closed(self, report: Report) -> None:
        """The run's end; an approval that was used is spent where the status is applied or converged."""
        with self._unit() as connection:
            ended = {"status": report.status, "closed_at": self._now(), "report": report_to_json(report)}
            connection.execute(update(RUN).where(RUN.c.number == report.run).values(**ended))
            spend(connection, self._place, report.run, status=report.status, now=self._now())
            if not self._dry:
                parked.note_end(connection, self._place, report, actor=self._actor, at=self._now())
            numbers = {"applied": report.applied, "failed": report.failed, "withheld": report.withheld, "digest": report.digest}
            append(connection, Entry("closed", self._now(), self._actor, {"status": report.status, **numbers}, run=report.run))

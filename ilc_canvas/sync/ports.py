"""The ports of a run: Canvas and the journal, as it sees them."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.courses.opening import Openings
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.change import Change, Outcome, Plan
from ilc_canvas.reconcile.compare.drift_decisions import DriftDecisions
from ilc_canvas.reconcile.compare.editors import Edit, Edits
from ilc_canvas.reconcile.compare.recent_writes import Done
from ilc_canvas.reconcile.deferral.declined import Declined
from ilc_canvas.reconcile.deferral.deferral import Parked
from ilc_canvas.reconcile.guards.guard import History, Verdict
from ilc_canvas.reconcile.people.accounts import AccountReading, AccountSearch, WantedPerson
from ilc_canvas.reconcile.people.identity import Answers, Question
from ilc_canvas.reconcile.run.quarantine import Quarantine
from ilc_canvas.reconcile.run.values import Approval, Intent, Report, RunRequest, Tenant, Traffic
from ilc_canvas.reconcile.state import Key, Ledger, Record, State
from ilc_canvas.reconcile.texts import Texts


class Canvas(Protocol):
    """Canvas, as a run sees it. One object per run; it remembers the handles that it has seen."""

    def tenant(self) -> Tenant:
        """Account, rights and clock: at most 6 requests."""
        ...

    def find_people(self, sought: Sequence[WantedPerson], also: Collection[int]) -> AccountSearch:
        """Accounts of these people: those whose number is known by that, all others by evidence; `also` are numbers to be read besides."""
        ...

    def observe(self, owners: Mapping[int, Key], ours: Mapping[Key, int | None]) -> State:
        """Everything in scope but the people, complete, or an exception; `owners` says whose account a number is, `ours` which of our
        things there must be, with their numbers: what lists do not show of them is read singly.

        A course that alone could not be read has the field `unread`, and nothing in it.
        """
        ...

    def provide(self, texts: Texts) -> None:
        """The texts of what this run may write."""
        ...

    def boxes(self, pages: Mapping[Key, int]) -> Mapping[Key, str]:
        """What the generated parts of these pages hold by now, as digests; a page that cannot be read is left out."""
        ...

    def editors(self, objects: Mapping[Key, int]) -> Mapping[Key, Mapping[str, Edit]]:
        """Who has changed these pages and courses last, and when, by field; what cannot be asked about is left out."""
        ...

    def observe_person(self, user: Key, number: int, ours: Mapping[Key, int | None], *, standing: Mapping[Key, Record]) -> State | None:
        """What one person has, and what that stands in; `standing` are our sections near the person, as the ledger has them. None where
        that does not say enough, and everything must be read.
        """
        ...

    def apply(self, change: Change) -> Outcome:
        """Carry out one change; safe to call from several threads.

        Raises TokenError and MissingRightError, where the run must stop, and nothing else.
        """
        ...

    def look(self, change: Change) -> Outcome:
        """Read the one object of a change singly: applied (it is as wanted), not_applied (as before, or not there), refused (neither)."""
        ...

    def canvas_time(self) -> datetime:
        """Our clock plus the offset seen in the last Date header; our own where Canvas sends none. For the log only."""
        ...

    @property
    def traffic(self) -> Traffic:
        """Requests so far."""
        ...


class Journal(Protocol):
    """The store, as a run sees it. Each call is one transaction, committed and synced when it returns."""

    def basis(self) -> Basis:
        """The newest versions of everything that a run of this school year goes by."""
        ...

    def roster(self, basis: Basis) -> Roster:
        """The roster of this basis. RosterError if it has none."""
        ...

    def calendar(self, basis: Basis) -> Calendar | None:
        """The calendar of this basis, if it has one."""
        ...

    def openings(self, basis: Basis) -> Openings:
        """The courses that somebody wants opened."""
        ...

    def check_tenant(self, tenant: Tenant) -> None:
        """WrongTenantError if the store belongs to another Canvas, or to another address."""
        ...

    def pin_tenant(self, tenant: Tenant) -> None:
        """Remember the Canvas of the first run that writes; WrongTenantError as `check_tenant`."""
        ...

    def quarantine(self) -> Quarantine | None:
        """The trouble for which nothing is written now."""
        ...

    def open_intents(self) -> Sequence[Intent]:
        """Intents without an outcome, of runs that died, and how long ago they were sent; those runs are closed as interrupted."""
        ...

    def recovering(self) -> int:
        """Say that what dead runs left open is being settled; how often that was begun in vain before."""
        ...

    def recovered(self) -> None:
        """All of it is settled."""
        ...

    def questions(self) -> Sequence[Question]:
        """About whom somebody must decide, by the last plan."""
        ...

    def recent(self, since: datetime) -> Done:
        """What was done since then (by our clock), oldest first."""
        ...

    def done(self, run: int) -> Done:
        """What one run has done. StoreError if it has changed nothing here."""
        ...

    def parked(self) -> Mapping[Key, Parked]:
        """What is left alone for a while."""
        ...

    def declined(self) -> Mapping[Key, Declined]:
        """What people want left undone, by `change.slot`."""
        ...

    def known_edits(self) -> Edits:
        """Who made the edits that the last plan found, as far as Canvas told."""
        ...

    def drift_decisions(self) -> DriftDecisions:
        """What people have decided about things that were changed by hand in Canvas."""
        ...

    def keep_undone(self, run: int, changes: Sequence[Change]) -> None:
        """These changes, which a run takes back, are not made again by themselves."""
        ...

    def answers(self) -> Answers:
        """What people have decided about people."""
        ...

    def require_lease(self) -> None:
        """Before each call: LeaseError unless the lease is ours for longer than a call can take."""
        ...

    def begin(self, ask: RunRequest, basis: Basis) -> int:
        """A new run; its number."""
        ...

    def ledger(self) -> Ledger:
        """What is ours."""
        ...

    def history(self, now: datetime) -> History:
        """What the guard needs to know of the past."""
        ...

    def approvals(self, now: datetime) -> Sequence[Approval]:
        """Approvals in force: not spent, not expired, and as they were recorded."""
        ...

    def unrecorded_approvals(self, now: datetime) -> Sequence[str]:
        """A sentence about each row that looks like an approval in force and is none by the audit log."""
        ...

    def save_course_counts(self, run: int, active: Mapping[Key, int]) -> None:
        """Active enrollments per course in the last complete reading."""
        ...

    def planned(
        self, run: int, plan: Plan, verdict: Verdict, *, asked: Sequence[Question], whole: bool, shown: AccountReading | None = None
    ) -> None:
        """Keep the plan (changes with before and after), the reasons and the questions, each with its accounts as they were `shown`;
        an audit event. Unless the run is a dry one, the
        ledger takes note of `plan.settled`, and a `whole` plan, for everything, ends parking and declining of what is wanted no more.
        """
        ...

    def held_before(self, plan: Plan) -> frozenset[str]:
        """By fingerprint: the changes of this plan that the last run to plan them, dry or not, has held for a person."""
        ...

    def waiting_since(self, plan: Plan) -> Mapping[str, datetime]:
        """By fingerprint: when each change of this plan was first planned from this basis; a dry run sets no clock going."""
        ...

    def together(self) -> AbstractContextManager[object]:
        """What is intended and recorded within is one transaction, committed and synced at its end, or nothing of it."""
        ...

    def intended(self, run: int, change: Change, at: datetime) -> Intent:
        """Committed and synced before the call is made: when this returns or, within `together`, at its end."""
        ...

    def happened(self, intent: Intent, outcome: Outcome) -> None:
        """Outcome event and ledger, in one transaction."""
        ...

    def closed(self, report: Report) -> None:
        """The run's end; approvals that are used up are spent, and quarantine begins or ends by the report's `trouble`."""
        ...

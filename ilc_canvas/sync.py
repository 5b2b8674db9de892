"""One run in a straight line, and the ports that it needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.change import Change, Outcome, Plan
from ilc_canvas.reconcile.guard import History, Reason, Verdict
from ilc_canvas.reconcile.state import Key, Ledger, State


@dataclass(frozen=True, slots=True)
class Tenant:
    """Which Canvas this is, and what its token may do there."""

    base_url: str
    account_id: int  # the account that the settings name
    root_account_id: int
    account_name: str
    token_user: str  # Canvas's number of the token's user, as text; no name
    rights: Mapping[str, bool]
    now: datetime  # Canvas's clock, from the Date header


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a run has asked of Canvas so far."""

    requests: int = 0
    writes: int = 0
    retries: int = 0
    throttled: int = 0


class Canvas(Protocol):
    """Canvas, as a run sees it. One object per run; it remembers the handles that it has seen."""

    def tenant(self) -> Tenant:
        """Account, rights and clock: at most 6 requests."""
        ...

    def observe(self, known: Ledger) -> State:
        """Everything in scope, complete, or an exception; `known` is what the ledger says should be found."""
        ...

    def apply(self, change: Change) -> Outcome:
        """Carry out one change; safe to call from several threads. Raises TokenError and MissingRightError, where the run must stop, and nothing else."""
        ...

    def look(self, change: Change) -> Outcome:
        """Read the one object of a change singly: applied (it is as wanted), not_applied (as before, or not there), refused (neither)."""
        ...

    def canvas_time(self) -> datetime:
        """Our clock plus the offset seen in the last Date header."""
        ...

    @property
    def traffic(self) -> Traffic:
        """Requests so far."""
        ...


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for: by whom, why, and how far it may go."""

    actor: str  # who asks: a name of the operating system or "schedule"
    trigger: str  # plan, sync, demo, schedule, resync
    reason: str = ""
    dry_run: bool = False
    only: tuple[str, ...] = ()  # the words of --only


@dataclass(frozen=True, slots=True)
class Intent:
    """A change that was intended and has no outcome yet."""

    seq: int  # of the audit event
    run: int
    change: Change
    at: datetime  # Canvas's time when it was intended


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's yes to one plan: these changes, by fingerprint, for this roster version, scope and Canvas, until a time."""

    digest: str
    actor: str
    reason: str
    fingerprints: frozenset[str]
    roster_version: int
    scope: str
    base_url: str
    expires: datetime


@dataclass(frozen=True)
class Report:
    """How a run ended: the answer to `sync --json`, and what is kept of it."""

    run: int
    status: str  # planned, held, applied, partial, failed, interrupted, converged
    digest: str
    roster_version: int
    counts: Mapping[str, int]
    applied: int = 0
    failed: int = 0
    withheld: int = 0
    reasons: Sequence[Reason] = ()
    requests: int = 0
    writes: int = 0
    sentence: str = ""
    drift: int = 0
    by_hand: int = 0
    failures: Mapping[Key, str] = field(default_factory=dict)


class Journal(Protocol):
    """The store, as a run sees it. Each call is one transaction, committed and synced when it returns."""

    def newest_finalized(self) -> Roster:
        """The worker's only input. RosterError where there is none."""
        ...

    def pin(self, tenant: Tenant) -> None:
        """Remember the Canvas of the first run; WrongTenantError where it is another (base URL, root account id and name)."""
        ...

    def open_intents(self) -> Sequence[Intent]:
        """Intents without an outcome, of runs that died; those runs are closed as interrupted."""
        ...

    def begin(self, ask: Ask, roster_version: int) -> int:
        """A new run; its number."""
        ...

    def ledger(self) -> Ledger:
        """What is ours."""
        ...

    def history(self, now: datetime) -> History:
        """What the guard needs to know of the past."""
        ...

    def approvals(self, now: datetime) -> Sequence[Approval]:
        """Approvals in force: not spent, not expired."""
        ...

    def seen(self, run: int, active: Mapping[Key, int]) -> None:
        """Active enrollments per course in the last complete reading."""
        ...

    def planned(self, run: int, plan: Plan, verdict: Verdict) -> None:
        """Keep the plan (changes with before and after) and the reasons; an audit event; the ledger takes note of `plan.settled`."""
        ...

    def intended(self, run: int, change: Change, at: datetime) -> Intent:
        """Committed and synced before the call is made."""
        ...

    def happened(self, intent: Intent, outcome: Outcome) -> None:
        """Outcome event and ledger, in one transaction."""
        ...

    def closed(self, report: Report) -> None:
        """The run's end; an approval that was used is spent where the status is applied or converged."""
        ...

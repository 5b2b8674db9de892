"""What a run is asked, what it meets and how it ends: the values that the rooms hand to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.change import Change
from ilc_canvas.reconcile.guard import Reason
from ilc_canvas.reconcile.state import Key


@dataclass(frozen=True, slots=True)
class Tenant:
    """Which Canvas this is, and what its token may do there."""

    base_url: str
    account_id: int  # the account that the settings name
    root_account_id: int
    account_name: str
    token_user: str  # Canvas's number of the token's user, as text; no name
    rights: Mapping[str, bool]
    now: datetime  # Canvas's clock, from the Date header; ours if it sends none
    importing: datetime | None = None  # since when a SIS import runs, where one does and the token may know
    account_uuid: str = ""  # Canvas's own identifier of the account; empty: it shows none
    ahead: float | None = 0.0  # seconds that Canvas's clock is ahead of ours; None: it does not say its time


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a run has asked of Canvas so far."""

    requests: int = 0
    writes: int = 0
    retries: int = 0
    throttled: int = 0  # refused for now, and sent again
    refused: int = 0  # answered with no
    unavailable: int = 0  # no usable answer


REPAIR = "repair"
"""What asks for a run that puts back what people changed by hand."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for: by whom, why, and how far it may go."""

    actor: str  # who asks: a name of the operating system or "schedule"
    trigger: str  # plan, sync, repair, demo, schedule, resync, verify, undo
    reason: str = ""
    dry_run: bool = False
    only: tuple[str, ...] = ()  # the words of --only
    undo: int | None = None  # the run to take back
    retry: bool = False  # try what is parked as well
    redo: bool = False  # do again what was undone

    @property
    def whole(self) -> bool:
        """Whether everything is asked for."""
        return not self.only and self.undo is None

    @property
    def repair(self) -> bool:
        """Whether what people changed by hand is put back in what `only` names, and nowhere else."""
        return self.trigger == REPAIR and bool(self.only)

    @property
    def by_hand(self) -> bool:
        """Whether a person asks, and not the schedule."""
        return self.trigger != "schedule"


@dataclass(frozen=True, slots=True)
class Intent:
    """A change that was intended and has no outcome yet."""

    seq: int  # of the audit event
    run: int
    change: Change
    at: datetime  # Canvas's time when it was intended: for people who read the log, nothing is concluded from it
    newest: int = 0  # the highest number of an enrollment that was known before it was first tried
    again: bool = False  # whether an earlier try may have been carried out
    ago: float = 0.0  # seconds, by our clock, since the call may have gone out at the latest


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's yes to one plan: these changes, by fingerprint, for this basis, scope and Canvas, until a time."""

    digest: str
    actor: str
    reason: str
    fingerprints: frozenset[str]
    basis: Basis
    scope: str
    base_url: str
    expires: datetime


@dataclass(frozen=True)
class Report:
    """How a run ended: the answer to `sync --json`, and what is kept of it."""

    run: int
    status: str  # planned, held, applied, partial, failed, interrupted, converged
    digest: str
    basis: Basis
    counts: Mapping[str, int]
    applied: int = 0
    failed: int = 0
    withheld: int = 0
    reasons: Sequence[Reason] = ()
    requests: int = 0
    writes: int = 0
    throttled: int = 0  # of the requests, as in Traffic
    refused: int = 0
    unavailable: int = 0
    sentence: str = ""
    drift: int = 0
    by_hand: int = 0
    warnings: Sequence[str] = ()
    failures: Mapping[Key, str] = field(default_factory=dict)
    parked: int = 0  # of the deferred changes: those that wait for their time, or for a person
    resting: int = 0  # of those withheld: removals in their grace
    until: datetime | None = None  # when the first grace ends
    asked: int = 0  # people about whom somebody must decide
    trouble: str = ""  # what puts everything into quarantine
    not_ours: int = 0  # how accounts that others made differ from the roster
    deferred: Mapping[str, int] = field(default_factory=dict)  # changes that the plan leaves out, by class of `reconcile.deferral`
    only: tuple[str, ...] = ()  # as in Ask
    undo: int | None = None
    waits: Mapping[Key, str] = field(default_factory=dict)  # where only a part waits: that part, waiting (for a person) or resting
    held: int = 0  # of those withheld: changes that wait for a person
    dry_run: bool = False
    unpublished: Sequence[Key] = ()  # courses that their people do not see yet
    ahead: float | None = None  # seconds by which Canvas's clock was ahead of ours; None: it was not seen

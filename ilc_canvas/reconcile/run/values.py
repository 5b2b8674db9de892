"""What a run is asked to do, what it encounters and how it ends: the values passed between rooms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.change import Change
from ilc_canvas.reconcile.guards.forecast import NOBODY, Forecast
from ilc_canvas.reconcile.guards.guard import Reason
from ilc_canvas.reconcile.state import Key


@dataclass(frozen=True, slots=True)
class Tenant:
    """Which Canvas this is, and what the token may do there."""

    base_url: str
    account_id: int  # the account that the settings name
    root_account_id: int
    account_name: str
    token_user: str  # Canvas's number of the token's user, as text; no name
    rights: Mapping[str, bool]
    now: datetime  # by Canvas's clock, from the Date header; by ours if it sends none
    importing: datetime | None = None  # since when a SIS import has been running, if one is and the token can see it
    account_uuid: str = ""  # Canvas's identifier of the account; empty: not shown
    ahead: float | None = 0.0  # seconds that Canvas's clock is ahead of ours; None: it does not give the time


@dataclass(frozen=True, slots=True)
class Traffic:
    """The requests that a run has sent to Canvas so far."""

    requests: int = 0
    writes: int = 0
    retries: int = 0
    throttled: int = 0  # refused for now, and sent again
    refused: int = 0  # answered no
    unavailable: int = 0  # no usable answer

    def __add__(self, other: "Traffic") -> "Traffic":
        return Traffic(
            self.requests + other.requests,
            self.writes + other.writes,
            self.retries + other.retries,
            self.throttled + other.throttled,
            self.refused + other.refused,
            self.unavailable + other.unavailable,
        )


REPAIR = "repair"
"""The trigger of a run that puts back what people changed by hand."""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A request for a run: by whom, why, and how far it may go."""

    actor: str  # who asks: a name of the operating system or "schedule"
    trigger: str  # plan, sync, repair, demo, schedule, resync, verify, undo
    reason: str = ""
    dry_run: bool = False
    only: tuple[str, ...] = ()  # the words of --only
    undo: int | None = None  # the run to take back
    retry: bool = False  # also try parked changes
    redo: bool = False  # make undone changes again

    @property
    def whole(self) -> bool:
        """Whether the run covers everything."""
        return not self.only and self.undo is None

    @property
    def repair(self) -> bool:
        """Whether changes made by hand are put back in what `only` names, and nowhere else."""
        return self.trigger == REPAIR and bool(self.only)

    @property
    def by_hand(self) -> bool:
        """Whether a person asked, not the schedule."""
        return self.trigger != "schedule"


@dataclass(frozen=True, slots=True)
class Intent:
    """An intended change that has no outcome yet."""

    seq: int  # of the audit event
    run: int
    change: Change
    at: datetime  # Canvas's time when it was intended: only for people who read the log
    newest: int = 0  # the highest enrollment number known before it was first tried
    again: bool = False  # whether an earlier try may have been carried out
    ago: float = 0.0  # seconds, by our clock, since the latest time at which the call may have been sent


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's approval of one plan: these changes, by fingerprint, for this basis, scope and Canvas, until a given time."""

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
    """How a run ended: the output of `sync --json`, and what is stored about it."""

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
    throttled: int = 0  # of the requests; this and the next two as in Traffic
    refused: int = 0
    unavailable: int = 0
    sentence: str = ""
    drift: int = 0
    conflicts: int = 0  # of these: things that roster or calendar have changed as well
    by_hand: int = 0
    warnings: Sequence[str] = ()
    failures: Mapping[Key, str] = field(default_factory=dict)
    parked: int = 0  # of the deferred changes: those that wait for their time or for a person
    resting: int = 0  # of those withheld: removals in their grace period
    until: datetime | None = None  # when the first grace period ends
    asked: int = 0  # people about whom somebody must decide
    trouble: str = ""  # what caused a quarantine
    not_ours: int = 0  # differences between the roster and accounts that others made
    deferred: Mapping[str, int] = field(default_factory=dict)  # changes that the plan leaves out, by class in `deferral.reasons`
    only: tuple[str, ...] = ()  # as in RunRequest
    undo: int | None = None
    waits: Mapping[Key, str] = field(default_factory=dict)  # if only a part waits: that part, waiting (for a person) or resting
    held: int = 0  # of those withheld: changes that wait for a person
    dry_run: bool = False
    unpublished: Sequence[Key] = ()  # courses that their people cannot see yet
    invited: Sequence[Key] = ()  # courses in which somebody is only invited
    ahead: float | None = None  # seconds that Canvas's clock was ahead of ours; None: not known
    forecast: Forecast = NOBODY  # whom Canvas would notify; without the people once it is kept

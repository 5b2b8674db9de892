"""What a run is asked, what it meets and how it ends: the values that the rooms hand to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

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
    now: datetime  # Canvas's clock, from the Date header
    importing: datetime | None = None  # since when a SIS import runs, where one does and the token may know


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a run has asked of Canvas so far."""

    requests: int = 0
    writes: int = 0
    retries: int = 0
    throttled: int = 0


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
    warnings: Sequence[str] = ()
    failures: Mapping[Key, str] = field(default_factory=dict)

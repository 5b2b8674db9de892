"""Runs that are broken on purpose: each lacks one rule. The sweeps must notice every one of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.reconcile.change import Change, Outcome, Plan, fingerprint
from ilc_canvas.reconcile.guard import Verdict
from ilc_canvas.reconcile.run import Approval, Intent
from ilc_canvas.reconcile.state import Key, Ledger, Owned
from ilc_canvas.store.journal import SqlJournal
from ilc_canvas.sync import Canvas, Journal


@dataclass
class Wrapped:
    """Everything as the thing itself does it, but for what a subclass does otherwise."""

    real: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class NoRecovery(Wrapped):
    """What a dead run left open is forgotten."""

    def open_intents(self, canvas_time: datetime) -> Sequence[Intent]:
        self.real.open_intents(canvas_time)
        return []


@dataclass
class AuditAfterCall(Wrapped):
    """The intent is written together with its outcome, when the call is over."""

    def intended(self, run: int, change: Change, at: datetime) -> Intent:
        return Intent(0, run, change, at)

    def happened(self, intent: Intent, outcome: Outcome) -> None:
        self.real.happened(self.real.intended(intent.run, intent.change, intent.at), outcome)


@dataclass
class OutcomeBeforeCall(Wrapped):
    """The outcome is written with the intent, before the call is made."""

    def intended(self, run: int, change: Change, at: datetime) -> Intent:
        intent: Intent = self.real.intended(run, change, at)
        self.real.happened(intent, Outcome("applied"))
        return intent

    def happened(self, intent: Intent, outcome: Outcome) -> None:
        """It is written already."""


class Everything(dict[Key, Owned]):
    """A ledger that claims whatever it is asked for."""

    def get(self, key: Key, default: Any = None) -> Any:
        return super().get(key, default) or Owned(key, {}, "created", datetime.now(UTC))


class ClaimsAll(Wrapped):
    """Nobody asks whose an enrollment is."""

    def ledger(self) -> Ledger:
        return Everything(self.real.ledger())


@dataclass
class AnyApproval(Wrapped):
    """A yes to one plan is taken for a yes to whatever is planned."""

    plan: Plan | None = field(default=None)

    def planned(self, run: int, plan: Plan, verdict: Verdict) -> None:
        self.plan = plan
        self.real.planned(run, plan, verdict)

    def approvals(self, now: datetime) -> Sequence[Approval]:
        names = frozenset(fingerprint(change) for change in self.plan.changes) if self.plan else frozenset()
        return [replace(approval, fingerprints=names) for approval in self.real.approvals(now)]


class UnknownIsFailed(Wrapped):
    """A write without an answer is booked as not done."""

    def apply(self, change: Change) -> Outcome:
        outcome: Outcome = self.real.apply(change)
        return replace(outcome, result="unavailable") if outcome.result == "in_doubt" else outcome


class BlindResend(Wrapped):
    """A write without an answer is sent again without a look."""

    def apply(self, change: Change) -> Outcome:
        outcome: Outcome = self.real.apply(change)
        again: Outcome = self.real.apply(change) if outcome.result == "in_doubt" else outcome
        return again


class AssumesApplied(Wrapped):
    """What was begun is believed to be done."""

    def look(self, change: Change) -> Outcome:
        seen: Outcome = self.real.look(change)
        return replace(seen, result="applied", reason="")


class AssumesNothing(Wrapped):
    """What was begun is believed not to be done."""

    def look(self, change: Change) -> Outcome:
        seen: Outcome = self.real.look(change)
        return replace(seen, result="not_applied", reason="")


JOURNALS: Mapping[str, Callable[[Any], Any]] = {
    "no recovery": NoRecovery,
    "audit after the call": AuditAfterCall,
    "outcome before the call": OutcomeBeforeCall,
    "claims everything": ClaimsAll,
    "any approval": AnyApproval,
}
CANVASES: Mapping[str, Callable[[Any], Any]] = {
    "unknown is failed": UnknownIsFailed,
    "blind re-send": BlindResend,
    "assumes applied": AssumesApplied,
    "assumes nothing": AssumesNothing,
}


def journal_of(mutant: str) -> Callable[[SqlJournal], Journal]:
    """The journal of this mutant; the real one where the mutant breaks something else."""
    return lambda real: cast(Journal, JOURNALS.get(mutant, lambda same: same)(real))


def canvas_of(mutant: str) -> Callable[[CanvasClient], Canvas]:
    """The client of this mutant; the real one where the mutant breaks something else."""
    return lambda real: cast(Canvas, CANVASES.get(mutant, lambda same: same)(real))

"""Runs that are broken on purpose: each lacks one rule. The sweeps must notice every one of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.reconcile.change import Change, Outcome, Plan, fingerprint
from ilc_canvas.reconcile.guards.guard import Verdict
from ilc_canvas.reconcile.people.accounts import AccountReading
from ilc_canvas.reconcile.people.identity import Question
from ilc_canvas.reconcile.run.values import Approval, Intent, Report
from ilc_canvas.reconcile.state import Key, Ledger, Owned
from ilc_canvas.store.runs import journal as store_journal
from ilc_canvas.store.runs.journal import SqlJournal
from ilc_canvas.store.runs.ledger import book
from ilc_canvas.sync import Canvas, Journal


@dataclass
class Wrapped:
    """Everything as the thing itself does it, but for what a subclass does otherwise."""

    real: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class NoRecovery(Wrapped):
    """What a dead run left open is forgotten."""

    def open_intents(self) -> Sequence[Intent]:
        self.real.open_intents()
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

    def planned(
        self, run: int, plan: Plan, verdict: Verdict, *, asked: Sequence[Question], whole: bool, shown: AccountReading | None = None
    ) -> None:
        self.plan = plan
        self.real.planned(run, plan, verdict, asked=asked, whole=whole, shown=shown)

    def approvals(self, now: datetime) -> Sequence[Approval]:
        names = frozenset(fingerprint(change) for change in self.plan.changes) if self.plan else frozenset()
        return [replace(approval, fingerprints=names) for approval in self.real.approvals(now)]


@dataclass
class CommittedWithNext(Wrapped):
    """What is intended together is committed when the next is written: meanwhile its calls are under way."""

    unit: ExitStack = field(default_factory=ExitStack)

    def together(self) -> AbstractContextManager[object]:
        self.unit.close()
        self.unit.enter_context(self.real.together())
        return nullcontext()

    def closed(self, report: Report) -> None:
        self.unit.close()
        self.real.closed(report)


@dataclass
class OneTransaction(Wrapped):
    """An intent is committed with its outcome: the transaction stays open while the call is under way."""

    joined: "Joined | None" = None

    def together(self) -> AbstractContextManager[object]:
        """Each by itself."""
        return nullcontext()

    def intended(self, run: int, change: Change, at: datetime) -> Intent:
        if self.joined is None:
            self.joined = self.real._store = Joined(self.real._store)
        self.joined.begin()
        intent: Intent = self.real.intended(run, change, at)
        return intent

    def happened(self, intent: Intent, outcome: Outcome) -> None:
        self.real.happened(intent, outcome)
        if self.joined:
            self.joined.end()


@dataclass
class Joined(Wrapped):
    """A store whose units are all one while something is under way."""

    under_way: int = 0
    unit: ExitStack = field(default_factory=ExitStack)
    connection: Any = None

    def begin(self) -> None:
        """Open it, where it is not open yet."""
        if not self.under_way:
            self.connection = self.unit.enter_context(self.real.write())
        self.under_way += 1

    def end(self) -> None:
        """Commit it, when nothing is under way any more."""
        self.under_way = max(self.under_way - 1, 0)
        if not self.under_way:
            self.unit.close()

    @contextmanager
    def write(self) -> Iterator[Any]:
        """The open unit, or one of its own."""
        if self.under_way:
            yield self.connection
        else:
            with self.real.write() as connection:
                yield connection


@dataclass
class LedgerLater(Wrapped):
    """The ledger is booked with the next outcome, not with its own."""

    left: Callable[[Any], None] | None = None

    def together(self) -> AbstractContextManager[object]:
        """Each by itself."""
        return nullcontext()

    def happened(self, intent: Intent, outcome: Outcome) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store_journal, "book", self._book_the_last)
            self.real.happened(intent, outcome)

    def _book_the_last(self, connection: Any, *given: Any, **named: Any) -> None:
        if self.left:
            self.left(connection)
        self.left = lambda then: book(then, *given, **named)


class NoBase(Wrapped):
    """Nobody remembers how we left things: what people changed looks like what the roster changed."""

    def ledger(self) -> Ledger:
        return {key: replace(owned, fields={}) for key, owned in self.real.ledger().items()}


class OwnsAdopted(Wrapped):
    """What was there before us is taken for what we made."""

    def ledger(self) -> Ledger:
        ledger: Ledger = self.real.ledger()
        return {key: replace(owned, how="created") if owned.how == "adopted" else owned for key, owned in ledger.items()}


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


@dataclass
class OneLook(Wrapped):
    """What the first reading says is believed; the second only repeats it."""

    seen: dict[Key, Outcome] = field(default_factory=dict)

    def look(self, change: Change) -> Outcome:
        if change.key not in self.seen:
            self.seen[change.key] = self.real.look(change)
        return self.seen[change.key]


JOURNALS: Mapping[str, Callable[[Any], Any]] = {
    "no recovery": NoRecovery,
    "audit after the call": AuditAfterCall,
    "outcome before the call": OutcomeBeforeCall,
    "claims everything": ClaimsAll,
    "any approval": AnyApproval,
    "one transaction": OneTransaction,
    "committed with the next": CommittedWithNext,
    "ledger later": LedgerLater,
    "no base": NoBase,
    "owns what it adopted": OwnsAdopted,
}
CANVASES: Mapping[str, Callable[[Any], Any]] = {
    "unknown is failed": UnknownIsFailed,
    "blind re-send": BlindResend,
    "assumes applied": AssumesApplied,
    "assumes nothing": AssumesNothing,
    "one look": OneLook,
}
RULES: Mapping[str, tuple[str, object]] = {
    "removes whatever is live": (
        "ilc_canvas.reconcile.compare.removals._removable",
        lambda record, _: record.fields.get("state") == "active",
    ),
    "blind guard": ("ilc_canvas.sync.planning.check", lambda *_, **__: Verdict()),
    "no fence": ("ilc_canvas.store.db.lease.Lease.verify", lambda *_, **__: None),
    "removes first": ("ilc_canvas.reconcile.change.Remove.rank", property(lambda change: (-2, change.key.id))),
}
"""Mutants that are no other port, but another rule in the midst of the code: where it stands, and what stands there instead."""


def journal_of(mutant: str) -> Callable[[SqlJournal], Journal]:
    """The journal of this mutant; the real one where the mutant breaks something else."""
    return lambda real: cast(Journal, JOURNALS.get(mutant, lambda same: same)(real))


def canvas_of(mutant: str) -> Callable[[CanvasClient], Canvas]:
    """The client of this mutant; the real one where the mutant breaks something else."""
    return lambda real: cast(Canvas, CANVASES.get(mutant, lambda same: same)(real))

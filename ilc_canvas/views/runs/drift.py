"""What people changed by hand in Canvas, since when, and what has been decided about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.reconcile.compare.drift_decisions import KEEP, DriftDecision, DriftDecisions
from ilc_canvas.reconcile.state import Key
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs import ledger
from ilc_canvas.store.runs.decisions import drift
from ilc_canvas.store.runs.decisions.drift import FoundDrift
from ilc_canvas.views import years


@dataclass(frozen=True, slots=True)
class DriftItem:
    """One thing that was changed by hand, in the school year of a scope."""

    canvas_scope: CanvasScope
    found: FoundDrift
    decision: DriftDecision | None = None  # about just this edit
    editor: Key | None = None  # the person of ours who did it, where Canvas tells

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided about it."""
        return self.decision is None

    @property
    def stamp(self) -> str:
        """Names what a page shows of it: this edit, and what was decided about it until then."""
        return f"{self.found.row.edit} {self.decision.at.isoformat() if self.decision else ''}".rstrip()


def drift_items(settings: Settings, store: Store, at: datetime) -> list[DriftItem]:
    """Everything that the newest plans of the current school years found changed by hand, things that somebody must choose about first.

    What was kept by a decision is not in plans any more, and not in this list: see `kept`.
    """
    items = [item for canvas_scope in years.canvas_scopes(settings, store, at) for item in _items(store, canvas_scope)]
    return sorted(items, key=lambda item: (not item.found.row.conflict, str(item.found.row.key), item.found.row.field))


def _items(store: Store, canvas_scope: CanvasScope) -> list[DriftItem]:
    decided, every = drift.decisions(store, canvas_scope), drift.found(store, canvas_scope)
    people = ledger.people(store, canvas_scope) if any(found.row.editor for found in every) else {}
    return [DriftItem(canvas_scope, found, _decision(found, decided), people.get(found.row.editor or 0)) for found in every]


def _decision(found: FoundDrift, decided: DriftDecisions) -> DriftDecision | None:
    decision = decided.get((found.row.key, found.row.field))
    return decision if decision and decision.edit == found.row.edit else None


def kept(settings: Settings, store: Store, at: datetime) -> Sequence[DriftDecision]:
    """The decisions to keep something as it is, newest first."""
    every = {
        (each.key, each.field): each
        for canvas_scope in years.canvas_scopes(settings, store, at)
        for each in drift.decisions(store, canvas_scope).values()
        if each.choice == KEEP
    }
    return sorted(every.values(), key=lambda each: each.at, reverse=True)

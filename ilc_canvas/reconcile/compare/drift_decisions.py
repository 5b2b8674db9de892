"""What people have decided about things that were changed by hand in Canvas: keep it, or put it back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.reconcile.change import Drift
from ilc_canvas.reconcile.state import Key

KEEP, PUT_BACK = "keep", "put-back"


@dataclass(frozen=True, slots=True)
class DriftDecision:
    """One decision. Keeping holds for just this edit; putting back holds until it has been done once."""

    key: Key
    field: str
    edit: str  # `Drift.edit`
    choice: str  # keep or put-back
    at: datetime
    actor: str = ""
    reason: str = ""


DriftDecisions = Mapping[tuple[Key, str], DriftDecision]
"""The decisions in force, by key and field."""


def divided_drift(drift: Iterable[Drift], decisions: DriftDecisions) -> tuple[tuple[Drift, ...], tuple[Drift, ...]]:
    """What somebody still has to know of, and what was decided to be kept as it is."""
    rows = list(drift)
    kept = [each for each in rows if _is_kept(each, decisions)]
    return tuple(each for each in rows if each not in kept), tuple(kept)


def _is_kept(drift: Drift, decisions: DriftDecisions) -> bool:
    decision = decisions.get((drift.key, drift.field))
    return decision is not None and (decision.choice, decision.edit) == (KEEP, drift.edit)

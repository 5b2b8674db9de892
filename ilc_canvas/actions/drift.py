"""Deciding about things that people changed by hand in Canvas."""

from collections.abc import Collection, Sequence
from datetime import datetime

from ilc_canvas.reconcile.errors import DecisionError, OutrunError
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs.decisions import drift
from ilc_canvas.views.runs.drift import DriftItem, drift_items

_NOT_PUT_BACK = frozenset({"stands_in"})
"""Fields that Canvas offers no way to set back: a section that was cross-listed must be taken out there."""


def decide(
    settings: Settings,
    store: Store,
    words: Sequence[str],
    *,
    field: str,
    choice: str,
    actor: str,
    reason: str,
    at: datetime,
    shown: Collection[str] | None = None,
) -> list[DriftItem]:
    """Keep these as they are, or have the next sync put them back; what was decided about. `field` narrows it to one field of each.

    DecisionError if a word names nothing that was changed by hand, or something that cannot be put back; OutrunError if somebody else has
    decided about one of them meanwhile, or it is none of those whose stamps were `shown`. Nothing is changed then.
    """
    items = drift_items(settings, store, at)
    selected = [item for word in dict.fromkeys(words) for item in _named(items, word, field)]
    _require_shown(selected, shown)
    decide_on(store, selected, choice=choice, actor=actor, reason=reason, at=at)
    return selected


def decide_on(store: Store, selected: Sequence[DriftItem], *, choice: str, actor: str, reason: str, at: datetime) -> None:
    """The same about just these. OutrunError if somebody has decided about one of them since they were read."""
    if any(not item.found.row.edit for item in selected):
        raise DecisionError(f"Something of this was found by an older version. Nothing was changed. Look first: {Next.PLAN}")
    fixed = [item for item in selected if choice == "put-back" and item.found.row.field in _NOT_PUT_BACK]
    if fixed:
        raise DecisionError(
            f"{fixed[0].found.row.key} was cross-listed into another course: only people in Canvas can take it out again. "
            "Nothing was changed."
        )
    for canvas_scope in dict.fromkeys(item.canvas_scope for item in selected):
        here = [item for item in selected if item.canvas_scope == canvas_scope]
        rows, seen = [item.found.row for item in here], {(each.key, each.field): each for item in here if (each := item.decision)}
        drift.decide(store, canvas_scope, rows, choice=choice, actor=actor, reason=reason, at=at, seen=seen)


def _require_shown(items: Sequence[DriftItem], shown: Collection[str] | None) -> None:
    for item in items:
        if shown is not None and item.stamp not in shown:
            by = f" {item.decision.actor} has decided about it." if item.decision else ""
            raise OutrunError(f"{item.found.row.key} is not as it was shown any more.{by} Nothing was changed.")


def _named(items: Sequence[DriftItem], word: str, field: str) -> list[DriftItem]:
    """What a key names, with its kind or without."""
    found = [item for item in items if word in (str(item.found.row.key), item.found.row.key.id) and field in ("", item.found.row.field)]
    if not found:
        where = f" in its field {field}" if field else ""
        raise DecisionError(f"The last plan found nothing about {word} changed by hand{where}. Nothing was changed. See: {Next.DRIFT}")
    if any(not item.found.row.edit for item in found):
        raise DecisionError(f"What was changed about {word} was found by an older version. Nothing was changed. Look first: {Next.PLAN}")
    return found

"""Adds our recent writes to a reading that may not show them yet: Canvas's lists come from a replica that can lag."""

from collections.abc import Sequence
from dataclasses import replace

from ilc_canvas.reconcile.change import Adopt, Change, Create, Outcome, Remove, Update
from ilc_canvas.reconcile.state import Fields, Record, State

Done = Sequence[tuple[Change, Outcome]]
"""Changes that were carried out, oldest first, each with its outcome."""


def with_recent_writes(observed: State, recent: Done) -> State:
    """The reading with each recent change applied to records that still look as before; any other was changed by somebody else."""
    records = dict(observed.records)
    for change, outcome in recent:
        after = _after(change, outcome, records.get(change.key))
        if after:
            records[change.key] = after
    return replace(observed, records=records)


def _after(change: Change, outcome: Outcome, observed: Record | None) -> Record | None:
    """The record as it must be by now; None if the reading needs no correction."""
    if isinstance(change, Adopt):
        return None
    if observed is None:
        return _created(change, outcome) if isinstance(change, Create) and not change.key.rule.is_shown_singly else None
    before = change.before
    if before is None or not _is_unchanged(before, observed, _touched(change)):
        return None
    return replace(observed, fields={**observed.fields, **_set(change, outcome)})


def _created(change: Create, outcome: Outcome) -> Record:
    fields = {**change.after.fields, **(outcome.after or {})}
    if change.key.rule.starts_as:
        fields.setdefault("state", change.key.rule.starts_as)
    return replace(change.after, fields=fields, handle=outcome.handle)


def _touched(change: Change) -> Fields:
    if isinstance(change, Update):
        return change.fields
    return {"state": None, **({} if isinstance(change, Remove) else change.after.fields)}


def _is_unchanged(before: Record, observed: Record, names: Fields) -> bool:
    return all(observed.fields.get(name) == before.fields.get(name) for name in names)


def _set(change: Change, outcome: Outcome) -> Fields:
    if isinstance(change, Update):
        return change.fields
    if isinstance(change, Remove):
        return {"state": change.key.rule.ended_as, **(outcome.after or {})}
    return {**change.after.fields, **(outcome.after or {})}

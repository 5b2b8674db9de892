"""What one object, read by itself, says about a change whose call gave no answer."""

from dataclasses import replace

from ilc_canvas.canvas.kinds import KINDS
from ilc_canvas.reconcile.change import Change, Remove, Update
from ilc_canvas.reconcile.state import Fields, Record


def unchanged(change: Change, seen: Record | None) -> Record | None:
    """What Canvas has not changed since the plan was made, by its own stamp, is as it was then."""
    before = change.before.fields if change.before else {}
    if seen is None or before.get("stamp") is None or seen.fields.get("stamp") != before["stamp"]:
        return seen
    texts = {name: before[name] for name in (seen.rule.rewritten or {}) if name in before}
    return replace(seen, fields={**seen.fields, **texts})


def verdict_on(change: Change, seen: Record | None) -> str:
    """applied (as wanted), not_applied (as before, or not there) or refused (neither)."""
    if isinstance(change, Remove):
        return ended(change, seen)
    if seen is None or (change.key.rule.has_way_back and not seen.is_live):
        return "not_applied"
    wanted = change.fields if isinstance(change, Update) else _made(change)
    same = change.key.rule.same
    if all(same(name, value, seen.fields.get(name)) for name, value in wanted.items() if name in seen.fields):
        return "applied"
    former = change.before.fields if change.before else {}
    ours = all(any(same(name, each, seen.fields.get(name)) for each in (value, former.get(name))) for name, value in wanted.items())
    return "not_applied" if change.before and ours else "refused"  # each as before or as wanted: nobody else has changed it


def _made(change: Change) -> Fields:
    """What a create sets in its one call."""
    return {name: value for name, value in change.subject.fields.items() if name not in KINDS[change.key.kind].set_later}


def ended(change: Remove, seen: Record | None) -> str:
    """What is gone, or live no more, was ended."""
    live = change.key.rule.live
    return "not_applied" if seen and (not live or seen.is_live) else "applied"

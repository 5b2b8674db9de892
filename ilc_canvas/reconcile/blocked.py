"""What cannot be made since something above it is in the way: gone, deleted or concluded in Canvas by people."""

from collections.abc import Iterable, Mapping

from ilc_canvas.reconcile.change import Aside, Change, Create, ordered
from ilc_canvas.reconcile.state import Key

GONE, DELETED, CONCLUDED = "blocked-gone", "blocked-deleted", "blocked-concluded"


def divided(changes: Iterable[Change], blocked: Mapping[Key, str]) -> tuple[list[Change], list[Aside]]:
    """What may go, and what was to be made at or below a blocked thing: deferred, with the code of what is in its way.

    What is there already is not blocked: its own fields can still be changed.
    """
    going: list[Change] = []
    deferred: list[Aside] = []
    missing = dict(blocked)
    for change in ordered(changes):  # parents come first
        why = _in_the_way(change, missing)
        if why is None:
            going.append(change)
        else:
            deferred.append(Aside(change, why))
            missing[change.key] = why
    return going, deferred


def _in_the_way(change: Change, missing: Mapping[Key, str]) -> str | None:
    if not isinstance(change, Create):
        return None
    return next((missing[key] for key in (change.key, *change.subject.parents) if key in missing), None)

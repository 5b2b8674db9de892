"""What cannot be made because something above it is in the way: gone, or deleted, closed or moved in Canvas by people."""

from collections.abc import Iterable, Mapping

from ilc_canvas.reconcile.change import Change, Create, Deferred, ordered
from ilc_canvas.reconcile.kinds import DOUBLED, HIDDEN
from ilc_canvas.reconcile.state import Key

BLOCKED = "blocked-"
_WORDS = ("gone", "deleted", "concluded", "off", "unseen", "moved", "host", "doubled")
GONE, DELETED, CONCLUDED, OFF, UNSEEN, MOVED, HOST, IS_DOUBLED = (f"{BLOCKED}{word}" for word in _WORDS)
IN_THE_WAY = {"deleted": DELETED, "completed": CONCLUDED, "inactive": OFF, HIDDEN: UNSEEN, DOUBLED: IS_DOUBLED}
"""What the state of an object means for what would be made below it."""


def cause(code: str, key: Key) -> str:
    """Why something is deferred: a code and the key of what is in the way."""
    return f"{code} {key}"


def cause_of(why: str) -> tuple[str, Key | None]:
    """The code and the key of what is in the way; None if `why` names none."""
    code, _, key = why.partition(" ")
    return (code, Key.parse(key)) if code.startswith(BLOCKED) and key else (why, None)


def divided(changes: Iterable[Change], blocked: Mapping[Key, str]) -> tuple[list[Change], list[Deferred]]:
    """The changes that may go ahead, and those at or below a blocked object, deferred with the cause.

    An object that exists already is not blocked: its own fields can still change.
    """
    going: list[Change] = []
    deferred: list[Deferred] = []
    missing = dict(blocked)
    for change in ordered(changes):  # parents come first
        why = _in_the_way(change, missing)
        if why is None:
            going.append(change)
        else:
            deferred.append(Deferred(change, why))
            missing[change.key] = why
    return going, deferred


def _in_the_way(change: Change, missing: Mapping[Key, str]) -> str | None:
    if not isinstance(change, Create):
        return None
    return next((missing[key] for key in (change.key, *change.subject.parents) if key in missing), None)

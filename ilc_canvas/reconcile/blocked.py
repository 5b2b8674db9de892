"""What cannot be made since something above it is in the way: gone, deleted, closed or moved in Canvas by people."""

from collections.abc import Iterable, Mapping

from ilc_canvas.reconcile.change import Aside, Change, Create, ordered
from ilc_canvas.reconcile.kinds import HIDDEN
from ilc_canvas.reconcile.state import Key

BLOCKED = "blocked-"
_WORDS = ("gone", "deleted", "concluded", "off", "unseen", "moved", "host")
GONE, DELETED, CONCLUDED, OFF, UNSEEN, MOVED, HOST = (f"{BLOCKED}{word}" for word in _WORDS)
IN_THE_WAY = {"deleted": DELETED, "completed": CONCLUDED, "inactive": OFF, HIDDEN: UNSEEN}
"""What the state of a thing means for what is to be made below it."""


def cause(code: str, key: Key) -> str:
    """Why something is deferred: a code, and what is in the way."""
    return f"{code} {key}"


def cause_of(why: str) -> tuple[str, Key | None]:
    """The code, and what is in the way; None where `why` names nothing."""
    code, _, key = why.partition(" ")
    return (code, Key.parse(key)) if code.startswith(BLOCKED) and key else (why, None)


def divided(changes: Iterable[Change], blocked: Mapping[Key, str]) -> tuple[list[Change], list[Aside]]:
    """What may go, and what was to be made at or below a blocked thing: deferred, with the cause.

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

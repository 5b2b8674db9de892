"""Changes that stay undone because a person wants it so: declined in a plan, or taken back after they were done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.reconcile.change import Change, is_between, slot, wanted
from ilc_canvas.reconcile.state import Key

DECLINED, UNDONE, LEFT_OUT = "declined", "undone", "left-out"
DECIDED = frozenset({DECLINED, UNDONE, LEFT_OUT})
"""Why a change is left out that a person wants left out: always listed with who and why."""


@dataclass(frozen=True, slots=True)
class Declined:
    """One decision in force: this change is not made until its row asks for something else, or a person says otherwise."""

    key: Key  # `change.slot`
    wants: str  # `change.wanted`
    verb: str
    why: str  # declined, undone or left-out
    at: datetime
    actor: str = ""
    reason: str = ""  # as the person wrote it; empty where it was erased
    run: int | None = None  # that planned the change, or took it back
    digest: str = ""  # of the plan in which it was declined

    def means(self, change: Change) -> bool:
        """Whether this is that change."""
        return (slot(change), wanted(change)) == (self.key, self.wants)


def left_undone(changes: Iterable[Change], declined: Mapping[Key, Declined], *, redo: bool) -> dict[Key, str]:
    """The changes among these that a person wants left undone, with the word for it; with `redo` what was undone is done again."""
    found = ((change, declined.get(slot(change))) for change in changes)
    return {slot(change): each.why for change, each in found if each and each.means(change) and not (redo and each.why == UNDONE)}


def named(changes: Iterable[Change]) -> dict[Key, Change]:
    """The changes by what a decision about them is kept under. A login for the time between is only a step to the one after it."""
    return {slot(change): change for change in changes if not is_between(change)}

"""Changes that stay undone because a person decided so: declined in a plan, or reversed after a run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.reconcile.change import Change, desired_digest, is_between, slot
from ilc_canvas.reconcile.state import Key

DECLINED, UNDONE, LEFT_OUT = "declined", "undone", "left-out"
DECIDED = frozenset({DECLINED, UNDONE, LEFT_OUT})
"""The reasons for changes that a person decided to leave out: always listed with who and why."""


@dataclass(frozen=True, slots=True)
class Declined:
    """One decision in force: this change is not made until its row asks for something else or a person says otherwise."""

    key: Key  # `change.slot`
    wants: str  # `change.desired_digest`
    verb: str
    why: str  # declined, undone or left-out
    at: datetime
    actor: str = ""
    reason: str = ""  # as the person wrote it; empty if it was erased
    run: int | None = None  # the run that planned the change or reversed it
    digest: str = ""  # the plan in which it was declined

    def means(self, change: Change) -> bool:
        """Whether this is the declined change."""
        return (slot(change), desired_digest(change)) == (self.key, self.wants)


def left_undone(changes: Iterable[Change], declined: Mapping[Key, Declined], *, redo: bool) -> dict[Key, str]:
    """The reasons, by slot, for those of these changes that a person decided to leave undone; `redo` makes undone changes again."""
    pairs = ((change, declined.get(slot(change))) for change in changes)
    return {slot(change): each.why for change, each in pairs if each and each.means(change) and not (redo and each.why == UNDONE)}


def named(changes: Iterable[Change]) -> dict[Key, Change]:
    """The changes by the key that a decision about them is kept under. An interim login is only a step to the final one."""
    return {slot(change): change for change in changes if not is_between(change)}

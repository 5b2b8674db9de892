"""Who created something: what was not observed before our call and is there after it was created by us. No clock is involved.

Somebody may enroll the same person by hand between our reading and our call; Canvas then answers as if it had created the row for us
(contract-core 8.3). Canvas numbers its rows in order, from one database sequence: a row whose number is not above one that was known
before our call already existed, so it is theirs. If no number proves that, it is ours: the roster asked for it, the other person added
it minutes earlier at most, and claiming it wrongly can be put right (a removal is planned, counted by the guard, and only deactivates),
while a place wrongly taken for somebody else's is never given up, and nobody notices.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ilc_canvas.reconcile.change import Change, Create, Outcome
from ilc_canvas.reconcile.state import Key, State

SHARD = 10**13
"""Objects in another database of the same Canvas are numbered from a multiple of this: their numbers cannot be compared."""


@dataclass
class Newest:
    """The highest enrollment number known so far, and what it was when each change was first tried."""

    number: int = 0
    first: dict[Key, int] = field(default_factory=dict)

    def learn(self, numbers: Iterable[int | None]) -> None:
        """Remember these numbers."""
        self.number = max(self.number, *(number or 0 for number in numbers), 0)

    def before(self, key: Key) -> int:
        """The number known before the first try of this change: a second try may find what the first one created."""
        return self.first.setdefault(key, self.number)


def newest_of(observed: State) -> int:
    """The highest number among observed enrollments; 0 if there are none."""
    return max((record.handle or 0 for record in observed if record.rule.is_upserted), default=0)


def judged(change: Change, outcome: Outcome, *, newest: int, again: bool = False) -> Outcome:
    """The outcome, corrected for who created the object: `noop` means that it was there before our call.

    `newest` is the highest enrollment number known before the first try; `again` says whether an earlier try may have been carried out.
    """
    if not isinstance(change, Create) or not outcome.done:
        return outcome
    if again and outcome.result == "noop":
        return replace(outcome, result="applied")
    is_older = change.before is None and change.key.rule.is_upserted and _precedes(outcome.handle, newest)
    return replace(outcome, result="noop", reason="there before our call") if is_older else outcome


def _precedes(number: int | None, newest: int) -> bool:
    return number is not None and number // SHARD == newest // SHARD and number <= newest

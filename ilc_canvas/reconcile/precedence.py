"""Whose something is: what was not observed before our call, and is there after it, was created by us. No clock has a say in that.

Somebody may enroll the same person by hand between our reading and our call, which Canvas answers as if it had made the row for us
(contract-core 8.3). Canvas numbers its rows in order, from one sequence of its database: a row whose number is not above one that was
known before our call was there before it, and is theirs. If no number says so, it is ours: the roster asked for it, the person left
it in that place for minutes at most, and what is taken for ours can be given back (a removal is planned, counted by the guard, and only
deactivates), while a place that is wrongly taken for somebody else's is never given up, and nobody notices.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ilc_canvas.reconcile.change import Change, Create, Outcome
from ilc_canvas.reconcile.state import Key, State

SHARD = 10**13
"""Numbers of objects in another database of the same Canvas begin above a multiple of this: they cannot be compared."""


@dataclass
class Newest:
    """The highest number of an enrollment that is known so far, and what it was when something was first tried."""

    number: int = 0
    first: dict[Key, int] = field(default_factory=dict)

    def learn(self, numbers: Iterable[int | None]) -> None:
        """These are known from now on."""
        self.number = max(self.number, *(number or 0 for number in numbers), 0)

    def before(self, key: Key) -> int:
        """What was known before this was tried for the first time: a second try may find what the first one made."""
        return self.first.setdefault(key, self.number)


def newest_of(observed: State) -> int:
    """The highest number of the enrollments that were observed; 0: there are none."""
    return max((record.handle or 0 for record in observed if record.rule.is_upserted), default=0)


def judged(change: Change, outcome: Outcome, *, newest: int, again: bool = False) -> Outcome:
    """The outcome, with what is known of whose the object is: `noop` says that it was there before our call.

    `newest` is the highest number of an enrollment that was known before the first try, `again` whether there was one that may have been
    carried out.
    """
    if not isinstance(change, Create) or not outcome.done:
        return outcome
    if again and outcome.result == "noop":
        return replace(outcome, result="applied")
    is_older = change.before is None and change.key.rule.is_upserted and _precedes(outcome.handle, newest)
    return replace(outcome, result="noop", reason="there before our call") if is_older else outcome


def _precedes(number: int | None, newest: int) -> bool:
    return number is not None and number // SHARD == newest // SHARD and number <= newest

"""Settling what got no answer, by looking: what is found is booked at once, only what is not there is waited for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ilc_canvas.reconcile.change import Change, Create, Outcome
from ilc_canvas.reconcile.precedence import judged
from ilc_canvas.reconcile.run.values import Intent
from ilc_canvas.sync.context import RunContext

Believed = Callable[[Intent, Outcome, Outcome | None], Outcome | None]
"""What an intent's reading, and the one before it, prove; None: nothing yet."""


def settle(intents: Sequence[Intent], context: RunContext, *, how: str) -> Iterator[tuple[Intent, Outcome]]:
    """Close intents without an answer, each as soon as it is known what became of it; to be gone through to its end.

    Lists may be older than what was written last. What is not there may still appear: it is believed when `settle_seconds` have passed
    since the call, and two readings agree. What is found as wanted needs no such wait. It is believed at once if no older state could
    look so: it was not there at all before, or it is read singly, which is never late. An enrollment that was there before, in other
    states, an account and its addresses must be found so twice.
    """
    looking = _Search(context, how, list(intents))
    yield from looking.round(_found)
    if looking.any_found():
        context.sleep(context.apply_settings.reread_seconds)
        yield from looking.round(_found_twice)
    if looking.left:
        looking.wait()
        yield from looking.round(_found)
    for believed in (_agreeing, _agreeing_at_last):
        if looking.left:
            context.sleep(context.apply_settings.reread_seconds)
            yield from looking.round(believed)


@dataclass
class _Search:
    """What is still to be settled, and what was last read of it."""

    context: RunContext
    how: str
    left: list[Intent]
    last: dict[int, Outcome] = field(default_factory=dict)

    def round(self, believed: Believed) -> Iterator[tuple[Intent, Outcome]]:
        """Read each once more, and close what that proves."""
        for intent in list(self.left):
            seen = replace(self.context.canvas.look(intent.change), at=None, how=self.how)
            proved = believed(intent, seen, self.last.get(intent.seq))
            self.last[intent.seq] = seen
            if proved:
                outcome = judged(intent.change, proved, newest=intent.newest, again=intent.again)
                self.left.remove(intent)
                self.context.journal.happened(intent, outcome)
                yield intent, outcome

    def wait(self) -> None:
        """Until the last of them must have appeared, by the time that has passed and not by anybody's clock: never longer than that."""
        seconds = self.context.apply_settings.settle_seconds - min(intent.ago for intent in self.left)
        if seconds > 0:
            self.context.sleep(seconds)

    def any_found(self) -> bool:
        """Whether any that is left was found as wanted."""
        return any(self.last[intent.seq].done for intent in self.left)


def _found(intent: Intent, seen: Outcome, last: Outcome | None) -> Outcome | None:
    del last
    return seen if seen.done and _is_certain(intent.change) else None


def _found_twice(intent: Intent, seen: Outcome, last: Outcome | None) -> Outcome | None:
    twice = last is not None and last.done and seen.done
    return seen if twice else _found(intent, seen, last)


def _agreeing(intent: Intent, seen: Outcome, last: Outcome | None) -> Outcome | None:
    agree = last is not None and last.result == seen.result
    return seen if agree else _found(intent, seen, last)


def _agreeing_at_last(intent: Intent, seen: Outcome, last: Outcome | None) -> Outcome | None:
    return _agreeing(intent, seen, last) or replace(seen, result="refused", reason="two readings differ")


def _is_certain(change: Change) -> bool:
    """Whether no state before our call looks as this change wants it."""
    return change.key.rule.is_read_singly or (isinstance(change, Create) and change.before is None)

"""What has become of the changes of a run so far, and when that is a reason to stop."""

from collections import Counter
from dataclasses import dataclass, field, replace

from ilc_canvas.reconcile.change import Change, Create, Outcome, Remove, Update, fingerprint
from ilc_canvas.reconcile.compare.fields import is_live
from ilc_canvas.reconcile.kinds import Kind, plural
from ilc_canvas.reconcile.precedence import Newest
from ilc_canvas.reconcile.state import Key


@dataclass
class Progress:
    """What has become of the changes so far."""

    total: int = 0
    done: int = 0
    failures: dict[Key, str] = field(default_factory=dict)
    waiting: list[Change] = field(default_factory=list)  # for a person, or for its time: not tried
    withheld: list[Change] = field(default_factory=list)  # not tried since something else failed, or the run stopped
    stopped: str = ""  # why nothing more is tried: failures, interrupted
    in_a_row: int = 0
    again: list[Change] = field(default_factory=list)  # what a stage has still to do
    away: bool = False  # whether the last failure was Canvas's, and not a no
    steps: frozenset[str] = frozenset()  # changes, by fingerprint, that count as parts of others: the way to a new address
    joined: Counter[Key] = field(default_factory=Counter)  # enrollments by course: those that began, less those that ended
    newest: Newest = field(default_factory=Newest)
    doubted: set[Key] = field(default_factory=set)  # of which a try may have been carried out
    paused: bool = False  # whether nothing more of this stage is tried: Canvas gives no answers to it
    unanswered: list[Kind] = field(default_factory=list)  # kinds of which that is so
    content_in_a_row: int = 0
    content_ends: bool = False  # whether nothing more is tried of what courses hold beside their people

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each kind of thing to which Canvas gives no answers."""
        return tuple(
            f"Canvas gives no usable answer when {plural(kind)} are written. What it did all the same was looked up; the rest of them, and "
            "what stands in them, waits for the next run."
            for kind in self.unanswered
        )

    def take_again(self) -> list[Change]:
        """What is to be tried now; the list is empty afterwards."""
        taken, self.again = self.again, []
        return taken

    def book(self, change: Change, outcome: Outcome) -> None:
        """Count an outcome; what did not happen, or only in part, is to be tried again."""
        rest = rest_of(change, outcome)
        if rest:
            self.again.append(rest)
        elif outcome.result == "not_applied":
            self.again.append(change)
        else:
            self.count(change, outcome)

    def count(self, change: Change, outcome: Outcome) -> None:
        """Book one outcome, and stop where too much fails: 5 in a row, or more than 20 % of 10 or more. A no to what holds back
        nothing else does not count.
        """
        if change.key.rule.is_content and not outcome.done:
            self.failures[change.key] = outcome.reason or outcome.result
            self._content_failed()
            return
        if outcome.done:
            self.content_in_a_row = 0
            self.done, self.in_a_row = self.done + (fingerprint(change) not in self.steps), 0
            self._join(change)
            return
        self.failures[change.key] = outcome.reason or outcome.result
        if outcome.result != "unavailable" and not change.key.rule.holds_back:
            return
        self.away = outcome.result == "unavailable"
        self.in_a_row += 1
        failed = sum(key.rule.holds_back for key in self.failures)
        tried = self.done + failed
        if self.in_a_row >= 5 or (tried >= 10 and failed > 0.2 * tried):
            self.stopped = "failures"

    def _content_failed(self) -> None:
        """Five in a row end it for this run; people do not wait for it."""
        self.content_in_a_row += 1
        if self.content_in_a_row >= 5:
            self.content_ends = self.paused = True

    def give_up(self, change: Change) -> None:
        """It got no answer, and did not happen: after two tries, or one if Canvas gives no answers to its kind."""
        if self.paused:
            self.failures[change.key] = "no answer"
        else:
            self.count(change, Outcome("unavailable", reason="no answer, twice"))

    def doubt(self, change: Change) -> None:
        """One more without an answer, for now: five of them in a row end the stage, and with those of another kind the run, as failures
        do.
        """
        self.doubted.add(change.key)
        if change.key.rule.is_content:
            self._content_failed()
            return
        self.in_a_row += 1
        if self.in_a_row < 5 or self.paused:
            return
        self.paused, kind = True, change.key.kind
        if any(other is not kind for other in self.unanswered):
            self.stopped, self.away = "failures", True
        if kind not in self.unanswered:
            self.unanswered.append(kind)

    def _join(self, change: Change) -> None:
        course = change.subject.course
        if course and isinstance(change, Remove):
            self.joined[course] -= change.covers
        elif course and change.key.rule.is_placement and not is_live(change.before):
            self.joined[course] += 1


def rest_of(change: Change, outcome: Outcome) -> Update | None:
    """What a create has left to be done: Canvas shows the object, but not with all the fields that were wanted."""
    if not isinstance(change, Create) or not outcome.done or outcome.after is None:
        return None
    rule, shown = change.key.rule, {name: value for name, value in change.after.fields.items() if name in outcome.after}
    left = {n: v for n, v in shown.items() if n not in rule.unkept and not rule.same(n, v, outcome.after[n])}
    made = replace(change.after, fields=outcome.after, handle=outcome.handle)
    return Update(made, replace(made, fields={**outcome.after, **left})) if left else None

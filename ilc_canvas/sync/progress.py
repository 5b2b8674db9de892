"""What has become of the changes of a run so far."""

from collections import Counter
from dataclasses import dataclass, field, replace

from ilc_canvas.reconcile.change import Change, Create, Outcome, Remove, Update, fingerprint
from ilc_canvas.reconcile.compare.fields import is_live
from ilc_canvas.reconcile.precedence import Newest
from ilc_canvas.reconcile.state import Key
from ilc_canvas.sync.stopping import Stopping


@dataclass
class Progress:
    """What has become of the changes so far."""

    total: int = 0
    done: int = 0
    failures: dict[Key, str] = field(default_factory=dict)
    waiting: list[Change] = field(default_factory=list)  # for a person, or for its time: not tried
    withheld: list[Change] = field(default_factory=list)  # not tried since something else failed, or the run stopped
    again: list[Change] = field(default_factory=list)  # what a stage has still to do
    steps: frozenset[str] = frozenset()  # changes, by fingerprint, that count as parts of others: the way to a new address
    joined: Counter[Key] = field(default_factory=Counter)  # enrollments by course: those that began, less those that ended
    newest: Newest = field(default_factory=Newest)
    doubtful: set[Key] = field(default_factory=set)  # of which a try may have been carried out
    stopping: Stopping = field(default_factory=Stopping)

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
        """Book one outcome, and stop where too much fails. A no to what holds back nothing else does not count."""
        if outcome.done:
            self.stopping.succeeded()
            self.done += fingerprint(change) not in self.steps
            self._join(change)
            return
        self.failures[change.key] = outcome.reason or outcome.result
        if change.key.rule.is_content:
            self.stopping.content_failed()
        elif outcome.result == "unavailable" or change.key.rule.holds_back:
            failed = sum(key.rule.holds_back for key in self.failures)
            self.stopping.failed(away=outcome.result == "unavailable", failures=failed, done=self.done)

    def give_up(self, change: Change) -> None:
        """It got no answer, and did not happen: after two tries, or one if Canvas gives no answers to its kind."""
        if self.stopping.paused:
            self.failures[change.key] = "no answer"
        else:
            self.count(change, Outcome("unavailable", reason="no answer, twice"))

    def doubt(self, change: Change) -> None:
        """One more without an answer, for now."""
        self.doubtful.add(change.key)
        if change.key.rule.is_content:
            self.stopping.content_failed()
        else:
            self.stopping.doubted(change.key.kind)

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

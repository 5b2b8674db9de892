"""Carrying out changes: intent, call, outcome; parents before children, removals last, doubt settled by looking."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field, replace
from itertools import groupby

import structlog

from ilc_canvas.reconcile.change import Change, Create, Outcome, Remove, Update, fingerprint, without_steps
from ilc_canvas.reconcile.comparing import is_live
from ilc_canvas.reconcile.errors import IncompleteError, MissingRightError, StoreError, TokenError, UnavailableError
from ilc_canvas.reconcile.precedence import Newest, judged
from ilc_canvas.reconcile.run import Intent
from ilc_canvas.reconcile.state import Key
from ilc_canvas.sync.settling import settle
from ilc_canvas.sync.tools import Tools
from ilc_canvas.threads import calls

log = structlog.get_logger(__name__)


@dataclass
class Tally:
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

    def take_again(self) -> list[Change]:
        """What is to be tried now; the list is empty afterwards."""
        taken, self.again = self.again, []
        return taken

    def book(self, change: Change, outcome: Outcome) -> None:
        """Count an outcome; what did not happen, or only in part, is to be tried again."""
        rest = _rest(change, outcome)
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
        if outcome.done:
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

    def doubt(self, change: Change) -> None:
        """One more without an answer, for now: five of them in a row stop as failures do."""
        self.doubted.add(change.key)
        self.in_a_row += 1
        if self.in_a_row >= 5:
            self.stopped, self.away = "failures", True

    def _join(self, change: Change) -> None:
        course = change.subject.course
        if course and isinstance(change, Remove):
            self.joined[course] -= change.covers
        elif course and change.key.rule.is_placement and not is_live(change.before):
            self.joined[course] += 1


def carry_out(run: int, changes: Sequence[Change], tally: Tally, *, tools: Tools) -> None:
    """Apply the changes in their order, stage by stage, and book them; what depends on a failure is withheld."""
    whole = {fingerprint(change) for change in without_steps(changes)}
    tally.total, tally.steps = len(whole), frozenset(map(fingerprint, changes)) - whole
    with calls(tools.pace.in_flight) as pool:
        for _, stage in groupby(changes, key=_stage):
            ready = [change for change in stage if _may_go(change, tally)]
            tally.again = ready
            for _ in range(2):  # what got no answer and did not happen is tried once more
                _settle_in_run(_fly(run, tally.take_again(), tally, tools=tools, pool=pool), tally, tools)
            for change in tally.take_again():
                tally.count(change, Outcome("unavailable", reason="no answer, twice"))


def _stage(change: Change) -> tuple[int, int, str]:
    return (*change.rank[:2], change.verb)


def _may_go(change: Change, tally: Tally) -> bool:
    """Not after a stop, not below something that failed, and no removal from a course where something failed."""
    lost = {*tally.failures, *(held.key for held in tally.withheld)}
    missing = lost | {held.key for held in tally.waiting}
    below = any(parent in missing for parent in change.subject.parents) or change.key in missing
    risky = isinstance(change, Remove) and _touches(change, lost)
    if tally.stopped or below or risky:
        tally.withheld.append(change)
        return False
    return True


def _touches(removal: Remove, lost: Iterable[Key]) -> bool:
    course = removal.before.course
    return course is not None and any(key.rule.holds_back and key.id.startswith(f"{course.id}:") for key in lost)


def _fly(run: int, changes: Sequence[Change], tally: Tally, *, tools: Tools, pool: Executor) -> list[Intent]:
    """Carry out one stage; the intents that got no answer. The first goes alone, so that a missing right stops the run at one.

    While calls are under way the next intents are committed, so that no call waits for the disk.
    """
    flight = _Flight(run, deque(changes), tools, pool, lambda: _stopped(tally, tools), lambda intent: _remembering(intent, tally))
    doubtful: list[Intent] = []
    landed: deque[tuple[Intent, Future[Outcome]]] = deque()
    try:
        while flight.send():
            landed.extend(flight.landed())
            while landed:
                doubtful += _land(*landed.popleft(), tally, tools=tools)
            flight.width = tools.pace.in_flight
    except (TokenError, MissingRightError):
        for intent, future in [*landed, *flight.drain()]:
            _record(intent, future, tally, tools=tools)
        raise
    finally:
        tally.withheld += flight.unsent()
    return doubtful


@dataclass
class _Flight:
    """The changes of one stage: waiting, intended, under way."""

    run: int
    queue: deque[Change]
    tools: Tools
    pool: Executor
    stopped: Callable[[], bool]
    remembering: Callable[[Intent], Intent]
    width: int = 1
    ready: deque[Intent] = field(default_factory=deque)
    flying: dict[Future[Outcome], Intent] = field(default_factory=dict)

    def send(self) -> bool:
        """Fill the free places, and commit the next intents; False where nothing is under way."""
        self._fill()
        going = bool(self.flying) and not self.stopped()
        while going and 1 < self.width > len(self.ready):
            going = self._intend()
        return bool(self.flying)

    def _fill(self) -> None:
        """The oldest intents' calls, each while nobody wants it to stop and the lease is ours for as long as a call can take."""
        while len(self.flying) < self.width and not self.stopped() and (self.ready or self._intend()):
            self.tools.journal.fresh()
            intent = self.ready.popleft()
            self.flying[self.pool.submit(self.tools.canvas.apply, intent.change)] = intent

    def _intend(self) -> bool:
        if not self.queue:
            return False
        intent = self.tools.journal.intended(self.run, self.queue.popleft(), self.tools.canvas.canvas_time())
        self.ready.append(self.remembering(intent))
        return True

    def landed(self) -> list[tuple[Intent, Future[Outcome]]]:
        """Those that have an answer, at least one; their places are filled at once with what is intended already."""
        done = [(self.flying.pop(future), future) for future in wait(self.flying, return_when=FIRST_COMPLETED).done]
        if self.ready:
            self._fill()
        return done

    def drain(self) -> list[tuple[Intent, Future[Outcome]]]:
        """All that is still under way, when it has ended."""
        return [(self.flying[future], future) for future in wait(self.flying).done]

    def unsent(self) -> list[Change]:
        """What was not sent; intents that were committed already are closed as not applied."""
        for intent in self.ready:
            self.tools.journal.happened(intent, Outcome("not_applied", reason="not sent"))
        return [*(intent.change for intent in self.ready), *self.queue]


def _remembering(intent: Intent, tally: Tally) -> Intent:
    """The intent, with what is known before its call that tells later whose the object is."""
    key = intent.change.key
    return replace(intent, newest=tally.newest.before(key), again=key in tally.doubted)


def _stopped(tally: Tally, tools: Tools) -> bool:
    if tools.stop() and not tally.stopped:
        tally.stopped = "interrupted"
    return bool(tally.stopped)


def _land(intent: Intent, future: Future[Outcome], tally: Tally, *, tools: Tools) -> list[Intent]:
    """Book one answer; the intent itself where there was none. A refused token or a missing right is recorded, then raised."""
    outcome = _record(intent, future, tally, tools=tools)
    failure = future.exception()
    if failure:
        raise failure
    return [intent] if outcome.result == "in_doubt" else []


def _record(intent: Intent, future: Future[Outcome], tally: Tally, *, tools: Tools) -> Outcome:
    try:
        outcome = judged(intent.change, future.result(), newest=intent.newest, again=intent.again)
    except (TokenError, MissingRightError) as error:
        outcome = Outcome("unavailable", reason=type(error).__name__)
    if outcome.result == "in_doubt":
        tally.doubt(intent.change)
    else:
        tally.newest.learn([outcome.handle] if intent.change.key.rule.is_upserted else [])
        _keep(intent, outcome, tools)
        tally.book(intent.change, outcome)
        tools.watch(tally.done, tally.total, str(intent.change.key))
    return outcome


def _keep(intent: Intent, outcome: Outcome, tools: Tools) -> None:
    """Record an outcome; where the store cannot take it, it is said in the log before the run stops, and the next run looks."""
    try:
        tools.journal.happened(intent, outcome)
    except StoreError:
        said = {"result": outcome.result, "handle": outcome.handle, "request_id": outcome.request_id}
        log.exception("outcome.not_stored", run=intent.run, intent=intent.seq, key=str(intent.change.key), **said)
        raise


def _settle_in_run(doubtful: Sequence[Intent], tally: Tally, tools: Tools) -> None:
    """Look at what got no answer, and book it. Where Canvas cannot be read either, the next run looks, and this one stops."""
    left = {intent.seq: intent.change.key for intent in doubtful}
    try:
        for intent, outcome in settle(doubtful, tools, how="observed"):
            del left[intent.seq]
            tally.book(intent.change, outcome)
            tools.watch(tally.done, tally.total, str(intent.change.key))
    except (UnavailableError, IncompleteError):
        tally.stopped, tally.away = tally.stopped or "failures", True
        tally.failures |= dict.fromkeys(left.values(), "no answer, and Canvas cannot be read: the next run looks")


def _rest(change: Change, outcome: Outcome) -> Update | None:
    """What a create has left to be done: Canvas shows the object, but not with all the fields that were wanted."""
    if not isinstance(change, Create) or not outcome.done or outcome.after is None:
        return None
    rule, shown = change.key.rule, {name: value for name, value in change.after.fields.items() if name in outcome.after}
    left = {n: v for n, v in shown.items() if n not in rule.unkept and not rule.same(n, v, outcome.after[n])}
    made = replace(change.after, fields=outcome.after, handle=outcome.handle)
    return Update(made, replace(made, fields={**outcome.after, **left})) if left else None

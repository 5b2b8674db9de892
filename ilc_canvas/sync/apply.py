"""Carrying out changes: intent, call, outcome; parents before children, removals last, doubt settled by looking."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby, islice

import structlog

from ilc_canvas.reconcile.change import Change, Outcome, Remove, fingerprint, without_steps
from ilc_canvas.reconcile.errors import IncompleteError, MissingRightError, StoreError, TokenError, UnavailableError
from ilc_canvas.reconcile.precedence import judged
from ilc_canvas.reconcile.run.values import Intent
from ilc_canvas.reconcile.state import Key, course_of
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.sync.context import RunContext
from ilc_canvas.sync.progress import Progress
from ilc_canvas.sync.settle import settle
from ilc_canvas.threads import calls

log = structlog.get_logger(__name__)
TOGETHER = 0.5
"""Seconds that outcomes wait at most for the next one, to be stored with it."""


def carry_out(run: int, changes: Sequence[Change], progress: Progress, *, context: RunContext) -> None:
    """Apply the changes in their order, stage by stage, and book them; what depends on a failure is withheld."""
    whole = {fingerprint(change) for change in without_steps(changes)}
    progress.total, progress.steps = len(whole), frozenset(map(fingerprint, changes)) - whole
    with calls(context.apply_settings.in_flight) as pool:
        for _, stage in groupby(changes, key=_stage):
            progress.stopping.paused, progress.again = False, _going(list(stage), progress)
            for _ in range(2):  # what got no answer and did not happen is tried once more
                if not progress.stopping.paused:
                    _settle_in_run(_fly(run, progress.take_again(), progress, context=context, pool=pool), progress, context)
            for change in progress.take_again():
                progress.give_up(change)


def _stage(change: Change) -> tuple[int, int, str]:
    return (*change.rank[:2], change.verb)


def _going(stage: Sequence[Change], progress: Progress) -> list[Change]:
    """What of a stage goes: nothing after a stop, nothing below something that failed, and no removal from a course where something
    failed. The rest is withheld.
    """
    lost = {*progress.failures, *(held.key for held in progress.withheld)}
    missing = lost | {held.key for held in progress.waiting}
    touched = {above for key in lost if key.rule.holds_back for above in _above(key.id)}
    going: list[Change] = []
    for change in stage:
        below = change.key in missing or any(parent in missing for parent in change.subject.parents)
        risky = isinstance(change, Remove) and change.before.course is not None and change.before.course.id in touched
        ends = progress.stopping.content_ends and change.key.rule.is_content
        closed = change.key.rule.is_opening and change.subject.course in {course_of(key) for key in missing}
        if progress.stopping.reason or below or risky or ends or closed:
            progress.withheld.append(change)
            missing.add(change.key)
            touched |= _above(change.key.id) if change.key.rule.holds_back else set()
        else:
            going.append(change)
    return going


def _above(name: str) -> set[str]:
    """What can stand before a colon in this id: the course is among it, if it is in one."""
    return {name[:at] for at, letter in enumerate(name) if letter == ":"}


def _fly(run: int, changes: Sequence[Change], progress: Progress, *, context: RunContext, pool: Executor) -> list[Intent]:
    """Carry out one stage; the intents that got no answer. The first goes alone, so that a missing right stops the run at one."""
    flight = _Flight(run, deque(changes), progress, context, pool)
    doubtful: list[Intent] = []
    try:
        while flight.send():
            flight.wait()
            doubtful += _land(flight)
            flight.width = context.apply_settings.in_flight
    except StoreError as error:
        flight.drain()
        _say_unstored(flight.landed)
        raise type(error)(f"{error} {_recorded(progress, flight.landed)}") from error
    finally:
        progress.withheld += flight.unsent()
    return doubtful


@dataclass(frozen=True)
class _Landing:
    """A call that has ended."""

    intent: Intent
    future: Future[Outcome]

    @property
    def failure(self) -> BaseException | None:
        """Why the run must stop, where it must."""
        return self.future.exception()

    @cached_property
    def outcome(self) -> Outcome:
        """What became of it: after an error that nobody foresaw that is not known."""
        if isinstance(self.failure, TokenError | MissingRightError):
            return Outcome("unavailable", reason=type(self.failure).__name__)
        if self.failure:
            return Outcome("in_doubt", reason=type(self.failure).__name__)
        return judged(self.intent.change, self.future.result(), newest=self.intent.newest, again=self.intent.again)


@dataclass
class _Flight:
    """The changes of one stage: waiting, intended, under way."""

    run: int
    queue: deque[Change]
    progress: Progress
    context: RunContext
    pool: Executor
    width: int = 1
    ready: deque[Intent] = field(default_factory=deque)  # committed, and not sent yet
    flying: dict[Future[Outcome], Intent] = field(default_factory=dict)
    landed: list[_Landing] = field(default_factory=list)  # and not recorded yet

    def send(self) -> bool:
        """Fill the free places, unless somebody wants it to stop; False if nothing is under way. Intents are committed first."""
        if not _stopped(self.progress, self.context) and not self.ready:
            with self.context.journal.together():
                intents = self.intend()
            self.add(intents)
        self._fill()
        return bool(self.flying)

    def intend(self) -> list[Intent]:
        """Intents for the free places and, where several are under way, for as many more; `add` them when they are committed."""
        lacking = (self.width if self.width > 1 else 0) + self.width - len(self.flying) - len(self.ready)
        if self.progress.stopping.ends_stage:
            return []
        at = self.context.canvas.canvas_time()
        chosen = list(islice(self._free(), lacking))
        return [_remembering(self.context.journal.intended(self.run, each, at), self.progress) for each in chosen]

    def _free(self) -> Iterator[Change]:
        """What of the queue may go now: of what is written in turn, only one in each course."""
        busy = {_turn(intent.change) for intent in (*self.ready, *self.flying.values())}
        for change in self.queue:
            turn = _turn(change)
            if turn is None or turn not in busy:
                busy.add(turn)
                yield change

    def add(self, intents: Sequence[Intent]) -> None:
        """These are committed: their calls may be made."""
        for intent in intents:
            self.queue.remove(intent.change)
            self.ready.append(intent)

    def _fill(self) -> None:
        """The oldest intents' calls, each while the lease is ours for as long as a call can take."""
        while self.ready and len(self.flying) < self.width and not self.progress.stopping.ends_stage:
            self.context.journal.require_lease()
            intent = self.ready.popleft()
            self.flying[self.pool.submit(self.context.canvas.apply, intent.change)] = intent

    def wait(self) -> None:
        """Until enough have landed for a transaction; for fewer where one went wrong, or the others take long.

        While all goes well the places are filled at once with what is intended already.
        """
        while self.flying and len(self.landed) < max(1, self.width * 2 // 3):
            done = wait(self.flying, timeout=TOGETHER if self.landed else None, return_when=FIRST_COMPLETED).done
            self._land(done)
            if not done or not self.is_well:
                break
            self._fill()

    def drain(self) -> None:
        """Until all that is still under way has landed."""
        self._land(wait(self.flying).done)

    def _land(self, futures: Iterable[Future[Outcome]]) -> None:
        self.landed += [_Landing(self.flying.pop(future), future) for future in futures]

    @property
    def is_well(self) -> bool:
        """Whether all that has landed was done."""
        return all(landing.outcome.done for landing in self.landed)

    def unsent(self) -> list[Change]:
        """What was not sent; intents that were committed already are closed as not applied."""
        with self.context.journal.together():
            for intent in self.ready:
                self.context.journal.happened(intent, Outcome("not_applied", reason="not sent"))
        return [*(intent.change for intent in self.ready), *self.queue]


def _turn(change: Change) -> Key | None:
    """The course in which this change has to wait for others of its stage; None if it need not wait."""
    return change.subject.course if change.key.rule.in_turn else None


def _remembering(intent: Intent, progress: Progress) -> Intent:
    """The intent, with what is known before its call that tells later whose the object is."""
    key = intent.change.key
    return replace(intent, newest=progress.newest.before(key), again=key in progress.doubtful)


def _stopped(progress: Progress, context: RunContext) -> bool:
    if context.stop() and not progress.stopping.reason:
        progress.stopping.reason = "interrupted"
    return progress.stopping.ends_stage


def _land(flight: _Flight) -> list[Intent]:
    """Book what has landed; the intents without an answer. After a refused token or a missing right all that is under way is booked too,
    and then it is raised.
    """
    failure = next(filter(None, (landing.failure for landing in flight.landed)), None)
    if failure:
        flight.drain()
    _record(flight)
    landed, flight.landed = flight.landed, []
    for landing in landed:
        _book(landing, flight)
    if failure:
        raise failure
    return [landing.intent for landing in landed if landing.outcome.result == "in_doubt"]


def _record(flight: _Flight) -> None:
    """The outcomes that are known and, if all went well, the next intents with them, in one transaction."""
    known = [landing for landing in flight.landed if landing.outcome.result != "in_doubt"]
    flight.progress.newest.learn(each.outcome.handle for each in known if each.intent.change.key.rule.is_upserted)
    intents: list[Intent] = []
    with flight.context.journal.together():
        for each in known:
            flight.context.journal.happened(each.intent, each.outcome)
        if flight.width > 1 and flight.is_well:
            intents = flight.intend()
    flight.add(intents)


def _say_unstored(landed: Iterable[_Landing]) -> None:
    """What the store did not take is in the log, before the run stops; the next run looks."""
    for intent, outcome in ((landing.intent, landing.outcome) for landing in landed):
        said = {"result": outcome.result, "handle": outcome.handle, "request_id": outcome.request_id}
        log.error("outcome.not_stored", run=intent.run, intent=intent.seq, key=str(intent.change.key), **said)


def _recorded(progress: Progress, landed: Sequence[_Landing]) -> str:
    """How far the store has kept up with Canvas."""
    unknown = f"{count(len(landed), 'more was', 'more were')} sent, and the outcome is in the log of this run alone" if landed else ""
    made = count(progress.done, "change was", "changes were")
    return f"{made} made and recorded{f'; {unknown}' if unknown else ''}. The next run looks at the rest."


def _book(landing: _Landing, flight: _Flight) -> None:
    change, progress, context = landing.intent.change, flight.progress, flight.context
    if landing.outcome.result == "in_doubt":
        progress.doubt(change)
    else:
        progress.book(change, landing.outcome)
        context.on_progress(progress.done, progress.total, str(change.key))


def _settle_in_run(doubtful: Sequence[Intent], progress: Progress, context: RunContext) -> None:
    """Look at what got no answer, and book it. Where Canvas cannot be read either, the next run looks, and this one stops."""
    left = {intent.seq: intent.change.key for intent in doubtful}
    try:
        for intent, outcome in settle(doubtful, context, how="observed"):
            del left[intent.seq]
            progress.book(intent.change, outcome)
            context.on_progress(progress.done, progress.total, str(intent.change.key))
    except (UnavailableError, IncompleteError):
        progress.stopping.reason, progress.stopping.away = progress.stopping.reason or "failures", True
        progress.failures |= dict.fromkeys(left.values(), "no answer, and Canvas cannot be read: the next run looks")

"""The daemon: what is due when, one thing after the other, until somebody wants it to stop.

APScheduler keeps the time and puts what is due into a queue; the main thread does it, one by one, and waits. Nothing is kept in memory
that matters: what was done for which due time stands in the store, so that several workers, a restart or a clock that is set back do
nothing twice, and what was missed while no worker was there is done once.
"""

import queue
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from ilc_canvas.logs import trace
from ilc_canvas.reconcile.errors import IlcError, LeaseError, UnforeseenError, foreseen

log = structlog.get_logger(__name__)
BEAT, MINUTE = 15, 60  # seconds: sign of life, notices and probes
AGAIN = timedelta(seconds=5)
"""How soon a worker that stands by, or whose store is away, tries again."""
LOOK_BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=9))
"""How far back a missed due time is looked for, one after the other."""
JOBS = ("full", "quick", "audit", "retention", "digest")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NUMBERS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}


class Desk(Protocol):
    """What the worker needs from settings, store, Canvas and mail. Every method may raise an IlcError."""

    def do(self, due: "Due", stop: Callable[[], bool]) -> str | None:
        """Do a job for a due time, and note it; one plain sentence of how it ended. None where it was done already.

        LeaseError where another worker is at it.
        """
        ...

    def note(self, due: "Due", sentence: str) -> None:
        """It was tried for this due time, and how it ended."""
        ...

    def wish(self, stop: Callable[[], bool]) -> str | None:
        """Fulfil the most urgent wish; how it ended. None where nobody wishes anything."""
        ...

    def wished(self) -> bool:
        """Whether anybody waits."""
        ...

    def minute(self) -> bool:
        """Send notices, look for silence; whether a quarantine is to be probed now."""
        ...

    def beat(self, state: str, sentence: str) -> None:
        """A sign of life."""
        ...


@dataclass(frozen=True, slots=True)
class Due:
    """A job and the local time for which it is due."""

    job: str
    at: str


def crontab(text: str, zone: ZoneInfo) -> CronTrigger:
    """Five fields as in a crontab, with Sunday as 0 or 7: APScheduler's own reading counts from Monday, and would be a day late."""
    minute, hour, day, month, weekday = text.split()
    return CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=zone)


def _weekdays(field_: str) -> str:
    """By name, each for itself: mon,tue; a range over the week's end is none for APScheduler."""
    if field_ == "*":
        return field_
    found = sorted({day % 7 for part in field_.split(",") for day in _days(part)})
    return ",".join(_DAYS[day] for day in found)


def _days(part: str) -> range:
    span, _, step = part.partition("/")
    first, last = (span.split("-") * 2)[:2] if span != "*" else ("0", "6")
    until = 6 if step and "-" not in span and span != "*" else int(last)
    return range(int(first), until + 1, int(step or 1))


def last_due(trigger: CronTrigger, now: datetime) -> datetime | None:
    """The newest due time that is not after now, as far back as a week and more."""
    for back in LOOK_BACK:
        found = list(_fires(trigger, now - back, now))
        if found:
            return found[-1]
    return None


def _fires(trigger: CronTrigger, start: datetime, end: datetime) -> Iterator[datetime]:
    """Due times from start to end. Counted by moments: in the repeated hour the trigger's own way on leads in a circle."""
    moment = start
    while (at := trigger.get_next_fire_time(None, moment)) is not None and at.timestamp() <= end.timestamp():
        yield at
        moment = datetime.fromtimestamp(max(at.timestamp(), moment.timestamp()) + 60, UTC)


def in_dark_hours(text: str) -> bool:
    """Whether a schedule names an hour that the clock skips in March and repeats in November (01:00 to 03:00)."""
    hours = text.split()[1]
    return bool(re.search(r"(^|[,-])0?[12]($|[,-/])", hours))


@dataclass
class Worker:
    """One worker. `turn` does what is due; `work` keeps on doing so until `stop` is set."""

    desk: Desk
    schedule: Mapping[str, str]  # job -> crontab
    zone: ZoneInfo
    now: Callable[[], datetime]
    stop: threading.Event = field(default_factory=threading.Event)
    waiting: "queue.SimpleQueue[Due]" = field(default_factory=queue.SimpleQueue)
    later: list[Due] = field(default_factory=list)  # what another worker is at, or should be
    sentence: str = "Nothing was due yet."
    state: str = "ready"
    away: str = ""  # why the store cannot be used now
    told: dict[str, str] = field(default_factory=dict)  # what went wrong that nobody foresaw, where it comes round by itself
    _again_at: datetime | None = None
    _no_wish_before: datetime | None = None

    def work(self) -> None:
        """Until somebody sets `stop`."""
        scheduler = self._scheduler()
        scheduler.start()
        log.info("worker.started", schedule=dict(self.schedule), zone=str(self.zone))
        try:
            self._beat()
            self.catch_up()
            while not self.stop.is_set():
                self.turn()
                self.stop.wait(AGAIN.total_seconds() if self.away else 0.5)
        finally:
            scheduler.shutdown(wait=False)
            self.state = "stopped"
            self._beat()
            log.info("worker.stopped", sentence=self.sentence)

    def catch_up(self) -> None:
        """What was due while no worker was there is due once, now."""
        for job in JOBS:
            self.due(job)

    def due(self, job: str) -> None:
        """A job is due; for which time, its schedule says."""
        at = last_due(crontab(self.schedule[job], self.zone), self.now())
        if at is not None:
            self.waiting.put(Due(job, f"{at:%Y-%m-%dT%H:%M}"))

    def turn(self) -> None:
        """Everything that is due by now, one after the other; wishes in between, since somebody waits for them.

        Nothing while the store takes no word of ours.
        """
        if self.away and not self._back():
            return
        for due in [*self._in_order()]:
            self._wishes()
            if not self.stop.is_set():
                self._job(due)
        self._wishes()

    def _in_order(self) -> Iterator[Due]:
        """What waits, each once, and what stood by, when its time has come."""
        found = dict.fromkeys(self._stood_by())
        while not self.waiting.empty():
            found[self.waiting.get()] = None
        newest: dict[str, Due] = {}
        for due in found:
            if due.job not in newest or newest[due.job].at < due.at:
                newest[due.job] = due
        yield from sorted(newest.values(), key=lambda due: JOBS.index(due.job))

    def _stood_by(self) -> Sequence[Due]:
        if self._again_at is None or self.now() < self._again_at:
            return []
        self._again_at, found, self.later = None, self.later, []
        return found

    def _job(self, due: Due) -> None:
        """One job, unless it was done for this time. Whoever finds another worker at it stands by."""
        try:
            self.state = "leading"
            with foreseen():
                sentence = self.desk.do(due, self.stop.is_set)
        except LeaseError as error:
            self._stand_by(due, str(error))
        except IlcError as error:
            trace(error, job=due.job)
            self._failed(due, str(error))
        else:
            if sentence is not None:
                self._say(due.job, sentence)
        finally:
            self.state = "ready" if self.state == "leading" else self.state

    def _failed(self, due: Due, text: str) -> None:
        """A job that failed was tried for its time: the next one is its next chance. Not where the store itself is away."""
        try:
            with foreseen():
                self.desk.note(due, text)
        except IlcError as error:
            self._stand_by(due, text)
            self._told_away(str(error))
        else:
            self._say(due.job, text)

    def _stand_by(self, due: Due, text: str) -> None:
        self.state = "standing-by"
        self.later.append(due)
        self._again_at = self.now() + AGAIN
        log.debug("worker.stands_by", job=due.job, reason=text)

    def _wishes(self) -> None:
        """All wishes that wait now; while another worker is at it they go on waiting."""
        try:
            while not self.stop.is_set() and not self._too_soon() and self._wished():
                pass
        except LeaseError:
            self.state = "standing-by"
        except UnforeseenError as error:
            self._no_wish_before = self.now() + timedelta(seconds=MINUTE)
            self._tell_once("wish", error)
        except IlcError as error:
            self._told_away(str(error))

    def _too_soon(self) -> bool:
        """Whether the last look at wishes went wrong in a way that nobody foresaw, just now."""
        return self._no_wish_before is not None and self.now() < self._no_wish_before

    def _wished(self) -> bool:
        """Fulfil one wish; whether there was one that could be."""
        with foreseen():
            sentence = self.desk.wish(self.stop.is_set) if self.desk.wished() else None
        if sentence is None:
            return False
        self._say("resync", sentence)
        return True

    def _tell_once(self, what: str, error: IlcError) -> None:
        """What comes round by itself would be told each time."""
        if self.told.get(what) != str(error):
            trace(error, at=what)
        self.told[what] = str(error)

    def _told_away(self, text: str) -> None:
        """Told once, however often it is tried."""
        if not self.away:
            log.error("worker.store_away", text=text)
        self.away = text

    def _back(self) -> bool:
        """Whether the store can be written again: it may be readable all the while."""
        try:
            with foreseen():
                self.desk.beat(self.state, self.sentence)
        except IlcError:
            return False
        log.info("worker.store_back")
        self.away = ""
        return True

    def _say(self, job: str, sentence: str) -> None:
        self.sentence = sentence
        log.info("worker.cycle", job=job, sentence=sentence)
        self._beat()

    def _beat(self) -> None:
        """A sign of life; whether the store is away, the main thread finds out and tells."""
        self._regularly("beat", lambda: self.desk.beat(self.state, self.sentence))

    def minute(self) -> None:
        """Notices, silence, and the probe of a quarantine; nothing while the store takes no word of ours."""
        if not self.away:
            self._regularly("minute", self._look_round)

    def _look_round(self) -> None:
        if self.desk.minute():
            self.waiting.put(Due("quick", f"{self.now().astimezone(self.zone):%Y-%m-%dT%H:%M} probe"))

    def _regularly(self, what: str, do: Callable[[], None]) -> None:
        """What the clock calls ends in no error; one that nobody foresaw is told once, until it goes well again."""
        try:
            with foreseen():
                do()
        except IlcError as error:  # a store that is away, the main thread finds out and tells
            self._tell_once(what, error)
        else:
            self.told.pop(what, None)

    def _scheduler(self) -> BackgroundScheduler:
        """The clock: each trigger only puts a name into the queue, or gives a sign of life."""
        defaults = {"misfire_grace_time": 3600, "coalesce": True, "max_instances": 1}
        scheduler = BackgroundScheduler(timezone=self.zone, job_defaults=defaults)
        scheduler.add_listener(_told, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES | EVENT_JOB_ERROR)
        for job in JOBS:
            if in_dark_hours(self.schedule[job]):
                log.warning("worker.schedule_in_dark_hours", job=job, crontab=self.schedule[job], text=_DARK)
            scheduler.add_job(self.due, crontab(self.schedule[job], self.zone), (job,), id=job)
        scheduler.add_job(self._beat, IntervalTrigger(seconds=BEAT), id="beat")
        scheduler.add_job(self.minute, IntervalTrigger(seconds=MINUTE), id="minute")
        return scheduler


_DARK = "Between 01:00 and 03:00 the clock skips an hour in March and repeats one in November: each due time is done once all the same."


def _told(event: Any) -> None:
    """What APScheduler would only whisper."""
    failed = getattr(event, "exception", None)
    log.warning("worker.job_not_run", job=event.job_id, code=event.code, error=type(failed).__name__ if failed else "")

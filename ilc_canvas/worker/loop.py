"""The daemon: runs each job when it is due, one after the other, until somebody stops it.

APScheduler watches the clock and puts due jobs into a queue; the main thread runs them one by one. Nothing important is kept in memory:
the store records which job was done for which due time, so several workers, a restart or a clock that is set back do nothing twice,
and jobs missed while no worker was running are done once.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from ilc_canvas.clock import still_waits
from ilc_canvas.logs import trace
from ilc_canvas.reconcile.errors import IlcError, LeaseError, UnforeseenError, foreseen
from ilc_canvas.worker import clock_jumps
from ilc_canvas.worker.crontab import Crontab, in_dark_hours

log = structlog.get_logger(__name__)
BEAT, MINUTE = 15, 60  # seconds: sign of life, notices and probes
STUCK = 1800.0  # seconds without a step: a call ends within a minute, and a throttled run waits a quarter of an hour in all
AGAIN = timedelta(seconds=5)
"""How soon a worker tries again if it stands by or its store is unreachable."""
"""How far back to look for a missed due time, in widening steps."""
JOBS = ("full", "quick", "audit", "retention", "digest")
_NUMBERS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}


class Jobs(Protocol):
    """What the worker needs from settings, store, Canvas and mail. Every method may raise an IlcError."""

    def do(self, due: "Due", stop: Callable[[], bool]) -> str | None:
        """Do a job for a due time, and record it. Returns how it ended in one sentence, or None if it was already done.

        LeaseError if another worker holds the lease.
        """
        ...

    def note(self, due: "Due", sentence: str) -> None:
        """Record that the job was tried for this due time, and how it ended."""
        ...

    def request(self, stop: Callable[[], bool]) -> str | None:
        """Fulfill the most urgent sync request and return how it ended. None if there is none."""
        ...

    def has_request(self) -> bool:
        """Whether a sync request is waiting."""
        ...

    def minute(self) -> bool:
        """Send notices and check for silence. Returns whether a quarantine should be probed now."""
        ...

    def beat(self, state: str, sentence: str) -> None:
        """Record a heartbeat."""
        ...


@dataclass(frozen=True, slots=True)
class Due:
    """A job and the local time for which it is due."""

    job: str
    at: str


@dataclass
class Worker:
    """One worker. `turn` does what is due; `work` repeats that until `stop` is set."""

    jobs: Jobs
    schedule: Mapping[str, str]  # job -> crontab
    zone: ZoneInfo
    now: Callable[[], datetime]
    stop: threading.Event = field(default_factory=threading.Event)
    waiting: "queue.SimpleQueue[Due]" = field(default_factory=queue.SimpleQueue)
    later: list[Due] = field(default_factory=list)  # jobs that another worker is doing, or should do
    sentence: str = "Nothing was due yet."
    state: str = "ready"
    away: str = ""  # why the store cannot be used now
    reported: dict[str, str] = field(default_factory=dict)  # unforeseen errors of recurring work, each logged once
    monotonic: Callable[[], float] = time.monotonic
    moved: float | None = None  # when work last made progress, by that clock
    _again_at: datetime | None = None
    _no_request_before: datetime | None = None

    def work(self) -> None:
        """Work until somebody sets `stop`."""
        scheduler = self._scheduler()
        scheduler.start()
        threading.Thread(
            target=clock_jumps.watch_clock, args=(scheduler, self.now, self.monotonic), kwargs={"stop": self.stop}, daemon=True
        ).start()
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
        """Queue every job that was due while no worker was running, once."""
        for job in JOBS:
            self.due(job)

    def due(self, job: str) -> None:
        """Queue a job for its latest due time."""
        at = Crontab(self.schedule[job], self.zone).last_due(self.now())
        if at is not None:
            self.waiting.put(Due(job, f"{at:%Y-%m-%dT%H:%M}"))

    def turn(self) -> None:
        """Do everything that is due by now, one after the other, with sync requests in between, since somebody waits for them.

        Does nothing while the store cannot be written.
        """
        self.moved = self.monotonic()
        if self.away and not self._back():
            return
        for due in [*self._in_order()]:
            self._sync_requests()
            if not self.stop.is_set():
                self._job(due)
        self._sync_requests()

    def _in_order(self) -> Iterator[Due]:
        """The waiting jobs, each once, and those set aside for later if their time has come."""
        queued = dict.fromkeys(self._stood_by())
        while not self.waiting.empty():
            queued[self.waiting.get()] = None
        newest: dict[str, Due] = {}
        for due in queued:
            if due.job not in newest or newest[due.job].at < due.at:
                newest[due.job] = due
        yield from sorted(newest.values(), key=lambda due: JOBS.index(due.job))

    def _stood_by(self) -> Sequence[Due]:
        if self._again_at is None or still_waits(self.now(), self._again_at, AGAIN):
            return []
        self._again_at, jobs, self.later = None, self.later, []
        return jobs

    def _job(self, due: Due) -> None:
        """Do one job, unless it was done for this time. Stand by if another worker is doing it."""
        try:
            self.state, self.moved = "leading", self.monotonic()
            with foreseen():
                sentence = self.jobs.do(due, self.stopping)
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
        """Record a failed job as tried: it runs again at its next due time. If the store is unreachable, stand by instead."""
        try:
            with foreseen():
                self.jobs.note(due, text)
        except IlcError as error:
            self._stand_by(due, text)
            self._report_away(str(error))
        else:
            self._say(due.job, text)

    def _stand_by(self, due: Due, text: str) -> None:
        self.state = "standing-by"
        self.later.append(due)
        self._again_at = self.now() + AGAIN
        log.debug("worker.stands_by", job=due.job, reason=text)

    def _sync_requests(self) -> None:
        """Fulfill all waiting sync requests. They keep waiting while another worker holds the lease."""
        try:
            while not self.stop.is_set() and not self._too_soon() and self._fulfil_one():
                pass
        except LeaseError:
            self.state = "standing-by"
        except UnforeseenError as error:
            self._no_request_before = self.now() + timedelta(seconds=MINUTE)
            self._report_once("sync_request", error)
        except IlcError as error:
            self._report_away(str(error))

    def _too_soon(self) -> bool:
        """Whether the last look at sync requests ended in an unforeseen error less than a minute ago."""
        return self._no_request_before is not None and still_waits(self.now(), self._no_request_before, timedelta(seconds=MINUTE))

    def _fulfil_one(self) -> bool:
        """Fulfill one sync request. Returns whether there was one to fulfill."""
        with foreseen():
            sentence = self.jobs.request(self.stopping) if self.jobs.has_request() else None
        if sentence is None:
            return False
        self._say("resync", sentence)
        return True

    def _report_once(self, what: str, error: IlcError) -> None:
        """Log an error of recurring work once, not each time."""
        if self.reported.get(what) != str(error):
            trace(error, at=what)
        self.reported[what] = str(error)

    def _report_away(self, text: str) -> None:
        """Log once that the store is unreachable, however often it is tried."""
        if not self.away:
            log.error("worker.store_away", text=text)
        self.away = text

    def _back(self) -> bool:
        """Whether the store can be written again. It may have been readable all along."""
        try:
            with foreseen():
                self.jobs.beat(self.state, self.sentence)
        except IlcError:
            return False
        log.info("worker.store_back")
        self.away = ""
        return True

    def _say(self, job: str, sentence: str) -> None:
        self.sentence = sentence
        log.info("worker.cycle", job=job, sentence=sentence)
        self._beat()

    def stopping(self) -> bool:
        """Whether the work shall stop; it asks again and again, so that it is seen to go on."""
        self.moved = self.monotonic()
        return self.stop.is_set()

    def _is_stuck(self) -> bool:
        return self.moved is not None and self.monotonic() - self.moved > STUCK

    def _beat(self) -> None:
        """Record a heartbeat. If the store is unreachable, the main thread notices and logs it."""
        if self._is_stuck():
            if "stuck" not in self.reported:
                log.error("worker.stuck", text=_STUCK)
            self.reported["stuck"] = _STUCK
            return
        self.reported.pop("stuck", None)
        self._regularly("beat", lambda: self.jobs.beat(self.state, self.sentence))

    def minute(self) -> None:
        """Handle notices, silence and quarantine probes. Does nothing while the store cannot be written."""
        if not self.away:
            self._regularly("minute", self._check_notices)

    def _check_notices(self) -> None:
        if self.jobs.minute():
            self.waiting.put(Due("quick", f"{self.now().astimezone(self.zone):%Y-%m-%dT%H:%M} probe"))

    def _regularly(self, what: str, do: Callable[[], None]) -> None:
        """Run recurring work without raising. Log an error once, until the work succeeds again."""
        try:
            with foreseen():
                do()
        except IlcError as error:  # the main thread reports an unreachable store
            self._report_once(what, error)
        else:
            self.reported.pop(what, None)

    def _scheduler(self) -> BackgroundScheduler:
        """The clock. Each trigger only queues a job or records a heartbeat."""
        defaults = {"misfire_grace_time": 3600, "coalesce": True, "max_instances": 1}
        scheduler = BackgroundScheduler(timezone=self.zone, job_defaults=defaults)
        scheduler.add_listener(_log_missed, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES | EVENT_JOB_ERROR)
        for job in JOBS:
            if in_dark_hours(self.schedule[job]):
                log.warning("worker.schedule_in_dark_hours", job=job, crontab=self.schedule[job], text=_DARK)
            scheduler.add_job(self.due, Crontab(self.schedule[job], self.zone), (job,), id=job)
        scheduler.add_job(self._beat, IntervalTrigger(seconds=BEAT, timezone=self.zone), id="beat")
        scheduler.add_job(self.minute, IntervalTrigger(seconds=MINUTE, timezone=self.zone), id="minute")
        return scheduler


_STUCK = "Work has made no progress for half an hour, so no heartbeat is given until it does."
_DARK = "Between 01:00 and 03:00 the clock skips an hour in March and repeats one in November. Each job still runs once per due time."


def _log_missed(event: Any) -> None:
    """Log a missed or failed job, which APScheduler would barely mention."""
    failed = getattr(event, "exception", None)
    log.warning("worker.job_not_run", job=event.job_id, code=event.code, error=type(failed).__name__ if failed else "")

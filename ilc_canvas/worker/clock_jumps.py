"""A clock on the wall that jumps: APScheduler waits by it, and would wait for an hour, or a year, that has been taken back."""

import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = structlog.get_logger(__name__)
LOOK, JUMP = 5.0, 30.0  # seconds: between two looks, and by which the two clocks may differ in between


def watch_clock(
    scheduler: BaseScheduler, now: Callable[[], datetime], monotonic: Callable[[], float], *, stop: threading.Event, look: float = LOOK
) -> None:
    """Until somebody sets `stop`: compare the clock on the wall with the one that only counts, and start over if it has jumped."""
    at, tick = now(), monotonic()
    while not stop.wait(look):
        went, passed = (now() - at).total_seconds(), monotonic() - tick
        at, tick, jump = now(), monotonic(), went - passed
        if abs(jump) > JUMP:
            log.warning("worker.clock_jumped", seconds=round(jump))
            count_anew(scheduler)


def count_anew(scheduler: BaseScheduler) -> None:
    """Every trigger fires next as if it had been set just now; an interval begins now."""
    for job in scheduler.get_jobs():
        trigger = job.trigger
        if isinstance(trigger, IntervalTrigger):
            trigger = IntervalTrigger(seconds=int(trigger.interval.total_seconds()), timezone=trigger.timezone)
        scheduler.reschedule_job(job.id, trigger=trigger)

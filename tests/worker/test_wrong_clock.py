"""Clocks that jump: what is written in a fast year is not believed later."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from structlog.testing import capture_logs

from ilc_canvas.cli.worker.health import problem
from ilc_canvas.clock import still_waits
from ilc_canvas.reconcile.run.quarantine import Quarantine, quarantined
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.health_probe import HEAD, Facts
from ilc_canvas.store.worker import heartbeat
from ilc_canvas.views.clock_doubt import clock_doubt
from ilc_canvas.worker import clock_jumps
from tests.store.cast import NOON, finalized
from tests.stores import new_store
from tests.sync.world import opened

YEAR, HOUR = timedelta(days=365), timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A new store."""
    with opened(new_store(tmp_path)) as made:
        yield made


def beat(store: Store, at: datetime) -> None:
    heartbeat.beat(store, "ilc@box:7", state="leading", version="1", sentence="", at=at, started_at=at)


@pytest.mark.parametrize(("off", "alive"), [(timedelta(), 1), (YEAR, 0), (HOUR, 0), (-HOUR, 0), (timedelta(seconds=30), 1)])
def test_sign_of_life_from_the_future(store: Store, off: timedelta, alive: int) -> None:
    """A worker that beat in a fast year, and is dead since, is not alive when the clock is right again."""
    beat(store, NOON + off)
    assert len(heartbeat.alive(store, NOON)) == alive


@pytest.mark.parametrize("off", [HOUR, YEAR])
def test_health_believes_no_future(off: timedelta) -> None:
    """Health takes neither a sign of life nor a good run from the future for one of now."""
    beats = (("ilc@box:7", NOON + off, "leading"), ("ilc@box:8", NOON, "leading"))
    silence = timedelta(hours=26)
    assert "no worker" in problem(Facts(HEAD, beats[:1]), NOON, host="box", silence=silence)
    assert problem(Facts(HEAD, beats), NOON, host="box", silence=silence) == ""
    assert "dated in the future" in problem(Facts(HEAD, beats, NOON + off), NOON, host="box", silence=silence)


def test_quarantine_of_a_fast_year_ends() -> None:
    """A look that was put off until next year is due at once when the clock is right again; one within six hours is waited for."""
    fast = quarantined(None, "canvas", "away", now=NOON + YEAR)
    assert not fast.forbids(NOON, by_hand=False)
    assert quarantined(None, "canvas", "away", now=NOON).forbids(NOON, by_hand=False)
    assert Quarantine("tenant", "another", NOON + YEAR).forbids(NOON, by_hand=True)


@pytest.mark.parametrize(("now", "waits"), [(NOON, True), (NOON + HOUR, False), (NOON - HOUR, False), (NOON - YEAR, False)])
def test_wait_is_no_longer_than_its_span(now: datetime, waits: bool) -> None:
    """What waits for a minute does so for a minute, though the clock is set back meanwhile."""
    assert still_waits(now, NOON + timedelta(seconds=60), timedelta(seconds=60)) is waits


def test_log_of_the_future_is_doubted(store: Store) -> None:
    """Where the newest event of the log is later than now, nothing is erased: one of the two clocks is wrong."""
    finalized(store, 1)
    there = clock_doubt(store, "https://canvas.test", datetime(2000, 1, 1, tzinfo=UTC))
    assert "the audit log has an event of" in there
    assert clock_doubt(store, "https://canvas.test", NOON + HOUR) == ""


def test_schedule_is_counted_anew_after_a_jump() -> None:
    """Where the clock is set back by a year, what the scheduler would wait a year for comes within its own interval again."""
    stop, moments = threading.Event(), iter([NOON, *([NOON - YEAR] * 1000)])
    scheduler = BackgroundScheduler(timezone="America/Los_Angeles")
    scheduler.start()
    try:
        later = datetime.now(UTC) + YEAR
        scheduler.add_job(print, IntervalTrigger(seconds=15, timezone=UTC), id="beat", next_run_time=later)
        scheduler.add_job(print, CronTrigger(minute="*/15", timezone="America/Los_Angeles"), id="quick", next_run_time=later)
        watching = threading.Thread(
            target=clock_jumps.watch_clock, args=(scheduler, lambda: next(moments), time.monotonic), kwargs={"stop": stop, "look": 0.01}
        )
        with capture_logs() as logs:
            watching.start()
            time.sleep(0.3)
            stop.set()
            watching.join()
        due = {job.id: (job.next_run_time - datetime.now(UTC)).total_seconds() for job in scheduler.get_jobs()}
    finally:
        scheduler.shutdown(wait=False)
    assert due["beat"] <= 15
    assert due["quick"] <= 900
    assert [line["event"] for line in logs] == ["worker.clock_jumped"]

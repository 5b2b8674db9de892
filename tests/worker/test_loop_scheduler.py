"""The real scheduler of a worker: its triggers, and what it does when their time comes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from apscheduler.jobstores.memory import MemoryJobStore
from structlog.testing import capture_logs

from ilc_canvas.bootstrap import worker_jobs
from ilc_canvas.cli.commands import with_commands
from ilc_canvas.settings import read_settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker import heartbeat
from ilc_canvas.worker.loop import JOBS, Worker
from tests.stores import new_store
from tests.sync.world import opened
from tests.waiting import until
from tests.worker.day import SCHEDULE, ZONE


def utc_now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A new store."""
    with opened(new_store(tmp_path)) as made:
        yield made


@pytest.fixture
def worker(store: Store) -> Worker:
    """A worker that has not begun."""
    return Worker(worker_jobs(read_settings(), store, name="one", words=with_commands), {**SCHEDULE, "full": "30 1 * * *"}, ZONE, utc_now)


@pytest.fixture
def scheduler(worker: Worker) -> Iterator[Any]:
    """Its scheduler, running."""
    found = worker._scheduler()
    found.start()
    yield found
    found.shutdown(wait=True)


def test_rules_are_explicit(scheduler: Any) -> None:
    """What is late by up to an hour is done, once however often it was missed, and never twice at once; nothing is kept but in memory."""
    jobs = {job.id: job for job in scheduler.get_jobs()}
    assert {*jobs} == {*JOBS, "beat", "minute"}
    assert {(job.misfire_grace_time, job.coalesce, job.max_instances) for job in jobs.values()} == {(3600, True, 1)}
    assert {type(job.trigger).__name__ for name, job in jobs.items() if name in JOBS} == {"Crontab"}
    assert all(str(jobs[name].trigger.zone) == "America/Los_Angeles" for name in JOBS)
    assert isinstance(scheduler._jobstores["default"], MemoryJobStore)


def test_schedule_in_dark_hours_is_said(worker: Worker) -> None:
    """A schedule at 01:30 is warned about, and no other one."""
    with capture_logs() as logs:
        worker._scheduler()
    assert [line["job"] for line in logs if line["event"] == "worker.schedule_in_dark_hours"] == ["full"]


@pytest.mark.parametrize("job", JOBS)
def test_trigger_puts_its_job_into_the_queue(worker: Worker, scheduler: Any, job: str) -> None:
    """When a trigger's time comes, its job waits for the main thread, by the time for which it is due."""
    scheduler.modify_job(job, next_run_time=datetime.now(ZONE))
    until(lambda: not worker.waiting.empty(), 10)
    due = worker.waiting.get()
    assert (due.job, len(due.at)) == (job, len("2021-08-16T04:30"))


def test_scheduler_gives_signs_of_life(scheduler: Any, store: Store) -> None:
    """The beat goes on without the main thread."""
    scheduler.modify_job("beat", next_run_time=datetime.now(ZONE))
    until(lambda: heartbeat.alive(store, utc_now()), 10)
    assert [beat.worker for beat in heartbeat.alive(store, utc_now())] == ["one"]
